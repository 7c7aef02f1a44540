// Format 2: version byte; rejects and items, each a count and length-prefixed entries; then the events
// (event/codec.h). Format 1 has no items.
#include "ingest/record.h"

#include "event/codec.h"
#include "ingest/wire.h"

namespace zhike::ingest {
namespace {
constexpr std::uint8_t kVersion = 2;

std::string encode_item(const Item& item) {
  WireWriter w;
  w.text(item.type);
  w.text(item.id);
  w.u8(item.gone ? 1 : 0);
  w.signed_number(item.at.ms);
  w.number(item.source.value);
  w.signed_number(item.received_at.ms);
  w.number(item.properties.size());
  for (const auto& [key, value] : item.properties) {
    w.text(key);
    w.text(value);
  }
  return w.take();
}

Result<Item> decode_item(std::string_view bytes) {
  WireReader in(bytes);
  Item item;
  item.type = in.text();
  item.id = in.text();
  item.gone = in.u8() != 0;
  item.at.ms = in.signed_number();
  item.source.value = in.number();
  item.received_at.ms = in.signed_number();
  item.properties.resize(in.count());
  for (auto& [key, value] : item.properties) {
    key = in.text();
    value = in.text();
  }
  if (!in.ok() || !in.rest().empty()) return fail(Code::kBadRecord, "an item");
  return item;
}

}  // namespace

std::string encode_reject(const Reject& r) {
  WireWriter w;
  w.u8(static_cast<std::uint8_t>(r.reason));
  w.u8(static_cast<std::uint8_t>(r.form));
  w.number(r.source.value);
  w.signed_number(r.received_at.ms);
  w.text(r.detail);
  w.text(r.origin);
  w.text(r.mapping);
  w.text(r.raw);
  return w.take();
}

Result<Reject> decode_reject(std::string_view bytes) {
  WireReader in(bytes);
  Reject r;
  const std::uint8_t reason = in.u8(), form = in.u8();
  r.source.value = in.number();
  r.received_at.ms = in.signed_number();
  r.detail = in.text();
  r.origin = in.text();
  r.mapping = in.text();
  r.raw = in.text();
  if (!in.ok() || !in.rest().empty() || reason >= kReasonCount || form < 1 || form > kFormCount)
    return fail(Code::kBadRecord, "a reject");
  r.reason = static_cast<Reason>(reason);
  r.form = static_cast<Form>(form);
  return r;
}

Reject reject_of(const RawEvent& event, Reason reason, std::string detail) {
  return {reason, Form::kEvent,        std::move(detail), "event " + event.message_id,
          {},     encode({&event, 1}), event.source,      event.received_at};
}

std::string encode_record(const Parsed& parsed) {
  WireWriter w;
  w.u8(kVersion);
  w.number(parsed.rejects.size());
  for (const Reject& r : parsed.rejects) w.text(encode_reject(r));
  w.number(parsed.items.size());
  for (const Item& item : parsed.items) w.text(encode_item(item));
  w.raw(encode(parsed.events));
  return w.take();
}

Result<Parsed> decode_record(std::string_view bytes) {
  WireReader in(bytes);
  const std::uint8_t version = in.u8();
  if (version < 1 || version > kVersion) return fail(Code::kBadRecord, "version");
  Parsed parsed;
  const std::size_t count = in.count();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    CX_TRY(Reject reject, decode_reject(in.view()));
    parsed.rejects.push_back(std::move(reject));
  }
  const std::size_t items = version < 2 ? 0 : in.count();
  for (std::size_t i = 0; i < items && in.ok(); ++i) {
    CX_TRY(Item item, decode_item(in.view()));
    parsed.items.push_back(std::move(item));
  }
  if (!in.ok()) return fail(Code::kBadRecord, "rejects and items");
  CX_TRY(parsed.events, decode(in.rest()));
  return parsed;
}

}  // namespace zhike::ingest
