#include "ingest/bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <vector>

#include "base/file.h"

namespace zhike::ingest {
namespace {

constexpr std::size_t kChunk = 256 * 1024;
constexpr std::size_t kSample = 64 * 1024;

// Unpacks gzip, several members after one another too.
class Gunzip {
 public:
  Gunzip() { cx_check(inflateInit2(&stream_, 15 + 16) == Z_OK, "zlib starts"); }
  ~Gunzip() { inflateEnd(&stream_); }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Appends what `packed` unpacks to; false when it is damaged.
  bool unpack(std::string_view packed, std::string& out) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    while (stream_.avail_in > 0) {
      if (ended_ && inflateReset(&stream_) != Z_OK) return false;
      ended_ = false;
      const std::size_t before = out.size();
      out.resize(before + kChunk);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
      stream_.avail_out = static_cast<uInt>(kChunk);
      const int state = inflate(&stream_, Z_NO_FLUSH);
      out.resize(before + kChunk - stream_.avail_out);
      ended_ = state == Z_STREAM_END;
      if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) return false;
      if (state == Z_BUF_ERROR && stream_.avail_out == kChunk) return false;
    }
    return true;
  }
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  z_stream stream_{};
  bool ended_ = false;
};

class FileSource final : public TextSource {
 public:
  FileSource(Fd fd, std::filesystem::path path, std::uint64_t size, std::optional<Encoding> encoding)
      : fd_(std::move(fd)), path_(std::move(path)), size_(size), declared_(encoding), packed_(kChunk, '\0') {}

  Result<bool> more(std::string& out) override {
    if (ended_) return false;
    CX_TRY(const bool more, read_plain());
    if (!converter_) {
      while (more && !ended_ && plain_.size() < kSample) CX_TRY(read_plain());
      encoding_ = declared_.value_or(detect_encoding(std::string_view(plain_).substr(0, kSample)));
      converter_.emplace(encoding_);
    }
    converter_->convert(plain_, out);
    plain_.clear();
    if (ended_) converter_->finish(out);
    return true;
  }

  std::uint64_t bytes_read() const override { return read_; }
  std::uint64_t bytes_total() const override { return size_; }
  Encoding encoding() const override { return encoding_; }
  std::uint64_t replaced() const override { return converter_ ? converter_->replaced() : 0; }

 private:
  // Appends the next bytes of the file, unpacked, to plain_; false at the end.
  Result<bool> read_plain() {
    const ssize_t got = ::read(fd_.get(), packed_.data(), packed_.size());
    if (got < 0 && errno == EINTR) return true;
    if (got < 0) return std::unexpected(file_error("read", path_, errno));
    const std::string_view bytes(packed_.data(), static_cast<std::size_t>(got));
    if (read_ == 0 && bytes.starts_with("\x1f\x8b")) gunzip_ = std::make_unique<Gunzip>();
    read_ += bytes.size();
    ended_ = got == 0;
    if (gunzip_ == nullptr) {
      plain_ += bytes;
    } else if (!gunzip_->unpack(bytes, plain_) || (ended_ && !gunzip_->ended())) {
      return fail(Code::kBadFile, "{}: the gzip data is damaged or cut off", path_.filename().string());
    }
    return !ended_;
  }

  Fd fd_;
  std::filesystem::path path_;
  std::uint64_t size_, read_ = 0;
  std::optional<Encoding> declared_;
  Encoding encoding_ = Encoding::kUtf8;
  std::string packed_, plain_;
  std::unique_ptr<Gunzip> gunzip_;
  std::optional<Utf8Converter> converter_;
  bool ended_ = false;
};

class StringSource final : public TextSource {
 public:
  explicit StringSource(std::string text) : text_(std::move(text)) {}
  Result<bool> more(std::string& out) override {
    if (given_) return false;
    given_ = true;
    Utf8Converter converter(Encoding::kUtf8);
    converter.convert(text_, out);
    converter.finish(out);
    return true;
  }
  std::uint64_t bytes_read() const override { return given_ ? text_.size() : 0; }
  std::uint64_t bytes_total() const override { return text_.size(); }
  Encoding encoding() const override { return Encoding::kUtf8; }
  std::uint64_t replaced() const override { return 0; }

 private:
  std::string text_;
  bool given_ = false;
};

}  // namespace

Result<std::unique_ptr<TextSource>> TextSource::open(const std::filesystem::path& file,
                                                     std::optional<Encoding> encoding) {
  Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(file_error("open", file, errno));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return std::unexpected(file_error("look at", file, errno));
  if (!S_ISREG(info.st_mode)) return fail(Code::kBadFile, "{} is not a file", file.string());
  return std::make_unique<FileSource>(std::move(fd), file, static_cast<std::uint64_t>(info.st_size),
                                      encoding);
}

void note_text(const TextSource& source, std::vector<std::string>& notes) {
  if (source.encoding() != Encoding::kUtf8)
    notes.push_back(fmt::format("encoding {}", to_string(source.encoding())));
  if (source.replaced() > 0)
    notes.push_back(fmt::format("{} broken characters were replaced", source.replaced()));
}

std::unique_ptr<TextSource> TextSource::of(std::string text) {
  return std::make_unique<StringSource>(std::move(text));
}

}  // namespace zhike::ingest
