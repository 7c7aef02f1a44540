// Virtual sources at work: their rows are looked at, counted, joined with customers and put into filters.
// Rows are read where they lie, for one question. The warehouse gets subjects only (customer_sets, gone after
// two hours), and the values of a column that an answer is divided by; identifiers are standardised and
// looked up on the way and kept nowhere.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "event/grant.h"
#include "external/reader.h"
#include "external/store.h"
#include "identity/graph.h"
#include "ledger/db.h"
#include "query/filter.h"
#include "warehouse/client.h"

namespace zhike::external {

/// Texts from elsewhere as people may see them. Thread-safe.
class Scrub {
 public:
  virtual ~Scrub() = default;
  [[nodiscard]] virtual std::string scrub(std::string_view text) const = 0;
};

struct Rows {
  std::vector<Column> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  ///< masked
  bool more = false;                                          ///< there are more than asked for
};

/// How a source fits the customers.
struct Match {
  std::uint64_t rows = 0;       ///< with the key
  std::uint64_t matched = 0;    ///< rows whose customer is known
  std::uint64_t customers = 0;  ///< different ones
  Millis took{};
};

struct GroupValue {
  std::string value;
  std::uint64_t customers = 0;
};
/// The customers of a column's values: for filters (query::among), most customers first.
struct Groups {
  std::uint64_t set = 0;
  std::vector<GroupValue> values;  ///< at most kGroupsMax
  bool more = false;
};

/// Thread-safe; calls block, each for the time limit of its source and some seconds. At most kAtOnce at a
/// time: what is slow elsewhere must not take all threads here.
/// Errors of every call that reads: those of Reader, kVirtualBusy, kUnknownVirtualSource, kPermissionMissing.
class Externals {
 public:
  static constexpr int kAtOnce = 4;
  static constexpr std::size_t kGroupsMax = 50, kPreviewMax = 200;

  struct Parts {
    ledger::Db& ledger;
    crypto::Key sealing;
    identity::Graph& graph;
    ledger::Db& identity_db;
    warehouse::Client& client;
    const Scrub& scrub;
    const Clock& clock;
    Reach reach;
  };
  [[nodiscard]] static Result<std::unique_ptr<Externals>> open(Parts parts);

  using Entry = Store::Entry;
  [[nodiscard]] std::vector<Entry> list(const Grant& grant) const;  ///< that the Grant may use
  [[nodiscard]] Result<Entry> find(const Grant& grant, std::string_view key) const;
  /// Permission of these: kManageData.
  [[nodiscard]] Result<Entry> make(const Grant& grant, Source source);
  [[nodiscard]] Result<Entry> replace(const Grant& grant, SourceId id, Source source);
  [[nodiscard]] Result<void> remove(const Grant& grant, SourceId id);
  /// The columns as they are there now; proposes what is sensitive. `source` need not be kept yet, nor have
  /// columns; without secrets those of the kept one with the same key and address are used.
  [[nodiscard]] Result<std::vector<Column>> describe(const Grant& grant, Source source);
  [[nodiscard]] Result<Rows> preview(const Grant& grant, std::string_view key, std::size_t count);
  [[nodiscard]] Result<Match> match(const Grant& grant, std::string_view key);

  /// The rows of one customer, whom the caller has checked the Grant to see. Permission: kViewCustomers.
  [[nodiscard]] Result<Rows> rows_of(const Grant& grant, std::string_view key, CustomerId customer,
                                     std::size_t count);

  /// Turns conditions on virtual columns and on traits into sets of customers. Errors: also kBadFilter.
  [[nodiscard]] Result<void> resolve(const Grant& grant, query::Filter& filter);
  /// "crm.tariff". Errors: also kBadFilter.
  [[nodiscard]] Result<Groups> groups(const Grant& grant, std::string_view column);

 private:
  struct Made {
    std::uint64_t set = 0;
    Match match;
    std::vector<GroupValue> groups;
    bool more = false;
    Deadline good_until;
  };
  class Turn;

  explicit Externals(Parts parts) : parts_(std::move(parts)) {}
  Result<std::shared_ptr<const Made>> set_of(const Source& source, const query::OutsideQuestion& question,
                                             bool grouped);
  Result<Made> fetch(const Source& source, const query::OutsideQuestion& question, bool grouped);
  Result<std::unique_ptr<Reader>> connect(const Source& source, Deadline deadline);
  Result<Rows> shown(const Grant& grant, const Source& source, query::OutsideQuestion question,
                     std::size_t count);
  Result<void> resolve(const Grant& grant, query::Expr& expr);
  Result<std::uint64_t> set_of_trait(const query::Condition& condition);
  struct Named {
    Entry source;
    const Column* column = nullptr;  ///< null: none was named
  };
  Result<Named> named(const Grant& grant, std::string_view name, bool with_column) const;

  Parts parts_;
  std::unique_ptr<Store> store_;
  std::atomic<int> running_{0};
  std::mutex mutex_;  // of what follows
  std::map<std::string, std::shared_ptr<const Made>> made_;
  struct Down {
    Error error;
    Deadline until;
  };
  std::map<std::uint64_t, Down> down_;                               // by source and change
  std::map<std::string, std::shared_ptr<std::timed_mutex>> making_;  // by question
};

}  // namespace zhike::external
