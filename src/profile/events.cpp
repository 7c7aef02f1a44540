// The part of Profiles that reads the warehouse.
#include "profile/profile.h"
#include "profile/sql.h"
#include "query/prepare.h"

namespace zhike::profile {

namespace {

Event read_event(const boost::json::array& cells) {
  Event out;
  out.event_id = warehouse::as_u64(cells[0]);
  out.at = {warehouse::as_i64(cells[1])};
  out.customer = {warehouse::as_u64(cells[2])};
  out.type = warehouse::as_text(cells[3]);
  out.name = warehouse::as_text(cells[4]);
  out.channel = warehouse::as_text(cells[5]);
  out.touchpoint = warehouse::as_text(cells[6]);
  out.stage = warehouse::as_text(cells[7]);
  out.source = {warehouse::as_u64(cells[8])};
  out.unit = warehouse::as_text(cells[9]);
  out.case_id = warehouse::as_text(cells[10]);
  out.amount_minor = warehouse::as_i64(cells[11]);
  out.currency = warehouse::as_text(cells[12]);
  out.instrument = warehouse::as_text(cells[13]);
  if (!cells[14].is_null()) out.score = warehouse::as_double(cells[14]);
  out.text = warehouse::as_text(cells[15]);
  const auto& keys = cells[16].as_array();
  const auto& values = cells[17].as_array();
  for (std::size_t i = 0; i < keys.size(); ++i)
    out.properties.emplace_back(warehouse::as_text(keys[i]), warehouse::as_text(values[i]));
  return out;
}

Result<EventPage> page(warehouse::Client& client, query::Prepared prepared,
                       const std::vector<std::uint64_t>& subjects, const query::Cursor& before,
                       std::uint32_t count) {
  if (count == 0 || count > query::kPageMax) return fail(Code::kBadFilter, "1 to {} items", query::kPageMax);
  prepared.params.set("subjects", subjects)
      .set("before_at", before.at)
      .set("before_id", before.id)
      .set("rows", std::uint64_t{count} + 1);
  CX_TRY(const warehouse::Table table, client.select(prepared.query()));
  EventPage out;
  for (const auto& cells : table.rows) {
    if (out.items.size() == count) {
      out.next = query::Cursor{.at = out.items.back().at, .id = out.items.back().event_id};
      break;
    }
    out.items.push_back(read_event(cells));
  }
  return out;
}

}  // namespace

/// Without a customer: none, which the queries take for all.
Result<std::vector<std::uint64_t>> Profiles::subjects_of(std::optional<CustomerId> customer) const {
  std::vector<std::uint64_t> ids;
  if (!customer) return ids;
  CX_TRY(const CustomerId today, parts_.graph.customer_of(SubjectId{customer->value}));
  CX_TRY(const std::vector<SubjectId> subjects, parts_.graph.subjects_of(today));
  for (const SubjectId subject : subjects) ids.push_back(subject.value);
  if (ids.empty()) return fail(Code::kNotFound, "customer {}", customer->value);
  return ids;
}

Result<EventPage> Profiles::timeline(const Grant& grant, CustomerId customer,
                                     std::span<const std::string> channels, const query::Cursor& before,
                                     std::uint32_t count) const {
  query::Filter filter{.range = {{0}, before.at + Millis{1}}};
  if (!channels.empty()) filter.where = query::is(query::Field::kChannel, {channels.begin(), channels.end()});
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kViewCustomers, filter, sql::kTimeline));
  CX_TRY(const auto ids, subjects_of(customer));
  return page(parts_.client, std::move(prepared), ids, before, count);
}

Result<EventPage> Profiles::events(const Grant& grant, const query::Filter& filter,
                                   std::optional<CustomerId> customer, const query::Cursor& before,
                                   std::uint32_t count) const {
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kViewCustomers, filter, sql::kTimeline));
  CX_TRY(const auto ids, subjects_of(customer));
  return page(parts_.client, std::move(prepared), ids, before, count);
}

Result<ProfilePage> Profiles::list(const Grant& grant, const query::Filter& filter,
                                   const query::Cursor& before, std::uint32_t count) const {
  if (count == 0 || count > query::kPageMax) return fail(Code::kBadFilter, "1 to {} items", query::kPageMax);
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kViewCustomers, filter, sql::kSegment));
  prepared.params.set("before_at", before.at)
      .set("before_id", before.id)
      .set("rows", std::uint64_t{count} + 1);
  CX_TRY(const warehouse::Table table, parts_.client.select(prepared.query()));
  ProfilePage out;
  for (const auto& row : table.rows) {
    if (out.items.size() == count) break;
    const CustomerId customer{warehouse::as_u64(row[0])};
    out.next = query::Cursor{.at = {warehouse::as_i64(row[1])}, .id = customer.value};
    auto found = find(grant, customer);
    // Its record may be a block behind the warehouse.
    if (!found && found.error().code == Code::kNotFound) continue;
    if (!found) return std::unexpected<Error>(found.error());
    found->recent.clear();
    out.items.push_back(std::move(*found));
  }
  if (table.rows.size() <= count) out.next.reset();
  return out;
}

Result<Behind> Profiles::behind(const Grant& grant, const query::Filter& filter,
                                std::optional<CustomerId> customer) const {
  CX_TRY(query::Prepared prepared, query::prepare(grant, Permission::kViewCustomers, filter, sql::kBehind));
  CX_TRY(const auto ids, subjects_of(customer));
  prepared.params.set("subjects", ids);
  CX_TRY(const warehouse::Table table, parts_.client.select(prepared.query()));
  return Behind{warehouse::as_u64(table.rows.at(0)[0]), warehouse::as_u64(table.rows.at(0)[1])};
}

}  // namespace zhike::profile
