#include "app/connectors.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.h"
#include "connector/hook.h"
#include "connector/kinds.h"
#include "ingest/admit.h"

namespace zhike::app {
namespace {

namespace json = boost::json;
constexpr std::string_view kMappingPrefix = "connector/";
constexpr std::size_t kProblemsMax = 20;

std::string mapping_name(connector::ConnectorId id) { return std::string(kMappingPrefix) + id.str(); }

const std::string& mapping_text(const connector::Connector& c, std::string& own) {
  if (!c.mapping.empty()) return c.mapping;
  return own = std::string(c.kind->mapping);
}

std::string counted(const ingest::JsonMapping::Outcome& outcome) {
  json::array problems;
  for (const auto& reject : outcome.parsed.rejects) {
    if (problems.size() == kProblemsMax) break;
    problems.push_back(
        json::object{{"at", reject.origin}, {"reason", to_string(reject.reason)}, {"detail", reject.detail}});
  }
  return json::serialize(json::object{{"accepted", outcome.parsed.events.size()},
                                      {"quarantined", outcome.parsed.rejects.size()},
                                      {"ignored", outcome.ignored},
                                      {"problems", std::move(problems)}});
}

void append(ingest::JsonMapping::Outcome& to, ingest::JsonMapping::Outcome&& from) {
  std::ranges::move(from.parsed.events, std::back_inserter(to.parsed.events));
  std::ranges::move(from.parsed.rejects, std::back_inserter(to.parsed.rejects));
  to.ignored += from.ignored;
}

}  // namespace

Result<std::unique_ptr<Connectors>> Connectors::open(const Parts& parts) {
  std::unique_ptr<Connectors> out(new Connectors(parts));
  CX_TRY(out->store_, connector::Store::open(parts.ledger, parts.keys.connectors(), parts.clock));
  for (const auto& one : out->store_->list()) CX_TRY(out->put(one));
  return out;
}

Connectors::~Connectors() { stop(); }

/// A runner's thread asks for its entry while it works: it ends outside of the lock.
void Connectors::end(Live& live) {
  live.stopping = true;
  if (live.runner) live.runner->stop();
}

void Connectors::stop() {
  std::map<connector::ConnectorId, Entry> ending;
  {
    const std::lock_guard lock(mutex_);
    ending.swap(live_);
  }
  for (const auto& [id, one] : ending) end(*one);
  ending.clear();
  if (const auto written = write_down(); !written) log::error("connectors_not_written", written.error());
}

Connectors::Entry Connectors::live(connector::ConnectorId id) const {
  const std::lock_guard lock(mutex_);
  const auto at = live_.find(id);
  return at == live_.end() ? nullptr : at->second;
}

Connectors::Entry Connectors::live(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, one] : live_)
    if (one->connector->key == key) return one;
  return nullptr;
}

/// What a connector needs to work; an error is a mistake in its settings.
Result<void> Connectors::prepare(Live& live) {
  const connector::Connector& c = *live.connector;
  if (c.kind->takes) {
    std::string own;
    CX_TRY(live.mapping, ingest::JsonMapping::parse(mapping_text(c, own)));
  }
  CX_TRY(live.hook, connector::make_hook(c));
  CX_TRY(live.runner, connector::make_runner(live.connector, live.activity, ports()));
  live.writer = connector::make_writer(c, ports(), live.stopping);
  return {};
}

Result<Connectors::Entry> Connectors::begin(const connector::Store::Entry& c) {
  auto made = std::make_shared<Live>();
  made->connector = c;
  CX_TRY(made->activity, activities_.of(c->id));
  made->activity->set_state("");
  if (const auto ready = prepare(*made); !ready) made->broken = ready.error();
  return made;
}

Connectors::Entry Connectors::take_out(connector::ConnectorId id) {
  Entry out;
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = live_.find(id); at != live_.end()) {
      out = std::move(at->second);
      live_.erase(at);
    }
  }
  if (out != nullptr) end(*out);
  return out;
}

/// Puts a connector, new or changed, in the place of what ran under its id.
Result<void> Connectors::put(const connector::Store::Entry& c) {
  take_out(c->id);  // ends before its successor begins
  CX_TRY(const Entry made, begin(c));
  if (made->broken) made->activity->failed("broken", *made->broken);
  {
    const std::lock_guard lock(mutex_);
    live_[c->id] = made;
  }
  if (made->runner && c->enabled) made->runner->start();
  return {};
}

Result<void> Connectors::record(UserId by, std::string_view action, connector::ConnectorId id,
                                std::string_view detail) {
  return parts_.ledger.write([&](ledger::Tx& tx) {
    return parts_.audit.append(tx, {.seq = 0,
                                    .at = parts_.clock.now(),
                                    .actor = by,
                                    .action = std::string(action),
                                    .target = "connector/" + id.str(),
                                    .detail = std::string(detail)});
  });
}

