#include "journey/spending.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/ascii.h"
#include "clean/width.h"
#include "ingest/csv.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kWordMax = 200, kCurrencyLetters = 3;

Result<void> demand(const Grant& grant, Permission needed) {
  if (grant.may(needed)) return {};
  return fail(Code::kPermissionMissing, "{}", to_string(needed));
}

// ---- a file ---------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 5> kColumns{"channel", "period", "spend", "currency", "unit"};
enum Place : std::size_t { kChannel, kPeriod, kSpend, kCurrency, kUnit };
using Places = std::array<std::optional<std::size_t>, kColumns.size()>;

Result<Places> places_of(const std::vector<std::string>& header) {
  Places out;
  for (std::size_t wanted = 0; wanted < kColumns.size(); ++wanted)
    for (std::size_t c = 0; c < header.size(); ++c)
      if (ascii::lower(clean::trim(header[c])) == kColumns[wanted]) out[wanted] = c;
  for (const Place needed : {kChannel, kPeriod, kSpend})
    if (!out[needed]) return fail(Code::kBadField, "the column '{}' is missing", kColumns[needed]);
  return out;
}

std::string shortened(std::string_view text) { return std::string(text.substr(0, kWordMax)); }

/// What is wrong with it; empty: nothing.
std::string read_row(const std::array<std::string, kColumns.size()>& cells, Spending& out) {
  out.channel = cells[kChannel];
  out.unit = cells[kUnit];
  if (out.channel.empty() || out.channel.size() > kWordMax) return "channel";
  if (out.unit.size() > kWordMax) return "unit";
  const auto days = parse_day_range(cells[kPeriod]);
  if (!days) return fmt::format("period: {}", shortened(cells[kPeriod]));
  out.days = *days;
  const auto amount = ascii::parse_number<double>(cells[kSpend]);
  if (!amount || !(*amount >= 0 && *amount <= kSpendingMost))
    return fmt::format("spend: {} is no number from 0 to {}", shortened(cells[kSpend]), kSpendingMost);
  out.amount = *amount;
  for (const char letter : cells[kCurrency])
    out.currency += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  const bool is_code = out.currency.size() == kCurrencyLetters &&
                       std::ranges::all_of(out.currency, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!out.currency.empty() && !is_code) return fmt::format("currency: {}", shortened(cells[kCurrency]));
  return {};
}

// ---- the ledger -----------------------------------------------------------------------------------------

constexpr std::string_view kPut =
    "INSERT INTO channel_spending (channel, unit, from_day, to_day, amount, currency, actor, at) VALUES ($1, "
    "$2, $3, "
    "$4, $5, $6, $7, $8) ON CONFLICT (channel, unit, from_day) DO UPDATE SET to_day = excluded.to_day, "
    "amount = "
    "excluded.amount, currency = excluded.currency, actor = excluded.actor, at = excluded.at";
constexpr std::string_view kOverlaps =
    "SELECT from_day, to_day FROM channel_spending WHERE channel = $1 AND unit = $2 AND from_day <= $4 AND "
    "to_day >= "
    "$3 AND NOT (from_day = $3 AND to_day = $4) ORDER BY from_day "
    "LIMIT 1";
constexpr std::string_view kAll =
    "SELECT channel, unit, from_day, to_day, amount, currency FROM channel_spending ORDER BY from_day DESC, "
    "channel, "
    "unit";

Result<void> put_one(ledger::Tx& tx, const Spending& one, UserId actor, Instant now) {
  const auto from = static_cast<std::int64_t>(one.days.from), to = static_cast<std::int64_t>(one.days.to);
  ledger::Statement& other =
      tx.sql(kOverlaps).bind(1, one.channel).bind(2, one.unit).bind(3, from).bind(4, to);
  CX_TRY(const bool there, other.step());
  if (there)
    return fail(Code::kBadField, "{} {}: its days overlap {}, which is there already", one.channel,
                to_string(one.days),
                to_string(DayRange{static_cast<std::int32_t>(other.i64(0)),
                                   static_cast<std::int32_t>(other.i64(1))}));
  CX_TRY(tx.sql(kPut)
             .bind(1, one.channel)
             .bind(2, one.unit)
             .bind(3, from)
             .bind(4, to)
             .bind(5, one.amount)
             .bind(6, one.currency)
             .bind(7, actor)
             .bind(8, now)
             .run());
  return {};
}

