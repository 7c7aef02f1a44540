#include "external/customer_lists.h"

#include <algorithm>
#include <boost/json.hpp>
#include <span>
#include <utility>

#include "base/ascii.h"
#include "base/lines.h"

namespace zhike::external {
namespace {

constexpr std::size_t kNameBytesMax = 120, kOriginBytesMax = 8'192;
constexpr std::size_t kSubjectBytes = 8, kPartSubjects = 8'192;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::string_view kColumns =
    "SELECT id, name, origin, size, all_units, units, actor, made, expires FROM customer_lists ";

Result<void> need(const Grant& grant, Permission permission) {
  if (!grant.may(permission)) return fail(Code::kPermissionMissing, "{}", to_string(permission));
  return {};
}

bool may_see(const Grant& grant, const CustomerList& of) {
  if (grant.all_units) return true;
  return !of.all_units && std::ranges::all_of(of.units, [&](const std::string& unit) {
    return std::ranges::find(grant.units, unit) != grant.units.end();
  });
}

CustomerList read(const ledger::Statement& row) {
  return {.id = {row.u64(0)},
          .name = std::string(row.text(1)),
          .origin = std::string(row.text(2)),
          .size = row.u64(3),
          .all_units = row.i64(4) != 0,
          .units = lines_of(row.text(5)),
          .actor = {row.u64(6)},
          .made = {row.i64(7)},
          .expires = {row.i64(8)}};
}

/// By name first: a name may be made of digits.
Result<CustomerList> find_in(ledger::Tx& tx, const Grant& grant, std::string_view name, Instant now) {
  const auto id = ascii::parse_number<std::uint64_t>(name);
  ledger::Statement& row =
      tx.sql(std::string(kColumns) + "WHERE expires > $1 AND (name = $2 OR id = $3) ORDER BY name = $2 DESC");
  row.bind(1, now).bind(2, name).bind(3, id.value_or(0));
  CX_TRY(const bool is_there, row.step());
  if (is_there) {
    CustomerList out = read(row);
    if (may_see(grant, out)) return out;
  }
  return fail(Code::kNotFound, "list {}", name.substr(0, kNameBytesMax));
}

void append(std::string& out, std::uint64_t subject) {
  for (std::size_t i = 0; i < kSubjectBytes; ++i) out += static_cast<char>((subject >> (8 * i)) & 0xffU);
}
std::uint64_t subject_at(std::string_view bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < kSubjectBytes; ++i)
    out |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return out;
}

Result<void> store_subjects(ledger::Tx& tx, CustomerListId list, std::span<const CustomerId> customers) {
  for (std::uint64_t part = 0; !customers.empty(); ++part) {
    const auto now = customers.first(std::min(kPartSubjects, customers.size()));
    customers = customers.subspan(now.size());
    std::string bytes;
    for (const CustomerId one : now) append(bytes, one.value);
    CX_TRY(tx.sql("INSERT INTO customer_list_parts (list, part, subjects) VALUES ($1, $2, $3)")
               .bind(1, list)
               .bind(2, part)
               .bind(3, ledger::Blob{bytes})
               .run());
  }
  return {};
}

Result<std::vector<SubjectId>> load_subjects(ledger::Tx& tx, const CustomerList& of) {
  std::vector<SubjectId> out;
  out.reserve(of.size);
  ledger::Statement& row = tx.sql("SELECT subjects FROM customer_list_parts WHERE list = $1 ORDER BY part");
  row.bind(1, of.id);
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    for (std::string_view bytes = row.blob(0); bytes.size() >= kSubjectBytes;
         bytes.remove_prefix(kSubjectBytes))
      out.push_back({subject_at(bytes)});
  }
}

Result<void> remove_ended(ledger::Tx& tx, Instant now) {
  CX_TRY(tx.sql("DELETE FROM customer_list_parts WHERE list IN (SELECT id FROM customer_lists WHERE expires "
                "<= $1)")
             .bind(1, now)
             .run());
  CX_TRY(tx.sql("DELETE FROM customer_lists WHERE expires <= $1").bind(1, now).run());
  return {};
}

Result<void> check(const CustomerListWish& wish) {
  if (wish.name.empty() || wish.name.size() > kNameBytesMax || has_control(wish.name))
    return fail(Code::kBadField, "'name': 1 to {} bytes", kNameBytesMax);
  if (wish.origin.size() > kOriginBytesMax)
    return fail(Code::kBadField, "the origin is longer than {} bytes", kOriginBytesMax);
  if (wish.customers.empty()) return fail(Code::kBadField, "nobody would be on the list");
  if (wish.customers.size() > CustomerLists::kSizeMax)
    return fail(Code::kBadField, "more than {} customers", CustomerLists::kSizeMax);
  if (wish.days < 1 || wish.days > CustomerLists::kDaysMax)
    return fail(Code::kBadField, "'days' is not 1 to {}", CustomerLists::kDaysMax);
  return {};
}

