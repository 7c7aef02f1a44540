#include "ingest/segment.h"

#include <simdjson.h>

#include <algorithm>

#include "base/crypto.h"
#include "ingest/admit.h"
#include "ingest/json_fields.h"
#include "ingest/segment_fields.h"
#include "ingest/template.h"

namespace zhike::ingest {
namespace {

namespace dom = simdjson::dom;

// Calls with less text than this are below the limit of an event however they are written as JSON: an escape
// makes six bytes of one at most. Only above it is the JSON itself measured.
constexpr std::size_t kMeasureFrom = EventLimits::kBytesMax / 8;

// Nothing: absent. A time that cannot be read is an error.
Result<std::optional<Instant>> time_at(dom::object object, std::string_view key) {
  dom::element value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return std::optional<Instant>{};
  if (value.is_string()) {
    CX_TRY(const Instant at, parse_time(trim(value.get_string().value_unsafe()), Zone::utc()));
    return std::optional{at};
  }
  if (value.is<std::int64_t>()) {
    const std::int64_t number = value.get_int64().value_unsafe();
    const Instant at{number < 100'000'000'000 ? number * 1000 : number};  // seconds or milliseconds
    if (number >= 0 && at.ms < 7'258'118'400'000) return std::optional{at};
  }
  return fail(Code::kBadTime);
}

struct Envelope {  // what a batch says of all its calls
  std::optional<Instant> sent_at;
  std::optional<dom::object> context;
};

std::optional<Refusal> read_time(dom::object call, const SegmentOptions& options, const Envelope& envelope,
                                 RawEvent& e) {
  e.occurred_at = options.now;
  std::optional<Instant> stated;
  for (const std::string_view key : {"originalTimestamp", "timestamp"}) {
    const auto at = time_at(call, key);
    if (!at) return Refusal{Reason::kBadTime, fmt::format("{} is not a time", key)};
    if (*at) stated = **at;
  }
  if (!stated) return std::nullopt;
  const auto own = time_at(call, "sentAt");
  const std::optional<Instant> sent = own && *own ? *own : envelope.sent_at;
  return place_in_time(e, *stated, options.correct_clock ? sent : std::nullopt, options.now);
}

void read_name(dom::object call, RawEvent& e) {
  if (e.type == EventType::kTrack) e.name = std::string(trim(text_at(call, "event")));
  if (e.type != EventType::kPage && e.type != EventType::kScreen) return;
  e.name = std::string(trim(text_at(call, "name")));
  if (e.name.empty()) e.name = std::string(trim(text_at(call, "category")));
}

Refusal too_many() {
  return {Reason::kTooLarge,
          fmt::format("more than {} properties, traits or context entries", EventLimits::kPropertiesMax)};
}

std::optional<Refusal> read_objects(dom::object call, const Envelope& envelope, RawEvent& e) {
  const auto own = object_at(call, "context");
  if (own && !flatten(*own, e.context, "traits")) return too_many();
  if (envelope.context) {
    Properties common;
    if (!flatten(*envelope.context, common, "traits")) return too_many();
    for (Property& p : common)
      if (find(e.context, p.key) == nullptr) e.context.push_back(std::move(p));
  }
  if (const auto properties = object_at(call, "properties");
      properties && !flatten(*properties, e.properties))
    return too_many();
  if (const auto traits = object_at(call, "traits"); traits && !flatten(*traits, e.traits)) return too_many();
  Properties context_traits;
  if (own)
    if (const auto traits = object_at(*own, "traits"); traits && !flatten(*traits, context_traits))
      return too_many();
  if (e.type != EventType::kGroup) add_trait_identifiers(e.traits, e);
  add_trait_identifiers(context_traits, e);
  if (e.type == EventType::kGroup)
    if (std::string group = id_at(call, "groupId"); !group.empty())
      e.properties.push_back({"group_id", std::move(group)});
  return std::nullopt;
}

std::size_t text_of(const Properties& all) {
  std::size_t sum = 0;
  for (const Property& p : all) {
    sum += p.key.size() + 8;
    if (const auto* text = std::get_if<std::string>(&p.value)) sum += text->size();
  }
  return sum;
}

bool is_oversize(dom::object call, const RawEvent& e) {
  return text_of(e.properties) + text_of(e.traits) + text_of(e.context) > kMeasureFrom &&
         simdjson::minify(call).size() > EventLimits::kBytesMax;
}

Refusal oversize() {
  return {Reason::kTooLarge, fmt::format("an event above {} bytes", EventLimits::kBytesMax)};
}

std::optional<Refusal> read_call(dom::object call, const SegmentOptions& options, const Envelope& envelope,
                                 std::size_t place, RawEvent& e) {
  const std::string_view named = text_at(call, "type");
  const auto type = options.type ? options.type : parse_event_type(named);
  if (!type)
    return Refusal{Reason::kUnknownType,
                   named.empty() ? "the call has no type"
                                 : "the type is none of track, identify, page, screen, group, alias"};
  e.type = *type;
  e.message_id = id_at(call, "messageId");
  if (e.message_id.empty())
    e.message_id =
        options.seed.empty() ? "none:" + crypto::random_token(16) : fmt::format("{}:{}", options.seed, place);
  read_name(call, e);
  if (auto refusal = read_time(call, options, envelope, e)) return refusal;
  const auto identify = [&](IdentifierKind kind, std::string_view key) {
    if (std::string value = id_at(call, key); !value.empty())
      e.identifiers.push_back({kind, std::move(value)});
  };
  identify(IdentifierKind::kUserId, "userId");
  identify(IdentifierKind::kAnonymousId, "anonymousId");
  if (e.type == EventType::kAlias) identify(IdentifierKind::kAnonymousId, "previousId");
  e.channel = std::string(trim(text_at(call, "channel")));
  if (auto refusal = read_objects(call, envelope, e)) return refusal;
  if (is_oversize(call, e)) return oversize();
  add_context_identifiers(e);
  take_known_fields(e);
  return admit(e, Texts::kUtf8);  // simdjson has looked
}

}  // namespace

struct SegmentParser::Impl {
  JsonParser json;

