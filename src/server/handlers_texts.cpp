// What comments say: sentiment, aspects, intents, words, topics, and the comments behind them.
#include <algorithm>
#include <mutex>
#include <string>

#include "base/ascii.h"
#include "feedback/comments.h"
#include "feedback/readings.h"
#include "feedback/text_labels.h"
#include "feedback/text_learning.h"
#include "feedback/topics.h"
#include "server/api.h"
#include "server/text_json.h"
#include "server/text_learning.h"

namespace zhike::server {
namespace {

constexpr std::string_view kOwn[] = {
    "language", "sentiment", "aspect", "aspect_sentiment", "label", "word",   "grain",
    "by",       "compare",   "of",     "cursor",           "limit", "topics", "ids"};

Result<feedback::CommentFilter> filter_of(const Call& call) {
  feedback::CommentFilter out{.events = {}};
  CX_TRY(out.events, call.filter(kOwn));
  out.language = call.param("language");
  out.sentiment = call.param("sentiment");
  out.aspect = call.param("aspect");
  out.aspect_sentiment = call.param("aspect_sentiment");
  out.label = call.param("label");
  out.word = call.param("word");
  for (std::string_view rest = call.param("ids"); !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const auto id = ascii::parse_number<std::uint64_t>(rest.substr(0, end));
    if (!id) return fail(Code::kBadFilter, "ids: numbers of events, separated by commas");
    out.ids.push_back(*id);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

Result<feedback::CommentQuestion> question_of(const Call& call) {
  feedback::CommentQuestion out{.filter = {.events = {}}};
  CX_TRY(out.filter, filter_of(call));
  out.grain = query::grain_for(out.filter.events.range);
  if (!call.param("grain").empty()) {
    CX_TRY(out.grain, query::parse_grain(call.param("grain")));
  }
  if (!call.param("by").empty()) {
    CX_TRY(out.by, query::parse_by(call.param("by")));
  }
  if (!call.param("compare").empty()) {
    CX_TRY(out.compare, query::parse_compare(call.param("compare")));
  }
  return out;
}

json::object label_json(const feedback::LabelUse& label, const text::Routes& routes) {
  json::object out{{"label", label.group + "." + label.key},
                   {"group", label.group},
                   {"name_en", label.name_en},
                   {"name_zh", label.name_zh},
                   {"n", label.n},
                   {"negative", label.negative},
                   {"team_en", ""},
                   {"team_zh", ""}};
  // A rule that is gone goes by its key until all comments have been read anew.
  const text::Route* const route = label.group == text::kRouteGroup ? routes.find(label.key) : nullptr;
  if (route == nullptr) return out;
  out["name_en"] = route->name_en;
  out["name_zh"] = route->name_zh;
  out["team_en"] = route->team_en;
  out["team_zh"] = route->team_zh;
  return out;
}

Result<Response> get_summary(Call& call) {
  CX_TRY(const auto question, question_of(call));
  const feedback::ReadingStatus status = call.app.readings().status();
  CX_TRY(const auto summary, feedback::summarise(comment_store(call.app), call.grant, question));
  json::array series, groups, languages, labels;
  for (const auto& point : summary.series) {
    json::object entry{{"at", time_text(point.at)}};
    put_sentiments(entry, point.sentiments);
    series.push_back(std::move(entry));
  }
  const auto group_json = [](const feedback::SentimentGroup& group) {
    json::object entry{{"group", group.key}};
    put_sentiments(entry, group.sentiments);
    return entry;
  };
  for (const auto& group : summary.groups) groups.push_back(group_json(group));
  for (const auto& group : summary.languages) languages.push_back(group_json(group));
  const auto setup = call.app.readings().setup();
  for (const auto& label : summary.labels) labels.push_back(label_json(label, setup->routes));
  json::object out{{"grain", query::to_string(summary.grain)},
                   {"negative_change", change_json(summary.negative)},
                   {"positive_change", change_json(summary.positive)},
                   {"series", std::move(series)},
                   {"groups", std::move(groups)},
                   {"languages", std::move(languages)},
                   {"labels", std::move(labels)},
                   {"reading", state_json(status)}};
  put_sentiments(out, summary.whole);
  return answer(out);
}

Result<Response> get_aspects(Call& call) {
  CX_TRY(const auto question, question_of(call));
  const auto setup = call.app.readings().setup();
  const text::AspectCatalogue& catalogue = setup->aspects;
  CX_TRY(const auto table, feedback::aspects(comment_store(call.app), call.grant, catalogue, question));
  json::array items;
  for (const auto& use : table.aspects) {
    json::object entry{{"aspect", use.key},
                       {"name_en", use.name_en},
                       {"name_zh", use.name_zh},
                       {"mentioned", portion_json(use.mentioned)},
                       {"negative_change", change_json(use.negative)},
                       {"mentioned_change", change_json(use.more)}};
    put_sentiments(entry, use.sentiments);
    items.push_back(std::move(entry));
  }
  return answer(json::object{{"catalogue", catalogue.key},
                             {"catalogue_en", catalogue.name_en},
                             {"catalogue_zh", catalogue.name_zh},
                             {"comments", table.comments},
                             {"comments_before", table.comments_before},
                             {"items", std::move(items)}});
}

Result<Response> get_words(Call& call) {
  CX_TRY(const auto filter, filter_of(call));
  auto of = text::Polarity::kNegative;
  if (!call.param("of").empty()) {
    const auto named = text::parse_polarity(call.param("of"));
    if (!named) return fail(Code::kBadFilter, "of: negative, neutral or positive");
    of = *named;
  }
  CX_TRY(const auto count, call.limit(30));
  CX_TRY(const auto found, feedback::typical_words(comment_store(call.app), call.grant, filter, of, count));
  json::array items;
  for (const auto& word : found.words)
    items.push_back(
        json::object{{"word", word.word}, {"n", word.n}, {"others", word.others}, {"score", word.score}});
  return answer(json::object{{"of", text::to_string(of)},
                             {"inside", found.inside},
                             {"outside", found.outside},
                             {"enough", found.enough},
                             {"items", std::move(items)}});
}

json::value rise_json(const std::optional<feedback::Rise>& rise) {
  if (!rise) return nullptr;
  return json::object{{"n", rise->n},         {"before", rise->before},
                      {"share", rise->share}, {"share_before", rise->share_before},
                      {"score", rise->score}, {"q_value", rise->q_value}};
}

json::object topic_json(const feedback::TopicTable& table, std::size_t number) {
  const feedback::TopicOfComments& topic = table.topics[number];
  json::array words, series, examples;
  for (const auto& word : topic.words) words.push_back(json::object{{"word", word.word}, {"n", word.n}});
  for (std::size_t i = 0; i < table.at.size(); ++i)
    series.push_back(
        json::object{{"at", time_text(table.at[i])}, {"n", topic.series[i]}, {"of", table.all[i]}});
  for (const std::uint64_t event : topic.examples) examples.push_back(json::value(std::to_string(event)));
  json::object out{{"topic", number},
                   {"words", std::move(words)},
                   {"stability", topic.stability},
                   {"coherence", topic.coherence},
                   {"comments", topic.comments.count},
                   {"share", portion_json(topic.comments)},
                   {"series", std::move(series)},
                   {"rise", rise_json(topic.rise)},
                   {"examples", std::move(examples)}};
  put_sentiments(out, topic.sentiments);
  return out;
}

Result<Response> get_topics(Call& call) {
  CX_TRY(const auto question, question_of(call));
  std::int64_t count = 0;
  if (!call.param("topics").empty()) {
    CX_TRY(count, call.number("topics", 0, 2, 30));
  }
  // Topics take a second of computing: one at a time, however many ask.
  static std::mutex one_at_a_time;
  const std::scoped_lock lock(one_at_a_time);
  CX_TRY(const auto table, feedback::topics_of_comments(comment_store(call.app), call.grant, question,
                                                        static_cast<std::uint32_t>(count)));
  json::array topics;
  for (std::size_t t = 0; t < table.topics.size(); ++t) topics.push_back(topic_json(table, t));
  const auto figure = [&](double value) { return table.enough ? json::value(value) : json::value(nullptr); };
  return answer(json::object{{"enough", table.enough},
                             {"needed", table.needed},
                             {"comments", table.comments},
                             {"read", table.read},
                             {"before", table.before},
                             {"without", table.without},
                             {"stability", figure(table.stability)},
                             {"coherence", figure(table.coherence)},
                             {"grain", query::to_string(question.grain)},
                             {"topics", std::move(topics)}});
}

Result<Response> get_emerging(Call& call) {
  CX_TRY(const auto question, question_of(call));
  CX_TRY(const auto count, call.limit(30));
  CX_TRY(const auto found, feedback::risen_words(comment_store(call.app), call.grant, question, count));
  json::array items;
  for (const auto& word : found.words)
    items.push_back(
        json::object{{"word", word.word}, {"rise", rise_json(word.rise)}, {"negative", word.negative}});
  return answer(json::object{{"enough", found.enough},
                             {"comments", found.comments},
                             {"before", found.before},
                             {"tested", found.tested},
                             {"items", std::move(items)}});
}

json::object piece_json(const text::CommentPiece& piece, const text::AspectCatalogue& catalogue) {
  using Is = text::CommentPiece::Is;
  json::object out{{"text", piece.text}, {"is", "plain"}};
  switch (piece.is) {
    case Is::kPlain:
      break;
    case Is::kAspect:
      out["is"] = "aspect";
      out["key"] = catalogue.aspects[piece.number].key;
      out["sentiment"] = text::to_string(piece.polarity);
      break;
    case Is::kOpinion:
      out["is"] = "opinion";
      out["value"] = piece.value;
      out["sentiment"] = piece.value < 0 ? text::kNegative : text::kPositive;
      break;
    case Is::kLabel: {
      const text::IntentLabel& label = text::Intents::shipped().labels()[piece.number];
      out["is"] = "label";
      out["key"] = label.group + "." + label.key;
      out["value"] = piece.value;
    }
  }
  return out;
}

/// The team of the first rule that a comment meets and that names one.
const text::Route* team_of(const feedback::CommentView& v, const text::Routes& routes) {
  for (const std::string& label : v.labels) {
    const std::size_t dot = label.find('.');
    if (label.substr(0, dot) != text::kRouteGroup) continue;
    const text::Route* const route = routes.find(std::string_view(label).substr(dot + 1));
    if (route != nullptr && !route->team_en.empty()) return route;
  }
  return nullptr;
}

bool is_corrected(const feedback::CommentView& v, std::string_view aspect) {
  return std::ranges::find(v.corrections, aspect, &text::AspectCorrection::aspect) != v.corrections.end();
}

json::object comment_json(const feedback::CommentView& v, const text::CommentSetup& setup,
                          const feedback::TextLabel* own) {
  const text::AspectCatalogue& catalogue = setup.aspects;
  const text::Route* const team = team_of(v, setup.routes);
  json::array aspects, absent, pieces;
  for (const auto& aspect : v.aspects)
    aspects.push_back(json::object{{"aspect", aspect.key},
                                   {"sentiment", text::to_string(aspect.polarity)},
                                   {"positive", aspect.positive},
                                   {"own", is_corrected(v, aspect.key)}});
  for (const auto& said : v.corrections)
    if (!said.polarity) absent.push_back(json::value(said.aspect));
  for (const auto& piece : v.pieces) pieces.push_back(piece_json(piece, catalogue));
  return {{"event_id", std::to_string(v.said.event_id)},
          {"at", time_text(v.said.at)},
          {"customer_id", v.said.customer.str()},
          {"customer", v.said.name},
          {"channel", v.said.channel},
          {"touchpoint", v.said.touchpoint},
          {"unit", v.said.unit},
          {"instrument", v.said.instrument},
          {"score", number_or_null(v.said.score)},
          {"language", v.language},
          {"sentiment", v.sentiment ? text::to_string(*v.sentiment) : std::string_view("unknown")},
          {"negative", v.negative},
          {"positive", v.positive},
          {"aspects", std::move(aspects)},
          {"absent", std::move(absent)},
          {"labels", json::array(v.labels.begin(), v.labels.end())},
          {"own", own == nullptr ? json::value(nullptr) : json::value(text::to_string(own->label))},
          {"team_en", team == nullptr ? std::string() : team->team_en},
          {"team_zh", team == nullptr ? std::string() : team->team_zh},
          {"pieces", std::move(pieces)}};
}

Result<Response> list_comments(Call& call) {
  CX_TRY(const auto filter, filter_of(call));
  CX_TRY(const auto before, call.cursor());
  CX_TRY(const auto count, call.limit());
  CX_TRY(const auto models, call.app.readings().models());
  CX_TRY(const auto page, feedback::comments(
                              comment_store(call.app), *models,
                              [&](CustomerId customer) { return call.app.names().of(customer); }, call.grant,
                              filter, before, count));
  json::array items;
  std::vector<std::uint64_t> events;
  for (const auto& view : page.items) events.push_back(view.said.event_id);
  CX_TRY(const auto own, call.app.readings().learning().labels().of(call.grant, events));
  for (const auto& view : page.items) {
    const auto label = own.find(view.said.event_id);
    items.push_back(comment_json(view, models->setup(), label == own.end() ? nullptr : &label->second));
  }
  json::object out{{"items", std::move(items)}, {"next_cursor", next_cursor(page.next)}, {"total", nullptr}};
  if (call.param("cursor").empty() && call.grant.may(Permission::kViewMetrics)) {
    CX_TRY(const std::uint64_t total, feedback::count_comments(comment_store(call.app), call.grant, filter));
    out["total"] = total;
  }
  return answer(out);
}

}  // namespace

void add_text_handlers(Handlers& handlers) {
  handlers["getTextSummary"] = get_summary;
  handlers["getTextAspects"] = get_aspects;
  handlers["getTextWords"] = get_words;
  handlers["getTextTopics"] = get_topics;
  handlers["getTextEmerging"] = get_emerging;
  handlers["listComments"] = list_comments;
  add_text_learning_handlers(handlers);
}

}  // namespace zhike::server
