// What a report on cases counts, case by case. Pure; not thread-safe; tallies of several threads are added
// up.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "journey/case_list.h"
#include "journey/case_row.h"

namespace zhike::journey {

class CaseTally {
 public:
  /// `kinds`, `question` and `filter` are borrowed.
  CaseTally(const CaseKinds& kinds, const CaseQuestion& question, const query::Filter& filter);
  /// Cases of a customer come one after another.
  void take(const CaseRow& row);
  /// No customer may have been taken by both.
  void add(CaseTally&& other);
  [[nodiscard]] CaseReport report();

 private:
  struct Place {
    std::uint64_t running = 0, complete = 0, left = 0;
    std::vector<std::int64_t> quiet_ms{};
  };
  void count(const CaseRow& row, CaseState state);
  [[nodiscard]] bool is_listed(const CaseRow& row, CaseState state) const;
  [[nodiscard]] bool comes_before(const CaseRow& a, const CaseRow& b) const;
  void keep_first();
  [[nodiscard]] CaseKinds::Kind kind(std::uint32_t number) const;

  const CaseKinds* kinds_;
  const CaseQuestion* question_;
  const query::Filter* filter_;
  std::int64_t pause_ms_;
  std::uint32_t stage_ = 0, touchpoint_ = 0;  // names; 0: any
  bool lists_none_ = false;                   // such a place is not known
  std::uint64_t customers_ = 0, last_customer_, listed_ = 0;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Place> places_;  // by stage, touchpoint
  std::map<std::int32_t, CaseDay> days_;
  std::vector<std::int64_t> took_ms_;
  std::vector<CaseRow> items_;
};

}  // namespace zhike::journey
