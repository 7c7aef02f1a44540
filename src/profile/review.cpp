#include "profile/review.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "profile/review_rows.h"
#include "profile/scope.h"

namespace zhike::profile {
namespace {

constexpr std::array<std::string_view, 4> kRunStates{"running", "done", "failed", "interrupted"};
constexpr std::array<std::string_view, 4> kPairStates{"open", "accepted", "rejected", "skipped"};
constexpr std::array<std::string_view, 4> kPairOrders{"doubt", "likely", "unlikely", "newest"};

/// Whoever reads the history shall know where it comes from.
std::string reason_of(std::uint64_t pair, double probability) {
  return fmt::format("pair {} of matching, probability {:.3f}", pair, probability);
}

}  // namespace

std::string_view to_string(RunState state) noexcept { return kRunStates[static_cast<std::size_t>(state)]; }
std::string_view to_string(PairState state) noexcept { return kPairStates[static_cast<std::size_t>(state)]; }
std::optional<PairState> parse_pair_state(std::string_view text) noexcept {
  const auto at = std::ranges::find(kPairStates, text);
  if (at == kPairStates.end()) return std::nullopt;
  return static_cast<PairState>(at - kPairStates.begin());
}

std::optional<PairOrder> parse_pair_order(std::string_view text) noexcept {
  const auto at = std::ranges::find(kPairOrders, text);
  if (at == kPairOrders.end()) return std::nullopt;
  return static_cast<PairOrder>(at - kPairOrders.begin());
}

Result<std::unique_ptr<Reviews>> Reviews::open(const Parts& parts) {
  CX_TRY(parts.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE match_runs SET state = $1 WHERE state = $2")
               .bind(1, static_cast<int>(RunState::kInterrupted))
               .bind(2, static_cast<int>(RunState::kRunning))
               .run());
    return {};
  }));
  return std::unique_ptr<Reviews>(new Reviews(parts));
}

Result<MatchRun> Reviews::begin(const Grant& grant, const Options& options, bool& fresh) {
  fresh = false;
  CX_TRY(need(grant, Permission::kManageData));
  if (!grant.all_units) return fail(Code::kPermissionMissing, "all units");
  if (options.merge_from && !(*options.merge_from > 0.5 && *options.merge_from <= 1))
    return fail(Code::kBadField, "'merge_from' is above 0.5 and at most 1");
  const std::lock_guard turn(mutex_);
  MatchRun out;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const auto latest, rows::runs(tx, 1));
    if (!latest.empty() && latest.front().state == RunState::kRunning)
      return out = latest.front(), Result<void>{};
    if (options.resume && !is_resumable())
      return fail(Code::kNotFound, "no run that was ended to go on with");
    out = {.id = latest.empty() ? 1 : latest.front().id + 1, .actor = grant.user, .at = parts_.clock.now()};
    fresh = true;
    cancelled_ = false;
    return rows::insert(tx, out);
  }));
  return out;
}

Result<MatchRun> Reviews::cancel(const Grant& grant) {
  CX_TRY(need(grant, Permission::kManageData));
  if (!grant.all_units) return fail(Code::kPermissionMissing, "all units");
  const std::lock_guard turn(mutex_);
  CX_TRY(const auto latest, runs(grant, 1));
  if (latest.empty()) return fail(Code::kNotFound, "no run of matching");
  if (latest.front().state == RunState::kRunning) cancelled_ = true;
  return latest.front();
}

std::filesystem::path Reviews::unfinished() const { return parts_.memory.string() + ".unfinished"; }

bool Reviews::is_resumable() const {
  std::error_code ignored;
  return std::filesystem::exists(unfinished(), ignored);
}

std::optional<double> Reviews::progress() const {
  const double share = done_;
  return share < 0 ? std::nullopt : std::optional(share);
}

Result<std::vector<MatchRun>> Reviews::runs(const Grant& grant, std::size_t count_max) const {
  CX_TRY(need(grant, Permission::kManageData));
  std::vector<MatchRun> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, rows::runs(tx, count_max));
    return {};
  }));
  return out;
}

Result<std::vector<CurvePoint>> Reviews::curve(const Grant& grant) const {
  CX_TRY(need(grant, Permission::kManageData));
  constexpr std::array kThresholds{0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999};
  std::vector<std::pair<double, bool>> decided;  // probability, accepted
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(decided, rows::decided(tx));
    return {};
  }));
  std::vector<CurvePoint> out;
  if (decided.size() < kCurveLeast) return out;
  for (const double threshold : kThresholds) {
    CurvePoint point{.threshold = threshold, .right = {}, .found = {}};
    for (const auto& [probability, accepted] : decided) {
      const bool above = probability >= threshold;
      point.right.n += above ? 1 : 0;
      point.right.hits += above && accepted ? 1 : 0;
      point.found.n += accepted ? 1 : 0;
    }
    point.found.hits = point.right.hits;
    out.push_back(point);
  }
  return out;
}

