// Clusters of an earlier run, which stay while new records come to them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/resolve_files.h"
#include "match/cluster.h"

namespace zhike::cli {

struct Known {
  std::vector<std::uint32_t> of;   ///< by record: place in `names` + 1; 0: new
  std::vector<std::string> names;  ///< cluster ids as they were written
  std::size_t gone = 0;            ///< records of the earlier run that are in no file any more
};

/// A file that `--out` wrote: id, source, cluster_id. A record is known by the name of its file and its id.
/// Errors: those of the readers, kMatchColumnMissing.
[[nodiscard]] Result<Known> read_known(const std::filesystem::path& file, const Records& records);

/// What each cluster is called: as it was, where it holds a known record (of several the first; `merged`
/// counts the others), else a number that none had.
[[nodiscard]] std::vector<std::string> name_clusters(const match::Clusters& clusters, const Known& known,
                                                     std::size_t& merged);

}  // namespace zhike::cli
