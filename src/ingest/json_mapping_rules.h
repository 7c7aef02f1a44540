// The rules of a JSON mapping, read from their JSON. For json_mapping.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/time.h"
#include "event/event.h"

namespace zhike::ingest::mapped {

enum class Scope : std::uint8_t { kItem, kBody, kTransport };
struct Ref {
  Scope scope = Scope::kItem;
  std::string path;  ///< JSON pointer, or the transport's name
};
struct Piece {
  std::string literal;
  std::optional<Ref> ref;
};
using Text = std::vector<Piece>;
using Choice = std::vector<Text>;  ///< the first that is not empty counts

struct When {
  Ref at;
  std::vector<std::string> one_of;  ///< empty: whether it is there
  bool present = true;
};
struct Named {
  std::string key;  ///< "*": every key of the object
  Choice value;
};
struct Id {
  IdentifierKind kind;
  Choice value;
};

struct Rule {
  std::vector<When> when;
  bool ignore = false;
  EventType type = EventType::kTrack;
  Choice name, id, time, channel, unit, session, case_id, instrument, text, amount, amount_currency, score;
  std::string time_format;
  bool amount_minor = false;
  double score_min = -1e9, score_max = 1e9;
  std::vector<Id> identifiers;
  std::vector<Named> properties, traits, context;
};

struct Rules {
  std::string each;
  Zone zone = Zone::utc();
  Currency currency;
  std::vector<Rule> all;
};

/// Errors: kBadMapping, kUnknownZone, kBadCurrency.
[[nodiscard]] Result<Rules> read_rules(std::string_view text);

}  // namespace zhike::ingest::mapped
