// The cases of a kind of journey, one by one: the store streams the events, they are put together by customer
// and cut.
//
// A case ends with a step at one of the definition's `ends`, and where nothing follows within its pause,
// unless an order, ticket or application (case_id) goes on over it. It begins with a step at one of `starts`;
// what comes before is left out. Answers to questions belong to a case, but are no steps of it, and alone
// they are none. The same rules are in sql/parts/runs.sql.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/grant.h"
#include "journey/definitions.h"
#include "journey/reaches.h"
#include "query/filter.h"
#include "query/prepare.h"
#include "warehouse/client.h"

namespace zhike::journey {

struct CaseEvent {
  std::int64_t ms = 0;
  std::uint64_t event_id = 0;
  std::uint64_t matter = 0;  ///< of the order, ticket or application; 0: none
  std::uint32_t kind = 0;    ///< of a step: known to CaseKinds
  bool is_answer = false;
  float answer = kNone;  ///< of the instrument that was asked for
  static constexpr float kNone = -1e30F;
  [[nodiscard]] bool has_answer() const { return answer > -1e29F; }
};
/// `every`: one case, in order of time (then of arrival), with at least one step; borrowed for the call.
/// Cases of a customer come one after another, the earliest first; customers in no order.
using EachCase = std::function<void(std::uint64_t customer, std::span<const CaseEvent> every)>;

/// What steps are: names by number, in the order of the names, 0 being the empty one.
struct CaseKinds {
  struct Kind {
    std::uint32_t name = 0, touchpoint = 0, channel = 0, stage = 0;
    bool is_failure = false, is_start = false, is_end = false;
  };
  std::vector<std::string> names{""};
  std::vector<Kind> kinds{};  ///< by number; without a touchpoint: no step
  [[nodiscard]] const Kind& of(const CaseEvent& step) const { return kinds[step.kind]; }
  /// 0: there is none of it.
  [[nodiscard]] std::uint32_t number(std::string_view name) const;
};
struct NamedKind {
  std::uint32_t kind = 0;
  std::string name{}, touchpoint{}, channel{}, stage{};
  bool is_failure = false;
};
/// Pure.
[[nodiscard]] CaseKinds case_kinds(std::span<const NamedKind> listed, const Definition& definition);

/// Cuts the events of one customer, in order, into cases. Not thread-safe.
class CaseCutter {
 public:
  CaseCutter(const CaseKinds& kinds, const Definition& definition);
  void cut(std::uint64_t customer, std::span<const CaseEvent> events, const EachCase& each);

 private:
  void cut_run(std::uint64_t customer, std::span<const CaseEvent> run, const EachCase& each) const;
  void give(std::uint64_t customer, std::span<const CaseEvent> piece, const EachCase& each) const;
  const CaseKinds& kinds_;
  std::int64_t pause_ms_;
  bool has_starts_;
  Reaches reaches_;
};

/// Events held at once: 40 bytes each. Where there are more, the customers are read in parts.
inline constexpr std::uint64_t kCaseEventsHeld = 12ULL << 20;

class CaseStream {
 public:
  using Each = EachCase;
  /// `instrument`: whose answers count. Permission kViewMetrics. Errors: kPermissionMissing, kBadFilter,
  /// kQueryTooLarge (too many kinds of events), the client's. Blocks, as `each` does. `client` is borrowed.
  [[nodiscard]] static Result<CaseStream> open(warehouse::Client& client, const Grant& grant,
                                               const query::Filter& filter, const Definition& definition,
                                               std::string_view instrument);
  [[nodiscard]] const CaseKinds& kinds() const noexcept { return kinds_; }
  /// Calls one of `workers`, each on one thread, for every case. Errors: the client's, kQueryTooLarge (a
  /// thousandth of the customers has more events than are held).
  [[nodiscard]] Result<void> each(std::span<const EachCase> workers, std::uint64_t held = kCaseEventsHeld);

 private:
  CaseStream(warehouse::Client& client, query::Prepared asked, Definition definition)
      : client_(client), asked_(std::move(asked)), definition_(std::move(definition)) {}
  warehouse::Client& client_;
  query::Prepared asked_;
  Definition definition_;
  CaseKinds kinds_;
};

}  // namespace zhike::journey
