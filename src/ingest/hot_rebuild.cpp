#include "ingest/hot_rebuild.h"

#include <algorithm>

#include "ingest/sql.h"
#include "ledger/hot_codec.h"

namespace zhike::ingest {
namespace {

std::vector<std::string> texts(const boost::json::value& cell) {
  std::vector<std::string> out;
  for (const auto& entry : cell.as_array()) out.push_back(warehouse::as_text(entry));
  return out;
}

void read_answer(const boost::json::array& row, std::size_t at, float& score, Instant& score_at) {
  if (warehouse::as_u64(row[at]) == 0) return;
  score = static_cast<float>(warehouse::as_double(row[at + 1]));
  score_at = {warehouse::as_i64(row[at + 2])};
}

ledger::HotProfile read_record(const boost::json::array& row) {
  ledger::HotProfile p;
  p.events = warehouse::as_u64(row[1]);
  p.first_seen = {warehouse::as_i64(row[2])};
  p.last_seen = {warehouse::as_i64(row[3])};
  p.orders = warehouse::as_u64(row[4]);
  const std::vector<std::string> currencies = texts(row[5]);
  for (std::size_t i = 0; i < currencies.size(); ++i)
    if (const auto currency = parse_currency(currencies[i]))
      p.spend.push_back(
          {*currency, warehouse::as_i64(row[6].as_array()[i]), warehouse::as_u64(row[7].as_array()[i])});
  p.unit = warehouse::as_text(row[8]);
  if (!p.unit.empty()) p.unit_at = {warehouse::as_i64(row[9])};
  p.units = texts(row[10]);
  p.channels = texts(row[11]);
  read_answer(row, 12, p.nps, p.nps_at);
  read_answer(row, 15, p.csat, p.csat_at);
  read_answer(row, 18, p.ces, p.ces_at);
  return p;
}

}  // namespace

Result<ledger::HotReplace> HotRebuild::make(const identity::Rebuild& customer, BlockId block) {
  ledger::HotReplace out{.customer = customer.customer, .record = {}};
  std::vector<std::uint64_t> subjects;
  for (const SubjectId subject : customer.subjects) subjects.push_back(subject.value);
  warehouse::Params params;
  params.set("subjects", subjects).set("block", block.value);
  CX_TRY(const warehouse::Table record, client_.select({.sql = sql::kHotRecord, .params = params}));
  if (record.rows.size() != 1) return fail(Code::kQueryFailed, "no answer to a sum");
  if (warehouse::as_u64(record.rows[0][0]) == 0) return out;
  ledger::HotProfile& p = out.record.emplace();
  ledger::add_profile(p, read_record(record.rows[0]));  // within the same limits
  p.customer = customer.customer;
  params.set("rows", std::uint64_t{ledger::kInteractionsKept});
  CX_TRY(const warehouse::Table recent, client_.select({.sql = sql::kHotRecent, .params = params}));
  for (const auto& row : recent.rows)
    p.recent.push_back(
        {.at = {warehouse::as_i64(row[0])},
         .event_id = warehouse::as_u64(row[1]),
         .kind = static_cast<std::uint32_t>(warehouse::as_u64(row[2])),
         .amount_minor = warehouse::as_i64(row[3]),
         .currency = parse_currency(warehouse::as_text(row[6])).value_or(Currency{}),
         .score = warehouse::as_u64(row[4]) != 0 ? static_cast<float>(warehouse::as_double(row[5])) : -1.0F});
  return out;
}

}  // namespace zhike::ingest
