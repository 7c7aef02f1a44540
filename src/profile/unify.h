// Customers taken together and apart by people: what made a customer one, what a merge or a split would
// change, and doing it. Everything is masked, and bounded by the Grant: both customers must be within its
// units.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "event/grant.h"
#include "identity/history.h"
#include "ledger/hot.h"
#include "profile/profile.h"
#include "warehouse/client.h"

namespace zhike::profile {

/// Carries decisions out in turn with the events, and sees to it that the audit log has them; `app` supplies
/// it (ingest::Mover). Thread-safe.
class Decider {
 public:
  virtual ~Decider() = default;
  [[nodiscard]] virtual Result<identity::Decided> decide(identity::Decision decision) = 0;
  /// Many at once; an answer for each.
  [[nodiscard]] virtual Result<std::vector<Result<identity::Decided>>> decide_all(
      std::vector<identity::Decision> decisions) = 0;
};

struct KnownIdentifier {
  SubjectId subject;
  MaskedIdentifier shown;
  SourceId source;  ///< that named it first
  bool shared = false;
};

struct Making {
  CustomerId customer;  ///< today's
  std::vector<KnownIdentifier> identifiers;
  std::vector<KnownIdentifier> others;  ///< that are another customer's, and that joins or conflicts speak of
  identity::History history;
};

/// What a customer is, or would be.
struct Person {
  CustomerId customer{};
  std::string name{};  ///< masked
  std::vector<MaskedIdentifier> identifiers{};
  std::uint64_t events = 0, orders = 0;
  std::optional<Instant> first_seen{}, last_seen{};
  Money spent{};  ///< without a currency: nothing, or not told
};

struct MergePreview {
  std::vector<Person> before;  ///< one: they are one customer already
  Person after;
  std::string obstacle;  ///< "exclusive", "too_many", "kept_apart"; empty: none
};

struct MergeWish {
  CustomerId left{}, right{};
  std::string reason{};
  /// kManual; kReviewed for a pair that matching proposed and a person accepted.
  identity::Evidence evidence = identity::Evidence::kManual;
  bool force = false;  ///< although a rule keeps them apart
};

/// Borrows its parts, which must outlive it. Thread-safe. Permission of every call: kManageData, and for the
/// two that only look kViewCustomers. Errors of every call: kPermissionMissing, kNotFound, the ledger's.
class Unify {
 public:
  struct Parts {
    ledger::Hot& hot;
    identity::Graph& graph;
    ledger::Db& identity_db;
    const Names& names;
    warehouse::Client& client;
    Decider& decider;
    const Clock& clock;
  };
  explicit Unify(const Parts& parts) : parts_(parts) {}

  /// Permission: kViewCustomers. At most kMakingMax joins, and as many conflicts.
  [[nodiscard]] Result<Making> making(const Grant& grant, CustomerId customer) const;

  [[nodiscard]] Result<MergePreview> preview_merge(const Grant& grant, CustomerId a, CustomerId b) const;
  /// A repeat changes nothing; nor does a merge that a rule forbids, unless it is forced. Errors:
  /// kReasonMissing, kBadField (an evidence that no person gives), and those of the decider.
  [[nodiscard]] Result<identity::Decided> merge(const Grant& grant, const MergeWish& wish) const;

  /// Who would be left. Errors: also kBadField, and the client's.
  [[nodiscard]] Result<std::vector<Person>> preview_split(const Grant& grant, CustomerId customer,
                                                          std::span<const std::uint64_t> joins) const;
  /// A repeat changes nothing; the two sides stay apart until somebody merges them. Errors: kBadField,
  /// kReasonMissing, and those of the decider.
  [[nodiscard]] Result<identity::Decided> split(const Grant& grant, CustomerId customer,
                                                std::vector<std::uint64_t> joins, std::string reason) const;

  static constexpr std::size_t kMakingMax = 500, kJoinsMax = 100;

 private:
  [[nodiscard]] Result<Person> person(const ledger::HotProfile& record, std::span<const CustomerId> named,
                                      std::vector<MaskedIdentifier> known) const;
  [[nodiscard]] Result<std::vector<MaskedIdentifier>> identifiers(CustomerId customer) const;
  Parts parts_;
};

}  // namespace zhike::profile
