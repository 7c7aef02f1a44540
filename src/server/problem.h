// RFC 9457 problem documents: every error of the API, in the request's language.
#pragma once

#include "server/http.h"

namespace zhike::server {

/// Retryable errors get Retry-After. The detail of a 500 stays in the log: it may name files.
[[nodiscard]] Response problem(const Error& error, Language language, std::string_view request_id);
[[nodiscard]] inline Response problem(const Error& error, const Request& request) {
  return problem(error, request.language, request.id);
}

/// `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace zhike::server
