#include "mining/log.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>
#include <utility>

#include "base/mix.h"

namespace zhike::mining {
namespace {

// What a name costs beside its bytes: its string, and its entry in the dictionary that finds it again.
constexpr std::size_t kNameBytes = 2 * sizeof(std::string) + 32;
constexpr std::size_t kEventsMax = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kEventBytes = sizeof(Activity) + sizeof(std::int64_t);

std::uint64_t hash_of(std::span<const Activity> sequence) noexcept {
  std::uint64_t hash = sequence.size();
  for (const Activity activity : sequence) hash = mix(hash ^ activity);
  return hash;
}

}  // namespace

Result<void> LogBuilder::take(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= bytes_max_ && log_.events.size() < kEventsMax) return {};
  return fail(Code::kLogTooLarge, "{} events, {} cases and {} activities take more than {} MB",
              log_.events.size(), log_.cases.size(), log_.activities.size(), bytes_max_ >> 20U);
}

Result<void> LogBuilder::push(std::string_view activity, std::int64_t time) {
  auto found = activities_.find(activity);
  if (found == activities_.end()) {
    CX_TRY(take(2 * activity.size() + kNameBytes));
    found = activities_.emplace(activity, static_cast<Activity>(log_.activities.size())).first;
    log_.activities.emplace_back(activity);
  }
  CX_TRY(take(kEventBytes));
  log_.events.push_back(found->second);
  log_.times.push_back(time);
  return {};
}

Result<void> LogBuilder::add(std::string_view activity, std::int64_t time) {
  if (activity.empty()) {
    ++log_.left_out.without_activity;
    return {};
  }
  if (time == kNoTime) ++log_.untimed;
  return push(activity, time);
}

Result<void> LogBuilder::end_case(std::string_view name) {
  log_.cases.emplace_back(name);
  log_.offsets.push_back(static_cast<std::uint32_t>(log_.events.size()));
  return take(name.size() + sizeof(std::string) + sizeof(std::uint32_t));
}

Result<void> LogBuilder::add_row(std::string_view case_name, std::string_view activity, std::int64_t time) {
  LeftOut& out = log_.left_out;
  if (case_name.empty() || activity.empty() || time == kNoTime) {
    ++(case_name.empty() ? out.without_case : activity.empty() ? out.without_activity : out.without_time);
    return {};
  }
  auto found = cases_.find(case_name);
  if (found == cases_.end()) {
    CX_TRY(take(2 * case_name.size() + kNameBytes));
    found = cases_.emplace(case_name, static_cast<std::uint32_t>(log_.cases.size())).first;
    log_.cases.emplace_back(case_name);
  }
  // The row's case, and once more the row itself while rows are put in order.
  CX_TRY(take(2 * sizeof(std::uint32_t) + kEventBytes));
  case_of_.push_back(found->second);
  return push(activity, time);
}

void LogBuilder::order_rows() {
  std::vector<std::uint32_t> offsets(log_.cases.size() + 1, 0);
  for (const std::uint32_t c : case_of_) ++offsets[c + 1];
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<std::uint32_t> order(case_of_.size()), next(offsets.begin(), offsets.end() - 1);
  for (std::uint32_t row = 0; row < case_of_.size(); ++row) order[next[case_of_[row]]++] = row;
  for (std::size_t c = 0; c < log_.cases.size(); ++c)
    std::stable_sort(order.begin() + offsets[c], order.begin() + offsets[c + 1],
                     [&](std::uint32_t a, std::uint32_t b) { return log_.times[a] < log_.times[b]; });
  std::vector<Activity> events(order.size());
  std::vector<std::int64_t> times(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    events[i] = log_.events[order[i]];
    times[i] = log_.times[order[i]];
  }
  log_.events = std::move(events);
  log_.times = std::move(times);
  log_.offsets = std::move(offsets);
}

Result<EventLog> LogBuilder::finish(std::string_view what) {
  if (!case_of_.empty()) order_rows();
  EventLog out = std::exchange(log_, EventLog{});
  case_of_.clear();
  activities_.clear();
  cases_.clear();
  bytes_ = 0;
  if (out.events.empty())
    return fail(Code::kBadLog, "{}: no event is left; {} lack an activity, {} a case, {} a time", what,
                out.left_out.without_activity, out.left_out.without_case, out.left_out.without_time);
  for (std::size_t c = 0; c < out.cases.size(); ++c) {
    const auto times = out.trace_times(c);
    for (std::size_t i = 1; i < times.size(); ++i)
      out.backwards += times[i] != kNoTime && times[i - 1] != kNoTime && times[i] < times[i - 1] ? 1U : 0U;
  }
  return out;
}

void Sequences::make_table(std::size_t places) {
  table_.assign(std::max<std::size_t>(64, places), 0);
  for (std::size_t i = 0; i < hashes_.size(); ++i) {
    std::size_t at = hashes_[i] & (table_.size() - 1);
    while (table_[at] != 0) at = (at + 1) & (table_.size() - 1);
    table_[at] = static_cast<std::uint32_t>(i + 1);
  }
}

void Sequences::add(std::span<const Activity> sequence, std::uint64_t count) {
  if (2 * (size() + 1) > table_.size()) make_table(2 * table_.size());
  put(sequence, hash_of(sequence), count);
}

void Sequences::add(const Sequences& more) {
  constexpr std::size_t kAhead = 8;
  const std::size_t most = size() + more.size();
  if (2 * most > table_.size()) make_table(std::bit_ceil(2 * most));
  for (std::size_t i = 0; i < more.size(); ++i) {
    // The table is larger than the caches, and where to look in it is known.
    if (i + kAhead < more.size()) __builtin_prefetch(&table_[more.hashes_[i + kAhead] & (table_.size() - 1)]);
    put(more[i], more.hashes_[i], more.counts_[i]);
  }
}

/// There is a free place in the table.
void Sequences::put(std::span<const Activity> sequence, std::uint64_t hash, std::uint64_t count) {
  total_ += count;
  events_total_ += count * sequence.size();
  std::size_t at = hash & (table_.size() - 1);
  for (; table_[at] != 0; at = (at + 1) & (table_.size() - 1)) {
    const std::size_t i = table_[at] - 1;
    if (hashes_[i] != hash || !std::ranges::equal((*this)[i], sequence)) continue;
    counts_[i] += count;
    return;
  }
  table_[at] = static_cast<std::uint32_t>(size() + 1);
  events_.insert(events_.end(), sequence.begin(), sequence.end());
  offsets_.push_back(events_.size());
  counts_.push_back(count);
  hashes_.push_back(hash);
}

Sequences Sequences::by_count() const {
  std::vector<std::size_t> order(size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [this](std::size_t i) { return counts_[i]; });
  Sequences out;
  for (const std::size_t i : order) out.add((*this)[i], counts_[i]);
  return out;
}

Sequences variants_of(const EventLog& log) {
  Sequences out;
  for (std::size_t c = 0; c < log.cases.size(); ++c) out.add(log.trace(c), 1);
  return out.by_count();
}

}  // namespace zhike::mining
