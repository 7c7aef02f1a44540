// Connectors at work: each by its settings, started and stopped as they change, joined to the intake.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/outlet.h"
#include "base/config.h"
#include "connector/activity.h"
#include "connector/connector.h"
#include "connector/hosts.h"
#include "connector/runner.h"
#include "connector/store.h"
#include "govern/audit.h"
#include "govern/keys.h"
#include "ingest/intake.h"
#include "ingest/json_mapping.h"
#include "ingest/sources.h"

namespace zhike::app {

/// Thread-safe. Borrows all parts.
class Connectors final : private connector::Inlet {
 public:
  struct Parts {
    ledger::Db& ledger;
    const govern::Keys& keys;
    const govern::Audit& audit;
    const Clock& clock;
    const Config& config;
    ingest::Sources& sources;
    ingest::Intake& intake;
    warehouse::Client& client;
    const FeedHub& feed;
  };
  [[nodiscard]] static Result<std::unique_ptr<Connectors>> open(const Parts& parts);
  ~Connectors() override;

  struct View {
    connector::Store::Entry connector;
    std::string state;  ///< "off", "broken", "waiting" (for calls), or what its runner says
    std::optional<Error> broken;
    connector::Counts counts;
  };
  [[nodiscard]] Result<std::vector<View>> list();
  [[nodiscard]] Result<View> find(connector::ConnectorId id);
  [[nodiscard]] Result<std::vector<connector::LogEntry>> log(connector::ConnectorId id);

  /// Makes its source too, named as the connector. Errors: kBadConnector, kBadMapping, kBadSource.
  [[nodiscard]] Result<View> make(UserId by, connector::Connector connector, ingest::Source source);
  [[nodiscard]] Result<View> change(UserId by, connector::ConnectorId id, const connector::Change& change);
  /// Its source and the events stay.
  [[nodiscard]] Result<void> remove(UserId by, connector::ConnectorId id);

  /// Tries the other side once. What it said. Errors: those of connector::try_out.
  [[nodiscard]] Result<std::string> try_out(connector::ConnectorId id);
  /// Writes a message to a person. Errors: kBadConnector (a kind that does not), kConnectorOff, those of
  /// Writer.
  [[nodiscard]] Result<void> write(connector::ConnectorId id, const connector::Writer::Message& message);

  struct Letters {
    std::vector<connector::Letter> items;
    std::uint64_t open = 0;
  };
  [[nodiscard]] Result<Letters> letters(connector::ConnectorId id, std::uint64_t before, std::size_t count);
  /// No ids: all open ones. Answers how many.
  [[nodiscard]] Result<std::uint64_t> send_again(connector::ConnectorId id,
                                                 const std::vector<std::uint64_t>& letters);
  [[nodiscard]] Result<std::uint64_t> discard(connector::ConnectorId id,
                                              const std::vector<std::uint64_t>& letters);

  using Done = std::function<void(Result<connector::HookAnswer>)>;
  /// A call of /hooks/KEY: understood on the caller's thread, answered once all of it is on disk. `done` may
  /// run on the journal's commit thread. Errors: kUnknownConnector, kConnectorOff, those of the hook and of
  /// the journal, kBadJson.
  void call(std::string_view key, const connector::HookRequest& request, Done done);

  /// What a mapping makes of a body; nothing is stored. Errors: kBadMapping, kBadJson.
  [[nodiscard]] Result<ingest::JsonMapping::Outcome> try_mapping(std::string_view mapping,
                                                                 std::string_view body,
                                                                 ingest::Transport transport) const;
  /// For replays from the quarantine: by "connector/ID". Errors: kNotReplayable.
  [[nodiscard]] Result<std::shared_ptr<const ingest::JsonMapping>> mapping_of(std::string_view name) const;

  /// Writes counters and logs down; to be called every few seconds.
  [[nodiscard]] Result<void> write_down() { return activities_.write_down(); }
  /// Ends what runs. Once.
  void stop();

 private:
  struct Live {
    connector::Store::Entry connector;
    std::shared_ptr<connector::Activity> activity;
    std::shared_ptr<const ingest::JsonMapping> mapping;
    std::unique_ptr<connector::Hook> hook;
    std::unique_ptr<connector::Runner> runner;
    std::optional<Error> broken;
    std::atomic<bool> stopping{false};
    std::mutex writing;
    std::unique_ptr<connector::Writer> writer;  // guarded by writing
  };
  using Entry = std::shared_ptr<Live>;

  explicit Connectors(const Parts& parts)
      : parts_(parts),
        hosts_(parts.config.text("connectors.allowed_hosts"), parts.config.text("connectors.private_hosts")),
        outlet_(parts.client, parts.sources, parts.feed),
        activities_(parts.ledger, parts.clock) {}
  [[nodiscard]] connector::Ports ports() {
    return {.store = *store_, .inlet = *this, .outlet = outlet_, .hosts = hosts_, .clock = parts_.clock};
  }
  Entry take_out(connector::ConnectorId id);
  static void end(Live& live);
  Result<connector::Taken> take(const connector::Connector& from,
                                std::span<const connector::Inbound> messages) override;
  Result<SourceId> source_for(ingest::Source source);
  Result<Entry> begin(const connector::Store::Entry& connector);
  Result<void> prepare(Live& live);
  Result<void> put(const connector::Store::Entry& connector);
  [[nodiscard]] Entry live(connector::ConnectorId id) const;
  [[nodiscard]] Entry live(std::string_view key) const;
  Result<void> record(UserId by, std::string_view action, connector::ConnectorId id, std::string_view detail);
  Result<ingest::JsonMapping::Outcome> read(const Live& live, std::span<const connector::Inbound> messages,
                                            bool strict) const;

  const Parts parts_;
  const connector::Hosts hosts_;
  Outlet outlet_;
  connector::Activities activities_;
  std::unique_ptr<connector::Store> store_;
  std::mutex changing_;  // one change at a time
  mutable std::mutex mutex_;
  std::map<connector::ConnectorId, Entry> live_;  // guarded by mutex_
};

}  // namespace zhike::app
