#include "ingest/segment_fields.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <optional>

#include "base/ascii.h"
#include "clean/currency.h"
#include "ingest/detect.h"
#include "ingest/notes.h"
#include "ingest/template.h"

namespace zhike::ingest {
namespace {

struct TraitKey {
  std::string_view key;
  IdentifierKind kind;
};
constexpr std::array kTraitKeys{TraitKey{"email", IdentifierKind::kEmail},
                                TraitKey{"email_address", IdentifierKind::kEmail},
                                TraitKey{"邮箱", IdentifierKind::kEmail},
                                TraitKey{"phone", IdentifierKind::kPhone},
                                TraitKey{"phone_number", IdentifierKind::kPhone},
                                TraitKey{"phoneNumber", IdentifierKind::kPhone},
                                TraitKey{"mobile", IdentifierKind::kPhone},
                                TraitKey{"手机号", IdentifierKind::kPhone},
                                TraitKey{"unionid", IdentifierKind::kWechatUnionId},
                                TraitKey{"unionId", IdentifierKind::kWechatUnionId},
                                TraitKey{"union_id", IdentifierKind::kWechatUnionId},
                                TraitKey{"openid", IdentifierKind::kWechatOpenId},
                                TraitKey{"openId", IdentifierKind::kWechatOpenId},
                                TraitKey{"open_id", IdentifierKind::kWechatOpenId},
                                TraitKey{"loyalty_id", IdentifierKind::kLoyaltyId},
                                TraitKey{"loyaltyId", IdentifierKind::kLoyaltyId},
                                TraitKey{"member_id", IdentifierKind::kLoyaltyId},
                                TraitKey{"memberId", IdentifierKind::kLoyaltyId},
                                TraitKey{"member_no", IdentifierKind::kLoyaltyId},
                                TraitKey{"card_no", IdentifierKind::kLoyaltyId},
                                TraitKey{"loyalty_card", IdentifierKind::kLoyaltyId},
                                TraitKey{"会员卡号", IdentifierKind::kLoyaltyId},
                                TraitKey{"national_id", IdentifierKind::kNationalId},
                                TraitKey{"id_card", IdentifierKind::kNationalId},
                                TraitKey{"身份证号", IdentifierKind::kNationalId}};

void add(RawEvent& event, IdentifierKind kind, std::string value) {
  Identifier id{kind, std::move(value)};
  if (id.value.empty() || std::ranges::find(event.identifiers, id) != event.identifiers.end()) return;
  event.identifiers.push_back(std::move(id));
}

/// The keys that may be there, as bits: of the dozens that are asked for, hardly one is.
class Keys {
 public:
  explicit Keys(const Properties& all) {
    for (const Property& p : all) bits_ |= bit(p.key);
  }
  [[nodiscard]] bool may_have(std::string_view key) const { return (bits_ & bit(key)) != 0; }

