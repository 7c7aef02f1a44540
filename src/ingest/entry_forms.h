// Forms that people fill in: a visit to a store or branch, a terminal, a call, an order handed over. What
// they are is data (catalog/forms); an entry becomes an event like any other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "event/event.h"
#include "ingest/admit.h"

namespace zhike::ingest {

struct EntryField {
  enum class Kind : std::uint8_t { kText, kNote, kNumber, kChoice, kFlag, kCase, kScore };
  std::string key;
  Kind kind = Kind::kText;
  bool required = false;
  double least = 0, most = 0;        ///< of a number or score
  std::size_t bytes_max = 0;         ///< of a text
  std::string instrument;            ///< of a score
  std::vector<std::string> options;  ///< keys, of a choice
};

struct EntryForm {
  std::string key, event;
  std::string channel;  ///< empty: who enters says it
  std::vector<EntryField> fields;
};

/// As it was filled in.
struct Entry {
  std::string id;  ///< of the caller's choice: sent again, it counts once
  std::string channel, unit;
  std::optional<Instant> at;  ///< nothing: now
  std::vector<Identifier> customer;
  Properties values;  ///< by key of the field
};

class EntryForms {
 public:
  /// Those that come with the program. Aborts when they are not what the header says: a build would show it.
  [[nodiscard]] static const EntryForms& built_in();
  /// Errors: kBadCatalogue.
  [[nodiscard]] static Result<EntryForms> parse(std::string_view json);

  [[nodiscard]] const EntryForm* find(std::string_view key) const;
  [[nodiscard]] const std::vector<EntryForm>& list() const { return forms_; }
  [[nodiscard]] std::string_view text() const { return text_; }  ///< as declared, names included

 private:
  std::vector<EntryForm> forms_;
  std::string text_;
};

/// The event of an entry. `by`: who entered it. Refuses, naming the field, what the form does not ask for,
/// what it asks for and is missing, and values of another kind or out of bounds.
[[nodiscard]] std::variant<RawEvent, Refusal> fill(const EntryForm& form, const Entry& entry, UserId by,
                                                   Instant now);

}  // namespace zhike::ingest
