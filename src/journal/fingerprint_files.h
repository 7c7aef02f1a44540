// The pieces of retry detection: the set of the newest fingerprints, and the sorted files of the older ones.
// All numbers on disk are little-endian; names are "<number of the first entry, 16 hex digits>.log" or
// ".run".
//
//   log   0 "ZHKJFPL1"   8 first entry's number u64   16 CRC-32C of bytes 0 to 15   20 zeros   24 frames
//   frame 0 "FPFR"   4 entries u32   8 time i64 (ms)   16 CRC-32C of bytes 0 to 15 and the entries   20 zeros
//         24 entries of 16 bytes (high u64, low u64)
//   run   0 "ZHKJFPR1"   8 first entry's number u64   16 entries u64   24 first time i64   32 last time i64
//         40 Bloom blocks u64   48 CRC-32C of blocks and fences   52 zeros   60 CRC-32C of bytes 0 to 59
//         64 Bloom blocks of 32 bytes, then the fences (every 128th entry), then the entries in ascending
//         order
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/file.h"
#include "base/time.h"

namespace zhike::journal {

using crypto::Hash128;

/// An open-addressed set of fingerprints, none of them zero.
class HashSet {
 public:
  HashSet() { clear(); }
  /// False when it was there.
  bool insert(const Hash128& hash);
  void erase(const Hash128& hash);
  [[nodiscard]] bool contains(const Hash128& hash) const noexcept { return slots_[find(hash)] == hash; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::vector<Hash128> sorted() const;
  void clear();

 private:
  [[nodiscard]] std::size_t find(
      const Hash128& hash) const noexcept;  ///< its slot, or the empty one it would take
  void grow();

  std::vector<Hash128> slots_;  ///< zeros: empty
  std::size_t size_ = 0;
};

/// A split-block Bloom filter of 16 bits an entry: one cache line a question, one false positive in a
/// thousand.
class Bloom {
 public:
  struct alignas(32) Block {
    std::uint32_t words[8];
  };
  Bloom() = default;
  explicit Bloom(std::size_t blocks) : blocks_(blocks) {}
  [[nodiscard]] static std::size_t blocks_for(std::size_t entries) noexcept { return entries / 16 + 1; }
  void add(const Hash128& hash) noexcept;
  void prefetch(const Hash128& hash) const noexcept { __builtin_prefetch(&blocks_[index(hash)]); }
  [[nodiscard]] bool may_contain(const Hash128& hash) const noexcept;
  [[nodiscard]] std::string_view bytes() const noexcept {
    return {reinterpret_cast<const char*>(blocks_.data()), blocks_.size() * sizeof(Block)};
  }
  [[nodiscard]] std::span<char> writable() noexcept {
    return {reinterpret_cast<char*>(blocks_.data()), blocks_.size() * sizeof(Block)};
  }

 private:
  [[nodiscard]] std::size_t index(const Hash128& hash) const noexcept {
    return static_cast<std::size_t>(((hash.high >> 32) * blocks_.size()) >> 32);
  }
  std::vector<Block> blocks_ = std::vector<Block>(1);
};

/// A finished file: entries sorted on disk; its Bloom filter and fences in memory (2.1 bytes an entry).
class Run {
 public:
  struct About {
    std::uint64_t first = 0;  ///< number of its first entry
    std::uint64_t count = 0;
    Instant from, to;  ///< times of its first and last entry
  };
  /// Writes a file durably under its name. `entries` ascend. Errors: kDiskFull, kFileFailed.
  [[nodiscard]] static Result<Run> write(const std::filesystem::path& folder, const About& about,
                                         std::span<const Hash128> entries);
  /// Nothing when the file is damaged. Errors: kFileFailed.
  [[nodiscard]] static Result<std::optional<Run>> open(const std::filesystem::path& path);

  [[nodiscard]] const Bloom& bloom() const noexcept { return bloom_; }
  /// Looks the entry up on disk. Errors: kFileFailed.
  [[nodiscard]] Result<bool> contains(const Hash128& hash) const;
  [[nodiscard]] const About& about() const noexcept { return about_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  Fd fd_;
  About about_;
  Bloom bloom_;
  std::vector<Hash128> fences_;
};

/// The file of the newest entries: appended to with each block. Belongs to one thread.
class EntryLog {
 public:
  struct Frame {
    Instant at;
    std::vector<Hash128> entries;
  };
  /// A new file in place of any of that name, durable with its first frame.
  [[nodiscard]] static Result<EntryLog> create(const std::filesystem::path& folder, std::uint64_t first);
  /// Reads the frames up to entry number `mark` and cuts off the rest; stops at damage.
  [[nodiscard]] static Result<EntryLog> open(const std::filesystem::path& path, std::uint64_t first,
                                             std::uint64_t mark, std::vector<Frame>& frames);
  /// Appends and syncs. On failure nothing is kept; is_broken() says when that is not certain.
  [[nodiscard]] Result<void> append(std::span<const Hash128> entries, Instant at);
  /// Back to an earlier end().
  void cut(std::uint64_t end);
  [[nodiscard]] std::uint64_t end() const noexcept { return end_; }
  [[nodiscard]] bool is_broken() const noexcept { return broken_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  EntryLog(std::filesystem::path path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  [[nodiscard]] Result<void> write_at(std::string_view bytes, std::uint64_t at);

  std::filesystem::path path_;
  Fd fd_;
  std::uint64_t end_ = 0;
  bool in_folder_ = false;  ///< the folder was synced since the file was made
  bool broken_ = false;
};

}  // namespace zhike::journal
