#include "journal/fingerprint_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "journal/crc32c.h"

namespace zhike::journal {
namespace {

constexpr std::string_view kLogMagic = "ZHKJFPL1";
constexpr std::string_view kFrameMagic = "FPFR";
constexpr std::string_view kRunMagic = "ZHKJFPR1";
constexpr std::size_t kFrameHead = 24;
constexpr std::size_t kRunHead = 64;
constexpr std::size_t kEntry = sizeof(Hash128);
static_assert(kEntry == 16);

template <class T>
void put(std::string& to, std::size_t at, T value) {
  std::memcpy(to.data() + at, &value, sizeof value);
}
template <class T>
T get(std::string_view bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::string_view as_bytes(std::span<const Hash128> entries) {
  return {reinterpret_cast<const char*>(entries.data()), entries.size_bytes()};
}

std::span<char> writable(std::span<Hash128> entries) {
  return {reinterpret_cast<char*>(entries.data()), entries.size_bytes()};
}

constexpr std::size_t kFence = 128;  // entries from one fence to the next: one read of 2 KiB
std::uint64_t fences_for(std::uint64_t entries) { return (entries + kFence - 1) / kFence; }

/// Fills `out` as far as the file goes; answers how much.
Result<std::size_t> read_at(const Fd& fd, std::uint64_t at, std::span<char> out,
                            const std::filesystem::path& path) {
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got =
        ::pread(fd.get(), out.data() + have, out.size() - have, static_cast<off_t>(at + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(file_error("read", path, errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

std::filesystem::path name_of(const std::filesystem::path& folder, std::uint64_t first, const char* ending) {
  return folder / fmt::format("{:016x}{}", first, ending);
}

constexpr std::uint32_t kSalts[8] = {0x47b6137bU, 0x44974d91U, 0x8824ad5bU, 0xa2b7289dU,
                                     0x705495c7U, 0x2df1424bU, 0x9efc4947U, 0x5c6bfb31U};  // Apache Parquet's

}  // namespace

// ---- HashSet

std::size_t HashSet::find(const Hash128& hash) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash.low & mask;
  while (slots_[i] != Hash128{} && slots_[i] != hash) i = (i + 1) & mask;
  return i;
}

bool HashSet::insert(const Hash128& hash) {
  const std::size_t i = find(hash);
  if (slots_[i] == hash) return false;
  slots_[i] = hash;
  if (++size_ * 2 > slots_.size()) grow();
  return true;
}

void HashSet::erase(const Hash128& hash) {
  // A hole would hide the entries behind it that probed past this slot: they move up (Knuth, 6.4, algorithm
  // R).
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = find(hash);
  if (slots_[hole] != hash) return;
  slots_[hole] = {};
  --size_;
  for (std::size_t i = (hole + 1) & mask; slots_[i] != Hash128{}; i = (i + 1) & mask) {
    const std::size_t home = slots_[i].low & mask;
    if (((i - home) & mask) < ((i - hole) & mask)) continue;
    slots_[hole] = slots_[i];
    slots_[i] = {};
    hole = i;
  }
}

std::vector<Hash128> HashSet::sorted() const {
  std::vector<Hash128> out;
  out.reserve(size_);
  for (const Hash128& hash : slots_)
    if (hash != Hash128{}) out.push_back(hash);
  std::ranges::sort(out);
  return out;
}

void HashSet::clear() {
  slots_ = std::vector<Hash128>(1024);
  size_ = 0;
}

void HashSet::grow() {
  std::vector<Hash128> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Hash128& hash : old)
    if (hash != Hash128{}) slots_[find(hash)] = hash;
}

// ---- Bloom: Putze, Sanders and Singler (2007); the block layout is Apache Parquet's

void Bloom::add(const Hash128& hash) noexcept {
  Block& block = blocks_[index(hash)];
  const auto key = static_cast<std::uint32_t>(hash.low);
  for (int i = 0; i < 8; ++i) block.words[i] |= 1U << ((key * kSalts[i]) >> 27);
}

bool Bloom::may_contain(const Hash128& hash) const noexcept {
  const Block& block = blocks_[index(hash)];
  const auto key = static_cast<std::uint32_t>(hash.low);
  for (int i = 0; i < 8; ++i)
    if (!(block.words[i] >> ((key * kSalts[i]) >> 27) & 1U)) return false;
  return true;
}

// ---- Run

Result<Run> Run::write(const std::filesystem::path& folder, const About& about,
                       std::span<const Hash128> entries) {
  Run run;
  run.about_ = about;
  run.path_ = name_of(folder, about.first, ".run");
  run.bloom_ = Bloom(Bloom::blocks_for(entries.size()));
  for (const Hash128& hash : entries) run.bloom_.add(hash);
  for (std::size_t i = 0; i < entries.size(); i += kFence) run.fences_.push_back(entries[i]);
  std::string head(kRunHead, '\0');
  std::memcpy(head.data(), kRunMagic.data(), kRunMagic.size());
  put(head, 8, about.first);
  put(head, 16, about.count);
  put(head, 24, about.from.ms);
  put(head, 32, about.to.ms);
  put<std::uint64_t>(head, 40, Bloom::blocks_for(entries.size()));
  put(head, 48, crc32c(as_bytes(run.fences_), crc32c(run.bloom_.bytes())));
  put(head, 60, crc32c(std::string_view(head).substr(0, 60)));

  std::filesystem::path temporary = run.path_;
  temporary += ".new";
  run.fd_ = Fd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!run.fd_.is_open()) return std::unexpected(file_error("create", temporary, errno));
  for (const std::string_view part :
       {std::string_view(head), run.bloom_.bytes(), as_bytes(run.fences_), as_bytes(entries)})
    CX_TRY(write_all(run.fd_.get(), part, temporary));
  if (::fsync(run.fd_.get()) != 0) return std::unexpected(file_error("sync", temporary, errno));
  if (::rename(temporary.c_str(), run.path_.c_str()) != 0)
    return std::unexpected(file_error("rename", run.path_, errno));
  CX_TRY(sync_folder(folder));
  return run;
}

Result<std::optional<Run>> Run::open(const std::filesystem::path& path) {
  Run run;
  run.path_ = path;
  run.fd_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!run.fd_.is_open()) return std::unexpected(file_error("open", path, errno));
  std::string head(kRunHead, '\0');
  CX_TRY(const std::size_t got, read_at(run.fd_, 0, head, path));
  if (got != kRunHead || !head.starts_with(kRunMagic) ||
      get<std::uint32_t>(head, 60) != crc32c(std::string_view(head).substr(0, 60)))
    return std::nullopt;
  run.about_ = {.first = get<std::uint64_t>(head, 8),
                .count = get<std::uint64_t>(head, 16),
                .from = {get<std::int64_t>(head, 24)},
                .to = {get<std::int64_t>(head, 32)}};
  std::error_code error;
  if (std::filesystem::file_size(path, error) != run.bytes() || error) return std::nullopt;
  run.bloom_ = Bloom(Bloom::blocks_for(run.about_.count));
  CX_TRY(const std::size_t filter, read_at(run.fd_, kRunHead, run.bloom_.writable(), path));
  run.fences_.resize(fences_for(run.about_.count));
  CX_TRY(const std::size_t fences, read_at(run.fd_, kRunHead + filter, writable(run.fences_), path));
  if (filter != run.bloom_.bytes().size() || fences != run.fences_.size() * kEntry ||
      crc32c(as_bytes(run.fences_), crc32c(run.bloom_.bytes())) != get<std::uint32_t>(head, 48))
    return std::nullopt;
  return run;
}

std::uint64_t Run::bytes() const noexcept {
  return kRunHead + Bloom::blocks_for(about_.count) * sizeof(Bloom::Block) +
         (fences_for(about_.count) + about_.count) * kEntry;
}

Result<bool> Run::contains(const Hash128& hash) const {
  const auto after = std::ranges::upper_bound(fences_, hash);
  if (after == fences_.begin()) return false;
  const auto fence = static_cast<std::uint64_t>(after - fences_.begin()) - 1;
  Hash128 part[kFence];
  const std::span<Hash128> entries(part, std::min<std::uint64_t>(kFence, about_.count - fence * kFence));
  const std::uint64_t at =
      kRunHead + bloom_.bytes().size() + fences_.size() * kEntry + fence * kFence * kEntry;
  CX_TRY(const std::size_t got, read_at(fd_, at, writable(entries), path_));
  if (got != entries.size_bytes())
    return fail(Code::kFileFailed, "{} is shorter than it was", path_.string());
  return std::ranges::binary_search(entries, hash);
}

// ---- EntryLog

Result<EntryLog> EntryLog::create(const std::filesystem::path& folder, std::uint64_t first) {
  const std::filesystem::path path = name_of(folder, first, ".log");
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd.is_open()) return std::unexpected(file_error("create", path, errno));
  EntryLog log(path, std::move(fd));
  std::string head(kFrameHead, '\0');
  std::memcpy(head.data(), kLogMagic.data(), kLogMagic.size());
  put(head, 8, first);
  put(head, 16, crc32c(std::string_view(head).substr(0, 16)));
  CX_TRY(log.write_at(head, 0));
  log.end_ = kFrameHead;
  return log;
}

Result<EntryLog> EntryLog::open(const std::filesystem::path& path, std::uint64_t first, std::uint64_t mark,
                                std::vector<Frame>& frames) {
  CX_TRY(const std::string bytes, read_file(path));
  Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(file_error("open", path, errno));
  EntryLog log(path, std::move(fd));
  log.in_folder_ = true;
  const std::string_view all = bytes;
  if (all.size() < kFrameHead || !all.starts_with(kLogMagic) || get<std::uint64_t>(all, 8) != first ||
      get<std::uint32_t>(all, 16) != crc32c(all.substr(0, 16))) {
    log.broken_ = true;
    return log;
  }
  log.end_ = kFrameHead;
  while (first < mark && all.size() - log.end_ >= kFrameHead) {
    const std::string_view frame = all.substr(log.end_);
    const std::uint64_t count = get<std::uint32_t>(frame, 4);
    if (!frame.starts_with(kFrameMagic) || count > mark - first || frame.size() < kFrameHead + count * kEntry)
      break;
    const std::string_view entries = frame.substr(kFrameHead, count * kEntry);
    if (get<std::uint32_t>(frame, 16) != crc32c(entries, crc32c(frame.substr(0, 16)))) break;
    Frame& read = frames.emplace_back();
    read.at = {get<std::int64_t>(frame, 8)};
    read.entries.resize(count);
    std::memcpy(read.entries.data(), entries.data(), entries.size());
    first += count;
    log.end_ += kFrameHead + entries.size();
  }
  log.cut(log.end_);
  return log;
}

Result<void> EntryLog::append(std::span<const Hash128> entries, Instant at) {
  std::string frame(kFrameHead, '\0');
  frame.reserve(kFrameHead + entries.size_bytes());
  std::memcpy(frame.data(), kFrameMagic.data(), kFrameMagic.size());
  put(frame, 4, static_cast<std::uint32_t>(entries.size()));
  put(frame, 8, at.ms);
  put(frame, 16, crc32c(as_bytes(entries), crc32c(std::string_view(frame).substr(0, 16))));
  frame.append(as_bytes(entries));
  if (auto written = write_at(frame, end_); !written) {
    cut(end_);
    return written;
  }
  if (::fdatasync(fd_.get()) != 0) {
    const int error = errno;
    broken_ = true;  // what the file holds now is unknown: it must be written anew
    return std::unexpected(file_error("sync", path_, error));
  }
  if (!in_folder_) CX_TRY(sync_folder(path_.parent_path()));
  in_folder_ = true;
  end_ += frame.size();
  return {};
}

void EntryLog::cut(std::uint64_t end) {
  end_ = end;
  if (::ftruncate(fd_.get(), static_cast<off_t>(end)) != 0) broken_ = true;
}

Result<void> EntryLog::write_at(std::string_view bytes, std::uint64_t at) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return std::unexpected(file_error("write", path_, errno));
    bytes.remove_prefix(static_cast<std::size_t>(put));
    at += static_cast<std::uint64_t>(put);
  }
  return {};
}

}  // namespace zhike::journal
