// The bytes of a journal. All numbers are little-endian.
//
// A segment is a file "<number, 16 hex digits>.segment": a header of 64 bytes, then records one after
// another.
//
//   segment header   0 "ZHKJRNL1"   8 version u32   12 UTC day of the key i32   16 number u64
//                    24 number of the segment before u64 (0: none)   32 its end u64   40 its last time i64
//                    48 zeros   60 CRC-32C of bytes 0 to 59
//   record           0 "ZREC"   4 length of the sealed bytes u32   8 CRC-32C of the sealed bytes
//                    12 CRC-32C of this header, after the segment's number and this offset
//                    16 durable u64: every byte of this segment before this offset was on disk when the
//                    record's
//                       batch was written   24 time i64 (ms)   32 sealed bytes
//
// Invariants
// 1. The end of a segment that has a successor is written in the successor's header: bytes beyond it are the
//    remains of a batch that failed, and every byte before it must be valid.
// 2. The last segment ends with its last valid record. Damage at offset x in it is corruption when a valid
// record
//    header behind x says durable > x, and otherwise the torn end of a batch that was never acknowledged;
//    pages of one batch may reach the disk in any order.
// 3. A sealed payload opens only at its own position (its context), so records cannot be moved or repeated.
// 4. A process never appends to a segment that an earlier one wrote.
// 5. Every segment that is listed has at least one durable record; numbers are never used again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "journal/journal.h"

namespace zhike::journal {

inline constexpr std::size_t kSegmentHeaderBytes = 64;
inline constexpr std::size_t kRecordHeaderBytes = 32;
inline constexpr std::size_t kPayloadBytesMax = 64U << 20;  ///< of one record; larger is a caller's mistake

struct SegmentHeader {
  std::uint64_t number = 0;
  std::int32_t utc_day = 0;
  Position before;                  ///< end of the segment before
  std::int64_t before_last_ms = 0;  ///< time of its last record
};

struct RecordHeader {
  std::uint32_t sealed_bytes = 0;
  std::uint32_t sealed_crc = 0;
  std::uint64_t durable = 0;
  std::int64_t at_ms = 0;
};

[[nodiscard]] std::string encode(const SegmentHeader& header);
/// Nothing when the bytes are not a valid header of this version.
[[nodiscard]] std::optional<SegmentHeader> decode_segment_header(std::string_view bytes);

/// Writes kRecordHeaderBytes to `out`.
void encode(const RecordHeader& header, Position at, char* out);
[[nodiscard]] std::optional<RecordHeader> decode_record_header(std::string_view bytes, Position at);
/// How every record header begins.
inline constexpr std::string_view kRecordMagic = "ZREC";

/// What a payload is sealed with besides the key.
[[nodiscard]] std::string seal_context(Position at);

[[nodiscard]] std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number);
/// The number in a file name; nothing when it is not a segment's.
[[nodiscard]] std::optional<std::uint64_t> segment_number(const std::filesystem::path& path);

}  // namespace zhike::journal
