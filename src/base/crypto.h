// Encryption and keyed hashing, by libsodium. Keys live in memory only; nothing here is ever logged.
// Every function is thread-safe.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace zhike::crypto {

struct Key {
  std::array<unsigned char, 32> bytes{};
};

/// 128 bits of BLAKE2b.
struct Hash128 {
  std::uint64_t high = 0, low = 0;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

/// From the system's generator. Aborts when the system has none.
[[nodiscard]] Key random_key();
void random_bytes(std::span<unsigned char> out);
/// `bytes` random bytes in URL-safe base64 without padding: tokens, write keys.
[[nodiscard]] std::string random_token(std::size_t bytes);

/// A key for one purpose ("identifiers", "day/20412") derived from a parent. Deterministic.
[[nodiscard]] Key derive(const Key& parent, std::string_view purpose);

/// Keyed hash of a value: cannot be guessed back without the key. Deterministic for one key.
[[nodiscard]] Hash128 keyed_hash(const Key& key, std::string_view value);
/// Fingerprint without a secret: for duplicates, not for privacy.
[[nodiscard]] Hash128 fingerprint(std::string_view value);

/// SipHash of 128 bits under a key of this process: for tables in memory, never stored.
[[nodiscard]] Hash128 table_hash(const Key& key, std::string_view value);

/// Authenticated encryption (XChaCha20-Poly1305, random nonce in front). `context` is authenticated, not
/// stored: the same must be given to open. Overhead: kSealOverhead bytes.
inline constexpr std::size_t kSealOverhead = 24 + 16;
[[nodiscard]] std::string seal(const Key& key, std::string_view plain, std::string_view context);
/// Errors: kSealBroken (wrong key, wrong context or changed bytes).
[[nodiscard]] Result<std::string> open(const Key& key, std::string_view sealed, std::string_view context);

/// Equal, in time that does not depend on where they differ.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace zhike::crypto

template <>
struct std::hash<zhike::crypto::Hash128> {
  std::size_t operator()(const zhike::crypto::Hash128& hash) const noexcept { return hash.low; }
};
