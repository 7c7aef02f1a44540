// What the sources of Complaints share; of no use to others.
#pragma once

#include <string>
#include <string_view>

#include "base/crypto.h"
#include "desk/complaint.h"
#include "ledger/db.h"

namespace zhike::desk {

/// "SELECT ... FROM complaints ", to be gone on with.
[[nodiscard]] std::string_view complaint_columns();
/// Of a row of these columns, without text and person.
[[nodiscard]] Complaint complaint_in(const ledger::Statement& row);
/// Makes the complaint's key and seals person and text under it.
void seal_into(const crypto::Key& master, const Complaint& complaint, std::string& wrapped,
               std::string& person, std::string& said);
/// An empty note stays empty.
[[nodiscard]] std::string seal_note(const crypto::Key& key, ComplaintId id, const std::string& note);

/// A text that people read: line breaks are layout, other control characters are refused. Errors:
/// kBadComplaint.
[[nodiscard]] Result<void> check_text(std::string_view field, std::string_view text, std::size_t bytes_max,
                                      bool may_be_empty);

}  // namespace zhike::desk