// ---- what people do ---------------------------------------------------------------------------------------

Result<Connectors::View> Connectors::find(connector::ConnectorId id) {
  CX_TRY(auto c, store_->find(id));
  CX_TRY(const auto activity, activities_.of(id));
  View view{.connector = c, .state = activity->state(), .broken = {}, .counts = activity->counts()};
  if (const Entry running = live(id)) view.broken = running->broken;
  if (!c->enabled)
    view.state = "off";
  else if (view.broken)
    view.state = "broken";
  else if (view.state.empty())
    view.state = "waiting";
  return view;
}

Result<std::vector<Connectors::View>> Connectors::list() {
  std::vector<View> out;
  for (const auto& c : store_->list()) {
    CX_TRY(auto view, find(c->id));
    out.push_back(std::move(view));
  }
  return out;
}

Result<std::vector<connector::LogEntry>> Connectors::log(connector::ConnectorId id) {
  CX_TRY(store_->find(id));
  CX_TRY(const auto activity, activities_.of(id));
  return activity->log();
}

/// A source of that name whose connector was removed is taken up again.
Result<SourceId> Connectors::source_for(ingest::Source source) {
  if (const auto known = parts_.sources.find(std::string_view(source.name));
      known && known->kind == source.kind)
    if (std::ranges::none_of(store_->list(), [&](const auto& c) { return c->source == known->id; }))
      return known->id;
  CX_TRY(const auto made, parts_.sources.make(std::move(source)));
  return made.id;
}

Result<Connectors::View> Connectors::make(UserId by, connector::Connector c, ingest::Source source) {
  const std::lock_guard changing(changing_);
  CX_TRY(connector::check(c));
  Live probe;
  probe.connector = std::make_shared<const connector::Connector>(c);
  CX_TRY(prepare(probe));
  if (store_->find(std::string_view(c.key)) != nullptr)
    return fail(Code::kBadConnector, "'key': there is a connector with this key");
  if (c.kind->takes) {
    source.name = c.name;
    source.kind = "connector";
    CX_TRY(c.source, source_for(std::move(source)));
  }
  CX_TRY(const auto made, store_->make(std::move(c)));
  CX_TRY(record(by, "connector_created", made->id, made->kind->key));
  CX_TRY(put(made));
  return find(made->id);
}

Result<Connectors::View> Connectors::change(UserId by, connector::ConnectorId id,
                                            const connector::Change& change) {
  const std::lock_guard changing(changing_);
  CX_TRY(const auto before, store_->find(id));
  Live probe;
  connector::Connector wanted = *before;
  if (change.settings) wanted.settings = *change.settings;
  if (change.mapping) wanted.mapping = *change.mapping;
  for (const auto& [key, value] : change.secrets) wanted.secrets[key] = value;
  CX_TRY(connector::check(wanted));
  probe.connector = std::make_shared<const connector::Connector>(std::move(wanted));
  CX_TRY(prepare(probe));
  CX_TRY(const auto after, store_->change(id, change));
  CX_TRY(record(by, "connector_changed", id,
                after->enabled == before->enabled ? ""
                : after->enabled                  ? "on"
                                                  : "off"));
  CX_TRY(put(after));
  if (after->enabled != before->enabled) {
    CX_TRY(const auto activity, activities_.of(id));
    activity->note(connector::Level::kInfo, after->enabled ? "started" : "stopped");
  }
  return find(id);
}

Result<void> Connectors::remove(UserId by, connector::ConnectorId id) {
  const std::lock_guard changing(changing_);
  CX_TRY(const auto c, store_->find(id));
  take_out(id);
  activities_.forget(id);
  CX_TRY(store_->remove(id));
  return record(by, "connector_removed", id, c->kind->key);
}

Result<std::string> Connectors::try_out(connector::ConnectorId id) {
  CX_TRY(const auto c, store_->find(id));
  CX_TRY(const auto activity, activities_.of(id));
  auto said = connector::try_out(*c, ports());
  if (said)
    activity->note(connector::Level::kInfo, "tried", *said);
  else
    activity->failed("tried", said.error());
  return said;
}

Result<void> Connectors::write(connector::ConnectorId id, const connector::Writer::Message& message) {
  CX_TRY(const auto c, store_->find(id));
  if (!c->kind->writes) return fail(Code::kBadConnector, "this kind writes to nobody");
  const Entry entry = live(id);
  if (entry == nullptr || !c->enabled || entry->broken) return fail(Code::kConnectorOff);
  const std::lock_guard lock(entry->writing);
  if (entry->writer == nullptr) return fail(Code::kBadConnector, "the credentials to send are not set");
  auto written = entry->writer->write(message);
  if (written)
    entry->activity->sent(1);
  else
    entry->activity->failed("failed", written.error());
  return written;
}

