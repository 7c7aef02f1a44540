#include "ingest/admit.h"

#include "base/encoding.h"
#include "identity/graph.h"
#include "ingest/notes.h"
#include "ingest/parsed.h"

namespace zhike::ingest {
namespace {

using L = EventLimits;

std::size_t size_of(const Properties& all) {
  std::size_t sum = 0;
  for (const Property& p : all) {
    sum += p.key.size() + 16;
    if (const auto* text = std::get_if<std::string>(&p.value)) sum += text->size();
  }
  return sum;
}

std::optional<Refusal> check_properties(const Properties& all, std::string_view what) {
  if (all.size() > L::kPropertiesMax)
    return Refusal{Reason::kTooLarge, fmt::format("more than {} {}", L::kPropertiesMax, what)};
  for (const Property& p : all)
    if (p.key.size() > L::kKeyMax)
      return Refusal{Reason::kTooLarge, fmt::format("a key of {} above {} bytes", what, L::kKeyMax)};
  return std::nullopt;
}

bool every_text_is_valid_utf8(const RawEvent& e) {
  for (const std::string* s :
       {&e.name, &e.message_id, &e.channel, &e.unit, &e.session_id, &e.case_id, &e.instrument, &e.text})
    if (!is_valid_utf8(*s)) return false;
  for (const Identifier& id : e.identifiers)
    if (!is_valid_utf8(id.value)) return false;
  for (const Properties* all : {&e.properties, &e.traits, &e.context})
    for (const Property& p : *all) {
      const auto* text = std::get_if<std::string>(&p.value);
      if (!is_valid_utf8(p.key) || (text != nullptr && !is_valid_utf8(*text))) return false;
    }
  return true;
}

}  // namespace

std::string_view to_string(Form form) noexcept {
  switch (form) {
    case Form::kSegment:
      return "segment";
    case Form::kCsv:
      return "csv";
    case Form::kEvent:
      return "event";
    case Form::kSensors:
      return "sensors";
    case Form::kMapped:
      return "mapped";
  }
  return "unknown";
}

std::optional<Refusal> place_in_time(RawEvent& e, Instant stated, std::optional<Instant> sent, Instant now) {
  constexpr Millis kFutureMax = days(1);
  e.occurred_at = stated;
  if (sent) {
    const Millis skew = now - *sent;
    if (skew > minutes(1) || skew < Millis{-60'000}) e.occurred_at = stated + skew;
  }
  if (e.occurred_at - now > kFutureMax) return Refusal{Reason::kBadTime, "the time is more than a day ahead"};
  if (e.occurred_at.ms < 0) return Refusal{Reason::kBadTime, "the time is before 1970"};
  return std::nullopt;
}

std::optional<Refusal> admit(RawEvent& e, Texts texts) {
  if (e.name.size() > L::kNameMax)
    return Refusal{Reason::kTooLarge, fmt::format("a name above {} bytes", L::kNameMax)};
  if (e.type == EventType::kTrack && e.name.empty())
    return Refusal{Reason::kNoName, "a track event without a name"};
  std::erase_if(e.identifiers, [](const Identifier& id) {
    if (id.value.size() > L::kIdentifierBytesMax || !identity::normalize(id).empty()) return false;
    if (id.kind == IdentifierKind::kPhone) notes().add(clean::Rule::kPhoneInvalid);
    if (id.kind == IdentifierKind::kEmail) notes().add(clean::Rule::kEmailInvalid);
    return true;
  });
  if (e.identifiers.empty()) return Refusal{Reason::kNoIdentifier, "no usable identifier"};
  if (e.identifiers.size() > L::kIdentifiersMax)
    return Refusal{Reason::kTooLarge, fmt::format("more than {} identifiers", L::kIdentifiersMax)};
  for (const Identifier& id : e.identifiers)
    if (id.value.size() > L::kIdentifierBytesMax)
      return Refusal{Reason::kTooLarge,
                     fmt::format("{} above {} bytes", to_string(id.kind), L::kIdentifierBytesMax)};
  for (const std::string* s : {&e.message_id, &e.channel, &e.unit, &e.session_id, &e.case_id, &e.instrument})
    if (s->size() > L::kIdentifierBytesMax)
      return Refusal{Reason::kTooLarge,
                     fmt::format("an id, channel or unit above {} bytes", L::kIdentifierBytesMax)};
  if (e.text.size() > L::kTextMax)
    return Refusal{Reason::kTooLarge, fmt::format("a text above {} bytes", L::kTextMax)};
  if (auto refusal = check_properties(e.properties, "properties")) return refusal;
  if (auto refusal = check_properties(e.traits, "traits")) return refusal;
  if (auto refusal = check_properties(e.context, "context entries")) return refusal;
  if (e.text.size() + size_of(e.properties) + size_of(e.traits) + size_of(e.context) > L::kBytesMax)
    return Refusal{Reason::kTooLarge, fmt::format("an event above {} bytes", L::kBytesMax)};
  if (texts == Texts::kUnchecked && !every_text_is_valid_utf8(e))
    return Refusal{Reason::kUnreadable, "a text that is not UTF-8"};
  return std::nullopt;
}

}  // namespace zhike::ingest
