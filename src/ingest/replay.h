// Reads rejected input again, whichever way it came: what Quarantine::replay needs.
#pragma once

#include <functional>

#include "ingest/json_mapping.h"
#include "ingest/quarantine.h"

namespace zhike::ingest {

/// The mapping of this name ("connector/3") as it is today. Errors: kNotReplayable.
using FindMapping = std::function<Result<std::shared_ptr<const JsonMapping>>(std::string_view name)>;

/// With today's limits, for rows of files the mapping last used for their source (or its preset), and for
/// messages of connectors the mapping that `find_mapping` knows. Columns of other files (lookups) are empty
/// at a replay. A time that lay too far ahead is looked at by today's clock: then it was the event's or the
/// machine's that was wrong. Borrows `ledger` and `clock`.
[[nodiscard]] Reparse reparse_by_form(ledger::Db& ledger, FindMapping find_mapping = {},
                                      const Clock& clock = Clock::system());

}  // namespace zhike::ingest
