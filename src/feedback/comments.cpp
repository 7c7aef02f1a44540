#include "feedback/comments.h"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>
#include <utility>

#include "feedback/comment_query.h"
#include "feedback/sql.h"
#include "query/prepare.h"
#include "stats/change.h"
#include "stats/counts.h"
#include "stats/interval.h"

namespace zhike::feedback {
namespace {

constexpr std::size_t kGroupsMax = 50;
constexpr std::uint64_t kWordLeast = 3;  // comments
constexpr std::string_view kUnknown = "unknown";

struct Counts {
  std::uint64_t negative = 0, neutral = 0, positive = 0, unknown = 0;
  [[nodiscard]] std::uint64_t n() const { return negative + neutral + positive; }
  void add(const Counts& other) {
    negative += other.negative;
    neutral += other.neutral;
    positive += other.positive;
    unknown += other.unknown;
  }
};

struct Row {
  std::int32_t bucket = 0;
  std::string group;
  Counts counts;
};

Sentiments sentiments(const Counts& counts) {
  return sentiments_of(counts.negative, counts.neutral, counts.positive, counts.unknown);
}

/// A change that may be one of many: its p-value is kept for Holm.
struct Tested {
  std::optional<ShareChange> change;
  double p_value = 1;
};

Tested tested(stats::Share before, stats::Share after) {
  if (before.n < kEnoughComments || after.n < kEnoughComments) return {};
  const auto found = stats::compare(before, after);
  if (!found) return {};
  Tested out{
      .change =
          ShareChange{.value = found->difference, .low = {}, .high = {}, .significant = found->significant()},
      .p_value = found->p_value};
  if (found->interval) {
    out.change->low = found->interval->low;
    out.change->high = found->interval->high;
  }
  return out;
}

/// Keeps the family's chance of a false alarm at that of one.
void correct(std::vector<Tested*> family) {
  std::erase_if(family, [](const Tested* one) { return !one->change; });
  std::vector<double> chances;
  for (const Tested* one : family) chances.push_back(one->p_value);
  const std::vector<bool> holds = stats::holm(chances);
  for (std::size_t i = 0; i < family.size(); ++i) family[i]->change->significant = holds[i];
}

Result<std::vector<Row>> ask(const CommentStore& store, const Grant& grant, const CommentFilter& filter,
                             query::Grain grain, std::string_view by) {
  CX_TRY(query::Prepared question,
         prepare_comments(store, grant, Permission::kViewMetrics, filter, sql::kSentiments));
  question.params.set("grain", query::to_string(grain)).set("by", by);
  CX_TRY(const warehouse::Table table, store.client.select(question.query()));
  std::vector<Row> out;
  for (const auto& cells : table.rows) {
    const auto day = parse_time(warehouse::as_text(cells[0]), Zone::utc());
    out.push_back({.bucket = day ? utc_day(*day) : 0,
                   .group = warehouse::as_text(cells[1]),
                   .counts = {.negative = warehouse::as_u64(cells[2]),
                              .neutral = warehouse::as_u64(cells[3]),
                              .positive = warehouse::as_u64(cells[4]),
                              .unknown = warehouse::as_u64(cells[5])}});
  }
  return out;
}

Result<Counts> whole_of(const CommentStore& store, const Grant& grant, const CommentFilter& filter) {
  CX_TRY(const auto rows, ask(store, grant, filter, query::Grain::kNone, "none"));
  Counts out;
  for (const Row& row : rows) out.add(row.counts);
  return out;
}

/// The same question about the period that it is compared with; nothing where there is none.
std::optional<CommentFilter> before_of(const CommentQuestion& question) {
  if (question.compare == query::Compare::kNone) return std::nullopt;
  CommentFilter out = question.filter;
  out.events.range = query::compared(out.events.range, out.events.zone, question.compare);
  return out;
}

Result<std::vector<SentimentGroup>> grouped(const CommentStore& store, const Grant& grant,
                                            const CommentFilter& filter, std::string_view by) {
  CX_TRY(const auto rows, ask(store, grant, filter, query::Grain::kNone, by));
  std::vector<SentimentGroup> out;
  for (const Row& row : rows)
    if (!row.group.empty()) out.push_back({.key = row.group, .sentiments = sentiments(row.counts)});
  std::ranges::sort(out, [](const SentimentGroup& a, const SentimentGroup& b) {
    const std::uint64_t of_a = a.sentiments.n + a.sentiments.unknown;
    const std::uint64_t of_b = b.sentiments.n + b.sentiments.unknown;
    return of_a != of_b ? of_a > of_b : a.key < b.key;
  });
  if (out.size() > kGroupsMax) out.resize(kGroupsMax);
  return out;
}

Result<std::vector<LabelUse>> labels(const CommentStore& store, const Grant& grant,
                                     const CommentFilter& filter) {
  CX_TRY(const query::Prepared question,
         prepare_comments(store, grant, Permission::kViewMetrics, filter, sql::kLabels));
  CX_TRY(const warehouse::Table table, store.client.select(question.query()));
  std::vector<LabelUse> out;
  for (const auto& cells : table.rows) {
    const std::string name = warehouse::as_text(cells[0]);
    LabelUse use{.group = name.substr(0, name.find('.')),
                 .key = name.substr(name.find('.') + 1),
                 .name_en = {},
                 .name_zh = {},
                 .n = warehouse::as_u64(cells[1]),
                 .negative = warehouse::as_u64(cells[2])};
    use.name_en = use.name_zh = use.key;
    for (const text::IntentLabel& known : text::Intents::shipped().labels())
      if (known.group == use.group && known.key == use.key)
        use.name_en = known.name_en, use.name_zh = known.name_zh;
    out.push_back(std::move(use));
  }
  return out;
}

Result<std::map<std::string, Counts>> aspect_counts(const CommentStore& store, const Grant& grant,
                                                    const CommentFilter& filter) {
  CX_TRY(const query::Prepared question,
         prepare_comments(store, grant, Permission::kViewMetrics, filter, sql::kAspects));
  CX_TRY(const warehouse::Table table, store.client.select(question.query()));
  std::map<std::string, Counts> out;
  for (const auto& cells : table.rows)
    out[warehouse::as_text(cells[0])] = {.negative = warehouse::as_u64(cells[1]),
                                         .neutral = warehouse::as_u64(cells[2]),
                                         .positive = warehouse::as_u64(cells[3])};
  return out;
}

}  // namespace

Portion portion_of(std::uint64_t count, std::uint64_t n) {
  Portion out{.count = count, .value = {}, .low = {}, .high = {}};
  if (n < kEnoughComments) return out;
  const stats::Share share{.hits = count, .n = n};
  out.value = share.value();
  if (const auto interval = stats::wilson(share)) {
    out.low = interval->low;
    out.high = interval->high;
  }
  return out;
}

Sentiments sentiments_of(std::uint64_t negative, std::uint64_t neutral, std::uint64_t positive,
                         std::uint64_t unknown) {
  const std::uint64_t n = negative + neutral + positive;
  return {.negative = portion_of(negative, n),
          .neutral = portion_of(neutral, n),
          .positive = portion_of(positive, n),
          .n = n,
          .unknown = unknown,
          .enough = n >= kEnoughComments};
}

Result<query::Prepared> prepare_comments(const CommentStore& store, const Grant& grant, Permission needed,
                                         const CommentFilter& filter, std::string_view sql) {
  CX_TRY(check(filter));
  CX_TRY(query::Prepared out, query::prepare(grant, needed, filter.events, sql));
  out.params.set("reading", std::uint64_t{store.reading})
      .set("language", filter.language)
      .set("sentiment", filter.sentiment)
      .set("aspect", filter.aspect)
      .set("aspect_sentiment", filter.aspect_sentiment)
      .set("label", filter.label)
      .set("word", filter.word)
      .set("ids", filter.ids);
  return out;
}

Result<void> check(const CommentFilter& filter) {
  if (filter.ids.size() > CommentFilter::kIdsMax)
    return fail(Code::kBadFilter, "ids: at most {}", CommentFilter::kIdsMax);
  const auto is_polarity = [](const std::string& name) {
    return name.empty() || text::parse_polarity(name).has_value();
  };
  if (!is_polarity(filter.sentiment) && filter.sentiment != kUnknown)
    return fail(Code::kBadFilter, "sentiment: negative, neutral, positive or unknown");
  if (!is_polarity(filter.aspect_sentiment))
    return fail(Code::kBadFilter, "aspect_sentiment: negative, neutral or positive");
  if (!filter.aspect_sentiment.empty() && filter.aspect.empty())
    return fail(Code::kBadFilter, "aspect_sentiment goes with aspect");
  if (!filter.language.empty() && !text::parse_language(filter.language))
    return fail(Code::kBadFilter, "language: zh, en or other");
  return {};
}

Result<CommentSummary> summarise(const CommentStore& store, const Grant& grant,
                                 const CommentQuestion& question) {
  const CommentFilter& filter = question.filter;
  CX_TRY(const Counts whole, whole_of(store, grant, filter));
  CommentSummary out{.grain = question.grain,
                     .whole = sentiments(whole),
                     .negative = {},
                     .positive = {},
                     .series = {},
                     .groups = {},
                     .languages = {},
                     .labels = {}};
  if (const auto earlier = before_of(question)) {
    CX_TRY(const Counts before, whole_of(store, grant, *earlier));
    out.negative = tested({before.negative, before.n()}, {whole.negative, whole.n()}).change;
    out.positive = tested({before.positive, before.n()}, {whole.positive, whole.n()}).change;
  }
  if (question.grain != query::Grain::kNone) {
    CX_TRY(const auto rows, ask(store, grant, filter, question.grain, "none"));
    std::map<std::int32_t, Counts> by_time;
    for (const Row& row : rows) by_time[row.bucket].add(row.counts);
    for (const std::int32_t day : query::buckets(filter.events, question.grain))
      out.series.push_back({.at = filter.events.zone.to_instant(std::int64_t{day} * 86'400'000),
                            .sentiments = sentiments(by_time[day])});
  }
  if (question.by != query::By::kNone) {
    CX_TRY(out.groups, grouped(store, grant, filter, query::to_string(question.by)));
  }
  CX_TRY(out.languages, grouped(store, grant, filter, "language"));
  CX_TRY(out.labels, labels(store, grant, filter));
  return out;
}

Result<AspectTable> aspects(const CommentStore& store, const Grant& grant,
                            const text::AspectCatalogue& catalogue, const CommentQuestion& question) {
  CX_TRY(const Counts whole, whole_of(store, grant, question.filter));
  CX_TRY(auto now, aspect_counts(store, grant, question.filter));
  AspectTable out{.comments = whole.n(), .comments_before = 0, .aspects = {}};
  std::map<std::string, Counts> before;
  if (const auto earlier = before_of(question)) {
    CX_TRY(const Counts then, whole_of(store, grant, *earlier));
    out.comments_before = then.n();
    CX_TRY(before, aspect_counts(store, grant, *earlier));
  }
  for (const text::Aspect& aspect : catalogue.aspects) now.try_emplace(aspect.key);
  std::vector<std::array<Tested, 2>> changes;
  for (const auto& [key, counts] : now) {
    AspectUse use{.key = key,
                  .name_en = key,
                  .name_zh = key,
                  .sentiments = sentiments(counts),
                  .mentioned = portion_of(counts.n(), out.comments),
                  .negative = {},
                  .more = {}};
    for (const text::Aspect& aspect : catalogue.aspects)
      if (aspect.key == key) use.name_en = aspect.name_en, use.name_zh = aspect.name_zh;
    const Counts then = before[key];
    changes.push_back({tested({then.negative, then.n()}, {counts.negative, counts.n()}),
                       tested({then.n(), out.comments_before}, {counts.n(), out.comments})});
    out.aspects.push_back(std::move(use));
  }
  for (std::size_t side = 0; side < 2; ++side) {
    std::vector<Tested*> family;
    for (auto& pair : changes) family.push_back(&pair[side]);
    correct(std::move(family));
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    out.aspects[i].negative = changes[i][0].change;
    out.aspects[i].more = changes[i][1].change;
  }
  std::ranges::sort(out.aspects, [](const AspectUse& a, const AspectUse& b) {
    return a.sentiments.n != b.sentiments.n ? a.sentiments.n > b.sentiments.n : a.key < b.key;
  });
  return out;
}

Result<TypicalWords> typical_words(const CommentStore& store, const Grant& grant, const CommentFilter& asked,
                                   text::Polarity of, std::uint64_t count) {
  CommentFilter filter = asked;
  filter.sentiment.clear();
  CX_TRY(query::Prepared question,
         prepare_comments(store, grant, Permission::kViewCustomers, filter, sql::kWords));
  CX_TRY(query::Prepared totals,
         prepare_comments(store, grant, Permission::kViewCustomers, filter, sql::kSentiments));
  totals.params.set("grain", "none").set("by", "none");
  CX_TRY(const warehouse::Table counted, store.client.select(totals.query()));
  TypicalWords out;
  for (const auto& cells : counted.rows)
    for (std::size_t c = 0; c < 3; ++c)
      (c == static_cast<std::size_t>(of) ? out.inside : out.outside) += warehouse::as_u64(cells[2 + c]);
  out.enough = out.inside >= kEnoughComments && out.outside >= kEnoughComments;
  if (!out.enough) return out;
  question.params.set("of", text::to_string(of))
      .set("inside_all", out.inside)
      .set("outside_all", out.outside)
      .set("least", kWordLeast)
      .set("rows", count);
  CX_TRY(const warehouse::Table table, store.client.select(question.query()));
  for (const auto& cells : table.rows) {
    const double score = warehouse::as_double(cells[3]);
    if (!(score >= kTypical)) break;
    out.words.push_back({.word = warehouse::as_text(cells[0]),
                         .n = warehouse::as_u64(cells[1]),
                         .others = warehouse::as_u64(cells[2]),
                         .score = score});
  }
  return out;
}

namespace {

CommentView view_of(const boost::json::array& cells) {
  CommentView out{.said = {.event_id = warehouse::as_u64(cells[0]),
                           .at = {warehouse::as_i64(cells[1])},
                           .customer = {warehouse::as_u64(cells[2])},
                           .name = {},
                           .channel = warehouse::as_text(cells[3]),
                           .touchpoint = warehouse::as_text(cells[4]),
                           .stage = {},
                           .unit = warehouse::as_text(cells[5]),
                           .instrument = warehouse::as_text(cells[6]),
                           .score = {},
                           .text = {}},
                  .language = warehouse::as_text(cells[8]),
                  .sentiment = text::parse_polarity(warehouse::as_text(cells[9])),
                  .negative = warehouse::as_double(cells[10]),
                  .positive = warehouse::as_double(cells[11]),
                  .aspects = {},
                  .labels = {},
                  .pieces = {},
                  .corrections = {}};
  if (!cells[7].is_null()) out.said.score = warehouse::as_double(cells[7]);
  const auto& keys = cells[12].as_array();
  const auto& ways = cells[13].as_array();
  const auto& chances = cells[14].as_array();
  for (std::size_t i = 0; i < keys.size(); ++i)
    out.aspects.push_back(
        {.key = warehouse::as_text(keys[i]),
         .polarity = text::parse_polarity(warehouse::as_text(ways.at(i))).value_or(text::Polarity::kNeutral),
         .positive = warehouse::as_double(chances.at(i))});
  for (const auto& label : cells[15].as_array()) out.labels.push_back(warehouse::as_text(label));
  return out;
}

Result<std::unordered_map<std::uint64_t, std::string>> texts_of(const CommentStore& store, const Grant& grant,
                                                                const std::vector<CommentView>& items) {
  std::unordered_map<std::uint64_t, std::string> out;
  if (items.empty()) return out;
  const query::Filter range{.range = {items.back().said.at, items.front().said.at + Millis{1}}};
  CX_TRY(query::Prepared question,
         query::prepare(grant, Permission::kViewCustomers, range, sql::kCommentTexts));
  std::vector<std::uint64_t> ids;
  for (const CommentView& item : items) ids.push_back(item.said.event_id);
  question.params.set("ids", ids);
  CX_TRY(const warehouse::Table table, store.client.select(question.query()));
  for (const auto& cells : table.rows) out[warehouse::as_u64(cells[0])] = warehouse::as_text(cells[1]);
  return out;
}

}  // namespace

Result<CommentPage> comments(const CommentStore& store, const text::CommentModels& models,
                             const NameOf& name_of, const Grant& grant, const CommentFilter& filter,
                             const query::Cursor& before, std::uint32_t count) {
  if (count == 0 || count > query::kPageMax) return fail(Code::kBadFilter, "1 to {} items", query::kPageMax);
  CX_TRY(query::Prepared question,
         prepare_comments(store, grant, Permission::kViewCustomers, filter, sql::kComments));
  // One more than asked tells whether there is a next page.
  question.params.set("before_at", before.at)
      .set("before_id", before.id)
      .set("rows", std::uint64_t{count} + 1);
  CX_TRY(const warehouse::Table table, store.client.select(question.query()));
  std::vector<CommentView> items;
  CommentPage out;
  for (const auto& cells : table.rows) {
    if (items.size() == count) {
      out.next = query::Cursor{.at = items.back().said.at, .id = items.back().said.event_id};
      break;
    }
    items.push_back(view_of(cells));
  }
  CX_TRY(auto texts, texts_of(store, grant, items));
  std::map<CustomerId, std::string> names;
  text::CommentReader reader(models);
  for (CommentView& item : items) {
    const auto text = texts.find(item.said.event_id);
    if (text == texts.end()) continue;
    item.said.text = std::move(text->second);
    if (store.corrections) item.corrections = store.corrections(item.said.event_id);
    item.pieces = reader.explain(item.said.text, item.corrections);
    const auto [name, is_new] = names.try_emplace(item.said.customer);
    if (is_new) {
      CX_TRY(name->second, name_of(item.said.customer));
    }
    item.said.name = name->second;
    out.items.push_back(std::move(item));
  }
  return out;
}

Result<std::uint64_t> count_comments(const CommentStore& store, const Grant& grant,
                                     const CommentFilter& filter) {
  CX_TRY(const Counts counts, whole_of(store, grant, filter));
  return counts.n() + counts.unknown;
}

}  // namespace zhike::feedback
