// What is read of an S3-compatible store: lists and objects of one bucket, at the address that was checked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "external/reader.h"
#include "external/s3_sign.h"

namespace zhike::external {

struct S3Object {
  std::string key;
  std::uint64_t bytes = 0;
};

/// One answer to a list. Errors: kVirtualFailed (not such a document).
struct S3List {
  std::vector<S3Object> objects{};
  std::string next{};  ///< empty: there are no more
};
[[nodiscard]] Result<S3List> parse_s3_list(std::string_view xml);

/// One thread. Borrows source and reach. Errors of every call: as of Reader, kVirtualTooLarge.
class S3Client {
 public:
  /// Checks the address of setting "url" and every address that its name has. Errors: kBadVirtualSource,
  /// kVirtualHostNotAllowed, kVirtualUnreachable.
  [[nodiscard]] static Result<std::unique_ptr<S3Client>> open(const Source& source, const Reach& reach);
  virtual ~S3Client() = default;

  [[nodiscard]] virtual Result<S3List> list(std::string_view prefix, std::string_view next,
                                            Deadline deadline) = 0;
  struct Got {
    bool same = false;  ///< as `etag` said: nothing was written
    std::string etag{};
    std::uint64_t bytes = 0;
  };
  /// Writes an object of at most `bytes_max` to a file. `etag`: of what is here already; empty: nothing is.
  [[nodiscard]] virtual Result<Got> get(std::string_view key, const std::string& etag, const Fd& to,
                                        std::uint64_t bytes_max, Deadline deadline) = 0;
};

}  // namespace zhike::external
