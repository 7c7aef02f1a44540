#include "feedback/text_versions.h"

#include <fmt/format.h>

namespace zhike::feedback {
namespace {

Result<void> demand(const Grant& grant) {
  if (grant.may(Permission::kManageData)) return {};
  return fail(Code::kPermissionMissing, "{}", to_string(Permission::kManageData));
}

Result<void> put_in_use(ledger::Tx& tx, TextPart part, std::uint32_t number) {
  CX_TRY(tx.sql("INSERT INTO text_in_use (part, number) VALUES ($1, $2) ON CONFLICT (part) DO UPDATE SET "
                "number = excluded.number")
             .bind(1, to_string(part))
             .bind(2, std::uint64_t{number})
             .run());
  return {};
}

TextVersion version_in(const ledger::Statement& row) {
  return {.number = static_cast<std::uint32_t>(row.u64(0)),
          .made = {row.i64(1)},
          .actor = {row.u64(2)},
          .note = std::string(row.text(3)),
          .card = std::string(row.text(4))};
}

}  // namespace

std::string_view to_string(TextPart part) noexcept {
  switch (part) {
    case TextPart::kModel:
      return "model";
    case TextPart::kAspectModel:
      return "aspect_model";
    case TextPart::kAspects:
      return "aspects";
    case TextPart::kRoutes:
      return "routes";
    case TextPart::kWords:
      return "words";
  }
  return "";
}

std::optional<TextPart> parse_text_part(std::string_view name) noexcept {
  for (const TextPart part : kTextParts)
    if (to_string(part) == name) return part;
  return std::nullopt;
}

Result<std::uint32_t> TextVersions::add(const Grant& grant, TextPart part, std::string_view body,
                                        const TextVersion& about, bool use) {
  CX_TRY(demand(grant));
  if (about.note.size() > kNoteBytesMax) return fail(Code::kBadField, "'note'");
  if (body.size() > kBodyBytesMax) return fail(Code::kBadField, "'body'");
  std::uint32_t number = 0;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& last = tx.sql("SELECT COALESCE(MAX(number), 0) FROM text_versions WHERE part = $1");
    last.bind(1, to_string(part));
    CX_TRY(const bool found, last.step());
    number = static_cast<std::uint32_t>(found ? last.u64(0) : 0) + 1;
    CX_TRY(tx.sql("INSERT INTO text_versions (part, number, made, actor, note, card, body) VALUES ($1, $2, "
                  "$3, $4, $5, $6, $7)")
               .bind(1, to_string(part))
               .bind(2, std::uint64_t{number})
               .bind(3, parts_.clock.now())
               .bind(4, grant.user)
               .bind(5, about.note)
               .bind(6, about.card)
               .bind(7, ledger::Blob{body})
               .run());
    if (use) {
      CX_TRY(put_in_use(tx, part, number));
    }
    return parts_.audit.append(tx, {.at = parts_.clock.now(),
                                    .actor = grant.user,
                                    .action = "text_version_made",
                                    .target = fmt::format("text_{}/{}", to_string(part), number),
                                    .detail = use ? "in use" : ""});
  }));
  return number;
}

Result<void> TextVersions::use(const Grant& grant, TextPart part, std::uint32_t number) {
  CX_TRY(demand(grant));
  if (number != 0) {
    CX_TRY(find(part, number));
  }
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(put_in_use(tx, part, number));
    return parts_.audit.append(tx, {.at = parts_.clock.now(),
                                    .actor = grant.user,
                                    .action = "text_version_used",
                                    .target = fmt::format("text_{}/{}", to_string(part), number),
                                    .detail = number == 0 ? "what comes along" : ""});
  });
}

Result<std::uint32_t> TextVersions::in_use(TextPart part) const {
  std::uint32_t out = 0;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT number FROM text_in_use WHERE part = $1");
    row.bind(1, to_string(part));
    CX_TRY(const bool found, row.step());
    out = found ? static_cast<std::uint32_t>(row.u64(0)) : 0;
    return {};
  }));
  return out;
}

Result<std::vector<TextVersion>> TextVersions::list(TextPart part) const {
  std::vector<TextVersion> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    ledger::Statement& row = tx.sql(
        "SELECT number, made, actor, note, card FROM text_versions WHERE part = $1 ORDER BY number DESC "
        "LIMIT $2");
    row.bind(1, to_string(part)).bind(2, std::uint64_t{kShown});
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      out.push_back(version_in(row));
    }
  }));
  return out;
}

Result<TextVersion> TextVersions::find(TextPart part, std::uint32_t number) const {
  std::optional<TextVersion> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql("SELECT number, made, actor, note, card FROM text_versions WHERE part = $1 AND number = $2");
    row.bind(1, to_string(part)).bind(2, std::uint64_t{number});
    CX_TRY(const bool found, row.step());
    if (found) out = version_in(row);
    return {};
  }));
  if (!out) return fail(Code::kNotFound, "{} {}", to_string(part), number);
  return *std::move(out);
}

Result<std::string> TextVersions::body(TextPart part, std::uint32_t number) const {
  std::optional<std::string> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row = tx.sql("SELECT body FROM text_versions WHERE part = $1 AND number = $2");
    row.bind(1, to_string(part)).bind(2, std::uint64_t{number});
    CX_TRY(const bool found, row.step());
    if (found) out = std::string(row.blob(0));
    return {};
  }));
  if (!out) return fail(Code::kNotFound, "{} {}", to_string(part), number);
  return *std::move(out);
}

}  // namespace zhike::feedback
