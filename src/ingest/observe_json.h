// What was observed as JSON texts, for the ledger. A text that cannot be read leaves what it describes empty:
// it is learnt anew.
#pragma once

#include <string>
#include <string_view>

#include "ingest/observe.h"

namespace zhike::ingest::observed {

[[nodiscard]] std::string write_source(Instant first, std::uint64_t names_beyond);
void read_source(std::string_view body, Instant& first, std::uint64_t& names_beyond);
[[nodiscard]] std::string write_event(const SeenEvent& event);
/// Fills all but type and name.
void read_event(std::string_view body, SeenEvent& event);

}  // namespace zhike::ingest::observed
