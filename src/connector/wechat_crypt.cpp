#include "connector/wechat_crypt.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/error.h"
#include "connector/signature.h"

namespace zhike::connector {
namespace {

constexpr std::size_t kRandom = 16, kLength = 4, kBlock = 32, kMessageMax = 1 << 20;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// AES-256-CBC whose padding is the caller's; empty: it failed.
std::string crypt(std::string_view key, std::string_view text, bool encrypt) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                &EVP_CIPHER_CTX_free);
  std::string out(text.size() + kBlock, '\0');
  int first = 0, last = 0;
  if (EVP_CipherInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes(key), bytes(key), encrypt ? 1 : 0) !=
          1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
      EVP_CipherUpdate(context.get(), bytes(out), &first, bytes(text), static_cast<int>(text.size())) != 1 ||
      EVP_CipherFinal_ex(context.get(), bytes(out) + first, &last) != 1)
    return {};
  out.resize(static_cast<std::size_t>(first + last));
  return out;
}

}  // namespace

std::string wechat_signature(std::initializer_list<std::string_view> parts) {
  std::vector<std::string_view> sorted(parts);
  std::ranges::sort(sorted);
  std::string joined;
  for (const std::string_view part : sorted) joined += part;
  std::string digest(20, '\0');
  unsigned size = 0;
  cx_check(EVP_Digest(joined.data(), joined.size(), bytes(digest), &size, EVP_sha1(), nullptr) == 1,
           "SHA-1 is there");
  return to_hex(digest);
}

Result<std::string> wechat_key(std::string_view encoding_aes_key) {
  // The last character may hold bits that belong to no byte, which strict decoders refuse.
  constexpr std::size_t kCharacters = 43, kBytes = 32;
  const std::string text = std::string(encoding_aes_key) + '=';
  std::string key(kBytes + 1, '\0');
  if (encoding_aes_key.size() != kCharacters ||
      EVP_DecodeBlock(bytes(key), bytes(text), static_cast<int>(text.size())) != static_cast<int>(key.size()))
    return fail(Code::kBadConnector, "'aes_key' must be the 43 characters that the platform shows");
  key.resize(kBytes);
  return key;
}

Result<std::string> wechat_decrypt(std::string_view key, std::string_view app_id,
                                   std::string_view encrypted) {
  const auto sealed = from_base64(encrypted);
  if (!sealed || sealed->empty() || sealed->size() % 16 != 0 || sealed->size() > kMessageMax)
    return fail(Code::kBadMessage, "Encrypt has not the form of an encrypted message");
  std::string plain = crypt(key, *sealed, false);
  const auto bad = [] { return fail(Code::kBadMessage, "Encrypt cannot be opened with this key"); };
  if (plain.empty()) return bad();
  const auto padding = static_cast<std::size_t>(static_cast<unsigned char>(plain.back()));
  if (padding < 1 || padding > kBlock || padding + kRandom + kLength > plain.size()) return bad();
  plain.resize(plain.size() - padding);
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLength; ++i)
    length = length << 8 | static_cast<unsigned char>(plain[kRandom + i]);
  if (length > plain.size() - kRandom - kLength) return bad();
  if (std::string_view(plain).substr(kRandom + kLength + length) != app_id)
    return fail(Code::kBadMessage, "the message is for another app id");
  return plain.substr(kRandom + kLength, length);
}

std::string wechat_encrypt(std::string_view key, std::string_view app_id, std::string_view message,
                           std::string_view random) {
  std::string plain(random.substr(0, kRandom));
  for (int shift = 24; shift >= 0; shift -= 8)
    plain.push_back(static_cast<char>(message.size() >> static_cast<unsigned>(shift) & 0xff));
  plain += message;
  plain += app_id;
  const std::size_t padding = kBlock - plain.size() % kBlock;
  plain.append(padding, static_cast<char>(padding));
  return to_base64(crypt(key, plain, true));
}

}  // namespace zhike::connector
