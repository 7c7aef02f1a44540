// The console's files: read once into memory at the start, served with types, caching and security headers.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/http.h"

namespace zhike::server {

/// Thread-safe once loaded.
class StaticFiles {
 public:
  /// Reads every file under `folder` (links are not followed). A folder that is not there is an empty console
  /// that says how to build it. Errors: kFileFailed.
  [[nodiscard]] static Result<StaticFiles> load(const std::filesystem::path& folder);

  /// A file, or index.html for a path without an extension: the console's own routes. Errors: kUnknownPath.
  [[nodiscard]] Result<Response> get(const Request& request) const;
  [[nodiscard]] bool is_empty() const { return files_.empty(); }

 private:
  struct File {
    std::string bytes, packed, type, tag;
    bool hashed_name = false;
  };
  std::map<std::string, File, std::less<>> files_;
};

/// Headers that every answer gets: no sniffing, no framing, no referrer, and a content security policy
/// unless it brings a stricter one of its own.
void add_security_headers(Response& response);

}  // namespace zhike::server
