#include "world/output.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <iconv.h>

#include <cerrno>

namespace zhike::world {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;

std::string csv_row(std::initializer_list<std::string_view> cells) {
  std::string line;
  for (const auto& cell : cells) {
    if (&cell != cells.begin()) line += ',';
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
      line += cell;
      continue;
    }
    line += '"';
    for (const char c : cell) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }
  return line;
}

}  // namespace

RowFile::RowFile(Fd fd, std::filesystem::path path, Charset charset, std::string_view newline)
    : fd_(std::move(fd)),
      path_(std::move(path)),
      name_(path_.filename().string()),
      newline_(newline),
      charset_(charset) {
  buffer_.reserve(kBufferBytes + 4096);
  if (charset_ == Charset::kUtf8Bom) buffer_ = "\xEF\xBB\xBF";
}

Result<RowFile> RowFile::create(const std::filesystem::path& path, Charset charset,
                                std::string_view newline) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd.is_open()) return std::unexpected<Error>(file_error("create", path, errno));
  return RowFile(std::move(fd), path, charset, newline);
}

void RowFile::row(std::initializer_list<std::string_view> cells) { line(csv_row(cells)); }

void RowFile::line(std::string_view text, bool broken) {
  put(text);
  ++rows_;
  if (broken) ++broken_;
}

void RowFile::put(std::string_view text) {
  if (charset_ == Charset::kGbk)
    buffer_ += to_gbk(text);
  else
    buffer_ += text;
  buffer_ += newline_;
  if (buffer_.size() >= kBufferBytes) flush();
}

void RowFile::flush() {
  if (state_) state_ = write_all(fd_.get(), buffer_, path_);
  bytes_ += buffer_.size();
  buffer_.clear();
}

Result<void> RowFile::close() {
  flush();
  fd_ = Fd();
  return state_;
}

std::string to_gbk(std::string_view utf8) {
  struct Converter {
    iconv_t handle = ::iconv_open("GBK", "UTF-8");
    ~Converter() { ::iconv_close(handle); }
  };
  thread_local Converter converter;
  std::string in(utf8), out(utf8.size() * 2 + 2, '\0');
  char* from = in.data();
  std::size_t from_left = in.size();
  char* to = out.data();
  std::size_t to_left = out.size();
  while (from_left > 0) {
    if (::iconv(converter.handle, &from, &from_left, &to, &to_left) != static_cast<std::size_t>(-1)) break;
    *to++ = '?';  // what GBK does not have
    --to_left;
    do {
      ++from;
      --from_left;
    } while (from_left > 0 && (static_cast<unsigned char>(*from) & 0xC0U) == 0x80U);
  }
  out.resize(out.size() - to_left);
  return out;
}

std::string json_text(std::string_view utf8) {
  std::string out = "\"";
  for (const char c : utf8) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out += '"';
}

}  // namespace zhike::world
