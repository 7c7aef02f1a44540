// Messages about bursts: each burst of a brand is told once, to one recipient, by a connector that writes to
// people. What was found is noted before it is sent, so that nothing is forgotten when the service ends; what
// was sent just before may be sent once more, with the same id.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "event/grant.h"
#include "feedback/round_post.h"
#include "govern/audit.h"
#include "ledger/db.h"
#include "reputation/bursts.h"

namespace zhike::reputation {

struct BurstRecipient {
  std::uint64_t connector = 0;
  std::string to{};             ///< an address as the connector wants it; empty: the connector knows
  std::string language = "zh";  ///< of the message: zh or en
  bool negative_only = false;   ///< not about bursts of all posts
  Instant since{};              ///< bursts that were noticed before are not told
  friend bool operator==(const BurstRecipient&, const BurstRecipient&) = default;
};

enum class BurstMessageState : std::uint8_t { kWaiting, kSent, kGivenUp };
[[nodiscard]] std::string_view to_string(BurstMessageState state) noexcept;  ///< "waiting"

struct BurstMessage {
  std::uint64_t id = 0;
  std::string brand{};  ///< key
  bool of_negative = false;
  Instant from{}, to{}, noticed{};
  std::uint64_t mentions = 0;
  double expected = 0;
  BurstMessageState state = BurstMessageState::kWaiting;
  std::uint64_t attempts = 0;
  std::string error{};  ///< code of the last failure
  std::optional<Instant> sent{};
};

/// A burst as it was found; what it says is what its message will say.
struct FoundBurst {
  std::string brand{};  ///< key
  BrandBurst burst{};
};

/// Thread-safe. Borrows its parts but for the postman. Errors: kPermissionMissing, those of the ledger, and
/// those named.
class BurstMessages {
 public:
  struct Parts {
    ledger::Db& ledger;
    const govern::Audit& audit;
    std::unique_ptr<feedback::Postman> postman;
    const Clock& clock;
    Zone zone;               ///< of the times in a message
    std::string public_url;  ///< of the console; empty: messages have no link
    /// Bursts since; without reasons. Errors: those of Reputation::bursts().
    std::function<Result<std::vector<FoundBurst>>(Instant since)> bursts;
    /// How a brand is called. Empty: by its key.
    std::function<std::string(const std::string& brand, const std::string& language)> name_of;
    /// Errors: kUnknownConnector, kBadField (one that writes to nobody).
    std::function<Result<void>(std::uint64_t connector)> check_connector;
  };
  /// Bursts that were noticed longer ago than this are no news.
  static constexpr Millis kFresh = days(2);
  static constexpr unsigned kAttemptsMax = 10;
  static constexpr Millis kStep{60'000};  ///< between looks; who names a recipient is not kept waiting
  static constexpr std::size_t kListMax = 200, kToBytesMax = 300;

  explicit BurstMessages(Parts parts) : parts_(std::move(parts)) {}
  ~BurstMessages() { stop(); }
  BurstMessages(const BurstMessages&) = delete;
  BurstMessages& operator=(const BurstMessages&) = delete;

  void start();  ///< once
  void stop();   ///< waits for the message on its way

  /// Nobody is told until somebody is named. Permission: kViewMetrics; who may not manage data does not see
  /// the address.
  [[nodiscard]] Result<std::optional<BurstRecipient>> recipient(const Grant& grant);
  /// From now on; none: nobody. Audited. Permission: kManageData, and all units. Errors: kBadField, those
  /// of check_connector.
  [[nodiscard]] Result<void> put(const Grant& grant, const std::optional<BurstRecipient>& wanted);
  /// Newest first, at most kListMax; none for who does not see all units. Permission: kViewMetrics.
  [[nodiscard]] Result<std::vector<BurstMessage>> list(const Grant& grant);

  /// Notes new bursts, on the caller's thread; answers how many. A burst of a brand that touches one that was
  /// noted is the same one, whichever posts were counted: it grows.
  [[nodiscard]] Result<std::size_t> look();
  /// Sends what is due, on the caller's thread; answers how many messages left.
  [[nodiscard]] Result<std::size_t> send_due();

 private:
  Result<std::optional<BurstRecipient>> read_recipient();
  Result<std::vector<BurstMessage>> read(std::string_view where, std::int64_t value);
  Result<bool> note(const FoundBurst& found);
  Result<void> settle(const BurstMessage& message, const Result<void>& outcome);
  [[nodiscard]] feedback::Postman::Letter letter_of(const BurstMessage& message,
                                                    const BurstRecipient& to) const;

  Parts parts_;
  std::mutex working_;  // one caller of look() and of send_due() at a time
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false, called_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace zhike::reputation
