#include "external/s3_sign.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace zhike::external {
namespace {

using Digest = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;

std::string hex(const Digest& digest) {
  std::string out;
  for (const unsigned char byte : digest) out += fmt::format("{:02x}", byte);
  return out;
}

Digest sha256(std::string_view text) {
  Digest out;
  crypto_hash_sha256(out.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return out;
}

Digest hmac(std::string_view key, std::string_view text) {
  Digest out;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  return out;
}

std::string_view bytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

std::string s3_encoded(std::string_view text, bool slashes) {
  std::string out;
  for (const char c : text) {
    if (ascii::is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~' || (c == '/' && slashes))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string s3_query(const S3Request& request) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : request.query)
    parts.push_back(s3_encoded(name, false) + "=" + s3_encoded(value, false));
  std::ranges::sort(parts);
  return fmt::format("{}", fmt::join(parts, "&"));
}

std::vector<std::pair<std::string, std::string>> s3_signed(const S3Request& request,
                                                           const S3Identity& identity, Instant at) {
  std::string stamp = format_utc(at);  // 2024-03-01T00:00:00.000Z
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  stamp = stamp.substr(0, 15) + "Z";
  const std::string day = stamp.substr(0, 8);
  auto headers = request.headers;
  headers.insert(headers.end(),
                 {{"host", request.host}, {"x-amz-content-sha256", hex(sha256(""))}, {"x-amz-date", stamp}});
  std::ranges::sort(headers);
  std::string lines, names;
  for (const auto& [name, value] : headers) {
    lines += name + ":" + value + "\n";
    names += (names.empty() ? "" : ";") + name;
  }
  const std::string canonical =
      fmt::format("GET\n{}\n{}\n{}\n{}\n{}", request.path, s3_query(request), lines, names, hex(sha256("")));
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", day, identity.region);
  const std::string text = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", stamp, scope, hex(sha256(canonical)));
  Digest key = hmac("AWS4" + identity.secret_key, day);
  for (const std::string_view part :
       {std::string_view(identity.region), std::string_view("s3"), std::string_view("aws4_request")})
    key = hmac(bytes(key), part);
  headers.emplace_back("authorization",
                       fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                                   identity.access_key, scope, names, hex(hmac(bytes(key), text))));
  return headers;
}

}  // namespace zhike::external