  static void take(dom::element item, const SegmentOptions& options, const Envelope& envelope,
                   std::size_t place, Parsed& out) {
    RawEvent& event = out.events.emplace_back();  // in place: an event is large, and most are good
    dom::object call;
    std::optional<Refusal> refusal;
    if (item.get(call) != simdjson::SUCCESS)
      refusal = Refusal{Reason::kUnreadable, "the call is not a JSON object"};
    else
      refusal = read_call(call, options, envelope, place, event);
    if (!refusal) return;
    out.events.pop_back();
    refuse(*std::move(refusal), std::string(simdjson::minify(item)), place, out);
    if (item.is_object()) out.rejects.back().message_id = id_at(call, "messageId");
  }

  static void refuse(Refusal why, std::string raw, std::size_t place, Parsed& out) {
    out.rejects.push_back({.reason = why.reason,
                           .form = Form::kSegment,
                           .detail = std::move(why.detail),
                           .origin = fmt::format("batch item {}", place + 1),
                           .mapping = {},
                           .raw = std::move(raw),
                           .source = {},
                           .received_at = {},
                           .place = place});
  }

  // A request of nothing but calls that are too large gains nobody anything in the quarantine: its sender is
  // told at once, as the protocol says.
  static bool is_all_oversize(const Parsed& parsed) {
    return parsed.events.empty() && !parsed.rejects.empty() &&
           std::ranges::all_of(parsed.rejects,
                               [](const Reject& r) { return r.raw.size() > EventLimits::kBytesMax; });
  }

  Result<Parsed> take_all(dom::element whole, dom::object root, const SegmentOptions& options) {
    Parsed out;
    dom::element batch;
    if (root.at_key("batch").get(batch) != simdjson::SUCCESS) {
      take(whole, options, {}, 0, out);
      if (is_all_oversize(out)) return fail(Code::kEventTooLarge);
      return out;
    }
    dom::array items;
    if (batch.get(items) != simdjson::SUCCESS) return fail(Code::kBadJson, "\"batch\" is not a list");
    Envelope envelope;
    if (const auto sent = time_at(root, "sentAt")) envelope.sent_at = *sent;
    envelope.context = object_at(root, "context");
    std::size_t place = 0;
    out.events.reserve(items.size());
    for (const dom::element item : items) take(item, options, envelope, place++, out);
    if (is_all_oversize(out)) return fail(Code::kEventTooLarge);
    return out;
  }

