#include "connector/signature.h"

#include <sodium.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/crypto.h"
#include "connector/kinds.h"

namespace zhike::connector {
namespace {

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  while (true) {
    const auto end = std::min(text.find(','), text.size());
    auto part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    out.push_back(part);
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

/// "v1={hex}" → before "v1=", name "hex", behind "".
struct Part {
  std::string_view before, name, behind;
};
std::optional<Part> part_of(std::string_view format) {
  const auto open = format.find('{'), close = format.find('}');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  return Part{format.substr(0, open), format.substr(open + 1, close - open - 1), format.substr(close + 1)};
}

std::string fill(std::string_view text, std::string_view id, std::string_view timestamp,
                 std::string_view body, std::string_view digest = {}) {
  std::string out;
  while (!text.empty()) {
    const auto part = part_of(text);
    if (!part) break;
    out += part->before;
    if (part->name == "id") out += id;
    if (part->name == "timestamp") out += timestamp;
    if (part->name == "body") out += body;
    if (part->name == "hex") out += to_hex(digest);
    if (part->name == "base64") out += to_base64(digest);
    text = part->behind;
  }
  out += text;
  return out;
}

struct Found {
  std::string timestamp;
  std::vector<std::string> digests;
};

void match(std::string_view format, std::string_view text, Found& found) {
  const auto part = part_of(format);
  if (!part || !text.starts_with(part->before) || !text.ends_with(part->behind) ||
      text.size() < part->before.size() + part->behind.size())
    return;
  const auto value =
      text.substr(part->before.size(), text.size() - part->before.size() - part->behind.size());
  if (part->name == "timestamp") found.timestamp = value;
  if (part->name == "hex")
    if (auto digest = from_hex(value)) found.digests.push_back(std::move(*digest));
  if (part->name == "base64")
    if (auto digest = from_base64(value)) found.digests.push_back(std::move(*digest));
}

Found read(const SignatureRule& rule, std::string_view header) {
  Found found;
  const auto formats = split(rule.format);
  // "v1,{base64}": a comma that belongs to the literal; the parts without a field join the next one.
  const bool every_part_has_a_field =
      std::ranges::all_of(formats, [](std::string_view part) { return part_of(part).has_value(); });
  if (!every_part_has_a_field) {
    while (!header.empty()) {  // several signatures are separated by blanks
      const auto end = std::min(header.find(' '), header.size());
      match(rule.format, header.substr(0, end), found);
      header.remove_prefix(std::min(end + 1, header.size()));
    }
    return found;
  }
  for (const std::string_view text : split(header))
    for (const std::string_view format : formats) match(format, text, found);
  return found;
}

/// Seconds or milliseconds since 1970.
std::optional<Instant> instant_of(std::string_view text) {
  const auto number = ascii::parse_number<std::int64_t>(text);
  if (!number || *number < 0 || *number > 9'999'999'999'999) return std::nullopt;
  return Instant{*number < 100'000'000'000 ? *number * 1000 : *number};
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view message) {
  crypto_auth_hmacsha256_state state;
  std::string out(crypto_auth_hmacsha256_BYTES, '\0');
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes(message), message.size());
  crypto_auth_hmacsha256_final(&state, reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string to_hex(std::string_view text) {
  std::string out(text.size() * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), bytes(text), text.size());
  out.pop_back();
  return out;
}

std::string to_base64(std::string_view text) {
  std::string out(sodium_base64_ENCODED_LEN(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes(text), text.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string out(text.size() / 2, '\0');
  std::size_t length = 0;
  if (text.size() % 2 != 0 || sodium_hex2bin(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                                             text.data(), text.size(), nullptr, &length, nullptr) != 0)
    return std::nullopt;
  if (length != out.size()) return std::nullopt;
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=') || text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' '))
    text.remove_suffix(1);
  std::string out(text.size(), '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(),
                        "\r\n \t", &length, &end, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0 ||
      end != text.data() + text.size())
    return std::nullopt;
  out.resize(length);
  return out;
}

Result<SignatureRule> SignatureRule::of(const Connector& c) {
  SignatureRule rule;
  const std::string encoding = c.text("secret_encoding"), secret = c.text("secret");
  std::optional<std::string> decoded = secret;
  if (encoding == "base64") decoded = from_base64(secret.starts_with("whsec_") ? secret.substr(6) : secret);
  if (encoding == "hex") decoded = from_hex(secret);
  if (!decoded || decoded->size() < 8) return fail(Code::kBadConnector, "'secret' is not {}", encoding);
  rule.secret = std::move(*decoded);
  rule.header = ascii::lower(c.text("signature_header"));
  rule.format = c.text("signature_format");
  rule.payload = c.text("signed_payload");
  rule.timestamp_header = ascii::lower(c.text("timestamp_header"));
  rule.id_header = ascii::lower(c.text("id_header"));
  rule.window = seconds(find_field(*c.kind, "window_seconds") == nullptr ? 0 : c.number("window_seconds"));
  if (rule.format.find("{hex}") == std::string::npos && rule.format.find("{base64}") == std::string::npos)
    return fail(Code::kBadConnector, "'signature_format' needs {{hex}} or {{base64}}");
  if (rule.payload.find("{body}") == std::string::npos)
    return fail(Code::kBadConnector, "'signed_payload' needs {{body}}");
  const bool has_time =
      !rule.timestamp_header.empty() || rule.format.find("{timestamp}") != std::string::npos;
  const bool signs_time = rule.payload.find("{timestamp}") != std::string::npos;
  if (signs_time && !has_time)
    return fail(Code::kBadConnector, "'timestamp_header' is needed: {{timestamp}} is signed");
  if (rule.window.value != 0 && !signs_time)
    return fail(Code::kBadConnector,
                "'window_seconds' must be 0 where 'signed_payload' has no {{timestamp}}");
  if (rule.payload.find("{id}") != std::string::npos && rule.id_header.empty())
    return fail(Code::kBadConnector, "'id_header' is needed: {{id}} is signed");
  return rule;
}

Result<void> verify(const SignatureRule& rule,
                    const std::function<std::string_view(std::string_view)>& header, std::string_view body,
                    Instant now) {
  constexpr std::size_t kHeaderMax = 2000, kDigestsMax = 8;
  const std::string_view text = header(rule.header);
  if (text.empty()) return fail(Code::kBadSignature, "the header {} is missing", rule.header);
  if (text.size() > kHeaderMax) return fail(Code::kBadSignature, "the header {} is too long", rule.header);
  Found found = read(rule, text);
  if (!rule.timestamp_header.empty() && found.timestamp.empty())
    found.timestamp = std::string(header(rule.timestamp_header));
  const std::string_view id = rule.id_header.empty() ? std::string_view{} : header(rule.id_header);
  const std::string digest = hmac_sha256(rule.secret, fill(rule.payload, id, found.timestamp, body));
  bool fits = false;
  for (std::size_t i = 0; i < std::min(found.digests.size(), kDigestsMax); ++i)
    fits = crypto::equal_in_constant_time(found.digests[i], digest) || fits;
  if (!fits)
    return fail(Code::kBadSignature, "{}", found.digests.empty() ? "the header has another format" : "");
  if (rule.window.value == 0) return {};
  const auto at = instant_of(found.timestamp);
  if (!at) return fail(Code::kSignatureExpired, "no time in seconds or milliseconds since 1970");
  const std::int64_t apart = std::abs((now - *at).value);
  if (apart > rule.window.value) return fail(Code::kSignatureExpired, "{} s from now", apart / 1000);
  return {};
}

std::vector<std::pair<std::string, std::string>> sign(const SignatureRule& rule, std::string_view id,
                                                      std::string_view body, Instant now) {
  const std::string timestamp = std::to_string(now.ms / 1000);
  const std::string digest = hmac_sha256(rule.secret, fill(rule.payload, id, timestamp, body));
  std::vector<std::pair<std::string, std::string>> out;
  out.emplace_back(rule.header, fill(rule.format, id, timestamp, body, digest));
  if (!rule.timestamp_header.empty()) out.emplace_back(rule.timestamp_header, timestamp);
  if (!rule.id_header.empty()) out.emplace_back(rule.id_header, id);
  return out;
}

}  // namespace zhike::connector
