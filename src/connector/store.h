// Connectors as they are kept in ledger.db: settings in clear, secrets sealed, how far each has come, and
// what could not be delivered.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "connector/connector.h"
#include "ledger/db.h"

namespace zhike::connector {

/// What a change sets; nothing: stays as it is. A secret that is empty is taken away.
struct Change {
  std::optional<std::string> name{}, mapping{};
  std::optional<bool> enabled{};
  std::optional<Settings> settings{};  ///< all of them
  Settings secrets{};                  ///< those that change
};

enum class LetterState : std::uint8_t { kOpen, kSent, kDiscarded };

/// What a destination did not take.
struct Letter {
  std::uint64_t id = 0;
  ConnectorId connector;
  Instant at;
  std::uint64_t first = 0, last = 0;  ///< ids of the events in it
  std::uint32_t events = 0, attempts = 0;
  std::string error;   ///< id of the code
  std::string detail;  ///< "HTTP 410"
  std::string body;    ///< as it was to be sent
  LetterState state = LetterState::kOpen;
};

/// Thread-safe. Borrows the ledger and the clock. Connectors are cached whole: there are few.
class Store {
 public:
  static constexpr std::size_t kLettersMax = 10'000;  ///< open ones of one connector

  [[nodiscard]] static Result<std::unique_ptr<Store>> open(ledger::Db& ledger, const crypto::Key& sealing,
                                                           const Clock& clock);

  using Entry = std::shared_ptr<const Connector>;
  [[nodiscard]] std::vector<Entry> list() const;  ///< by id
  /// Errors: kUnknownConnector.
  [[nodiscard]] Result<Entry> find(ConnectorId id) const;
  [[nodiscard]] Entry find(std::string_view key) const;  ///< null: there is none
  /// Gives it its id. Errors: kBadConnector (see check(); the key is taken; too many).
  [[nodiscard]] Result<Entry> make(Connector connector);
  /// Errors: kUnknownConnector, kBadConnector.
  [[nodiscard]] Result<Entry> change(ConnectorId id, const Change& change);
  /// With its state, log and letters. Its source and events stay.
  [[nodiscard]] Result<void> remove(ConnectorId id);

  /// How far it has come, under a name of its own; empty: not yet.
  [[nodiscard]] Result<std::string> state(ConnectorId id, std::string_view name);
  [[nodiscard]] Result<void> set_state(ConnectorId id, std::string_view name, std::string_view value);

  /// Keeps a letter and how far the connector has come, in one transaction. False: the letters are full,
  /// nothing was written.
  [[nodiscard]] Result<bool> keep(const Letter& letter, std::string_view state, std::string_view value);
  /// Newest first, below `before` (0: from the newest); without bodies.
  [[nodiscard]] Result<std::vector<Letter>> letters(ConnectorId id, std::uint64_t before, std::size_t count);
  /// The oldest open letters that are asked to be sent again, with bodies.
  [[nodiscard]] Result<std::vector<Letter>> asked_again(ConnectorId id, std::size_t count);
  [[nodiscard]] Result<std::uint64_t> open_letters(ConnectorId id);
  /// Asks for them to be sent again; no ids: all open ones. Answers how many.
  [[nodiscard]] Result<std::uint64_t> ask_again(ConnectorId id, const std::vector<std::uint64_t>& ids);
  [[nodiscard]] Result<std::uint64_t> discard(ConnectorId id, const std::vector<std::uint64_t>& ids);
  /// The outcome of sending one again: sent, or open as before with one attempt more.
  [[nodiscard]] Result<void> settle(std::uint64_t letter, bool sent, const Letter& outcome);

 private:
  Store(ledger::Db& ledger, const crypto::Key& sealing, const Clock& clock)
      : ledger_(ledger), sealing_(sealing), clock_(clock) {}
  Result<void> load();
  Result<void> write(const Connector& connector, bool is_new);
  Result<std::uint64_t> mark(ConnectorId id, const std::vector<std::uint64_t>& ids, std::string_view change);

  ledger::Db& ledger_;
  const crypto::Key sealing_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Entry> all_;  // guarded by mutex_
};

/// {"a": "1"} of text values. Errors: kBadJson.
[[nodiscard]] std::string to_json(const Settings& values);
[[nodiscard]] Result<Settings> from_json(std::string_view text);

}  // namespace zhike::connector