Result<std::vector<Spending>> read_all(ledger::Tx& tx) {
  std::vector<Spending> out;
  ledger::Statement& row = tx.sql(kAll);
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.push_back({.channel = std::string(row.text(0)),
                   .unit = std::string(row.text(1)),
                   .days = {static_cast<std::int32_t>(row.i64(2)), static_cast<std::int32_t>(row.i64(3))},
                   .amount = row.real(4),
                   .currency = std::string(row.text(5))});
  }
}

/// What the grant covers.
Result<std::int64_t> clear(ledger::Tx& tx, const Grant& grant) {
  if (grant.all_units) return tx.sql("DELETE FROM channel_spending").run();
  std::int64_t gone = 0;
  for (const std::string& unit : grant.units) {
    CX_TRY(const auto of, tx.sql("DELETE FROM channel_spending WHERE unit = $1").bind(1, unit).run());
    gone += of;
  }
  return gone;
}

}  // namespace

bool covers(const Grant& grant, std::string_view unit) {
  if (grant.all_units) return true;
  return !unit.empty() && std::ranges::find(grant.units, unit) != grant.units.end();
}

Result<SpendingFile> parse_spending(std::string_view csv) {
  auto opened = ingest::CsvReader::open(ingest::TextSource::of(std::string(csv)));
  if (!opened) return fail(Code::kBadField, "{}", opened.error().detail);
  ingest::CsvReader& reader = **opened;
  CX_TRY(const Places places, places_of(reader.header()));
  SpendingFile out;
  std::set<std::tuple<std::string, std::string, std::int32_t, std::int32_t>> seen;
  for (;;) {
    CX_TRY(const auto next, reader.next());
    if (next == ingest::CsvReader::Next::kEnd) return out;
    if (next == ingest::CsvReader::Next::kBad) {
      out.bad.push_back({.line = reader.line(), .what = reader.problem()});
      continue;
    }
    std::array<std::string, kColumns.size()> cells;
    for (std::size_t c = 0; c < cells.size(); ++c)
      if (places[c]) cells[c] = clean::trim(reader.cells()[*places[c]]);
    Spending one;
    std::string wrong = read_row(cells, one);
    if (wrong.empty() && !seen.emplace(one.channel, one.unit, one.days.from, one.days.to).second)
      wrong = fmt::format("{} {} stands there twice", one.channel, to_string(one.days));
    if (!wrong.empty())
      out.bad.push_back({.line = reader.line(), .what = std::move(wrong)});
    else
      out.good.push_back(std::move(one));
    if (out.good.size() + out.bad.size() > kSpendingRowsMax)
      return fail(Code::kBadField, "more than {} rows", kSpendingRowsMax);
  }
}

Result<void> SpendingBook::put(const Grant& grant, const std::vector<Spending>& spending, bool replaces_all) {
  CX_TRY(demand(grant, Permission::kManageData));
  for (const Spending& one : spending)
    if (!covers(grant, one.unit))
      return fail(Code::kPermissionMissing, "{} {}: the unit '{}' is not among yours", one.channel,
                  to_string(one.days), one.unit);
  const Instant now = clock_.now();
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    std::int64_t gone = 0;
    if (replaces_all) {
      CX_TRY(gone, clear(tx, grant));
    }
    for (const Spending& one : spending) {
      CX_TRY(put_one(tx, one, grant.user, now));
    }
    ledger::Statement& count = tx.sql("SELECT COUNT(*) FROM channel_spending");
    CX_TRY(count.step());
    if (count.u64(0) > kSpendingKeptMax)
      return fail(Code::kBadField, "{} entries; at most {} are kept", count.u64(0), kSpendingKeptMax);
    return audit_.append(tx, {.seq = 0,
                              .at = now,
                              .actor = grant.user,
                              .action = replaces_all ? "channel_spending_replaced" : "channel_spending_put",
                              .target = "channel_spending",
                              .detail = replaces_all ? fmt::format("{} for {}", spending.size(), gone)
                                                     : fmt::format("{}", spending.size())});
  });
}

Result<std::vector<Spending>> SpendingBook::list(const Grant& grant) const {
  CX_TRY(demand(grant, Permission::kViewMetrics));
  std::vector<Spending> out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, read_all(tx));
    return {};
  }));
  std::erase_if(out, [&](const Spending& one) { return !covers(grant, one.unit); });
  return out;
}

}  // namespace zhike::journey
