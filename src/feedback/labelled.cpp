#include "feedback/labelled.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "feedback/sql.h"
#include "query/prepare.h"

namespace zhike::feedback {
namespace {

std::string within(std::string_view context, std::string_view what) {
  return fmt::format("{}/{}", context, what);
}

}  // namespace

Result<Labelled> labelled(warehouse::Client& client, const Grant& grant, std::uint64_t event) {
  CX_TRY(query::Prepared asked, query::prepare(grant, Permission::kViewCustomers, sql::kLabelText));
  asked.params.set("event", event);
  CX_TRY(const warehouse::Table table, client.select(asked.query()));
  if (table.rows.empty()) return fail(Code::kNotFound, "comment {}", event);
  const auto& cells = table.rows.front();
  return Labelled{.subject = {warehouse::as_u64(cells[0])},
                  .unit = warehouse::as_text(cells[1]),
                  .text = warehouse::as_text(cells[2])};
}

SealedText seal_text(const crypto::Key& master, std::string_view text, std::string_view context) {
  const crypto::Key key = crypto::random_key();
  const std::string_view bytes(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size());
  return {.wrapped = crypto::seal(master, bytes, within(context, "key")),
          .said = crypto::seal(key, text, within(context, "said"))};
}

Result<std::string> open_text(const crypto::Key& master, std::string_view wrapped, std::string_view said,
                              std::string_view context) {
  CX_TRY(const std::string bytes, crypto::open(master, wrapped, within(context, "key")));
  crypto::Key key;
  if (bytes.size() != key.bytes.size()) return fail(Code::kSealBroken, "{}", context);
  std::memcpy(key.bytes.data(), bytes.data(), bytes.size());
  return crypto::open(key, said, within(context, "said"));
}

Result<void> demand(const Grant& grant, std::initializer_list<Permission> needed) {
  for (const Permission one : needed)
    if (!grant.may(one)) return fail(Code::kPermissionMissing, "{}", to_string(one));
  return {};
}

bool sees(const Grant& grant, std::string_view unit) {
  return grant.all_units || std::ranges::find(grant.units, unit) != grant.units.end();
}

}  // namespace zhike::feedback
