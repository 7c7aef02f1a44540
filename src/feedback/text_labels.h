// What people say a comment is, against what it was read as: kept, sealed, to learn from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/crypto.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"
#include "event/grant.h"
#include "govern/audit.h"
#include "ledger/db.h"
#include "query/cursor.h"
#include "text/comment.h"
#include "warehouse/client.h"

namespace zhike::feedback {

struct TextLabel {
  std::uint64_t event = 0;
  SubjectId subject;
  std::string unit;
  text::Polarity label = text::Polarity::kNeutral;
  std::optional<text::Polarity> heard;  ///< as the comment was read then; nothing: no sentiment
  UserId actor;
  Instant at;
  std::string text;  ///< scrubbed, as the warehouse has it
};

struct TextLabelCounts {
  std::array<std::uint64_t, 3> labels{};  ///< by Polarity
  std::uint64_t agreeing = 0;             ///< that say what was read
  [[nodiscard]] std::uint64_t n() const { return labels[0] + labels[1] + labels[2]; }
};

/// In the ledger, each text sealed under a key of its own that lies beside it, wrapped: forget() destroys
/// both. Borrows all but the key. Thread-safe. Errors: those of the ledger, and as named.
class TextLabels {
 public:
  struct Parts {
    ledger::Db& ledger;
    const govern::Audit& audit;
    crypto::Key key;  ///< wraps the keys of the texts
    warehouse::Client& client;
    const Clock& clock;
  };
  explicit TextLabels(Parts parts) : parts_(parts) {}

  /// Says what a comment is, in place of what was said of it before. Permissions: kViewCustomers,
  /// kHandleComplaints. Errors: kPermissionMissing, kNotFound (no comment, or of a unit that the Grant does
  /// not see), and the client's.
  [[nodiscard]] Result<TextLabel> put(const Grant& grant, std::uint64_t event, text::Polarity label,
                                      const text::CommentModels& models);
  /// Takes it back. Permissions: as put(). Errors: kPermissionMissing, kNotFound.
  [[nodiscard]] Result<void> remove(const Grant& grant, std::uint64_t event);
  /// Newest first, of units that the Grant sees. Permission: kViewCustomers. Errors: kPermissionMissing,
  /// kSealBroken.
  struct Page {
    std::vector<TextLabel> items;
    std::optional<query::Cursor> next;
  };
  [[nodiscard]] Result<Page> list(const Grant& grant, const query::Cursor& before, std::uint32_t count) const;
  /// Those of these events that have one and are of units that the Grant sees, with their texts. Errors: as
  /// list().
  [[nodiscard]] Result<std::unordered_map<std::uint64_t, TextLabel>> of(
      const Grant& grant, std::span<const std::uint64_t> events) const;
  /// All of them, in order of their events: to learn from. Errors: kSealBroken.
  [[nodiscard]] Result<std::vector<TextLabel>> all() const;
  [[nodiscard]] Result<TextLabelCounts> counts() const;
  /// Erasure: the labels of a subject, with the keys of their texts. Answers how many there were.
  [[nodiscard]] Result<std::uint64_t> forget(SubjectId subject);

 private:
  [[nodiscard]] Result<TextLabel> open_row(const ledger::Statement& row) const;
  Parts parts_;
};

}  // namespace zhike::feedback
