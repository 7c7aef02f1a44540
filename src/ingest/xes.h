// Event logs in XES (IEEE 1849): one row an event. Columns: the event's attributes under their keys
// ("concept:name", "time:timestamp", "org:resource"), those of its trace with "case:" before them, nested
// ones with a dot ("cost:total.currency"), and three that are always there: log:name (the log's own, else the
// file's), case:number and event:number (places in the log and in the trace, from 1). A trace without
// concept:name is named "trace N".
#pragma once

#include "ingest/row_reader.h"

namespace zhike::ingest {

/// `name`: of the file. The file is read twice, first for its columns. Errors: kBadFile (not XES, no events,
/// more than kColumnsMax columns, an event above kRowBytesMax), those of the source.
[[nodiscard]] Result<std::unique_ptr<RowReader>> open_xes(const OpenText& open, std::string_view name);

}  // namespace zhike::ingest
