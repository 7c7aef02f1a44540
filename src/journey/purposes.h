// What a channel can be chosen for, and what it takes to reach a customer by it: catalog/purposes.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "event/event.h"

namespace zhike::journey {

struct Purpose {
  std::string key;  ///< "buy"
  std::string name_en, name_zh;
  std::string trial_en, trial_zh, hit_en, hit_zh;  ///< "visits", "ended in an order"
  std::vector<std::string> consent;  ///< traits consent.KEY that may refuse it, beside that of the channel
  bool needs_address = false;        ///< we begin: nobody comes to us by the channel
};

struct PurposeBook {
  std::vector<Purpose> purposes;
  /// Kinds of identifiers of which one is needed to reach a customer by a channel; channels that are not
  /// named are open to everybody (a store), but nobody can be written to by them.
  std::map<std::string, std::vector<IdentifierKind>, std::less<>> addresses;
  std::vector<std::string> messages;         ///< touchpoints of what we send
  std::vector<std::string> message_answers;  ///< LIKE patterns of the names of answers
};
/// As shipped. Thread-safe.
[[nodiscard]] const PurposeBook& purposes();
/// Errors: kBadField.
[[nodiscard]] Result<const Purpose*> find_purpose(std::string_view key);

}  // namespace zhike::journey
