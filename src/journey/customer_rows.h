// Rows of one question to the store, put together customer by customer: the store streams them in no order,
// they fall into buckets that fit the cache, and threads sort the buckets and hand the customers out. Where
// there are more rows than may be held, the customers are asked for in parts.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/tasks.h"
#include "query/prepare.h"
#include "warehouse/client.h"
#include "warehouse/row_reader.h"

namespace zhike::journey {

enum class RowRead {
  kCut,  ///< the bytes end within it
  kTaken,
  kPassed,  ///< it is of no use
  kFull,    ///< no more can be taken
};

/// Reads rows out of the pieces of a stream.
template <class Row>
class RowPieces {
 public:
  /// False: full. `parse(reader, row)` says RowRead, `each(row)` takes it.
  template <class Parse, class Each>
  bool take(std::string_view piece, const Parse& parse, const Each& each) {
    std::string_view rest = piece;
    if (!pending_.empty()) {
      pending_.append(piece);
      rest = pending_;
    }
    while (!rest.empty()) {
      warehouse::RowReader reader(rest);
      Row row;
      const RowRead read = parse(reader, row);
      if (read == RowRead::kFull) return false;
      if (read == RowRead::kCut) break;
      rest = reader.rest();
      if (read == RowRead::kTaken) each(row);
    }
    pending_ = std::string(rest);
    return true;
  }
  [[nodiscard]] bool is_whole() const { return pending_.empty(); }

 private:
  std::string pending_;
};

inline std::unexpected<Error> cut_off() {
  return fail(Code::kWarehouseDown, "an answer ended in the middle of a row");
}

/// Hands out the rows of a question one by one. Blocks. Errors: those of the client.
template <class Row, class Parse, class Each>
[[nodiscard]] Result<void> stream_rows(warehouse::Client& client, const warehouse::Query& query,
                                       const Parse& parse, const Each& each) {
  RowPieces<Row> pieces;
  CX_TRY(client.stream(query, "RowBinary",
                       [&](std::string_view piece) { return pieces.take(piece, parse, each); }));
  if (!pieces.is_whole()) return cut_off();
  return {};
}

/// `Row` has a member `customer` and sorts by it first.
template <class Row>
class CustomerBuckets {
 public:
  /// False: full. `parse(reader, row)` says RowRead.
  template <class Parse>
  bool take(std::string_view piece, const Parse& parse) {
    return pieces_.take(piece, parse,
                        [this](const Row& row) { buckets_[row.customer * kGolden >> 56U].push_back(row); });
  }
  [[nodiscard]] bool is_whole() const { return pieces_.is_whole(); }

  /// `each(worker, rows)`: the rows of one customer, in order, never empty; worker below `workers`, each on a
  /// thread of its own. Nothing is left afterwards.
  template <class Each>
  void hand_out(std::size_t workers, const Each& each) {
    std::atomic<std::size_t> next{0};
    run_tasks(
        buckets_.size(), workers, [&] { return next++; },
        [&](std::size_t number, std::size_t worker) {
          std::vector<Row> rows = std::move(buckets_[number]);
          std::sort(rows.begin(), rows.end());
          const std::span<Row> all(rows);
          for (std::size_t from = 0, to = 0; from < all.size(); from = to) {
            while (to < all.size() && all[to].customer == all[from].customer) ++to;
            each(worker, all.subspan(from, to - from));
          }
        });
  }

 private:
  static constexpr std::uint64_t kGolden =
      0x9E3779B97F4A7C15;  // Knuth, TAOCP 3, 6.4: spreads what is in a row
  RowPieces<Row> pieces_;
  std::array<std::vector<Row>, 256> buckets_;
};

struct RowsHeld {
  std::uint64_t rows = 0;  ///< at once
  std::size_t workers = 1;
  std::string_view full = "too many";  ///< what is said where `parse` finds it full
};

/// `asked` has all its parameters but `part` and `parts`: it answers the customers whose number leaves `part`
/// when it is divided by `parts`. Customers come in no order, each once and whole. Blocks. Errors: those of
/// the client, kQueryTooLarge (a thousandth of the customers has more rows than may be held, or full).
template <class Row, class Parse, class Each>
[[nodiscard]] Result<void> each_customer(warehouse::Client& client, query::Prepared& asked,
                                         const RowsHeld& held, const Parse& parse, const Each& each) {
  constexpr std::uint64_t kPartsMax = 1024;
  constexpr std::uint64_t kEngineBytes = 512ULL << 20;  // the scan alone
  constexpr Millis kScanTime = seconds(60);
  // A part that was handed out stays: dividing its rest into more parts splits it evenly.
  struct Part {
    std::uint64_t of, number;
  };
  std::vector<Part> waiting{{1, 0}};
  while (!waiting.empty()) {
    const Part part = waiting.back();
    waiting.pop_back();
    asked.params.set("parts", part.of).set("part", part.number);
    CustomerBuckets<Row> buckets;
    bool is_full = false;
    const auto done = client.stream(
        asked.query({.memory_bytes_max = kEngineBytes, .time_max = kScanTime, .result_rows_max = held.rows}),
        "RowBinary", [&](std::string_view piece) {
          is_full = !buckets.take(piece, parse);
          return !is_full;
        });
    if (is_full) return fail(Code::kQueryTooLarge, "{}", held.full);
    if (done) {
      if (!buckets.is_whole()) return cut_off();
      buckets.hand_out(held.workers, each);
      continue;
    }
    if (done.error().code != Code::kQueryTooLarge || part.of >= kPartsMax)
      return std::unexpected(done.error());
    // customer % 4n is r, r + n, r + 2n or r + 3n where customer % n is r.
    for (std::uint64_t more = 0; more < 4; ++more)
      waiting.push_back({part.of * 4, part.number + more * part.of});
  }
  return {};
}

}  // namespace zhike::journey
