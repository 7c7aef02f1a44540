// Object-centric event logs, OCEL 1.0 and 2.0 in JSON: one row an event. Columns: ocel:eid, ocel:activity,
// ocel:timestamp, ocel:objects (ids, joined with commas), ocel:type:T for each type of object (ids of that
// type), the event's attributes under their names, log:name, and ocel:case: the object that stands for the
// case where no mapping says otherwise, the event's first object of the type that most events refer to.
// Nested attributes stay JSON text. Format: https://www.ocel-standard.org, versions 1.0 and 2.0.
#pragma once

#include "ingest/row_reader.h"

namespace zhike::ingest {

/// `name`: of the file, for log:name. The file is read twice; the types of its objects are kept in memory, at
/// most kOcelObjectBytesMax. Errors: kBadFile, those of the source.
[[nodiscard]] Result<std::unique_ptr<RowReader>> open_ocel(const OpenText& open, std::string_view name);
inline constexpr std::size_t kOcelObjectBytesMax = 256ULL << 20;

}  // namespace zhike::ingest
