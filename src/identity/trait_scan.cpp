#include "identity/trait_scan.h"

#include "identity/survivor.h"

namespace zhike::identity {
namespace {

/// The last of the next `count` customers; nothing: there are none.
Result<std::optional<CustomerId>> end_of_page(ledger::Tx& tx, CustomerId after, std::size_t count) {
  ledger::Statement& row = tx.sql(
      "SELECT max(customer) FROM (SELECT DISTINCT customer FROM subjects WHERE customer > $1 "
      "ORDER BY customer LIMIT $2)");
  CX_TRY(const bool found, row.bind(1, after).bind(2, static_cast<std::uint64_t>(count)).step());
  if (!found || row.is_null(0)) return std::nullopt;
  return CustomerId{row.u64(0)};
}

}  // namespace

Result<std::optional<CustomerId>> scan_trait(ledger::Tx& tx, const Rules& rules, std::string_view key,
                                             CustomerId after, std::size_t count, std::vector<TraitOf>& out) {
  CX_TRY(const auto last, end_of_page(tx, after, count));
  if (!last) return std::nullopt;
  CustomerId whose;
  std::vector<Trait> stated;
  const auto settle = [&] {
    for (Trait& trait : survivors(rules, std::move(stated)))
      if (trait.key == key) out.push_back({whose, std::move(trait)});
    stated.clear();
  };
  ledger::Statement& row = tx.sql(
      "SELECT s.customer, t.key, t.sealed IS NOT NULL, t.clear, t.source, t.at, 0 FROM subjects s "
      "JOIN traits t ON t.subject = s.id AND t.key IN ($3, '') "
      "WHERE s.customer > $1 AND s.customer <= $2 AND (t.sealed IS NULL OR s.wrapped IS NOT NULL) UNION ALL "
      "SELECT s.customer, e.key, e.sealed IS NOT NULL, e.clear, e.source, e.at, e.op FROM subjects s "
      "JOIN trait_entries e ON e.subject = s.id AND e.key = $3 "
      "WHERE s.customer > $1 AND s.customer <= $2 AND (e.sealed IS NULL OR s.wrapped IS NOT NULL) "
      "ORDER BY 1");
  row.bind(1, after).bind(2, *last).bind(3, key);
  for (;;) {
    CX_TRY(const bool more, row.step());
    const CustomerId next{more ? row.u64(0) : 0};
    if (next != whose && !stated.empty()) settle();
    if (!more) return last;
    whose = next;
    stated.push_back({.key = std::string(row.text(1)),
                      .value = std::string(row.text(3)),
                      .sensitive = row.i64(2) != 0,
                      .source = {row.u64(4)},
                      .at = {row.i64(5)},
                      .op = static_cast<TraitOp>(row.i64(6))});
  }
}

}  // namespace zhike::identity
