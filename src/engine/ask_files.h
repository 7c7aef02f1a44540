// `zhike-engine --ask N`: one SELECT over N files, which are open as descriptors 3, 4, ..., answered as
// RowBinary on standard output. It opens no store, so that reading a file needs no right over one, and ends
// with the reader of its output.
#pragma once

#include <cstdint>
#include <string>

namespace zhike_engine {

struct Asked {
  int files = 0;
  char delimiter = ',';  ///< of CSV
  std::uint64_t memory_max = 0, seconds_max = 0;
};

/// Standard input holds texts that each end with a 0 byte: the statement, then name and value of each
/// parameter, escaped as TSV. The statement reads file({path:String}, ...) and runs once for each file, with
/// its path; the answers follow one another. All columns of a CSV file are texts there, and an empty one is
/// null. Answers the exit code; what went wrong goes to standard error: the number of the file, a blank, the
/// words.
int ask_files(const Asked& asked);

}  // namespace zhike_engine
