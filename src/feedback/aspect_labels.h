// What people say an aspect of a comment is, or that the comment does not speak of it: kept, sealed, to
// correct figures by and to learn from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

struct AspectLabel {
  std::uint64_t event = 0;
  std::string aspect{};  ///< key of the catalogue
  SubjectId subject;
  std::string unit{};
  std::optional<text::Polarity> label;  ///< nothing: the comment does not speak of it
  std::optional<text::Polarity> heard;  ///< as it was read then; nothing: it was not found
  UserId actor;
  Instant at;
  std::string text{};  ///< of the comment, scrubbed
};

struct AspectLabelCounts {
  std::array<std::uint64_t, 3> labels{};  ///< by Polarity
  std::uint64_t absent = 0;               ///< that say that the comment does not speak of it
  std::uint64_t agreeing = 0;             ///< that say what was read
  [[nodiscard]] std::uint64_t n() const { return labels[0] + labels[1] + labels[2] + absent; }
};

/// By event.
using AspectCorrections = std::unordered_map<std::uint64_t, std::vector<text::AspectCorrection>>;

/// In the ledger; texts as TextLabels keeps them. What is put here is `pending` until settle() says that the
/// warehouse has it. Borrows all but the key. Thread-safe. Errors: those of the ledger, and as named.
class AspectLabels {
 public:
  struct Parts {
    ledger::Db& ledger;
    const govern::Audit& audit;
    crypto::Key key;  ///< wraps the keys of the texts
    warehouse::Client& client;
    const Clock& clock;
  };
  explicit AspectLabels(Parts parts) : parts_(parts) {}

  /// Says what an aspect of a comment is, in place of what was said of it before; nothing: it is not there.
  /// Permissions: kViewCustomers, kHandleComplaints. Errors: kPermissionMissing, kNotFound (no comment, of a
  /// unit that the Grant does not see, or an aspect that the catalogue does not have), and the client's.
  [[nodiscard]] Result<AspectLabel> put(const Grant& grant, std::uint64_t event, std::string_view aspect,
                                        std::optional<text::Polarity> label,
                                        const text::CommentModels& models);
  /// Marks it pending and answers it, to be taken out of the warehouse before remove(). Permissions: as
  /// put(). Errors: kPermissionMissing, kNotFound, kSealBroken.
  [[nodiscard]] Result<AspectLabel> unsettle(const Grant& grant, std::uint64_t event,
                                             std::string_view aspect);
  [[nodiscard]] Result<void> remove(const Grant& grant, std::uint64_t event, std::string_view aspect);
  [[nodiscard]] Result<void> settle(std::uint64_t event);

  /// Newest first, of units that the Grant sees; a page may be longer than `count` by the other aspects of
  /// its last comment. Permission: kViewCustomers. Errors: kPermissionMissing, kSealBroken.
  struct Page {
    std::vector<AspectLabel> items;
    std::optional<query::Cursor> next;
  };
  [[nodiscard]] Result<Page> list(const Grant& grant, const query::Cursor& before, std::uint32_t count) const;
  /// Of these events, as far as the Grant sees their units, with their texts. Errors: as list().
  [[nodiscard]] Result<std::unordered_map<std::uint64_t, std::vector<AspectLabel>>> of(
      const Grant& grant, std::span<const std::uint64_t> events) const;
  /// All, in order of events and aspects: to learn from. Errors: kSealBroken.
  [[nodiscard]] Result<std::vector<AspectLabel>> all() const;
  /// Of one event, or with 0 of all; without texts.
  [[nodiscard]] Result<AspectCorrections> corrections(std::uint64_t event = 0) const;
  [[nodiscard]] Result<std::vector<std::uint64_t>> pending() const;  ///< events, each once
  [[nodiscard]] Result<AspectLabelCounts> counts() const;
  /// Erasure: the labels of a subject, with the keys of their texts. Answers how many there were.
  [[nodiscard]] Result<std::uint64_t> forget(SubjectId subject);

 private:
  [[nodiscard]] Result<AspectLabel> open_row(const ledger::Statement& row) const;
  Parts parts_;
};

}  // namespace zhike::feedback