Result<std::uint64_t> Reviews::open_count() const {
  std::uint64_t out = 0;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, rows::open_count(tx));
    return {};
  }));
  return out;
}

/// Nothing: it is not this Grant's to see, or an open one that has become one customer otherwise.
Result<std::optional<ReviewPair>> Reviews::shown(const Grant& grant, const rows::Pair& row) const {
  const auto preview = parts_.unify.preview_merge(grant, {row.left.value}, {row.right.value});
  if (!preview && preview.error().code == Code::kNotFound) return std::nullopt;
  if (!preview) return std::unexpected(preview.error());
  if (row.state == PairState::kOpen && preview->before.size() != 2) return std::nullopt;
  ReviewPair out = rows::detail_of(row);
  out.people = preview->before;
  out.obstacle = preview->obstacle;
  return out;
}

Result<ReviewPage> Reviews::list(const Grant& grant, const PairsAsked& asked, const query::Cursor& before,
                                 std::uint32_t count) const {
  CX_TRY(need(grant, Permission::kManageData));
  if (count == 0 || count > query::kPageMax) return fail(Code::kBadField, "1 to {} pairs", query::kPageMax);
  std::unordered_set<std::uint64_t> of;
  if (asked.of)
    for (const CustomerId customer : *asked.of) {
      CX_TRY(const auto subjects, parts_.graph.subjects_of(customer));
      for (const SubjectId subject : subjects) of.insert(subject.value);
    }
  const auto is_asked = [&](const rows::Pair& row) {
    return !asked.of || of.contains(row.left.value) || of.contains(row.right.value);
  };
  ReviewPage out;
  query::Cursor at = before;
  const std::uint32_t at_once = asked.of ? query::kPageMax : count;
  for (bool more = !asked.of || !of.empty(); more && out.items.size() < count;) {
    std::vector<rows::Pair> page;
    CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
      CX_TRY(page, rows::page(tx, asked.state, asked.order, at, at_once + 1));
      return {};
    }));
    more = page.size() > at_once;
    if (more) page.pop_back();
    for (const rows::Pair& row : page) {
      at = rows::cursor_of(row, asked.order);
      if (!is_asked(row)) continue;
      CX_TRY(auto pair, shown(grant, row));
      if (pair) out.items.push_back(*std::move(pair));
      if (out.items.size() == count) {
        more = more || &row != &page.back();
        break;
      }
    }
    if (more)
      out.next = at;
    else
      out.next.reset();
  }
  return out;
}

Result<ReviewPair> Reviews::decide(const Grant& grant, std::uint64_t pair, Verdict verdict,
                                   bool force) const {
  CX_TRY(need(grant, Permission::kManageData));
  rows::Pair row;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(row, rows::find(tx, pair));
    return {};
  }));
  CX_TRY(const auto left, look_up(parts_.hot, parts_.graph, grant, {row.left.value}));
  CX_TRY(const auto right, look_up(parts_.hot, parts_.graph, grant, {row.right.value}));
  std::string obstacle;
  PairState state = PairState::kSkipped;
  if (verdict == Verdict::kAccept) {
    state = PairState::kAccepted;
    CX_TRY(const auto done, parts_.unify.merge(grant, {.left = {row.left.value},
                                                       .right = {row.right.value},
                                                       .reason = reason_of(row.id, row.probability),
                                                       .evidence = identity::Evidence::kReviewed,
                                                       .force = force}));
    obstacle = done.obstacle;
    if (done.version != 0) row.version = done.version;
  } else if (verdict == Verdict::kReject) {
    state = PairState::kRejected;
    if (left.customer == right.customer)
      return fail(Code::kBadField, "they are one customer: take it back there");
    CX_TRY(const auto done, parts_.decider.decide({.act = identity::Decision::Act::kApart,
                                                   .left = row.left,
                                                   .right = row.right,
                                                   .actor = grant.user,
                                                   .at = parts_.clock.now(),
                                                   .reason = reason_of(row.id, row.probability)}));
    if (done.version != 0) row.version = done.version;
  }
  if (obstacle.empty() && row.state != state) {
    row.state = state;
    row.actor = grant.user;
    row.at = parts_.clock.now();
    CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) { return rows::set_state(tx, row); }));
  }
  CX_TRY(auto out, shown(grant, row));
  if (!out) return fail(Code::kNotFound, "pair {}", pair);
  if (!obstacle.empty()) out->obstacle = std::move(obstacle);
  return *std::move(out);
}

}  // namespace zhike::profile
