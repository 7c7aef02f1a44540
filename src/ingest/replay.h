// Reads rejected input again, whichever way it came: what Quarantine::replay needs.
#pragma once

#include "ingest/quarantine.h"

namespace zhike::ingest {

/// With today's limits, and for rows of files the mapping last used for their source (or its preset). Columns
/// of other files (lookups) are empty at a replay. Borrows `ledger`.
[[nodiscard]] Reparse reparse_by_form(ledger::Db& ledger);

}  // namespace zhike::ingest
