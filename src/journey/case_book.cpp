#include "journey/case_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <utility>

#include "base/log.h"
#include "base/mix.h"
#include "event/grant.h"
#include "journey/case_row.h"
#include "journey/case_stream.h"
#include "journey/sql.h"
#include "query/filter.h"
#include "query/prepare.h"
#include "warehouse/row_reader.h"

namespace zhike::journey {
namespace {

constexpr unsigned kRowBits = 20;  // event_id = block_id * 2^20 + row
constexpr std::uint64_t kNoCustomer = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kBatchBytes = 4UL << 20;
constexpr std::uint64_t kBehindMost = 10;  // of ten blocks one may have come since
constexpr warehouse::Limits kLookLimits{
    .memory_bytes_max = 1ULL << 30, .time_max = seconds(60), .result_rows_max = 1ULL << 27};

/// What of a definition says where cases begin and end. Keys have no such characters.
std::string shape_of(const Definition& definition) {
  return fmt::format("{}|{}|{}|{}", fmt::join(definition.starts, ","), fmt::join(definition.ends, ","),
                     fmt::join(definition.stages, ","), definition.gap_days);
}

/// Numbers of 8 bytes, one after another.
Result<std::vector<std::uint64_t>> numbers(warehouse::Client& client, const warehouse::Query& query) {
  std::string bytes;
  CX_TRY(client.stream(query, "RowBinary", [&](std::string_view piece) {
    bytes.append(piece);
    return true;
  }));
  std::vector<std::uint64_t> out;
  out.reserve(bytes.size() / sizeof(std::uint64_t));
  warehouse::RowReader reader(bytes);
  for (std::uint64_t one = 0; reader.number(one);) out.push_back(one);
  return out;
}

/// Rows of journey_cases, sent in batches: of every customer that was cut, and, without cases, of those that
/// had to be and have none.
class CaseWriter {
 public:
  CaseWriter(warehouse::Client& client, std::uint32_t cut, std::uint64_t round)
      : client_(client), cut_(cut), round_(round) {}
  /// Cases of a customer come one after another, the earliest first.
  void take(const CaseRow& row) {
    if (row.customer != customer_) close();
    customer_ = row.customer;
    cases_.push_back(row);
  }
  /// `wanted`, ascending: of whom the rest have no cases.
  Result<std::uint64_t> end(const std::vector<std::uint64_t>* wanted) {
    close();
    if (wanted != nullptr) {
      std::ranges::sort(written_);
      for (const std::uint64_t customer : *wanted) {
        if (std::ranges::binary_search(written_, customer)) continue;
        customer_ = customer;
        put();
      }
    }
    send();
    if (failed_) return std::unexpected(*failed_);
    return rows_;
  }

 private:
  void close() {
    if (customer_ == kNoCustomer) return;
    written_.push_back(customer_);
    put();
  }
  void put() {
    out_.u32(cut_);
    out_.u64(customer_);
    out_.u64(round_);
    for (const auto ms : {&CaseRow::began_ms, &CaseRow::stepped_ms, &CaseRow::last_ms}) {
      out_.length(cases_.size());
      for (const CaseRow& one : cases_) out_.i64(one.*ms);
    }
    for (const auto number :
         {&CaseRow::steps, &CaseRow::failures, &CaseRow::first_kind, &CaseRow::last_kind}) {
      out_.length(cases_.size());
      for (const CaseRow& one : cases_) out_.u32(one.*number);
    }
    out_.length(cases_.size());
    for (const CaseRow& one : cases_) out_.u8(one.is_complete ? 1 : 0);
    cases_.clear();
    customer_ = kNoCustomer;
    ++rows_;
    if (out_.bytes().size() >= kBatchBytes) send();
  }
  void send() {
    if (out_.bytes().empty() || failed_) return;
    const auto done = client_.insert(
        {.table = "journey_cases",
         .columns =
             "cut, customer, round, began, stepped, last, steps, failures, first_kind, last_kind, complete"},
        out_.take());
    if (!done) failed_ = done.error();
  }
  warehouse::Client& client_;
  std::uint32_t cut_;
  std::uint64_t round_, customer_ = kNoCustomer, rows_ = 0;
  std::vector<CaseRow> cases_;          // of customer_
  std::vector<std::uint64_t> written_;  // customers that have cases
  warehouse::RowWriter out_;
  std::optional<Error> failed_;
};

}  // namespace

void CaseBook::start() {
  thread_.start("cases", [this] {
    const auto from = std::chrono::steady_clock::now();
    if (const auto done = follow(); !done)
      log::warn("cases_not_followed", {{"error", to_string(done.error())}});
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - from);
    return std::max(kRest, Millis{kRestTimes * took.count()});
  });
}

