// The parts of a zip archive, each read once from its beginning and no further than a limit: what an archive
// says of sizes is not believed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ingest/xml.h"

namespace zhike::ingest {

/// One thread.
class ZipFile {
 public:
  /// Errors: kBadFile (no archive, damaged, above `entries_max` entries), kFileFailed.
  [[nodiscard]] static Result<std::unique_ptr<ZipFile>> open(const std::string& file,
                                                             std::size_t entries_max);
  [[nodiscard]] static Result<std::unique_ptr<ZipFile>> of(std::string bytes, std::size_t entries_max);
  virtual ~ZipFile() = default;

  [[nodiscard]] virtual bool has(const std::string& part) const = 0;
  /// As the archive states it, unpacked; for progress only.
  [[nodiscard]] virtual std::uint64_t stated_bytes(const std::string& part) const = 0;
  /// The feed lives as long as the archive. Errors: kBadFile (no such part, encrypted); of the feed: kBadFile
  /// (damaged, more than `bytes_max` come out). `read`, when given, counts what came out.
  [[nodiscard]] virtual Result<XmlFeed> feed(const std::string& part, std::uint64_t bytes_max,
                                             std::uint64_t* read) = 0;
};

}  // namespace zhike::ingest
