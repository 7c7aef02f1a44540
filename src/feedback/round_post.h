// Messages of rounds on their way: invitations, and reminders to those who have not answered. What is due is
// in the ledger, so nothing is forgotten when the service ends; what was sent just before may be sent once
// more, with the same id.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "base/crypto.h"
#include "feedback/surveys.h"
#include "ledger/db.h"

namespace zhike::feedback {

/// Errors of `write` that no repeat mends are kConnectorRefused and kBadField.
class Postman {
 public:
  virtual ~Postman() = default;
  struct Letter {
    std::string id;  ///< the same whenever it is tried
    std::string channel, to, subject, text, link;
  };
  [[nodiscard]] virtual Result<void> write(std::uint64_t connector, const Letter& letter) = 0;
};

/// Borrows all parts.
class RoundPost {
 public:
  struct Parts {
    ledger::Db& ledger;
    Surveys& surveys;
    Postman& postman;
    const Clock& clock;
    std::string public_url;  ///< in front of "/s/TOKEN"
  };
  static constexpr unsigned kAttemptsMax = 10;
  static constexpr Millis kStep{5'000};  ///< between looks at what is due

  explicit RoundPost(Parts parts) : parts_(std::move(parts)) {}
  ~RoundPost() { stop(); }
  RoundPost(const RoundPost&) = delete;
  RoundPost& operator=(const RoundPost&) = delete;

  void start();
  void stop();  ///< waits for the message on its way

  /// Sends what is due, on the caller's thread. Answers how many messages left. Errors: of the ledger.
  [[nodiscard]] Result<std::size_t> send_due();

 private:
  struct Due {
    SurveyLinkId link;
    std::uint64_t step = 0, round = 0, connector = 0, attempts = 0;
    std::uint64_t reminders = 0;
    Millis remind_after{};
    SurveyId survey;
    std::string channel, sealed, spec;
    Instant expires;  ///< 0: never
    bool over = false;
  };
  Result<std::vector<Due>> due();
  Result<Postman::Letter> letter_of(const Due& due);
  Result<bool> send(const Due& due);
  Result<void> sent(const Due& due);
  Result<void> failed(const Due& due, const Error& why);
  Result<void> settle(const Due& due, std::int64_t state, std::string_view error, bool more);

  Parts parts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace zhike::feedback
