#include "journey/funnel_marks.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "warehouse/row_reader.h"

namespace zhike::journey {
namespace {

constexpr std::uint64_t kPartsMax = 1024;
constexpr std::size_t kGroupsMax = 1 << 16, kBuckets = 256;
constexpr std::uint64_t kBytesHeld = 512ULL << 20;  // of the engine: the scan alone
constexpr Millis kScanTime = seconds(60);

/// Customer and mark in 16 bytes that sort as they are: time, step, group in one number. Times from 1831 on.
struct Kept {
  std::uint64_t customer = 0, mark = 0;
  friend auto operator<=>(const Kept&, const Kept&) = default;
};
constexpr std::int64_t kShift = 1LL << 42;
std::uint64_t packed(std::int64_t ms, std::uint8_t step, std::uint16_t group) {
  return static_cast<std::uint64_t>(ms + kShift) << 20U | std::uint64_t{step} << 16U | group;
}
FunnelMark unpacked(std::uint64_t mark) {
  return {.ms = static_cast<std::int64_t>(mark >> 20U) - kShift,
          .step = static_cast<std::uint8_t>(mark >> 16U & 0xFU),
          .group = static_cast<std::uint16_t>(mark & 0xFFFFU)};
}

/// Rows of the stream, by customer: into buckets that fit the cache when they are sorted.
class Collector {
 public:
  explicit Collector(std::vector<std::string>& groups) : groups_(groups) {
    for (std::size_t i = 0; i < groups.size(); ++i)
      numbers_.emplace(groups[i], static_cast<std::uint16_t>(i));
  }

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
    if (is_full_) return false;
    pending_ = std::string(rest);
    return true;
  }
  [[nodiscard]] bool is_whole() const { return pending_.empty(); }
  [[nodiscard]] bool is_full() const { return is_full_; }

  void hand_out(const EachCustomer& each) {
    std::vector<FunnelMark> marks;
    for (auto& bucket : buckets_) {
      std::ranges::sort(bucket);
      for (std::size_t from = 0; from < bucket.size();) {
        marks.clear();
        const std::uint64_t customer = bucket[from].customer;
        for (; from < bucket.size() && bucket[from].customer == customer; ++from)
          marks.push_back(unpacked(bucket[from].mark));
        each(customer, marks);
      }
      bucket = {};
    }
  }

 private:
  bool next(warehouse::RowReader& row) {
    std::uint64_t customer = 0;
    std::int64_t ms = 0;
    std::uint8_t step = 0;
    std::string_view group;
    if (!row.number(customer) || !row.number(ms) || !row.number(step) || !row.text(group)) return false;
    const std::uint16_t number = number_of(group);
    constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;  // Knuth, TAOCP 3, 6.4: spreads what is in a row
    buckets_[customer * kGolden >> 56U].push_back({customer, packed(ms, step, number)});
    return !is_full_;
  }
  std::uint16_t number_of(std::string_view group) {
    if (!groups_.empty() && groups_[last_] == group) return last_;
    auto at = numbers_.find(group);
    if (at == numbers_.end()) {
      if (groups_.size() == kGroupsMax) {
        is_full_ = true;
        return 0;
      }
      at = numbers_.emplace(group, static_cast<std::uint16_t>(groups_.size())).first;
      groups_.emplace_back(group);
    }
    return last_ = at->second;
  }

  std::vector<std::string>& groups_;
  std::map<std::string, std::uint16_t, std::less<>> numbers_;
  std::uint16_t last_ = 0;
  bool is_full_ = false;
  std::string pending_;
  std::array<std::vector<Kept>, kBuckets> buckets_;
};

}  // namespace

Result<void> each_climber(warehouse::Client& client, query::Prepared& asked, std::vector<std::string>& groups,
                          const EachCustomer& each, std::uint64_t held) {
  // A part that was handed out stays: dividing its rest into more parts splits it evenly.
  struct Part {
    std::uint64_t of, number;
  };
  std::vector<Part> waiting{{1, 0}};
  while (!waiting.empty()) {
    const Part part = waiting.back();
    waiting.pop_back();
    asked.params.set("parts", part.of).set("part", part.number);
    Collector collector(groups);
    const auto done = client.stream(
        asked.query({.memory_bytes_max = kBytesHeld, .time_max = kScanTime, .result_rows_max = held}),
        "RowBinary", [&](std::string_view piece) { return collector.take(piece); });
    if (collector.is_full()) return fail(Code::kQueryTooLarge, "more than {} groups", kGroupsMax);
    if (done) {
      if (!collector.is_whole()) return fail(Code::kWarehouseDown, "an answer ended in the middle of a row");
      collector.hand_out(each);
      continue;
    }
    if (done.error().code != Code::kQueryTooLarge || part.of >= kPartsMax)
      return std::unexpected(done.error());
    // customer % 4n is r, r + n, r + 2n or r + 3n where customer % n is r.
    for (std::uint64_t more = 0; more < 4; ++more)
      waiting.push_back({part.of * 4, part.number + more * part.of});
  }
  return {};
}

}  // namespace zhike::journey
