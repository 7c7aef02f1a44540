// Objects of an S3-compatible store: brought to temporary files without names, which are read as files are.
// They are kept for the next question and used again while the store says that the object is the same.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>

#include "external/files.h"
#include "external/s3_client.h"

namespace zhike::external {
namespace {

constexpr std::uint64_t kBytesMax = 1'000'000'000;  // of one question, and of what is kept
constexpr std::size_t kPagesMax = 20;
constexpr std::chrono::minutes kKept{10};

using Clock = std::chrono::steady_clock;

/// What was brought, by address, bucket and key. Thread-safe.
class Kept {
 public:
  struct Object {
    std::string etag;
    std::shared_ptr<const Fd> file;
    std::uint64_t bytes = 0;
    Clock::time_point used{};
  };

  std::optional<Object> find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    drop_old();
    const auto at = all_.find(name);
    if (at == all_.end()) return std::nullopt;
    at->second.used = Clock::now();
    return at->second;
  }

  void put(const std::string& name, Object object) {
    const std::lock_guard lock(mutex_);
    drop_old();
    all_.erase(name);
    const auto total = [&] {
      std::uint64_t sum = object.bytes;
      for (const auto& entry : all_) sum += entry.second.bytes;
      return sum;
    };
    while (!all_.empty() && (total() > kBytesMax || all_.size() >= kFilesMax))
      all_.erase(std::ranges::min_element(all_, {}, [](const auto& entry) { return entry.second.used; }));
    object.used = Clock::now();
    all_.emplace(name, std::move(object));
  }

 private:
  void drop_old() {
    std::erase_if(all_, [](const auto& entry) { return Clock::now() - entry.second.used > kKept; });
  }

  std::mutex mutex_;
  std::map<std::string, Object> all_;
};

Kept& kept() {
  static Kept all;
  return all;
}

/// Gone with its last descriptor.
Result<Fd> nameless_file() {
  const auto folder = std::filesystem::temp_directory_path();
  Fd out(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!out.is_open())
    return std::unexpected(Error{Code::kVirtualFailed, file_error("write", folder, errno).detail});
  return out;
}

/// Keys that the setting "object" names, by name.
Result<std::vector<std::string>> keys_of(S3Client& client, const std::string& pattern, Deadline deadline) {
  const auto wild = find_wildcard(pattern), slash = pattern.rfind('/');
  if (wild == pattern.npos) return std::vector<std::string>{pattern};
  const std::size_t folder = slash == pattern.npos ? 0 : slash + 1;
  if (wild < folder) return fail(Code::kBadVirtualSource, "'object' may have * and ? in its last part only");
  const std::string_view last = std::string_view(pattern).substr(folder);
  std::vector<std::string> out;
  std::string next;
  for (std::size_t page = 0; page < kPagesMax; ++page) {
    CX_TRY(const S3List list, client.list(std::string_view(pattern).substr(0, wild), next, deadline));
    for (const S3Object& object : list.objects) {
      const std::string_view rest = std::string_view(object.key).substr(std::min(folder, object.key.size()));
      if (object.bytes > 0 && rest.find('/') == rest.npos && fits_pattern(last, rest))
        out.push_back(object.key);
    }
    if (out.size() > kFilesMax) return fail(Code::kVirtualTooLarge, "more than {} objects", kFilesMax);
    next = list.next;
    if (next.empty()) break;
  }
  if (!next.empty())
    return fail(Code::kVirtualTooLarge, "the prefix has more than {} objects", kPagesMax * 1000);
  if (out.empty()) return fail(Code::kVirtualTableMissing, "{}", pattern);
  std::ranges::sort(out);
  return out;
}

Result<OpenedFile> bring(S3Client& client, const Source& source, const std::string& key,
                         std::uint64_t bytes_max, Deadline deadline) {
  std::string name;
  for (const char* part : {"url", "access_key", "bucket"}) name += source.setting(part) + "\n";
  name += key;
  const auto before = kept().find(name);
  CX_TRY(Fd file, nameless_file());
  CX_TRY(const auto got, client.get(key, before ? before->etag : "", file, bytes_max, deadline));
  Kept::Object object;
  if (got.same)
    object = *before;
  else
    object = {.etag = got.etag, .file = std::make_shared<const Fd>(std::move(file)), .bytes = got.bytes};
  if (object.bytes > bytes_max) return fail(Code::kVirtualTooLarge, "{}", source.key);
  if (!got.same && !object.etag.empty()) kept().put(name, object);
  Fd copy(::fcntl(object.file->get(), F_DUPFD_CLOEXEC, 3));
  if (!copy.is_open()) return fail(Code::kVirtualFailed, "too many open files");
  return OpenedFile{.fd = std::move(copy), .name = key.substr(key.rfind('/') + 1), .bytes = object.bytes};
}

}  // namespace

Result<std::unique_ptr<Reader>> open_s3(const Source& source, const Reach& reach, Deadline deadline) {
  CX_TRY(const auto client, S3Client::open(source, reach));
  const std::string pattern = source.setting("object");
  CX_TRY(const auto keys, keys_of(*client, pattern, deadline));
  std::vector<OpenedFile> files;
  std::uint64_t room = kBytesMax;
  for (const std::string& key : keys) {
    CX_TRY(OpenedFile file, bring(*client, source, key, room, deadline));
    room -= file.bytes;
    files.push_back(std::move(file));
  }
  return read_files(source, reach, pattern, std::move(files));
}

}  // namespace zhike::external
