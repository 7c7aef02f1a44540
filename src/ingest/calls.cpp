// Format 3 of a record (record.cpp has 1 and 2): version byte; source, time of arrival, 0 or 1 + type, count
// of calls, length of the body; the body as one block of LZ4.
#include "ingest/calls.h"

#include <lz4.h>

#include "ingest/wire.h"

namespace zhike::ingest {
namespace {
constexpr std::uint8_t kVersion = 3;
constexpr std::uint8_t kTypes = 6;
}  // namespace

std::string encode_calls(const Calls& calls, std::string_view body) {
  cx_check(body.size() <= EventLimits::kBatchBytesMax, "a body within the limit of a batch");
  WireWriter w;
  const int room = LZ4_compressBound(static_cast<int>(body.size()));
  w.reserve(static_cast<std::size_t>(room) + 64);
  w.u8(kVersion);
  w.number(calls.source.value);
  w.signed_number(calls.received_at.ms);
  w.u8(calls.type ? static_cast<std::uint8_t>(static_cast<std::uint8_t>(*calls.type) + 1) : std::uint8_t{0});
  w.number(calls.count);
  w.number(body.size());
  std::string out = w.take();
  const std::size_t head = out.size();
  out.resize(head + static_cast<std::size_t>(room));
  const int packed =
      LZ4_compress_default(body.data(), out.data() + head, static_cast<int>(body.size()), room);
  cx_check(packed > 0 || body.empty(), "LZ4 has all the room it asked for");
  out.resize(head + static_cast<std::size_t>(packed));
  return out;
}

bool holds_calls(std::string_view record) noexcept {
  return !record.empty() && static_cast<std::uint8_t>(record.front()) == kVersion;
}

Result<Calls> decode_calls(std::string_view record, std::string& body) {
  WireReader in(record);
  const std::uint8_t version = in.u8();
  Calls calls;
  calls.source.value = in.number();
  calls.received_at.ms = in.signed_number();
  const std::uint8_t type = in.u8();
  calls.count = in.number();
  const std::uint64_t bytes = in.number();
  if (!in.ok() || version != kVersion || type > kTypes || bytes > EventLimits::kBatchBytesMax)
    return fail(Code::kBadRecord, "calls");
  if (type > 0) calls.type = static_cast<EventType>(type - 1);
  body.resize(bytes);
  const int plain = LZ4_decompress_safe(in.rest().data(), body.data(), static_cast<int>(in.rest().size()),
                                        static_cast<int>(bytes));
  if (plain < 0 || static_cast<std::uint64_t>(plain) != bytes) return fail(Code::kBadRecord, "calls: LZ4");
  return calls;
}

}  // namespace zhike::ingest
