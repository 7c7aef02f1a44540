#include "ingest/hot_rebuild.h"

#include <algorithm>

#include "identity/survivor.h"
#include "ingest/classify.h"
#include "ingest/hot_changes.h"
#include "ingest/sql.h"

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
  std::ranges::sort(p.spend, {}, &ledger::Spend::first_event);
  if (p.spend.size() > ledger::kCurrenciesKept) p.spend.resize(ledger::kCurrenciesKept);
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

Result<void> HotRebuild::add_traits(const identity::Rebuild& customer, ledger::HotProfile& record) {
  std::vector<identity::Trait> stated;
  CX_TRY(identity_db_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(stated, traits_.stated(tx, customer.subjects));
    return {};
  }));
  for (const identity::Trait& trait : identity::newest(std::move(stated))) {
    if (trait.value.empty() || !is_hot_trait(trait.key, trait.sensitive)) continue;
    std::string shown = shown_trait(trait.key, trait.value);
    if (shown.size() <= kHotTraitBytes)
      record.traits.push_back({trait.key, std::move(shown), trait.source, trait.at});
  }
  return {};
}

Result<ledger::HotReplace> HotRebuild::make(const identity::Rebuild& customer, BlockId block) {
  ledger::HotReplace out{.customer = customer.customer, .record = {}};
  std::vector<std::uint64_t> subjects;
  for (const SubjectId subject : customer.subjects) subjects.push_back(subject.value);
  warehouse::Params params;
  params.set("subjects", subjects).set("block", block.value);
  CX_TRY(const warehouse::Table record, client_.select({.sql = sql::kHotRecord, .params = params}));
  if (record.rows.size() != 1) return fail(Code::kQueryFailed, "no answer to a sum");
  if (warehouse::as_u64(record.rows[0][0]) == 0) return out;
  ledger::HotProfile& p = out.record.emplace(read_record(record.rows[0]));
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
  CX_TRY(add_traits(customer, p));
  return out;
}

}  // namespace zhike::ingest
