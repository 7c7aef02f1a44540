#include "feedback/text_labels.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "feedback/labelled.h"

namespace zhike::feedback {
namespace {

constexpr std::int64_t kUnheard = 3;  // no sentiment
constexpr std::string_view kSelect =
    "SELECT event, subject, unit, label, heard, actor, at, wrapped, said FROM text_labels ";

std::string context_of(std::uint64_t event) { return fmt::format("text_label/{}", event); }

}  // namespace

Result<TextLabel> TextLabels::open_row(const ledger::Statement& row) const {
  TextLabel out{.event = row.u64(0),
                .subject = {row.u64(1)},
                .unit = std::string(row.text(2)),
                .label = static_cast<text::Polarity>(row.i64(3)),
                .heard = {},
                .actor = {row.u64(5)},
                .at = {row.i64(6)},
                .text = {}};
  if (row.i64(4) < kUnheard) out.heard = static_cast<text::Polarity>(row.i64(4));
  CX_TRY(out.text, open_text(parts_.key, row.blob(7), row.blob(8), context_of(out.event)));
  return out;
}

Result<TextLabel> TextLabels::put(const Grant& grant, std::uint64_t event, text::Polarity label,
                                  const text::CommentModels& models) {
  CX_TRY(demand(grant, {Permission::kViewCustomers, Permission::kHandleComplaints}));
  CX_TRY(Labelled of, labelled(parts_.client, grant, event));
  TextLabel out{.event = event,
                .subject = of.subject,
                .unit = std::move(of.unit),
                .label = label,
                .heard = {},
                .actor = grant.user,
                .at = parts_.clock.now(),
                .text = std::move(of.text)};
  text::CommentReader reader(models);
  out.heard = reader.read(out.text).sentiment;
  const SealedText sealed = seal_text(parts_.key, out.text, context_of(event));
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(
        tx.sql("INSERT INTO text_labels (event, subject, unit, label, heard, actor, at, wrapped, said) "
               "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (event) DO UPDATE SET subject = "
               "excluded.subject, unit = excluded.unit, label = excluded.label, heard = excluded.heard, "
               "actor = excluded.actor, at = excluded.at, wrapped = excluded.wrapped, said = excluded.said")
            .bind(1, event)
            .bind(2, out.subject)
            .bind(3, out.unit)
            .bind(4, static_cast<std::int64_t>(label))
            .bind(5, out.heard ? static_cast<std::int64_t>(*out.heard) : kUnheard)
            .bind(6, grant.user)
            .bind(7, out.at)
            .bind(8, ledger::Blob{sealed.wrapped})
            .bind(9, ledger::Blob{sealed.said})
            .run());
    return parts_.audit.append(tx, {.at = out.at,
                                    .actor = grant.user,
                                    .action = "comment_labelled",
                                    .target = fmt::format("event/{}", event),
                                    .detail = std::string(text::to_string(label))});
  }));
  return out;
}

Result<void> TextLabels::remove(const Grant& grant, std::uint64_t event) {
  const std::uint64_t ids[]{event};
  CX_TRY(demand(grant, {Permission::kViewCustomers, Permission::kHandleComplaints}));
  CX_TRY(const auto known, of(grant, ids));
  if (known.empty()) return fail(Code::kNotFound, "label of comment {}", event);
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM text_labels WHERE event = $1").bind(1, event).run());
    return parts_.audit.append(tx, {.at = parts_.clock.now(),
                                    .actor = grant.user,
                                    .action = "comment_label_removed",
                                    .target = fmt::format("event/{}", event),
                                    .detail = {}});
  });
}

Result<TextLabels::Page> TextLabels::list(const Grant& grant, const query::Cursor& before,
                                          std::uint32_t count) const {
  CX_TRY(demand(grant, {Permission::kViewCustomers}));
  Page out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out = {};
    ledger::Statement& row = tx.sql(std::string(kSelect) +
                                    "WHERE at < $1 OR (at = $1 AND event < $2) ORDER BY at DESC, event DESC");
    row.bind(1, before.at).bind(2, before.id);
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      if (!sees(grant, row.text(2))) continue;
      if (out.items.size() == count) {
        out.next = query::Cursor{.at = out.items.back().at, .id = out.items.back().event};
        return {};
      }
      CX_TRY(TextLabel label, open_row(row));
      out.items.push_back(std::move(label));
    }
  }));
  return out;
}

Result<std::unordered_map<std::uint64_t, TextLabel>> TextLabels::of(
    const Grant& grant, std::span<const std::uint64_t> events) const {
  CX_TRY(demand(grant, {Permission::kViewCustomers}));
  std::unordered_map<std::uint64_t, TextLabel> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    for (const std::uint64_t event : events) {
      ledger::Statement& row = tx.sql(std::string(kSelect) + "WHERE event = $1");
      row.bind(1, event);
      CX_TRY(const bool found, row.step());
      if (!found || !sees(grant, row.text(2))) continue;
      CX_TRY(TextLabel label, open_row(row));
      out.emplace(event, std::move(label));
    }
    return {};
  }));
  return out;
}

Result<std::vector<TextLabel>> TextLabels::all() const {
  std::vector<TextLabel> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    ledger::Statement& row = tx.sql(std::string(kSelect) + "ORDER BY event");
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      CX_TRY(TextLabel label, open_row(row));
      out.push_back(std::move(label));
    }
  }));
  return out;
}

Result<TextLabelCounts> TextLabels::counts() const {
  TextLabelCounts out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out = {};
    ledger::Statement& row = tx.sql(
        "SELECT label, COUNT(*), COUNT(CASE WHEN heard = label THEN 1 END) FROM text_labels GROUP BY label");
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      out.labels.at(static_cast<std::size_t>(row.u64(0))) = row.u64(1);
      out.agreeing += row.u64(2);
    }
  }));
  return out;
}

Result<std::uint64_t> TextLabels::forget(SubjectId subject) {
  std::int64_t gone = 0;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    // Overwritten before the row goes, so that the page that held the key holds it no longer.
    CX_TRY(tx.sql("UPDATE text_labels SET wrapped = $2, said = $2 WHERE subject = $1")
               .bind(1, subject)
               .bind(2, ledger::Blob{""})
               .run());
    CX_TRY(gone, tx.sql("DELETE FROM text_labels WHERE subject = $1").bind(1, subject).run());
    return {};
  }));
  return static_cast<std::uint64_t>(gone);
}

}  // namespace zhike::feedback
