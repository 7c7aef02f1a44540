#include "server/problem.h"

#include <fmt/core.h>

#include "base/log.h"

namespace zhike::server {
namespace {

/// Length of the UTF-8 sequence at the start of `text`; 0 when it is not one.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto follows = [&](std::size_t at) { return at < text.size() && (byte(at) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first < 0xF0) {
    if (!follows(1) || !follows(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) >= 0xA0) return 0;
    return 3;
  }
  if (first >= 0xF0 && first < 0xF5) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) >= 0x90) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[at++];
    } else if (c < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04x}", c);
      ++at;
    } else if (const std::size_t length = sequence_length(text.substr(at)); length != 0) {
      out.append(text, at, length);
      at += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++at;
    }
  }
  return out + "\"";
}

Response problem(const Error& error, Language language, std::string_view request_id) {
  const ErrorInfo& about = info(error.code);
  const bool chinese = language == Language::kChinese;
  const bool ours = about.http_status == 500;
  if (about.http_status >= 500)
    log::error("request_failed", {{"request", request_id}, {"error", to_string(error)}});
  Response response{
      .status = about.http_status, .type = "application/problem+json", .body = {}, .headers = {}};
  response.body = fmt::format(
      R"({{"type":"https://zhike.dev/errors/{}","title":{},"status":{},"code":"{}","detail":{},"fix":{},"request_id":{}}})",
      about.id, json_string(chinese ? about.text_zh : about.text_en), about.http_status, about.id,
      json_string(ours ? std::string_view{} : std::string_view(error.detail)),
      json_string(chinese ? about.fix_zh : about.fix_en), json_string(request_id));
  response.headers.emplace_back("Content-Language", chinese ? "zh-CN" : "en");
  response.headers.emplace_back("Cache-Control", "no-store");
  if (about.retryable) response.headers.emplace_back("Retry-After", "2");
  if (about.http_status == 401 && error.code != Code::kNotSignedIn)
    response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"zhike\"");
  return response;
}

}  // namespace zhike::server
