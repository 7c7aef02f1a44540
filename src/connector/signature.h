// HMAC-SHA256 (RFC 2104) over a message, as webhooks carry it: which header, how it is written and what is
// signed are settings, so that one implementation reads most senders.
//
//   signature_format   "sha256={hex}", "{base64}", "t={timestamp},v1={hex}", "v1,{base64}"
//   signed_payload     "{body}", "{timestamp}.{body}", "{id}.{timestamp}.{body}"
//
// In a format whose parts are separated by commas the parts may come in any order and more than once, as
// while a sender changes its secret; one that fits is enough.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "connector/connector.h"

namespace zhike::connector {

struct SignatureRule {
  std::string secret;  ///< bytes
  std::string header;  ///< lower case
  std::string format = "sha256={hex}";
  std::string payload = "{timestamp}.{body}";
  std::string timestamp_header;  ///< lower case; empty: the format's {timestamp}, or none
  std::string id_header;         ///< lower case; empty: none
  Millis window = minutes(5);    ///< 0: the time is not checked

  /// Of a connector with these fields. Errors: kBadConnector (a format without a digest, a secret that is not
  /// in its encoding, a window without a timestamp that is signed).
  [[nodiscard]] static Result<SignatureRule> of(const Connector& connector);
};

[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view message);  ///< 32 bytes
[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::string to_base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);
/// Standard alphabet, with or without padding; blanks and line ends are skipped.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// Compares in constant time. The time must be within the window around `now`, to both sides. Pure.
/// Errors: kBadSignature, kSignatureExpired.
[[nodiscard]] Result<void> verify(const SignatureRule& rule,
                                  const std::function<std::string_view(std::string_view)>& header,
                                  std::string_view body, Instant now);

/// The headers of a message of ours.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> sign(const SignatureRule& rule,
                                                                    std::string_view id,
                                                                    std::string_view body, Instant now);

}  // namespace zhike::connector
