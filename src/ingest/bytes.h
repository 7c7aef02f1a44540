// The text of a file as UTF-8, piece by piece: gzip unpacked, encoding detected and converted, BOM removed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/encoding.h"
#include "base/result.h"

namespace zhike::ingest {

/// One thread. A text in memory or a file on disk.
class TextSource {
 public:
  virtual ~TextSource() = default;
  /// Appends the next piece to `out`; false at the end. Errors: kFileFailed, kBadFile (damaged gzip).
  [[nodiscard]] virtual Result<bool> more(std::string& out) = 0;
  /// Bytes of the file (as stored, packed) that were read so far, and its size: for progress.
  [[nodiscard]] virtual std::uint64_t bytes_read() const = 0;
  [[nodiscard]] virtual std::uint64_t bytes_total() const = 0;
  [[nodiscard]] virtual Encoding encoding() const = 0;       ///< declared or found; after the first more()
  [[nodiscard]] virtual std::uint64_t replaced() const = 0;  ///< characters that could not be converted

  [[nodiscard]] static Result<std::unique_ptr<TextSource>> open(const std::filesystem::path& file,
                                                                std::optional<Encoding> encoding = {});
  [[nodiscard]] static std::unique_ptr<TextSource> of(std::string text);
};

/// What a report says of a text: an encoding other than UTF-8, characters that could not be converted.
void note_text(const TextSource& source, std::vector<std::string>& notes);

}  // namespace zhike::ingest
