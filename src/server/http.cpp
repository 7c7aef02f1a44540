#include "server/http.h"

#include <zlib.h>

#include <algorithm>

namespace zhike::server {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// No dot segments and no backslashes: a path can then never leave the folder it is joined to.
bool is_plain_path(std::string_view path) {
  if (path.empty() || path.front() != '/') return false;
  for (const char c : path)
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == 0x7f) return false;
  for (std::size_t at = 0; at < path.size();) {
    auto end = path.find('/', at + 1);
    if (end == std::string_view::npos) end = path.size();
    const auto segment = path.substr(at + 1, end - at - 1);
    if (segment == "." || segment == "..") return false;
    at = end;
  }
  return true;
}

}  // namespace

std::string_view Request::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

std::optional<std::string_view> Request::param(std::string_view name) const noexcept {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

std::string_view Request::cookie(std::string_view name) const noexcept {
  std::string_view rest = header("cookie");
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name) return part.substr(equals + 1);
  }
  return {};
}

std::optional<std::string> decode_percent(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex(text[i + 1]), low = hex(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else {
      out += text[i];
    }
  }
  return out;
}

bool parse_target(std::string_view target, Request& request) {
  target = target.substr(0, target.find('#'));
  const auto mark = target.find('?');
  auto path = decode_percent(target.substr(0, mark), false);
  if (!path || !is_plain_path(*path)) return false;
  request.path = std::move(*path);
  std::string_view rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (part.empty()) continue;
    const auto equals = std::min(part.find('='), part.size());
    auto key = decode_percent(part.substr(0, equals), true);
    auto value = decode_percent(part.substr(std::min(equals + 1, part.size())), true);
    if (!key || !value) return false;
    request.query.emplace_back(std::move(*key), std::move(*value));
  }
  return true;
}

Language choose_language(const Request& request) {
  const auto asked = request.param("lang");
  const std::string_view text = asked ? *asked : request.header("accept-language");
  const auto zh = text.find("zh"), en = text.find("en");
  return zh != std::string_view::npos && zh < en ? Language::kChinese : Language::kEnglish;
}

Result<std::string> inflate(std::string_view packed, std::size_t bytes_max) {
  z_stream stream{};
  // 15 + 32: the largest window, gzip or zlib header by detection.
  if (inflateInit2(&stream, 15 + 32) != Z_OK) return fail(Code::kInternal, "zlib");
  struct End {
    z_stream* of;
    ~End() { inflateEnd(of); }
  } const end{&stream};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  char piece[32 * 1024];
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(piece);
    stream.avail_out = sizeof piece;
    const int state = ::inflate(&stream, Z_NO_FLUSH);
    out.append(piece, sizeof piece - stream.avail_out);
    if (out.size() > bytes_max)
      return fail(Code::kBodyTooLarge, "more than {} bytes after decompression", bytes_max);
    if (state == Z_STREAM_END) break;
    if (state != Z_OK) return fail(Code::kBadEncoding, "the compressed body is broken or cut short");
  }
  if (stream.avail_in != 0) return fail(Code::kBadEncoding, "bytes follow the compressed body");
  return out;
}

std::string gzip(std::string_view plain) {
  z_stream stream{};
  cx_check(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
  std::string out(deflateBound(&stream, static_cast<uLong>(plain.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  cx_check(deflate(&stream, Z_FINISH) == Z_STREAM_END, "the buffer is as large as zlib asked for");
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace zhike::server
