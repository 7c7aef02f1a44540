#include "ingest/sensors.h"

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "ingest/admit.h"
#include "ingest/json_fields.h"
#include "ingest/segment_fields.h"
#include "ingest/template.h"

namespace zhike::ingest {
namespace {

namespace dom = simdjson::dom;

enum class Kind : std::uint8_t { kTrack, kLink, kUnlink, kProfile, kItem };
struct RecordType {
  std::string_view name;
  Kind kind;
  TraitOp op = TraitOp::kSet;
};
constexpr std::array kRecordTypes{RecordType{"track", Kind::kTrack},
                                  RecordType{"track_signup", Kind::kLink},
                                  RecordType{"track_id_bind", Kind::kLink},
                                  RecordType{"track_id_unbind", Kind::kUnlink},
                                  RecordType{"profile_set", Kind::kProfile},
                                  RecordType{"profile_set_once", Kind::kProfile, TraitOp::kSetOnce},
                                  RecordType{"profile_increment", Kind::kProfile, TraitOp::kAdd},
                                  RecordType{"profile_append", Kind::kProfile, TraitOp::kAppend},
                                  RecordType{"profile_unset", Kind::kProfile, TraitOp::kUnset},
                                  RecordType{"profile_delete", Kind::kProfile, TraitOp::kDelete},
                                  RecordType{"item_set", Kind::kItem},
                                  RecordType{"item_delete", Kind::kItem, TraitOp::kDelete}};

struct IdentityKey {
  std::string_view key;
  IdentifierKind kind;
};
constexpr std::array kIdentityKeys{IdentityKey{"$identity_login_id", IdentifierKind::kUserId},
                                   IdentityKey{"$identity_mobile", IdentifierKind::kPhone},
                                   IdentityKey{"$identity_email", IdentifierKind::kEmail},
                                   IdentityKey{"$identity_mp_unionid", IdentifierKind::kWechatUnionId},
                                   IdentityKey{"$identity_mp_openid", IdentifierKind::kWechatOpenId},
                                   IdentityKey{"$identity_cookie_id", IdentifierKind::kAnonymousId},
                                   IdentityKey{"$identity_anonymous_id", IdentifierKind::kAnonymousId},
                                   IdentityKey{"$identity_mp_id", IdentifierKind::kAnonymousId},
                                   IdentityKey{"$identity_ios_uuid", IdentifierKind::kAnonymousId},
                                   IdentityKey{"$identity_android_uuid", IdentifierKind::kAnonymousId},
                                   IdentityKey{"$identity_harmony_uuid", IdentifierKind::kAnonymousId},
                                   IdentityKey{"$identity_idfv", IdentifierKind::kDeviceId},
                                   IdentityKey{"$identity_idfa", IdentifierKind::kDeviceId},
                                   IdentityKey{"$identity_android_id", IdentifierKind::kDeviceId},
                                   IdentityKey{"$identity_oaid", IdentifierKind::kDeviceId}};

/// Preset properties under the names that the Segment protocol gives them.
struct Preset {
  std::string_view key, context;
};
constexpr std::array kPresets{Preset{"$lib", "library.name"},
                              Preset{"$lib_version", "library.version"},
                              Preset{"$app_version", "app.version"},
                              Preset{"$app_name", "app.name"},
                              Preset{"$os", "os.name"},
                              Preset{"$os_version", "os.version"},
                              Preset{"$model", "device.model"},
                              Preset{"$manufacturer", "device.manufacturer"},
                              Preset{"$brand", "device.brand"},
                              Preset{"$browser", "browser.name"},
                              Preset{"$browser_version", "browser.version"},
                              Preset{"$url", "page.url"},
                              Preset{"$url_path", "page.path"},
                              Preset{"$title", "page.title"},
                              Preset{"$referrer", "page.referrer"},
                              Preset{"$screen_width", "screen.width"},
                              Preset{"$screen_height", "screen.height"},
                              Preset{"$network_type", "network.type"},
                              Preset{"$utm_source", "campaign.source"},
                              Preset{"$utm_medium", "campaign.medium"},
                              Preset{"$utm_campaign", "campaign.name"},
                              Preset{"$utm_content", "campaign.content"},
                              Preset{"$utm_term", "campaign.term"},
                              Preset{"$device_id", "device.id"},
                              Preset{"$event_session_id", "session_id"}};

struct Library {
  std::string_view name, channel;
};
constexpr std::array kLibraries{Library{"js", "web"},
                                Library{"iOS", "app"},
                                Library{"Android", "app"},
                                Library{"HarmonyOS", "app"},
                                Library{"Flutter", "app"},
                                Library{"MiniProgram", "mini_program"},
                                Library{"AlipayMini", "mini_program"}};

/// Automatic events that are views; their names come from the first property that has one.
struct View {
  std::string_view event;
  EventType type;
  std::array<std::string_view, 3> names;
};
constexpr std::array kViews{View{"$pageview", EventType::kPage, {"$title", "$url_path", "$url"}},
                            View{"$AppViewScreen", EventType::kScreen, {"$title", "$screen_name", "$url"}},
                            View{"$MPViewScreen", EventType::kScreen, {"$title", "$url_path", "$url"}}};

std::optional<std::int64_t> whole_at(dom::object object, std::string_view key) {
  std::int64_t out = 0;
  return object.at_key(key).get(out) == simdjson::SUCCESS ? std::optional(out) : std::nullopt;
}

std::string text_of(const Properties& all, std::string_view key) {
  const Value* value = find(all, key);
  return value == nullptr ? std::string() : std::string(trim(zhike::to_string(*value)));
}

void add_identifier(RawEvent& e, IdentifierKind kind, std::string value) {
  Identifier id{kind, std::move(value)};
  if (!id.value.empty() && std::ranges::find(e.identifiers, id) == e.identifiers.end())
    e.identifiers.push_back(std::move(id));
}

// The strongest first: the event arrives under it.
void read_identities(dom::object record, RawEvent& e) {
  const auto identities = object_at(record, "identities");
  if (!identities) return;
  for (const IdentityKey& known : kIdentityKeys) add_identifier(e, known.kind, id_at(*identities, known.key));
  for (const auto& [key, value] : *identities) {
    if (std::ranges::find(kIdentityKeys, std::string_view(key), &IdentityKey::key) != kIdentityKeys.end())
      continue;
    if (std::string id = id_at(*identities, key); !id.empty())
      add_identifier(e, IdentifierKind::kExternalId, fmt::format("{}:{}", key, id));
  }
}

// Whose link it was, and then the identities that are taken from them.
void read_unlinked(dom::object record, RawEvent& e) {
  for (const std::string_view key : {"login_id", "distinct_id", "anonymous_id"})
    if (std::string id = id_at(record, key); !id.empty()) {
      const bool is_login = key == "login_id" || id == id_at(record, "login_id");
      add_identifier(e, is_login ? IdentifierKind::kUserId : IdentifierKind::kAnonymousId, std::move(id));
      break;
    }
  read_identities(record, e);
}

void read_ids(dom::object record, const Properties& properties, Kind kind, RawEvent& e) {
  if (kind == Kind::kUnlink) return read_unlinked(record, e);
  read_identities(record, e);
  const bool has_identities = !e.identifiers.empty();
  const std::string distinct = id_at(record, "distinct_id"), login = id_at(record, "login_id");
  add_identifier(e, IdentifierKind::kUserId, login);
  add_identifier(e, IdentifierKind::kAnonymousId, id_at(record, "anonymous_id"));
  const bool is_login = kind == Kind::kLink || (!login.empty() && distinct == login) ||
                        text_of(properties, "$is_login_id") == "true";
  if (!has_identities)
    add_identifier(e, is_login ? IdentifierKind::kUserId : IdentifierKind::kAnonymousId, distinct);
  if (kind == Kind::kLink) add_identifier(e, IdentifierKind::kAnonymousId, id_at(record, "original_id"));
}

// Properties that begin with $ are the SDK's own: to the context, by their usual names where they have one.
void sort_properties(Properties all, RawEvent& e) {
  for (Property& p : all) {
    if (!p.key.starts_with('$')) {
      e.properties.push_back(std::move(p));
      continue;
    }
    const auto known = std::ranges::find(kPresets, std::string_view(p.key), &Preset::key);
    e.context.push_back({known == kPresets.end() ? p.key : std::string(known->context), std::move(p.value)});
  }
  const auto library = std::ranges::find(kLibraries, text_of(e.context, "library.name"), &Library::name);
  if (library != kLibraries.end()) e.channel = library->channel;
}

void name_event(std::string event, const Properties& properties, RawEvent& e) {
  e.name = std::move(event);
  const auto view = std::ranges::find(kViews, std::string_view(e.name), &View::event);
  if (view == kViews.end()) return;
  e.type = view->type;
  for (const std::string_view key : view->names)
    if (std::string name = text_of(properties, key); !name.empty()) {
      e.name = std::move(name);
      if (e.name.size() > EventLimits::kNameMax) e.name.clear();
      return;
    }
}

// The same record sent again is the same message: all of it counts but the time of sending.
std::string message_id_of(dom::object record) {
  std::string text;
  for (const auto& [key, value] : record)
    if (key != "_flush_time") text += fmt::format("{}={}\n", key, std::string(simdjson::minify(value)));
  const crypto::Hash128 hash = crypto::fingerprint(text);
  return fmt::format("sa:{:016x}{:016x}", hash.high, hash.low);
}

std::optional<Instant> sent_at(dom::object record, const SensorsOptions& options) {
  const auto ms = whole_at(record, "_flush_time");
  return options.correct_clock && ms ? std::optional(Instant{*ms}) : std::nullopt;
}

std::optional<Refusal> read_item(dom::object record, const RecordType& type, const SensorsOptions& options,
                                 Parsed& out) {
  Item item{.type = id_at(record, "item_type"),
            .id = id_at(record, "item_id"),
            .gone = type.op == TraitOp::kDelete,
            .at = {whole_at(record, "time").value_or(options.now.ms)},
            .properties = {},
            .source = {},
            .received_at = {}};
  if (item.type.empty() || item.id.empty())
    return Refusal{Reason::kNoIdentifier, "an item without item_type or item_id"};
  Properties all;
  if (const auto properties = object_at(record, "properties"); properties && !flatten(*properties, all))
    return Refusal{Reason::kTooLarge, fmt::format("more than {} properties", EventLimits::kPropertiesMax)};
  // The limits of an event hold for an item too.
  RawEvent same;
  same.name = item.type;
  same.identifiers = {{IdentifierKind::kExternalId, item.id}};
  same.properties = all;
  if (auto refusal = admit(same)) return refusal;
  if (auto refusal = place_in_time(same, item.at, sent_at(record, options), options.now)) return refusal;
  item.at = same.occurred_at;
  for (const Property& p : all) item.properties.emplace_back(p.key, zhike::to_string(p.value));
  out.items.push_back(std::move(item));
  return std::nullopt;
}

std::optional<Refusal> read_event(dom::object record, const RecordType& type, const SensorsOptions& options,
                                  RawEvent& e) {
  Properties all;
  if (const auto properties = object_at(record, "properties"); properties && !flatten(*properties, all))
    return Refusal{Reason::kTooLarge, fmt::format("more than {} properties", EventLimits::kPropertiesMax)};
  read_ids(record, all, type.kind, e);
  e.message_id = message_id_of(record);
  std::string event = id_at(record, "event");
  switch (type.kind) {
    case Kind::kTrack:
      name_event(std::move(event), all, e);
      break;
    case Kind::kLink:
      e.type = EventType::kAlias;
      break;
    case Kind::kUnlink:  // an alias that takes away, see claims.h
      e.type = EventType::kAlias;
      e.trait_op = TraitOp::kUnset;
      break;
    case Kind::kProfile:
    case Kind::kItem:
      e.type = EventType::kIdentify;
      e.trait_op = type.op;
      e.traits = std::move(all);
      all.clear();
      if (type.op == TraitOp::kSet || type.op == TraitOp::kSetOnce) add_trait_identifiers(e.traits, e);
      break;
  }
  if (const auto lib = object_at(record, "lib"); lib && find(all, "$lib") == nullptr)
    for (const std::string_view key : {"$lib", "$lib_version", "$app_version"})
      if (std::string value = id_at(*lib, key); !value.empty() && find(all, key) == nullptr)
        all.push_back({std::string(key), std::move(value)});
  sort_properties(std::move(all), e);
  if (type.kind != Kind::kUnlink) add_context_identifiers(e);
  take_known_fields(e);
  const Instant stated{whole_at(record, "time").value_or(options.now.ms)};
  if (auto refusal = place_in_time(e, stated, sent_at(record, options), options.now)) return refusal;
  return admit(e);
}

std::optional<Refusal> read_record(dom::element element, const SensorsOptions& options, Parsed& out) {
  dom::object record;
  if (element.get(record) != simdjson::SUCCESS)
    return Refusal{Reason::kUnreadable, "the record is not a JSON object"};
  const auto type = std::ranges::find(kRecordTypes, text_at(record, "type"), &RecordType::name);
  if (type == kRecordTypes.end())
    return Refusal{Reason::kUnknownType,
                   "the type is none of track, track_signup, track_id_bind, "
                   "track_id_unbind, profile_* and item_*"};
  if (type->kind == Kind::kItem) return read_item(record, *type, options, out);
  RawEvent event;
  if (auto refusal = read_event(record, *type, options, event)) return refusal;
  out.events.push_back(std::move(event));
  return std::nullopt;
}

}  // namespace

struct SensorsParser::Impl {
  JsonParser json;
};

SensorsParser::SensorsParser() : impl_(std::make_unique<Impl>()) {}
SensorsParser::~SensorsParser() = default;

Result<Parsed> SensorsParser::parse(std::string_view records, const SensorsOptions& options) {
  dom::element root;
  if (const auto wrong = impl_->json.parse(records, root); wrong)
    return fail(Code::kBadJson, "{}", simdjson::error_message(wrong));
  std::vector<dom::element> all;
  dom::array list;
  if (root.get(list) == simdjson::SUCCESS)
    for (const dom::element one : list) all.push_back(one);
  else if (root.is_object())
    all.push_back(root);
  else
    return fail(Code::kBadJson, "neither a record nor a list of records");
  Parsed out;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (auto refusal = read_record(all[i], options, out))
      out.rejects.push_back({.reason = refusal->reason,
                             .form = Form::kSensors,
                             .detail = std::move(refusal->detail),
                             .origin = fmt::format("record {}", i + 1),
                             .mapping = {},
                             .raw = std::string(simdjson::minify(all[i])),
                             .source = {},
                             .received_at = {},
                             .place = i});
  return out;
}

}  // namespace zhike::ingest
