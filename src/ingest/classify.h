// What of an event may reach the warehouse. Sensitive properties and traits are known by their key (phone,
// 手机号, address ...) or found by looking at the value; they go to identity, sealed under the subject's key,
// and only their masked form goes on. Free text and all other values are scrubbed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "event/event.h"

namespace zhike::ingest {

enum class KeyClass : std::uint8_t {
  kPlain,    ///< scrubbed, then kept
  kOrderly,  ///< ids of orders, products, sessions: kept, card numbers are not looked for
  kName,     ///< of a person
  kPhone,
  kEmail,
  kAddress,
  kNumber,  ///< national id, passport, card, account
  kBirthday,
  kSecret,  ///< password, token, security code: dropped, kept nowhere
};
[[nodiscard]] constexpr bool is_sensitive(KeyClass c) { return c >= KeyClass::kName; }

/// By the key alone, any case and spelling ("e-mail", "Email", "contact.email"). Of a trait, "name" is the
/// person's; of a property, the product's or page's.
[[nodiscard]] KeyClass classify_key(std::string_view key, bool is_trait);

/// "王**", "138****8000", "a***@example.com", "199*" (forms of govern/mask.h). For the eyes of those who may
/// see customers.
[[nodiscard]] std::string mask(KeyClass kind, std::string_view value);

/// As the hot state may show it: masked by its key, or scrubbed.
[[nodiscard]] std::string shown_trait(std::string_view key, const std::string& value);

struct SealedValue {
  std::string key, value;  ///< in clear: for identity only
};
struct CleanValue {
  std::string_view key;
  std::string value;
};

/// The parts of one event after classification. Borrows keys from the event.
struct Clean {
  std::vector<CleanValue> properties;  ///< for the warehouse
  std::vector<CleanValue> traits;      ///< those that are not sensitive, for identity
  std::vector<SealedValue> sealed;     ///< raw sensitive values, for identity; traits and properties
  std::string text;                    ///< scrubbed
  std::string full_name;               ///< in clear, for the search index; empty: none
};

/// Caches what it has decided about keys. One thread.
class Classifier {
 public:
  void clean(const RawEvent& event, Clean& out);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Known = std::unordered_map<std::string, KeyClass, Hash, std::equal_to<>>;
  KeyClass class_of(std::string_view key, Known& known, bool is_trait);
  Known properties_, traits_;
};

}  // namespace zhike::ingest
