// The simulated world: customers of a retailer with shops, a web shop, an app, a WeChat mini-program and a
// service centre, whose every identifier, satisfaction and cause is known. It writes the files such a company
// would hand over, and the truth beside them. One seed gives the same bytes everywhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "world/parameters.h"

namespace zhike::world {

struct Options {
  std::uint32_t customers = 5000;  ///< 1 to 100 million
  std::uint32_t days = 90;         ///< 1 to 3,650
  std::uint64_t seed = 1;
  Instant end{1'795'190'400'000};  ///< the history ends here: 2026-11-21T00:00+08:00
  Parameters parameters;
};

/// The midnight of the company's zone (+08:00) at or before `now`: for a world that ends today.
[[nodiscard]] Instant last_midnight(Instant now) noexcept;

/// One file that was written.
struct FileSummary {
  std::string name;          ///< "orders.csv"
  std::uint64_t rows = 0;    ///< without the header
  std::uint64_t broken = 0;  ///< of these, planted to be rejected
  std::uint64_t bytes = 0;
};

struct Summary {
  std::vector<FileSummary> files;  ///< those to import, not the truth
  std::uint64_t customers = 0;
  std::uint64_t orders = 0;
  std::uint64_t late_deliveries = 0;
  std::uint64_t contacts = 0;
  std::uint64_t complaints = 0;
  std::uint64_t answers = 0;
};

/// Writes web_app.jsonl, orders.csv, deliveries.csv, store_pos.csv, call_center.csv (GBK), conversations.csv,
/// surveys.csv, crm_customers.csv and truth/ into `folder`, which is made when it is not there; files of
/// these names are replaced. `progress` is called about a hundred times with (customers done, customers in
/// all); it returns false to stop. Memory does not grow with the number of customers. Errors: kBadWorld (a
/// limit is broken), kStopped, kFileFailed, kDiskFull.
[[nodiscard]] Result<Summary> simulate(
    const Options& options, const std::filesystem::path& folder,
    const std::function<bool(std::uint64_t, std::uint64_t)>& progress = {});

}  // namespace zhike::world
