// Rows of one question to the store, put together customer by customer: the store streams them in no order,
// they fall into buckets that fit the cache, and threads put the buckets in order and hand the customers out.
// Where there are more rows than may be held, the customers are asked for in parts.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/tasks.h"
#include "query/prepare.h"
#include "warehouse/client.h"
#include "warehouse/native_reader.h"

namespace zhike::journey {

enum class RowRead {
  kTaken,
  kPassed,  ///< it is of no use
  kFull,    ///< no more can be taken
};

inline std::unexpected<Error> cut_off() {
  return fail(Code::kWarehouseDown, "an answer ended early or had other columns than asked for");
}

/// Hands out the rows of a question one by one: `parse(row, out)` fills a Row, whose kColumns are the types
/// of the columns, `each(out)` takes it. Blocks. Errors: those of the client.
template <class Row, class Parse, class Each>
[[nodiscard]] Result<void> stream_rows(warehouse::Client& client, const warehouse::Query& query,
                                       const Parse& parse, const Each& each) {
  warehouse::NativeReader reader(Row::kColumns);
  CX_TRY(client.stream(query, "Native", [&](std::string_view piece) {
    return reader.take(piece, [&](warehouse::NativeRow& from) {
      Row row;
      parse(from, row);
      each(row);
      return true;
    });
  }));
  if (!reader.is_whole()) return cut_off();
  return {};
}

/// `Row` has a member `customer`, sorts by it first, and its kColumns are the types of the columns.
template <class Row>
class CustomerBuckets {
 public:
  /// False: full. `parse(NativeRow&, row)` says RowRead.
  template <class Parse>
  bool take(std::string_view piece, const Parse& parse) {
    return reader_.take(piece, [&](warehouse::NativeRow& from) {
      Row row;
      const RowRead read = parse(from, row);
      if (read == RowRead::kTaken) buckets_[row.customer * kGolden >> kOthers].push(row);
      return read != RowRead::kFull;
    });
  }
  [[nodiscard]] bool is_whole() const { return reader_.is_whole(); }

  /// `each(worker, rows)`: the rows of one customer, in order, never empty; worker below `workers`, each on a
  /// thread of its own. Nothing is left afterwards.
  template <class Each>
  void hand_out(std::size_t workers, const Each& each) {
    std::atomic<std::size_t> next{0};
    run_tasks(
        buckets_.size(), workers, [&] { return Shelf{.worker = next++}; },
        [&](std::size_t number, Shelf& shelf) {
          shelf.put(std::exchange(buckets_[number], {}));
          std::size_t from = 0;
          for (const std::size_t to : shelf.ends) {
            shelf.hand_out(from, to, each);
            from = to;
          }
        });
  }

 private:
  static constexpr std::uint64_t kGolden =
      0x9E3779B97F4A7C15;  // Knuth, TAOCP 3, 6.4: spreads what is in a row
  static constexpr int kOthers = 56;

  /// Grows without moving what it holds.
  struct Bucket {
    static constexpr std::size_t kPiece = 256;
    std::vector<std::vector<Row>> pieces{};
    void push(const Row& row) {
      if (pieces.empty() || pieces.back().size() == kPiece) pieces.emplace_back().reserve(kPiece);
      pieces.back().push_back(row);
    }
    [[nodiscard]] std::size_t size() const {
      return pieces.empty() ? 0 : (pieces.size() - 1) * kPiece + pieces.back().size();
    }
  };

  /// A bucket as it is put in order: rows with the same further bits of the customer's hash stand together,
  /// in slots of about a customer each, of which only those few are sorted.
  struct Shelf {
    std::size_t worker = 0;
    std::vector<Row> rows{};
    std::vector<std::uint32_t> ends{};  // of each slot

    void put(Bucket bucket) {
      static constexpr std::size_t kPerSlot = 16;
      const int bits = static_cast<int>(std::bit_width(bucket.size() / kPerSlot)) + 1;
      const auto slot = [&](const Row& row) {
        return row.customer * kGolden << (64 - kOthers) >> (64 - bits);
      };
      ends.assign(std::size_t{1} << bits, 0);
      for (const auto& piece : bucket.pieces)
        for (const Row& row : piece) ++ends[slot(row)];
      std::exclusive_scan(ends.begin(), ends.end(), ends.begin(), std::uint32_t{0});
      if (rows.size() < bucket.size()) rows.resize(bucket.size());
      for (const auto& piece : bucket.pieces)
        for (const Row& row : piece) rows[ends[slot(row)]++] = row;
    }
    template <class Each>
    void hand_out(std::size_t from, std::size_t end, const Each& each) {
      const std::span<Row> all(rows);
      std::sort(rows.begin() + static_cast<std::ptrdiff_t>(from),
                rows.begin() + static_cast<std::ptrdiff_t>(end));
      for (std::size_t to = from; from < end; from = to) {
        while (to < end && all[to].customer == all[from].customer) ++to;
        each(worker, std::span<const Row>(all.subspan(from, to - from)));
      }
    }
  };

  warehouse::NativeReader reader_{Row::kColumns};
  std::array<Bucket, std::size_t{1} << (64 - kOthers)> buckets_;
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
        "Native", [&](std::string_view piece) {
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
