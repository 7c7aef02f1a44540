#include "journal/format.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "journal/crc32c.h"

namespace zhike::journal {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are stored as they lie in memory");

constexpr std::string_view kMagic = "ZHKJRNL1";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderCrcAt = kSegmentHeaderBytes - 4;

template <class T>
void put(char* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

template <class T>
T get(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::uint32_t header_crc(std::string_view header, Position at) {
  char seed[16];
  put(seed, at.segment);
  put(seed + 8, at.offset);
  return crc32c(header.substr(16, 16), crc32c(header.substr(0, 12), crc32c({seed, sizeof seed})));
}

}  // namespace

std::string encode(const SegmentHeader& header) {
  std::string out(kSegmentHeaderBytes, '\0');
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  put(out.data() + 8, kVersion);
  put(out.data() + 12, header.utc_day);
  put(out.data() + 16, header.number);
  put(out.data() + 24, header.before.segment);
  put(out.data() + 32, header.before.offset);
  put(out.data() + 40, header.before_last_ms);
  put(out.data() + kHeaderCrcAt, crc32c(std::string_view(out).substr(0, kHeaderCrcAt)));
  return out;
}

std::optional<SegmentHeader> decode_segment_header(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  if (get<std::uint32_t>(bytes, 8) != kVersion) return std::nullopt;
  if (get<std::uint32_t>(bytes, kHeaderCrcAt) != crc32c(bytes.substr(0, kHeaderCrcAt))) return std::nullopt;
  return SegmentHeader{.number = get<std::uint64_t>(bytes, 16),
                       .utc_day = get<std::int32_t>(bytes, 12),
                       .before = {get<std::uint64_t>(bytes, 24), get<std::uint64_t>(bytes, 32)},
                       .before_last_ms = get<std::int64_t>(bytes, 40)};
}

void encode(const RecordHeader& header, Position at, char* out) {
  std::memcpy(out, kRecordMagic.data(), kRecordMagic.size());
  put(out + 4, header.sealed_bytes);
  put(out + 8, header.sealed_crc);
  put(out + 16, header.durable);
  put(out + 24, header.at_ms);
  put(out + 12, header_crc({out, kRecordHeaderBytes}, at));
}

std::optional<RecordHeader> decode_record_header(std::string_view bytes, Position at) {
  if (bytes.size() < kRecordHeaderBytes || !bytes.starts_with(kRecordMagic)) return std::nullopt;
  if (get<std::uint32_t>(bytes, 12) != header_crc(bytes, at)) return std::nullopt;
  const RecordHeader header{.sealed_bytes = get<std::uint32_t>(bytes, 4),
                            .sealed_crc = get<std::uint32_t>(bytes, 8),
                            .durable = get<std::uint64_t>(bytes, 16),
                            .at_ms = get<std::int64_t>(bytes, 24)};
  if (header.sealed_bytes > kPayloadBytesMax + crypto::kSealOverhead) return std::nullopt;
  return header;
}

std::string seal_context(Position at) {
  std::string out = "journal/";
  out.resize(out.size() + 16);
  put(out.data() + out.size() - 16, at.segment);
  put(out.data() + out.size() - 8, at.offset);
  return out;
}

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number) {
  return folder / fmt::format("{:016x}.segment", number);
}

std::optional<std::uint64_t> segment_number(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (name.size() != 16 + 8 || !name.ends_with(".segment")) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + 16, number, 16);
  if (error != std::errc{} || end != name.data() + 16 || number == 0) return std::nullopt;
  return number;
}

}  // namespace zhike::journal
