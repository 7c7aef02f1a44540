#include "journey/funnel_marks.h"

#include <array>
#include <map>
#include <string_view>

#include "journey/customer_rows.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kGroupsMax = 1 << 16;

/// Customer and mark in 16 bytes that sort as they are: time, step, group in one number. Times from 1831 on.
struct Kept {
  std::uint64_t customer = 0, mark = 0;
  static constexpr std::array<std::string_view, 4> kColumns{"UInt64", "Int64", "UInt8", "String"};
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

/// Names by number, in the order in which they come.
class Groups {
 public:
  explicit Groups(std::vector<std::string>& names) : names_(names) {
    for (std::size_t i = 0; i < names.size(); ++i) numbers_.emplace(names[i], static_cast<std::uint16_t>(i));
  }
  /// False: there are too many.
  bool find(std::string_view name, std::uint16_t& number) {
    if (names_.empty() || names_[last_] != name) {
      auto at = numbers_.find(name);
      if (at == numbers_.end()) {
        if (names_.size() == kGroupsMax) return false;
        at = numbers_.emplace(name, static_cast<std::uint16_t>(names_.size())).first;
        names_.emplace_back(name);
      }
      last_ = at->second;
    }
    number = last_;
    return true;
  }

 private:
  std::vector<std::string>& names_;
  std::map<std::string, std::uint16_t, std::less<>> numbers_;
  std::uint16_t last_ = 0;
};

}  // namespace

Result<void> each_climber(warehouse::Client& client, query::Prepared& asked, std::vector<std::string>& groups,
                          std::span<const EachCustomer> workers, std::uint64_t held) {
  Groups named(groups);
  std::vector<std::vector<FunnelMark>> marks(workers.size());
  return each_customer<Kept>(
      client, asked, {.rows = held, .workers = workers.size(), .full = "more than 65536 groups"},
      [&](warehouse::NativeRow& row, Kept& out) {
        std::int64_t ms = 0;
        std::uint8_t step = 0;
        std::uint16_t group = 0;
        std::string_view name;
        row.number(out.customer);
        row.number(ms);
        row.number(step);
        row.text(name);
        if (!named.find(name, group)) return RowRead::kFull;
        out.mark = packed(ms, step, group);
        return RowRead::kTaken;
      },
      [&](std::size_t worker, std::span<const Kept> rows) {
        std::vector<FunnelMark>& of = marks[worker];
        of.clear();
        for (const Kept& row : rows) of.push_back(unpacked(row.mark));
        workers[worker](rows.front().customer, of);
      });
}

}  // namespace zhike::journey
