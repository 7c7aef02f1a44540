// CRC-32C (Castagnoli), by the processor's instruction where it has one. Thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace zhike::journal {

/// Of `bytes` after what gave `before`: crc32c("ab") == crc32c("b", crc32c("a")). RFC 3720, B.4.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) noexcept;
/// The same by table: for other processors, and to check the fast one against.
[[nodiscard]] std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t before = 0) noexcept;

}  // namespace zhike::journal