 private:
  static std::uint64_t bit(std::string_view key) {
    if (key.empty()) return 1;
    const auto first = static_cast<unsigned char>(key.front()), last = static_cast<unsigned char>(key.back());
    return 1ULL << ((key.size() * 7 + first * 3U + last) & 63);
  }
  std::uint64_t bits_ = 0;
};

/// Properties to be looked into many times.
struct Fields {
  explicit Fields(Properties& of) : all(of), keys(of) {}
  Properties& all;
  Keys keys;
};

// The first of the keys that has a value that is not blank.
struct Taken {
  std::string key, value;
};
std::optional<Taken> look(const Fields& fields, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (const Value* value = fields.keys.may_have(key) ? find(fields.all, key) : nullptr) {
      std::string text(trim(to_string(*value)));
      if (!text.empty()) return Taken{std::string(key), std::move(text)};
    }
  return std::nullopt;
}

void drop(Properties& all, std::string_view key) {
  std::erase_if(all, [&](const Property& p) { return p.key == key; });
}

// Takes a value into a text field when it fits there.
void take_text(Fields& properties, std::string& field, std::initializer_list<std::string_view> keys) {
  auto found = look(properties, keys);
  if (!found || found->value.size() > EventLimits::kIdentifierBytesMax) return;
  if (field.empty()) field = std::move(found->value);
  drop(properties.all, found->key);
}

void take_amount(RawEvent& e, Fields& properties) {
  const auto currency_text = look(properties, {"currency", "currency_code"});
  if (!currency_text) return;  // an amount without a currency is only a number
  const std::string_view code = clean::currency_code(currency_text->value);
  const auto currency = parse_currency(code);
  if (!currency) return;
  if (code != currency_text->value) notes().add(clean::Rule::kCurrencyAlias);
  for (const std::string_view key : {"revenue", "total", "value", "amount", "price"}) {
    const Value* value = find(e.properties, key);
    if (value == nullptr) continue;
    Result<Money> money = fail(Code::kBadAmount);
    if (const auto* number = std::get_if<double>(value)) money = to_money(*number, *currency);
    if (const auto* number = std::get_if<std::int64_t>(value))
      money = to_money(static_cast<double>(*number), *currency);
    if (const auto* text = std::get_if<std::string>(value)) money = parse_money(*text, *currency);
    if (!money) continue;
    e.amount = *money;
    drop(e.properties, key);
    drop(e.properties, currency_text->key);
    return;
  }
}

void take_answer(RawEvent& e, Fields& properties) {
  const auto score = look(properties, {"score", "rating"});
  take_text(properties, e.instrument, {"instrument", "survey_type"});
  if (score && !e.instrument.empty()) {
    const auto value = ascii::parse_number<double>(score->value);
    if (value && std::abs(*value) < 1e6) {
      e.score = static_cast<float>(*value);
      drop(e.properties, score->key);
    }
  }
  // "text" alone may be the caption of a button; beside an answer it is what the customer said.
  auto said = e.instrument.empty() ? look(properties, {"comment", "feedback", "verbatim"})
                                   : look(properties, {"comment", "feedback", "verbatim", "text"});
  if (!said) return;
  e.text = std::move(said->value);
  drop(e.properties, said->key);
}

// What the SDK is called tells the channel where nothing else does.
std::string_view channel_of_library(std::string_view library) {
  for (const std::string_view part : {"ios", "android", "react-native", "flutter", "kotlin", "swift"})
    if (library.find(part) != library.npos) return "app";
  if (library.find("mini") != library.npos) return "mini_program";
  return library.starts_with("analytics.js") || library.ends_with("analytics-next") ? "web" : "";
}

void take_channel(RawEvent& e, Fields& properties, const Fields& context) {
  // Segment's own "channel" says which kind of SDK sent it.
  if (e.channel == "server" || e.channel == "client") e.channel.clear();
  if (e.channel == "browser") e.channel = "web";
  if (e.channel == "mobile") e.channel = "app";
  if (const auto found = look(properties, {"channel"});
      found && found->value.size() <= EventLimits::kIdentifierBytesMax) {
    e.channel = found->value;
    drop(e.properties, "channel");
  }
  if (e.channel.empty())
    if (const auto found = look(context, {"channel"})) e.channel = found->value;
  if (e.channel.empty())
    if (const auto library = look(context, {"library.name"})) e.channel = channel_of_library(library->value);
}

}  // namespace

void add_trait_identifiers(const Properties& traits, RawEvent& event) {
  if (traits.empty()) return;
  const Keys keys(traits);
  for (const TraitKey& known : kTraitKeys) {
    const Value* value = keys.may_have(known.key) ? find(traits, known.key) : nullptr;
    if (value == nullptr) continue;
    std::string text(trim(to_string(*value)));
    // A bank card is not a membership card.
    if (known.kind == IdentifierKind::kLoyaltyId && !find_sensitive(text).empty()) continue;
    add(event, known.kind, std::move(text));
  }
}

void add_context_identifiers(RawEvent& event) {
  if (const auto id = look(Fields(event.context), {"device.id", "device.advertisingId"}))
    add(event, IdentifierKind::kDeviceId, id->value);
}

void take_known_fields(RawEvent& e) {
  Fields properties(e.properties);
  const Fields context(e.context);
  take_channel(e, properties, context);
  take_text(properties, e.unit, {"unit", "store", "store_id", "branch", "branch_id"});
  if (e.unit.empty())
    if (const auto found = look(context, {"unit"})) e.unit = found->value;
  take_text(properties, e.session_id, {"session_id", "sessionId"});
  if (e.session_id.empty())
    if (const auto found = look(context, {"sessionId", "session_id", "session.id"}))
      e.session_id = found->value;
  take_text(properties, e.case_id,
            {"case_id", "caseId", "order_id", "orderId", "ticket_id", "ticketId", "application_id"});
  if (!e.case_id.empty()) add(e, IdentifierKind::kOrderId, e.case_id);
  take_amount(e, properties);
  take_answer(e, properties);
}

}  // namespace zhike::ingest
