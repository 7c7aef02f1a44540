// The message security of WeChat official accounts: SHA-1 over the sorted parts as signature, and in safe
// mode AES-256-CBC around 16 random bytes, the length (big endian), the message and the app id, padded to 32
// bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace zhike::connector {

/// Lower-case hexadecimal SHA-1 of the parts, sorted and joined.
[[nodiscard]] std::string wechat_signature(std::initializer_list<std::string_view> parts);

/// 32 bytes from the 43 characters that the platform shows. Errors: kBadConnector.
[[nodiscard]] Result<std::string> wechat_key(std::string_view encoding_aes_key);

/// What is inside of an Encrypt field. Errors: kBadMessage (not Base64, wrong key, wrong length, another app
/// id).
[[nodiscard]] Result<std::string> wechat_decrypt(std::string_view key, std::string_view app_id,
                                                 std::string_view encrypted);
/// The other way; `random`: 16 bytes.
[[nodiscard]] std::string wechat_encrypt(std::string_view key, std::string_view app_id,
                                         std::string_view message, std::string_view random);

}  // namespace zhike::connector