Result<Connectors::Letters> Connectors::letters(connector::ConnectorId id, std::uint64_t before,
                                                std::size_t count) {
  CX_TRY(store_->find(id));
  Letters out;
  CX_TRY(out.items, store_->letters(id, before, count));
  CX_TRY(out.open, store_->open_letters(id));
  return out;
}

Result<std::uint64_t> Connectors::send_again(connector::ConnectorId id,
                                             const std::vector<std::uint64_t>& letters) {
  CX_TRY(store_->find(id));
  CX_TRY(const auto asked, store_->ask_again(id, letters));
  if (const Entry entry = live(id); entry != nullptr && entry->runner) entry->runner->wake();
  return asked;
}

Result<std::uint64_t> Connectors::discard(connector::ConnectorId id,
                                          const std::vector<std::uint64_t>& letters) {
  CX_TRY(store_->find(id));
  return store_->discard(id, letters);
}

// ---- what comes in ----------------------------------------------------------------------------------------

/// `strict`: a body that is no JSON is the sender's mistake; else it goes to the quarantine, for its sender
/// has gone.
Result<ingest::JsonMapping::Outcome> Connectors::read(const Live& live,
                                                      std::span<const connector::Inbound> messages,
                                                      bool strict) const {
  ingest::JsonMapping::Outcome out;
  const std::string name = mapping_name(live.connector->id);
  for (const connector::Inbound& message : messages) {
    auto one = live.mapping->apply(message.body, message.transport, parts_.clock.now(), name);
    if (one)
      append(out, std::move(*one));
    else if (strict)
      return std::unexpected(std::move(one).error());
    else
      out.parsed.rejects.push_back(ingest::unreadable_message(message.body, one.error().detail, name));
  }
  return out;
}

void Connectors::call(std::string_view key, const connector::HookRequest& request, Done done) {
  const Entry entry = live(key);
  if (entry == nullptr || !entry->connector->kind->called)
    return done(fail(Code::kUnknownConnector, "{}", key.substr(0, connector::kKeyMax)));
  if (!entry->connector->enabled || entry->broken) return done(fail(Code::kConnectorOff));
  const auto refuse = [&](const Error& why) {
    entry->activity->failed("refused", why);
    done(std::unexpected(why));
  };
  auto verdict = entry->hook->take(request);
  if (!verdict) return refuse(verdict.error());
  if (!verdict->announcement.empty() && entry->runner) entry->runner->told(verdict->announcement);
  if (verdict->at_once) return done(std::move(verdict->answer));
  auto outcome = read(*entry, verdict->messages, true);
  if (!outcome) return refuse(outcome.error());
  const auto source = parts_.sources.find(entry->connector->source);
  if (!source) return refuse(source.error());
  connector::HookAnswer answer = std::move(verdict->answer);
  if (answer.body.empty()) answer.body = counted(*outcome);
  const std::size_t taken = outcome->parsed.size();
  parts_.intake.accept(*source, std::move(outcome->parsed),
                       [activity = entry->activity, answer = std::move(answer), taken,
                        done = std::move(done)](const Result<ingest::Accepted>& accepted) {
                         if (!accepted) {
                           activity->failed("failed", accepted.error());
                           return done(std::unexpected(accepted.error()));
                         }
                         activity->taken(taken);
                         done(answer);
                       });
}

Result<connector::Taken> Connectors::take(const connector::Connector& from,
                                          std::span<const connector::Inbound> messages) {
  const Entry entry = live(from.id);
  if (entry == nullptr || entry->mapping == nullptr) return fail(Code::kConnectorOff);
  CX_TRY(auto outcome, read(*entry, messages, false));
  CX_TRY(const auto source, parts_.sources.find(from.source));
  connector::Taken taken{.events = outcome.parsed.events.size(),
                         .rejects = outcome.parsed.rejects.size(),
                         .ignored = outcome.ignored,
                         .problems = {}};
  for (const auto& reject : outcome.parsed.rejects)
    if (taken.problems.size() < kProblemsMax) taken.problems.push_back(reject.origin + ": " + reject.detail);
  CX_TRY(parts_.intake.accept(source, std::move(outcome.parsed)));
  entry->activity->taken(taken.events + taken.rejects);
  return taken;
}

Result<ingest::JsonMapping::Outcome> Connectors::try_mapping(std::string_view text, std::string_view body,
                                                             ingest::Transport transport) const {
  CX_TRY(const auto mapping, ingest::JsonMapping::parse(text));
  return mapping->apply(body, transport, parts_.clock.now(), "");
}

Result<std::shared_ptr<const ingest::JsonMapping>> Connectors::mapping_of(std::string_view name) const {
  if (name.starts_with(kMappingPrefix))
    if (const auto id = parse_id<connector::ConnectorId>(name.substr(kMappingPrefix.size())))
      if (const Entry entry = live(*id); entry != nullptr && entry->mapping != nullptr) return entry->mapping;
  return fail(Code::kNotReplayable, "the connector is no longer there");
}

}  // namespace zhike::app
