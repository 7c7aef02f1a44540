// A JSON mapping: how a JSON message of any shape (a webhook's body, a message of a topic, a mail) becomes
// events, declared as JSON.
//
//   {
//     "each": "/items",              // where the items are; absent: the body, and each element of a list
//     "zone": "Asia/Shanghai", "currency": "CNY",
//     "rules": [{                    // an item becomes an event by every rule that fits it
//       "when": [{"at": "/type", "one_of": ["paid"]}, {"at": "/test", "present": false}],
//       "ignore": true,              // instead: it is left out, and counted
//       "type": "track",             // as in the Segment protocol
//       "name": "Order {/status}", "id": "/id", "time": ["/paid_at", "/created"], "time_format": "%d/%m/%Y",
//       "identifiers": [{"kind": "user_id", "value": "/customer/id"}],
//       "channel": "web", "unit": "/store", "session": "/sid", "case": "/order/no",
//       "amount": {"value": "/total", "currency": "/currency", "minor": false},
//       "instrument": "csat", "score": {"value": "/stars", "min": 1, "max": 5}, "text": "/comment",
//       "properties": "/data",       // or {"sku": "/product/sku", "*": "/data"}; traits and context likewise
//     }]
//   }
//
// A value is a JSON pointer (RFC 6901) within the item, "^/x" within the whole body, "$topic" what the
// transport says; or a text with such in braces ("order:{/id}"; "{{" is a brace). Of a list the first that is
// not empty counts. Times are ISO 8601, seconds or milliseconds since 1970, or of time_format. Without an id
// the message id is a fingerprint of the item, so the same item counts once.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/parsed.h"

namespace zhike::ingest {

using Transport = std::span<const std::pair<std::string, std::string>>;

/// Immutable, so safe from any thread.
class JsonMapping {
 public:
  static constexpr std::size_t kItemsMax = 10'000;

  /// Errors: kBadMapping (names the place), kUnknownZone, kBadCurrency.
  [[nodiscard]] static Result<std::shared_ptr<const JsonMapping>> parse(std::string_view text);
  virtual ~JsonMapping() = default;

  struct Outcome {
    Parsed parsed;
    std::size_t ignored = 0;
  };
  /// `name`: what rejects say the mapping is ("connector/3"). Errors: kBadJson, kBatchTooLarge (items).
  [[nodiscard]] virtual Result<Outcome> apply(std::string_view body, Transport transport, Instant now,
                                              std::string_view name) const = 0;
  /// A reject of apply(), again. Errors: kNotReplayable.
  [[nodiscard]] virtual Result<Parsed> again(const Reject& reject) const = 0;
};

/// What came in and is no JSON at all, as a reject.
[[nodiscard]] Reject unreadable_message(std::string_view body, std::string_view why, std::string_view name);

}  // namespace zhike::ingest