Result<std::vector<CaseBook::Cut>> CaseBook::cuts() {
  std::vector<Cut> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    ledger::Statement& s = tx.sql(
        "SELECT id, definition, shape, kinds_upto, kinds_hash, mark, map_version, round, state FROM "
        "journey_cuts "
        "ORDER BY id");
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) return {};
      out.push_back({.id = static_cast<std::uint32_t>(s.u64(0)),
                     .definition = std::string(s.text(1)),
                     .shape = std::string(s.text(2)),
                     .kinds_upto = static_cast<std::uint32_t>(s.u64(3)),
                     .kinds_hash = std::string(s.text(4)),
                     .mark = s.u64(5),
                     .map_version = s.u64(6),
                     .round = s.u64(7),
                     .in_use = s.i64(8) == 1});
    }
  }));
  return out;
}

Result<std::optional<CaseBook::Kept>> CaseBook::kept(const Definition& definition) {
  CX_TRY(const std::vector<Cut> known, cuts());
  const std::uint64_t newest = parts_.arrived().value;
  for (const Cut& cut : known)
    if (cut.in_use && cut.definition == definition.key && cut.shape == shape_of(definition)) {
      // An import may have brought most of what there is since the last look.
      const std::uint64_t behind = newest - std::min(newest, cut.mark >> kRowBits);
      if (behind > newest / kBehindMost) return std::nullopt;
      return Kept{.cut = cut.id, .upto = cut.mark};
    }
  return std::nullopt;
}

Result<void> CaseBook::forget(const Cut& cut) {
  CX_TRY(parts_.client.execute({.sql = fmt::format("ALTER TABLE journey_cases DROP PARTITION {}", cut.id)}));
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM journey_cuts WHERE id = $1").bind(1, std::uint64_t{cut.id}).run());
    return {};
  });
}

/// Nothing: questions do not know yet of all changes of who is who.
Result<std::optional<CaseBook::Seen>> CaseBook::look(std::uint64_t map_version) {
  Seen out;
  out.upto =
      ((parts_.arrived().value + 1) << kRowBits) - 1;  // before the map: what comes later is looked at later
  warehouse::Params params;
  params.set("after", map_version);
  CX_TRY(const warehouse::Table map,
         parts_.client.select({.sql = sql::kMapState, .params = params, .limits = kLookLimits}));
  if (!map.rows.empty()) {
    if (warehouse::as_u64(map.rows[0][1]) > 0) return std::nullopt;
    out.map_version = std::max(map_version, warehouse::as_u64(map.rows[0][0]));
  }
  params = {};
  params.set("upto", std::uint64_t{0});
  CX_TRY(const warehouse::Table kinds, parts_.client.select({.sql = sql::kKindsState, .params = params}));
  if (!kinds.rows.empty()) {
    out.kinds_upto = static_cast<std::uint32_t>(warehouse::as_u64(kinds.rows[0][0]));
    out.kinds_hash = warehouse::as_text(kinds.rows[0][2]);
  }
  return out;
}

