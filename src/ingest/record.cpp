// Format 1: version byte, count of rejects, each as a length-prefixed reject, then the events
// (event/codec.h).
#include "ingest/record.h"

#include "event/codec.h"
#include "ingest/wire.h"

namespace zhike::ingest {
namespace {
constexpr std::uint8_t kVersion = 1;
}

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
  if (!in.ok() || !in.rest().empty() || reason >= kReasonCount || form < 1 || form > 3)
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
  w.raw(encode(parsed.events));
  return w.take();
}

Result<Parsed> decode_record(std::string_view bytes) {
  WireReader in(bytes);
  if (in.u8() != kVersion) return fail(Code::kBadRecord, "version");
  Parsed parsed;
  const std::size_t count = in.count();
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    CX_TRY(Reject reject, decode_reject(in.view()));
    parsed.rejects.push_back(std::move(reject));
  }
  if (!in.ok()) return fail(Code::kBadRecord, "rejects");
  CX_TRY(parsed.events, decode(in.rest()));
  return parsed;
}

}  // namespace zhike::ingest
