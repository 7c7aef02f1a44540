#include "ingest/zip_file.h"

#include <zip.h>

#include <algorithm>

namespace zhike::ingest {
namespace {

constexpr std::size_t kChunk = 128 * 1024;

class Archive final : public ZipFile {
 public:
  Archive(zip_t* zip, std::string bytes) : bytes_(std::move(bytes)), zip_(zip) {}
  ~Archive() override { zip_discard(zip_); }

  Result<void> check(std::size_t entries_max) {
    const zip_int64_t entries = zip_get_num_entries(zip_, 0);
    if (entries < 0 || static_cast<std::uint64_t>(entries) > entries_max)
      return fail(Code::kBadFile, "an archive of more than {} files", entries_max);
    return {};
  }
  bool has(const std::string& part) const override { return zip_name_locate(zip_, part.c_str(), 0) >= 0; }
  std::uint64_t stated_bytes(const std::string& part) const override {
    zip_stat_t stat;
    const bool known = zip_stat(zip_, part.c_str(), 0, &stat) == 0 && (stat.valid & ZIP_STAT_SIZE) != 0;
    return known ? stat.size : 0;
  }

  Result<XmlFeed> feed(const std::string& part, std::uint64_t bytes_max, std::uint64_t* read) override {
    const auto file = std::shared_ptr<zip_file_t>(zip_fopen(zip_, part.c_str(), 0), [](zip_file_t* f) {
      if (f != nullptr) zip_fclose(f);
    });
    if (file == nullptr) return fail(Code::kBadFile, "{}: {}", part, zip_strerror(zip_));
    return XmlFeed(
        [file, part, bytes_max, read, total = std::uint64_t{0}](std::string& out) mutable -> Result<bool> {
          const std::size_t before = out.size();
          out.resize(before + kChunk);
          const zip_int64_t got = zip_fread(file.get(), out.data() + before, kChunk);
          out.resize(before + static_cast<std::size_t>(std::max<zip_int64_t>(got, 0)));
          if (got < 0) return fail(Code::kBadFile, "{}: {}", part, zip_file_strerror(file.get()));
          total += static_cast<std::uint64_t>(got);
          if (total > bytes_max)
            return fail(Code::kBadFile, "{}: more than {} bytes come out of it", part, bytes_max);
          if (read != nullptr) *read = total;
          return got > 0;
        });
  }

 private:
  std::string bytes_;  // the archive reads from them
  zip_t* zip_;
};

std::unexpected<Error> failure(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return fail(Code::kBadFile, "not a readable archive: {}", text);
}

}  // namespace

Result<std::unique_ptr<ZipFile>> ZipFile::open(const std::string& file, std::size_t entries_max) {
  int why = 0;
  zip_t* zip = zip_open(file.c_str(), ZIP_RDONLY, &why);
  if (zip == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, why);
    return failure(error);
  }
  auto archive = std::make_unique<Archive>(zip, std::string());
  CX_TRY(archive->check(entries_max));
  return archive;
}

Result<std::unique_ptr<ZipFile>> ZipFile::of(std::string bytes, std::size_t entries_max) {
  zip_error_t error;
  zip_error_init(&error);
  // The string keeps its buffer when it is moved: it is longer than any small-string buffer.
  if (bytes.size() < 64) return fail(Code::kBadFile, "not a readable archive: too short");
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source == nullptr) return failure(error);
  zip_t* zip = zip_open_from_source(source, ZIP_RDONLY, &error);
  if (zip == nullptr) {
    zip_source_free(source);
    return failure(error);
  }
  auto archive = std::make_unique<Archive>(zip, std::move(bytes));
  CX_TRY(archive->check(entries_max));
  return archive;
}

}  // namespace zhike::ingest
