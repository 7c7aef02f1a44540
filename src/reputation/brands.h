// Brands whose reputation is followed: our own and named competitors. Mentions are found when they are asked
// for, so a change of names counts for all that was ever said.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "ledger/db.h"
#include "text/mentions.h"

namespace zhike::reputation {

inline constexpr std::size_t kBrandsMax = 50, kNamesMax = 100, kNameBytesMax = 200;

struct Brand {
  std::string key{};
  bool is_own = false;                    ///< else a competitor
  std::string name_en{}, name_zh{};       ///< shown; one at least. Texts are searched for them too
  std::vector<std::string> names{};       ///< further names, such as "@united" or "东航"
  std::vector<std::string> exclusions{};  ///< see text::MentionFinder
  friend bool operator==(const Brand&, const Brand&) = default;
};

/// Reach of a post: the sum of its numbers, each times its weight, 0 to 1,000,000.
struct Weights {
  double followers = 1, likes = 1, comments = 1, shares = 1;
  friend bool operator==(const Weights&, const Weights&) = default;
};

/// All brands at one moment. Immutable, so safe from any thread.
class BrandBook {
 public:
  /// Errors: kBadField (key or name missing, too long or with control characters; a key twice; a name of two
  /// brands; an exclusion that is a name; too many; a weight out of range).
  [[nodiscard]] static Result<BrandBook> make(std::vector<Brand> brands, Weights weights,
                                              std::uint64_t version);

  [[nodiscard]] const std::vector<Brand>& brands() const { return brands_; }
  [[nodiscard]] const Weights& weights() const { return weights_; }
  [[nodiscard]] std::uint64_t version() const { return version_; }  ///< 0: never set
  /// Bit i for brands()[i]: those that the text names, and the one that was declared by key or name.
  [[nodiscard]] std::uint64_t mentioned(std::string_view text, std::string_view declared) const;
  [[nodiscard]] const text::MentionFinder& finder() const { return finder_; }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view key) const;

 private:
  std::vector<Brand> brands_;
  Weights weights_;
  std::uint64_t version_ = 0;
  text::MentionFinder finder_;
  std::unordered_map<std::string, std::size_t> by_name_;  // of MentionFinder::key_of
};

/// Thread-safe. `db` (ledger.db), `audit` and `clock` are borrowed.
class Brands {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Brands>> open(ledger::Db& db, const govern::Audit& audit,
                                                            const Clock& clock);
  [[nodiscard]] std::shared_ptr<const BrandBook> current() const;
  /// Puts these brands, in this order, in place of all; audited. `based_on`: the version that was changed.
  /// Permission: kManageData. Errors: kBadField, kLedgerConflict.
  [[nodiscard]] Result<void> put(const Grant& grant, std::vector<Brand> brands, Weights weights,
                                 std::uint64_t based_on);

 private:
  Brands(ledger::Db& db, const govern::Audit& audit, const Clock& clock, BrandBook book)
      : db_(db), audit_(audit), clock_(clock), book_(std::make_shared<const BrandBook>(std::move(book))) {}

  ledger::Db& db_;
  const govern::Audit& audit_;
  const Clock& clock_;
  std::mutex writing_;
  mutable std::mutex mutex_;
  std::shared_ptr<const BrandBook> book_;
};

}  // namespace zhike::reputation
