// Versions of what comments are read with: none is ever changed, one of each part is in use.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "ledger/db.h"

namespace zhike::feedback {

/// kModel: learned from labels of comments; kAspectModel: from labels of their aspects.
enum class TextPart : std::uint8_t { kModel, kAspectModel, kAspects, kRoutes, kWords };
inline constexpr std::array kTextParts{TextPart::kModel, TextPart::kAspectModel, TextPart::kAspects,
                                       TextPart::kRoutes, TextPart::kWords};
[[nodiscard]] constexpr bool is_learned(TextPart part) noexcept {
  return part == TextPart::kModel || part == TextPart::kAspectModel;
}
[[nodiscard]] std::string_view to_string(TextPart part) noexcept;  ///< "model"
[[nodiscard]] std::optional<TextPart> parse_text_part(std::string_view name) noexcept;

struct TextVersion {
  std::uint32_t number = 0;  ///< from 1, of its part
  Instant made;
  UserId actor;      ///< unset: the owner of the machine
  std::string note;  ///< what its maker said of it
  std::string card;  ///< JSON; empty: none
};

/// In the ledger. Borrows all. Thread-safe. Errors: those of the ledger, and as named.
class TextVersions {
 public:
  struct Parts {
    ledger::Db& ledger;
    const govern::Audit& audit;
    const Clock& clock;
  };
  static constexpr std::size_t kNoteBytesMax = 400, kBodyBytesMax = std::size_t{8} << 20, kShown = 200;

  explicit TextVersions(Parts parts) : parts_(parts) {}

  /// A new version, with `use` also in use. Permission: kManageData. Errors: kPermissionMissing,
  /// kBadField (the note is longer than kNoteBytesMax, the body than kBodyBytesMax).
  [[nodiscard]] Result<std::uint32_t> add(const Grant& grant, TextPart part, std::string_view body,
                                          const TextVersion& about, bool use);
  /// 0: what comes along. Permission: kManageData. Errors: kPermissionMissing, kNotFound.
  [[nodiscard]] Result<void> use(const Grant& grant, TextPart part, std::uint32_t number);
  [[nodiscard]] Result<std::uint32_t> in_use(TextPart part) const;  ///< 0: what comes along
  /// Newest first, at most kShown.
  [[nodiscard]] Result<std::vector<TextVersion>> list(TextPart part) const;
  /// Errors: kNotFound.
  [[nodiscard]] Result<TextVersion> find(TextPart part, std::uint32_t number) const;
  [[nodiscard]] Result<std::string> body(TextPart part, std::uint32_t number) const;

 private:
  Parts parts_;
};

}  // namespace zhike::feedback
