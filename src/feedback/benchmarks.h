// Figures of others, by metric and period, and one's own index beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/grant.h"
#include "feedback/feedback.h"
#include "govern/audit.h"
#include "ledger/db.h"
#include "stats/benchmark.h"
#include "warehouse/client.h"

namespace zhike::feedback {

struct Benchmark {
  std::string metric;                     ///< an instrument: "nps", "csat" ...
  std::string period;                     ///< as it was written
  std::string source;                     ///< who says so
  std::int32_t from_day = 0, to_day = 0;  ///< days since 1970, the last one included
  double value = 0;                       ///< NPS in points, a share from 0 to 1, a mean on its scale
  std::uint64_t n = 0;                    ///< answers; 0: not told
  std::optional<double> spread{};         ///< standard deviation of one answer; none: not told
};

struct BadBenchmark {
  std::size_t line = 0;  ///< of the file, from 1
  std::string what;
};
struct BenchmarkFile {
  std::vector<Benchmark> good;
  std::vector<BadBenchmark> bad;
};
/// CSV with a header: metric, period, value, n, source, and where it is told sd; in any order. A period is
/// what parse_day_range() reads; a value may be a percentage ("76 %"); n and sd may be
/// empty. Pure. Errors: kBadField (no table, a column missing, more than kBenchmarksMax).
[[nodiscard]] Result<BenchmarkFile> parse_benchmarks(std::string_view csv);
inline constexpr std::size_t kBenchmarksMax = 10'000;

struct Compared {
  Benchmark benchmark;
  Measure measure = Measure::kMean;
  Score own;                                      ///< of the benchmark's period
  std::optional<stats::Interval> theirs{};        ///< none: n is not told
  std::optional<stats::Difference> difference{};  ///< none: too few answers of one's own
};

/// Thread-safe. Borrows all parts. Errors: kPermissionMissing, those of the ledger, and those named.
class Benchmarks {
 public:
  struct Parts {
    ledger::Db& ledger;
    warehouse::Client& client;
    const govern::Audit& audit;
    const Clock& clock;
  };
  explicit Benchmarks(Parts parts) : parts_(parts) {}

  /// Puts them; one of the same metric, period and source is replaced. Permission: kManageData.
  [[nodiscard]] Result<void> put(const Grant& grant, const std::vector<Benchmark>& benchmarks);
  /// Errors: kNotFound. Permission: kManageData.
  [[nodiscard]] Result<void> remove(const Grant& grant, const Benchmark& named);
  /// `metric` empty: all. By metric, newest period first. Permission: kViewMetrics.
  [[nodiscard]] Result<std::vector<Benchmark>> list(const Grant& grant, std::string_view metric);
  /// One's own score of each benchmark's period beside it; those of a survey's indices (is_index_key) are
  /// index_figures()'s; `filter` says of what (its times do not count).
  /// Permission: kViewMetrics. Errors: kBadFilter, and the client's.
  [[nodiscard]] Result<std::vector<Compared>> compare(const Grant& grant, std::string_view metric,
                                                      const query::Filter& filter);
  static constexpr std::size_t kComparedMax = 24;  ///< the newest

 private:
  Parts parts_;
};

}  // namespace zhike::feedback
