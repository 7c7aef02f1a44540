// AWS Signature Version 4 of requests without a body.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace zhike::external {

struct S3Request {
  std::string host;                                            ///< with its port where it is not the scheme's
  std::string path;                                            ///< "/bucket/key", percent-encoded
  std::vector<std::pair<std::string, std::string>> query{};    ///< plain texts
  std::vector<std::pair<std::string, std::string>> headers{};  ///< further ones to sign, names in lower case
};
struct S3Identity {
  std::string region, access_key, secret_key;
};

/// Percent-encodes all but letters, digits and -._~, and / too where `slashes` is false.
[[nodiscard]] std::string s3_encoded(std::string_view text, bool slashes);
/// "a=1&b=%20", in the order that is signed.
[[nodiscard]] std::string s3_query(const S3Request& request);

/// The headers to send: host, x-amz-date, x-amz-content-sha256, those of the request, and authorization.
/// Pure.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> s3_signed(const S3Request& request,
                                                                         const S3Identity& identity,
                                                                         Instant at);

}  // namespace zhike::external