  // One bad number must not cost its whole batch: the items are cut apart and read one by one.
  Result<Parsed> salvage(SegmentParser& self, std::string_view body, const SegmentOptions& options,
                         simdjson::error_code why) {
    simdjson::ondemand::parser cutter;
    const simdjson::padded_string text(body);
    simdjson::ondemand::document document;
    simdjson::ondemand::array items;
    if (cutter.iterate(text).get(document) != simdjson::SUCCESS ||
        document.find_field_unordered("batch").get_array().get(items) != simdjson::SUCCESS)
      return fail(Code::kBadJson, "{}", simdjson::error_message(why));
    std::vector<std::string> pieces;
    for (auto item : items) {
      simdjson::ondemand::object call;
      std::string_view raw;
      if (item.get_object().get(call) != simdjson::SUCCESS)
        raw = "0";  // no object: take() refuses it
      else if (call.raw_json().get(raw) != simdjson::SUCCESS)
        return fail(Code::kBadJson, "{}", simdjson::error_message(why));
      pieces.emplace_back(raw);
    }
    Parsed out;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      SegmentOptions one = options;
      if (!one.seed.empty()) one.seed += fmt::format(":{}", i);
      self.parse_call(pieces[i], one, out);
    }
    return out;
  }
};

SegmentParser::SegmentParser() : impl_(std::make_unique<Impl>()) {}
SegmentParser::~SegmentParser() = default;

Result<Parsed> SegmentParser::parse_body(std::string_view body, const SegmentOptions& options) {
  if (body.size() > EventLimits::kBatchBytesMax) return fail(Code::kBatchTooLarge, "{} bytes", body.size());
  dom::element root;
  if (const auto wrong = impl_->json.parse(body, root); wrong) {
    if (wrong == simdjson::NUMBER_ERROR || wrong == simdjson::DEPTH_ERROR)
      return impl_->salvage(*this, body, options, wrong);
    return fail(Code::kBadJson, "{}", simdjson::error_message(wrong));
  }
  dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return fail(Code::kBadJson, "the body is not a JSON object");
  return impl_->take_all(root, object, options);
}

std::optional<std::size_t> SegmentParser::calls_in(std::string_view body) {
  dom::element root, batch;
  dom::object object;
  dom::array calls;
  if (body.size() > EventLimits::kBatchBytesMax || impl_->json.parse(body, root) || root.get(object))
    return std::nullopt;
  std::size_t count = 1;
  if (object.at_key("batch").get(batch) == simdjson::SUCCESS) {
    if (batch.get(calls) != simdjson::SUCCESS) return std::nullopt;
    count = calls.size();
  }
  // Where every call may be above the limit of an event, the request as a whole may have to be refused.
  if (count == 0 || body.size() > count * EventLimits::kBytesMax) return std::nullopt;
  return count;
}

void SegmentParser::parse_call(std::string_view call, const SegmentOptions& options, Parsed& out) {
  dom::element root;
  if (const auto wrong = impl_->json.parse(call, root); wrong) {
    Impl::refuse({Reason::kUnreadable, simdjson::error_message(wrong)}, std::string(call.substr(0, kRawMax)),
                 0, out);
    return;
  }
  Impl::take(root, options, {}, 0, out);
}

std::string SegmentParser::write_key_of(std::string_view body) {
  SegmentParser parser;
  dom::element root;
  dom::object object;
  if (body.size() > EventLimits::kBatchBytesMax || parser.impl_->json.parse(body, root) || root.get(object))
    return {};
  if (const std::string_view key = text_at(object, "writeKey"); !key.empty()) return std::string(key);
  // The browser SDK names it in each call of a batch.
  dom::array calls;
  dom::object first;
  if (object.at_key("batch").get(calls) || calls.size() == 0 || calls.at(0).get(first)) return {};
  return std::string(text_at(first, "writeKey"));
}

std::string SegmentParser::message_id_of(std::string_view call) {
  SegmentParser parser;
  dom::element root;
  dom::object object;
  if (parser.impl_->json.parse(call, root) || root.get(object)) return {};
  return id_at(object, "messageId");
}

}  // namespace zhike::ingest