/// There is room, and the name is free; answers the next id.
Result<CustomerListId> place_for(ledger::Tx& tx, std::string_view name, Instant now) {
  ledger::Statement& there = tx.sql("SELECT count(*) FROM customer_lists");
  CX_TRY(there.step());
  if (there.u64(0) >= CustomerLists::kListsMax)
    return fail(Code::kBadField, "there are {} lists already; remove one", CustomerLists::kListsMax);
  ledger::Statement& same = tx.sql("SELECT 1 FROM customer_lists WHERE name = $1");
  CX_TRY(const bool is_taken, same.bind(1, name).step());
  if (is_taken) return fail(Code::kLedgerConflict, "there is a list '{}' already", name);
  // By the clock, so that the id of a list that was removed, which the audit log names, is not given again.
  ledger::Statement& newest = tx.sql("SELECT coalesce(max(id), 0) FROM customer_lists");
  CX_TRY(newest.step());
  return CustomerListId{std::max(newest.u64(0) + 1, static_cast<std::uint64_t>(now.ms))};
}

Result<void> insert(ledger::Tx& tx, const CustomerList& of) {
  ledger::Statement& put = tx.sql(
      "INSERT INTO customer_lists (id, name, origin, size, all_units, units, actor, made, expires) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8, $9)");
  put.bind(1, of.id).bind(2, of.name).bind(3, of.origin).bind(4, of.size).bind(5, of.all_units);
  put.bind(6, join_lines(of.units)).bind(7, of.actor).bind(8, of.made);
  CX_TRY(put.bind(9, of.expires).run());
  return {};
}

}  // namespace

Result<std::vector<CustomerList>> CustomerLists::list(const Grant& grant) const {
  CX_TRY(need(grant, Permission::kViewCustomers));
  std::vector<CustomerList> out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(std::string(kColumns) + "WHERE expires > $1 ORDER BY made DESC, id DESC");
    row.bind(1, clock_.now());
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      out.push_back(read(row));
    }
  }));
  std::erase_if(out, [&](const CustomerList& of) { return !may_see(grant, of); });
  return out;
}

Result<CustomerList> CustomerLists::find(const Grant& grant, std::string_view name) const {
  CX_TRY(need(grant, Permission::kViewCustomers));
  return find_list(db_, grant, name, clock_.now());
}

Result<CustomerList> CustomerLists::make(const Grant& grant, CustomerListWish wish) const {
  CX_TRY(need(grant, Permission::kViewCustomers));
  std::ranges::sort(wish.customers);
  const auto repeats = std::ranges::unique(wish.customers);
  wish.customers.erase(repeats.begin(), repeats.end());
  CX_TRY(check(wish));
  const Instant now = clock_.now();
  CustomerList out{.id = {},
                   .name = std::move(wish.name),
                   .origin = std::move(wish.origin),
                   .size = wish.customers.size(),
                   .all_units = grant.all_units,
                   .units = grant.all_units ? std::vector<std::string>() : grant.units,
                   .actor = grant.user,
                   .made = now,
                   .expires = {now.ms + wish.days * kDayMs}};
  CX_TRY(db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(remove_ended(tx, now));
    CX_TRY(out.id, place_for(tx, out.name, now));
    CX_TRY(insert(tx, out));
    CX_TRY(store_subjects(tx, out.id, wish.customers));
    return audit_.append(tx, {.seq = 0,
                              .at = now,
                              .actor = grant.user,
                              .action = "customer_list_made",
                              .target = "customer_list/" + out.id.str(),
                              .detail = std::to_string(out.size) + " customers"});
  }));
  return out;
}

Result<void> CustomerLists::remove(const Grant& grant, CustomerListId id) const {
  CX_TRY(need(grant, Permission::kViewCustomers));
  const Instant now = clock_.now();
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql(std::string(kColumns) + "WHERE id = $1");
    CX_TRY(const bool is_there, row.bind(1, id).step());
    const CustomerList of = is_there ? read(row) : CustomerList{};
    if (!is_there || !may_see(grant, of)) return fail(Code::kNotFound, "list {}", id.str());
    if (of.actor != grant.user) {
      CX_TRY(need(grant, Permission::kManageData));
    }
    CX_TRY(tx.sql("DELETE FROM customer_list_parts WHERE list = $1").bind(1, id).run());
    CX_TRY(tx.sql("DELETE FROM customer_lists WHERE id = $1").bind(1, id).run());
    CX_TRY(remove_ended(tx, now));
    return audit_.append(tx, {.seq = 0,
                              .at = now,
                              .actor = grant.user,
                              .action = "customer_list_removed",
                              .target = "customer_list/" + id.str(),
                              .detail = {}});
  });
}

Result<std::vector<SubjectId>> CustomerLists::subjects(const Grant& grant, std::string_view name) const {
  CX_TRY(const CustomerList of, find(grant, name));
  return subjects_of(db_, of);
}

Result<CustomerList> find_list(ledger::Db& db, const Grant& grant, std::string_view name, Instant now) {
  if (!grant.may(Permission::kViewMetrics)) {
    CX_TRY(need(grant, Permission::kViewCustomers));
  }
  CustomerList out;
  CX_TRY(db.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, find_in(tx, grant, name, now));
    return {};
  }));
  return out;
}

Result<std::vector<SubjectId>> subjects_of(ledger::Db& db, const CustomerList& list) {
  std::vector<SubjectId> out;
  CX_TRY(db.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, load_subjects(tx, list));
    return {};
  }));
  return out;
}

}  // namespace zhike::external
