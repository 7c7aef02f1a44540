// What people (and other parts of the product) decide about customers: to make two one, to take a join back,
// to call a value shared. A decision is carried out by the mover in turn with the blocks of events (Graph::
// resolve), gets a version of the subject → customer map, and is kept with its reason.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace zhike::identity {

/// Why two subjects are one customer. Part of the stored format.
enum class Evidence : std::uint8_t {
  kClaim = 1,  ///< an event named both
  kManual,     ///< a person said so
  kReviewed,   ///< a person accepted a pair that was proposed by matching
  kMatched,    ///< matching was sure enough by itself
};
[[nodiscard]] std::string_view to_string(Evidence evidence) noexcept;  ///< "reviewed"

/// Part of the stored format.
enum class DecisionKind : std::uint8_t {
  kMerge = 1,
  kSplit,
  kUnlink,    ///< an event took a link back
  kShared,    ///< an identifier turned out to be many people's
  kVerified,  ///< its owner proved that it is theirs, and it was somebody else's until then
  kApart,     ///< two customers are two: no claim joins them
};
[[nodiscard]] std::string_view to_string(DecisionKind kind) noexcept;  ///< "split"

struct Decision {
  enum class Act : std::uint8_t {
    kMerge,  ///< left's and right's customers become one; of two that are one already nothing changes
    kSplit,  ///< the joins are taken back; of those that were taken back already nothing changes
    kApart,  ///< left's and right's customers stay two; of those that are one already nothing changes
    kShare,  ///< left is shared from now on, and joins nobody; its joins are taken back
  };
  Act act = Act::kMerge;
  SubjectId left{}, right{};           ///< kMerge, kApart: one of each customer
  std::vector<std::uint64_t> joins{};  ///< kSplit: versions of the joins
  Evidence evidence = Evidence::kManual;
  bool force = false;  ///< kMerge: although a rule keeps them apart
  UserId actor{};
  Instant at{};
  std::string reason{};  ///< never a sensitive value
};

/// What a decision came to. Errors: kNotFound (a subject or join), kBadField (the joins of a split are not
/// all of one customer).
struct Decided {
  std::uint64_t version = 0;            ///< of the decision; 0: nothing was changed
  std::vector<CustomerId> customers{};  ///< who the subjects it was about belong to now, by id
  /// Of a merge: the rule that kept them apart, "exclusive", "too_many" or "kept_apart"; empty: none did.
  std::string obstacle{};
};

}  // namespace zhike::identity
