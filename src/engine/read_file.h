// `zhike-engine --read FORMAT`: the file open as descriptor 3 to CSV with a header line on standard output.
// It opens no store, so that reading a file needs no right over one, and ends with the reader of its output.
#pragma once

#include <cstdint>
#include <string>

namespace zhike_engine {

/// `format`: "Parquet". Texts come as they are, times in ISO 8601 (those that name no zone without an
/// offset), absent values empty. Answers the exit code; what went wrong goes to standard error.
int read_file(const std::string& format, std::uint64_t memory_max);

}  // namespace zhike_engine
