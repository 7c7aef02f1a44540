#include "journey/experience_store.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "journey/cases.h"
#include "journey/sql.h"
#include "query/prepare.h"
#include "warehouse/row_reader.h"

namespace zhike::journey {
namespace {

constexpr std::uint64_t kRowsMax = 1ULL << 32;

/// What the kinds of the store are for these settings.
Result<ExperienceKinds> kinds_of_store(warehouse::Client& client, const ExperienceSettings& settings) {
  CX_TRY(const warehouse::Table table, client.select({.sql = sql::kExperienceKinds}));
  std::vector<std::array<std::string, 4>> texts;
  texts.reserve(table.rows.size());
  for (const auto& row : table.rows)
    texts.push_back({warehouse::as_text(row[1]), warehouse::as_text(row[2]), warehouse::as_text(row[3]),
                     warehouse::as_text(row[4])});
  std::vector<KindRow> rows;
  for (std::size_t i = 0; i < texts.size(); ++i)
    rows.push_back({.kind = static_cast<std::uint32_t>(warehouse::as_u64(table.rows[i][0])),
                    .type = texts[i][0],
                    .name = texts[i][1],
                    .channel = texts[i][2],
                    .touchpoint = texts[i][3]});
  return kinds_of(rows, settings);
}

void set_signals(warehouse::Params& params, const ExperienceKinds& kinds,
                 const ExperienceSettings& settings) {
  std::vector<std::string> instruments, properties;
  std::vector<std::uint64_t> signals, load_kinds, masks, milliseconds;
  for (const RatingRule& rule : settings.ratings) instruments.push_back(rule.instrument);
  if (std::ranges::count(instruments, settings.effort) == 0) instruments.push_back(settings.effort);
  for (const LoadRule& rule : settings.loads)
    for (const std::string& property : rule.properties) {
      properties.push_back(property);
      milliseconds.push_back(rule.in_seconds ? 0 : 1);
    }
  for (const auto& [kind, use] : kinds.of) {
    if (use.is_signal() || use.loads != 0) signals.push_back(kind);
    if (use.loads == 0) continue;
    load_kinds.push_back(kind);
    masks.push_back(use.loads);
  }
  if (load_kinds.empty()) {  // an empty list has no type to look a kind up in
    load_kinds.push_back(0);
    masks.push_back(0);
  }
  params.set("instrument", "")
      .set("instruments", instruments)
      .set("kinds", signals)
      .set("load_kinds", load_kinds)
      .set("load_masks", masks)
      .set("load_properties", properties)
      .set("load_milliseconds", milliseconds)
      .set("tastes", settings.tastes);
}

/// Rows of the stream, handed on customer by customer.
class Collector {
 public:
  Collector(const ExperienceKinds& kinds, const ExperienceSettings& settings, std::int64_t pause_ms)
      : kinds_(kinds), settings_(settings), pause_ms_(pause_ms) {}

  bool take(std::string_view piece) {
    std::string_view rest = piece;
    if (!pending_.empty()) {
      pending_.append(piece);
      rest = pending_;
    }
    while (!rest.empty()) {
      warehouse::RowReader row(rest);
      if (!next(row)) break;
      rest = row.rest();
    }
    pending_ = std::string(rest);
    return !is_full();
  }
  [[nodiscard]] bool is_whole() const { return pending_.empty(); }
  [[nodiscard]] bool is_full() const { return sample_.lines.size() > kExperienceLinesMax; }
  [[nodiscard]] ExperienceSample finish() {
    hand_on();
    return std::move(sample_);
  }

 private:
  bool next(warehouse::RowReader& row) {
    ExperienceMark mark;
    std::string_view word;
    if (!row.number(mark.customer) || !row.number(mark.what) || !row.number(mark.ms) ||
        !row.number(mark.kind) || !row.number(mark.value) || !row.text(word))
      return false;
    mark.word = word;
    if (!marks_.empty() && marks_.front().customer != mark.customer) hand_on();
    marks_.push_back(std::move(mark));
    return true;
  }
  void hand_on() {
    add_customer(marks_, kinds_, settings_, pause_ms_, sample_);
    marks_.clear();
  }

  const ExperienceKinds& kinds_;
  const ExperienceSettings& settings_;
  std::int64_t pause_ms_;
  std::string pending_;
  std::vector<ExperienceMark> marks_;
  ExperienceSample sample_;
};

Result<ExperienceSample> sample_of(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                                   const Definition& definition, const ExperienceKinds& kinds,
                                   const ExperienceSettings& settings) {
  CX_TRY(query::Prepared asked, query::prepare(grant, Permission::kViewMetrics, filter, sql::kExperience));
  set_cases(asked.params, definition);
  set_signals(asked.params, kinds, settings);
  warehouse::Limits limits = kCaseLimits;
  limits.result_rows_max = kRowsMax;
  Collector collector(kinds, settings, definition.gap_days * std::int64_t{86'400'000});
  const auto done = client.stream(asked.query(limits), "RowBinary",
                                  [&](std::string_view piece) { return collector.take(piece); });
  if (collector.is_full()) return fail(Code::kQueryTooLarge, "more than {} customers", kExperienceLinesMax);
  if (!done) return std::unexpected(done.error());
  if (!collector.is_whole()) return fail(Code::kWarehouseDown, "an answer ended in the middle of a row");
  return collector.finish();
}

}  // namespace

Result<ExperienceReport> experience(warehouse::Client& client, const Grant& grant,
                                    const query::Filter& filter, const std::optional<query::Filter>& other,
                                    const Definition& definition, const ExperienceSettings& settings) {
  if (!grant.may(Permission::kViewMetrics)) return fail(Code::kPermissionMissing, "view_metrics");
  CX_TRY(const ExperienceKinds kinds, kinds_of_store(client, settings));
  CX_TRY(const ExperienceSample sample, sample_of(client, grant, filter, definition, kinds, settings));
  ExperienceContext context{.settings = settings,
                            .kinds = kinds,
                            .has_end = !definition.ends.empty(),
                            .shortest = shortest_of(sample)};
  ExperienceReport out;
  if (!other) {
    out.found = experience_of(sample, context);
    return out;
  }
  CX_TRY(const ExperienceSample before, sample_of(client, grant, *other, definition, kinds, settings));
  if (const auto shortest = shortest_of(before);
      shortest && (!context.shortest || *shortest < *context.shortest))
    context.shortest = shortest;
  // First what both have, then the scores of that alone.
  const Experience whole = experience_of(sample, context), whole_before = experience_of(before, context);
  for (std::size_t i = 0; i < kParts; ++i)
    context.may_count[i] = whole.all.parts[i].figure.value && whole_before.all.parts[i].figure.value;
  out.found = experience_of(sample, context);
  out.other = experience_of(before, context);
  out.changes = compare(out.other->all, out.found.all);
  return out;
}

}  // namespace zhike::journey