Result<std::string> CaseBook::hash_upto(std::uint32_t kinds_upto) {
  warehouse::Params params;
  params.set("upto", std::uint64_t{kinds_upto});
  CX_TRY(const warehouse::Table kinds, parts_.client.select({.sql = sql::kKindsState, .params = params}));
  return kinds.rows.empty() ? std::string("0") : warehouse::as_text(kinds.rows[0][1]);
}

Result<std::uint64_t> CaseBook::follow() {
  const std::lock_guard turn(following_);
  changed_.clear();
  CX_TRY(DefinitionBook book, parts_.definitions.current());
  book.items.insert(book.items.begin(), Definition{});  // all journeys, which are asked for most
  CX_TRY(std::vector<Cut> known, cuts());
  std::uint64_t oldest = known.empty() ? 0 : kNoCustomer;
  for (const Cut& cut : known) {
    if (cut.in_use) oldest = std::min(oldest, cut.map_version);
    if (!cut.in_use || book.find(cut.definition) == nullptr) CX_TRY(forget(cut));
  }
  CX_TRY(const std::optional<Seen> seen, look(oldest == kNoCustomer ? 0 : oldest));
  std::uint64_t rows = 0;
  if (!seen) return rows;
  for (const Definition& definition : book.items) {
    if (thread_.is_stopping()) break;
    const auto cut = std::ranges::find_if(
        known, [&](const Cut& one) { return one.in_use && one.definition == definition.key; });
    bool holds = cut != known.end() && cut->shape == shape_of(definition);
    if (holds) {
      CX_TRY(const std::string hash, hash_upto(cut->kinds_upto));
      holds = hash == cut->kinds_hash;
    }
    CX_TRY(const std::uint64_t written,
           holds ? go_on(definition, *cut, *seen) : begin(definition, *seen, known));
    rows += written;
  }
  return rows;
}

/// All anew, beside what there is of the definition, which then goes.
Result<std::uint64_t> CaseBook::begin(const Definition& definition, const Seen& seen,
                                      const std::vector<Cut>& known) {
  Cut cut{.definition = definition.key,
          .shape = shape_of(definition),
          .kinds_upto = seen.kinds_upto,
          .kinds_hash = seen.kinds_hash,
          .mark = seen.upto,
          .map_version = seen.map_version,
          .round = 1};
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& newest = tx.sql("SELECT max(id) FROM journey_cuts");
    CX_TRY(const bool found, newest.step());
    cut.id = found ? static_cast<std::uint32_t>(newest.u64(0)) + 1 : 1;
    CX_TRY(
        tx.sql("INSERT INTO journey_cuts (id, definition, shape, kinds_upto, kinds_hash, mark, map_version, "
               "round, "
               "state, begun) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)")
            .bind(1, std::uint64_t{cut.id})
            .bind(2, cut.definition)
            .bind(3, cut.shape)
            .bind(4, std::uint64_t{cut.kinds_upto})
            .bind(5, cut.kinds_hash)
            .bind(6, cut.mark)
            .bind(7, cut.map_version)
            .bind(8, cut.round)
            .bind(9, parts_.clock.now())
            .run());
    return {};
  }));
  // The number may have been another's, whose rows were not all gone.
  CX_TRY(parts_.client.execute({.sql = fmt::format("ALTER TABLE journey_cases DROP PARTITION {}", cut.id)}));
  CX_TRY(const std::uint64_t rows, write(definition, cut, nullptr));
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE journey_cuts SET state = 0 WHERE definition = $1").bind(1, cut.definition).run());
    CX_TRY(tx.sql("UPDATE journey_cuts SET state = 1 WHERE id = $1").bind(1, std::uint64_t{cut.id}).run());
    return {};
  }));
  log::info("cases_cut", {{"definition", cut.definition}, {"customers", rows}});
  for (const Cut& one : known)
    if (one.in_use && one.definition == cut.definition) CX_TRY(forget(one));
  return rows;
}

