// JSON objects as rows: JSON lines, or one list of objects. Nested fields become dotted columns
// ("address.city"); lists stay JSON text. The file is read twice, first for its columns.
#pragma once

#include "ingest/row_reader.h"

namespace zhike::ingest {

/// `records`: where the list of objects is, keys joined with dots ("data.items"); empty: the document itself.
/// Errors: kBadFile (no object in it, more than kColumnsMax different fields), those of the source.
[[nodiscard]] Result<std::unique_ptr<RowReader>> open_json_rows(const OpenText& open,
                                                                std::string_view records);

}  // namespace zhike::ingest
