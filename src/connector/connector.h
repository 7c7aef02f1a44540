// Connectors: bytes in and out, nothing more. A connector is a kind (a webhook, a mail box, a topic),
// settings, secrets, and for what comes in a mapping that `ingest` reads. What arrives goes through the port
// Inlet, what leaves comes through the port Outlet; `app` supplies both.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace zhike::connector {

using ConnectorId = Id<struct ConnectorTag>;
using Settings = std::map<std::string, std::string, std::less<>>;

struct Kind;

/// One as it is kept. Settings hold what the kind declares (kinds.h); what is not there has its default.
struct Connector {
  ConnectorId id{};
  std::string key{};   ///< of its address: lower case, digits, hyphens
  std::string name{};  ///< as people call it
  const Kind* kind = nullptr;
  SourceId source{};  ///< of its events; unset: nothing comes in
  bool enabled = true;
  Settings settings{}, secrets{};
  std::string mapping{};  ///< JSON; empty: the kind's own
  Instant created{}, changed{};

  [[nodiscard]] std::string text(std::string_view field) const;  ///< or a secret
  [[nodiscard]] std::int64_t number(std::string_view field) const;
  [[nodiscard]] bool flag(std::string_view field) const;
  /// Separated by commas or lines, without blanks around.
  [[nodiscard]] std::vector<std::string> list(std::string_view field) const;
};

/// One message that came in: JSON, and what its transport says of it ("topic", "header/x-event").
struct Inbound {
  std::string body;
  std::vector<std::pair<std::string, std::string>> transport;
};

struct Taken {
  std::size_t events = 0, rejects = 0, ignored = 0;
  std::vector<std::string> problems{};  ///< of rejects: which item and why; never a value
};

/// Where messages go. Thread-safe.
class Inlet {
 public:
  virtual ~Inlet() = default;
  /// Returns when all of it is in the journal, on disk: what was read may then be forgotten at its origin.
  /// What is no JSON goes to the quarantine. Errors: those of the journal.
  [[nodiscard]] virtual Result<Taken> take(const Connector& from, std::span<const Inbound> messages) = 0;
};

/// An event on its way out: the JSON of one stored event, masked as the warehouse holds it.
struct Outbound {
  std::uint64_t id = 0;  ///< rises
  std::string json;
  std::string key{};  ///< of the customer: what belongs together stays in order
};

/// Where outgoing events come from. Thread-safe.
class Outlet {
 public:
  virtual ~Outlet() = default;
  /// Stored events with ids above `after` that the connector's filter lets through, in order of their ids,
  /// and how far was looked. Errors: those of the warehouse.
  struct Page {
    std::vector<Outbound> events;
    std::uint64_t seen = 0;  ///< continue after this
  };
  [[nodiscard]] virtual Result<Page> after(const Connector& to, std::uint64_t after,
                                           std::size_t count_max) = 0;
  /// The newest id there is: where a connector begins that wants only what is to come.
  [[nodiscard]] virtual Result<std::uint64_t> newest() = 0;
};

/// A request to /hooks/KEY. Views live during the call.
struct HookRequest {
  std::string_view method, body;
  std::function<std::string_view(std::string_view)> header;  ///< by lower-case name; empty: absent
  std::function<std::string_view(std::string_view)> param;   ///< of the query
  std::span<const std::pair<std::string, std::string>> headers;
  Instant now;
};

struct HookAnswer {
  int status = 200;
  std::string type = "application/json", body;
};

/// What a call means: an answer at once, or messages and the answer once they are durable (an empty body:
/// counts of what was taken, as JSON).
struct HookVerdict {
  bool at_once = false;
  HookAnswer answer;
  std::vector<Inbound> messages;
  std::string announcement{};  ///< for the connector's runner: there is something to fetch
};

/// Understands the calls of one connector. Thread-safe; never blocks.
class Hook {
 public:
  virtual ~Hook() = default;
  /// Errors: kBadSignature, kSignatureExpired, kBadMessage, kMethodNotAllowed.
  [[nodiscard]] virtual Result<HookVerdict> take(const HookRequest& request) const = 0;
};

/// Works by itself, on threads of its own, from start() to stop().
class Runner {
 public:
  virtual ~Runner() = default;
  virtual void start() = 0;
  /// Returns when its threads have ended; within seconds whatever the other side does.
  virtual void stop() = 0;
  /// There is more to do. Any thread.
  virtual void wake() {}
  /// What a call announced. Any thread.
  virtual void told(std::string_view) {}
};

}  // namespace zhike::connector