Result<std::uint64_t> CaseBook::go_on(const Definition& definition, const Cut& cut, const Seen& seen) {
  if (cut.mark == seen.upto && cut.map_version == seen.map_version && cut.kinds_upto == seen.kinds_upto)
    return 0;
  CX_TRY(const std::vector<std::uint64_t>* customers, changed(cut, seen));
  std::uint64_t rows = 0;
  Cut next = cut;
  next.round = cut.round + 1;
  if (!customers->empty()) {
    CX_TRY(rows, write(definition, next, customers));
  }
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE journey_cuts SET kinds_upto = $2, kinds_hash = $3, mark = $4, map_version = $5, "
                  "round = "
                  "$6 "
                  "WHERE id = $1")
               .bind(1, std::uint64_t{cut.id})
               .bind(2, std::uint64_t{seen.kinds_upto})
               .bind(3, seen.kinds_hash)
               .bind(4, seen.upto)
               .bind(5, std::max(cut.map_version, seen.map_version))
               .bind(6, next.round)
               .run());
    return {};
  }));
  return rows;
}

/// Whose events came, or who are somebody else now, or were. Kept for the round: cuts go on together.
Result<const std::vector<std::uint64_t>*> CaseBook::changed(const Cut& cut, const Seen& seen) {
  const auto [at, is_new] = changed_.try_emplace({cut.mark, cut.map_version});
  std::vector<std::uint64_t>& out = at->second;
  if (!is_new) return &out;
  const auto fill = [&]() -> Result<void> {
    CX_TRY(query::Prepared events,
           query::prepare(Grant::owner(), Permission::kManageData, sql::kChangedCustomers));
    events.params.set("after", cut.mark).set("upto", seen.upto);
    CX_TRY(out, numbers(parts_.client, events.query(kLookLimits)));
    warehouse::Params params;
    params.set("after", cut.map_version).set("upto", seen.map_version);
    CX_TRY(const auto moved,
           numbers(parts_.client, {.sql = sql::kMovedSubjects, .params = params, .limits = kLookLimits}));
    out.insert(out.end(), moved.begin(), moved.end());  // a subject was its own customer once
    std::vector<std::uint64_t> subjects;
    for (std::size_t i = 0; i < moved.size(); i += 2) subjects.push_back(moved[i]);
    CX_TRY(const auto former, parts_.former(subjects));
    out.insert(out.end(), former.begin(), former.end());
    std::ranges::sort(out);
    const auto rest = std::ranges::unique(out);
    out.erase(rest.begin(), rest.end());
    return {};
  };
  const auto done = fill();
  if (!done) {
    changed_.erase(at);
    return std::unexpected(done.error());
  }
  return &out;
}

/// `customers`: null: all, of a cut that has no rows yet.
Result<std::uint64_t> CaseBook::write(const Definition& definition, const Cut& cut,
                                      const std::vector<std::uint64_t>* customers) {
  query::Filter filter{.range = kEver};
  const bool by_set = customers != nullptr && customers->size() <= kSetMax;
  if (by_set) {
    // A round that is done again puts the same customers in, or more.
    const std::uint64_t set = mix(mix(cut.id) + cut.round);
    warehouse::RowWriter rows;
    for (const std::uint64_t customer : *customers) {
      rows.u64(set);
      rows.u64(customer);
      rows.text("");
    }
    CX_TRY(parts_.client.insert({.table = "customer_sets", .columns = "set_id, subject, grp"}, rows.bytes()));
    filter.where = query::among(set);
  }
  CX_TRY(CaseStream stream, CaseStream::open(parts_.client, Grant::owner(), filter, definition, ""));
  CaseWriter writer(parts_.client, cut.id, cut.round);
  const std::array<EachCase, 1> workers{[&](std::uint64_t customer, std::span<const CaseEvent> every) {
    if (customers != nullptr && !by_set && !std::ranges::binary_search(*customers, customer)) return;
    writer.take(case_row(stream.kinds(), customer, every));
  }};
  CX_TRY(stream.each(workers));
  return writer.end(customers);
}

}  // namespace zhike::journey
