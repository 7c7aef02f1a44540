// What is known of each customer as numbers: last answers, how often they ordered, asked and complained, how
// long they waited, and traits that are numbers. One row for each customer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/grant.h"
#include "feedback/survey.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::feedback {

/// A column of every store. Touchpoints and event names are those of the metrics of the catalogue.
struct CustomerColumn {
  std::string_view key;         ///< "orders"
  std::string_view en, zh;      ///< what it is called
  std::string_view unit;        ///< score, count, share, days, hours, money (major units), yes_no
  std::string_view instrument;  ///< whose last answer it is; empty: no answer
  bool is_usual = true;         ///< a driver unless told otherwise
};
/// In the order of the SQL. Lives for the process.
[[nodiscard]] std::span<const CustomerColumn> customer_columns();
/// Null: there is none.
[[nodiscard]] const CustomerColumn* find_customer_column(std::string_view key);

/// A trait as a column, by the set of customers that its values divide (external::Externals::groups).
struct TraitColumn {
  std::string key;  ///< "trait.age"
  std::uint64_t set = 0;
};

struct CustomersWanted {
  query::Filter filter;  ///< of events: what is counted, and of whom
  std::string until{};   ///< instrument whose last answer ends what counts of a customer; empty: none
  std::vector<TraitColumn> traits{};
  std::string currency{};  ///< of money; amounts in others are not counted
};

/// More customers than these are not read: those with the latest events, or answers, count.
inline constexpr std::uint64_t kCustomersMax = 100'000;

struct CustomerTable {
  std::vector<std::string> keys;             ///< those of customer_columns(), then of the traits
  std::vector<std::vector<double>> columns;  ///< by key, then by customer; NaN: not known
  std::uint64_t customers = 0;
  bool is_cut = false;  ///< there are more than kCustomersMax
  /// Of `key`, which must be there.
  [[nodiscard]] const std::vector<double>& of(std::string_view key) const;
};

/// With `until`, customers without such an answer in the filter are not there. Thread-safe. Permission:
/// kViewMetrics. Errors: kPermissionMissing, kBadFilter, and the client's.
[[nodiscard]] Result<CustomerTable> customer_table(warehouse::Client& client, const Grant& grant,
                                                   const CustomersWanted& wanted);

}  // namespace zhike::feedback
