#include "feedback/aspect_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "feedback/labelled.h"

namespace zhike::feedback {
namespace {

constexpr std::int64_t kNone = 3;  // not there
constexpr std::string_view kSelect =
    "SELECT event, aspect, subject, unit, label, heard, actor, at, wrapped, said FROM text_aspect_labels ";

std::string context_of(std::uint64_t event, std::string_view aspect) {
  return fmt::format("aspect_label/{}/{}", event, aspect);
}

std::int64_t number_of(const std::optional<text::Polarity>& polarity) {
  return polarity ? static_cast<std::int64_t>(*polarity) : kNone;
}

std::optional<text::Polarity> polarity_of(std::int64_t number) {
  if (number >= kNone) return std::nullopt;
  return static_cast<text::Polarity>(number);
}

}  // namespace

Result<AspectLabel> AspectLabels::open_row(const ledger::Statement& row) const {
  AspectLabel out{.event = row.u64(0),
                  .aspect = std::string(row.text(1)),
                  .subject = {row.u64(2)},
                  .unit = std::string(row.text(3)),
                  .label = polarity_of(row.i64(4)),
                  .heard = polarity_of(row.i64(5)),
                  .actor = {row.u64(6)},
                  .at = {row.i64(7)}};
  CX_TRY(out.text, open_text(parts_.key, row.blob(8), row.blob(9), context_of(out.event, out.aspect)));
  return out;
}

Result<AspectLabel> AspectLabels::put(const Grant& grant, std::uint64_t event, std::string_view aspect,
                                      std::optional<text::Polarity> label,
                                      const text::CommentModels& models) {
  CX_TRY(demand(grant, {Permission::kViewCustomers, Permission::kHandleComplaints}));
  const auto& known = models.catalogue().aspects;
  const auto at = std::ranges::find(known, aspect, &text::Aspect::key);
  if (at == known.end()) return fail(Code::kNotFound, "aspect {}", aspect);
  CX_TRY(Labelled of, labelled(parts_.client, grant, event));
  AspectLabel out{.event = event,
                  .aspect = std::string(aspect),
                  .subject = of.subject,
                  .unit = std::move(of.unit),
                  .label = label,
                  .heard = {},
                  .actor = grant.user,
                  .at = parts_.clock.now(),
                  .text = std::move(of.text)};
  text::CommentReader reader(models);
  for (const text::CommentAspect& read : reader.read(out.text).aspects)
    if (read.aspect == static_cast<std::size_t>(at - known.begin())) out.heard = read.polarity;
  const SealedText sealed = seal_text(parts_.key, out.text, context_of(event, aspect));
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO text_aspect_labels (event, aspect, subject, unit, label, heard, actor, at, "
                  "pending, wrapped, said) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10) ON CONFLICT "
                  "(event, aspect) DO UPDATE SET subject = excluded.subject, unit = excluded.unit, label = "
                  "excluded.label, heard = excluded.heard, actor = excluded.actor, at = excluded.at, pending "
                  "= 1, wrapped = excluded.wrapped, said = excluded.said")
               .bind(1, event)
               .bind(2, out.aspect)
               .bind(3, out.subject)
               .bind(4, out.unit)
               .bind(5, number_of(label))
               .bind(6, number_of(out.heard))
               .bind(7, grant.user)
               .bind(8, out.at)
               .bind(9, ledger::Blob{sealed.wrapped})
               .bind(10, ledger::Blob{sealed.said})
               .run());
    return parts_.audit.append(
        tx, {.at = out.at,
             .actor = grant.user,
             .action = "aspect_labelled",
             .target = fmt::format("event/{}", event),
             .detail = fmt::format("{} {}", aspect, label ? text::to_string(*label) : "absent")});
  }));
  return out;
}

Result<AspectLabel> AspectLabels::unsettle(const Grant& grant, std::uint64_t event, std::string_view aspect) {
  const std::uint64_t ids[]{event};
  CX_TRY(demand(grant, {Permission::kViewCustomers, Permission::kHandleComplaints}));
  CX_TRY(const auto known, of(grant, ids));
  const auto labels = known.find(event);
  if (labels != known.end()) {
    for (const AspectLabel& label : labels->second) {
      if (label.aspect != aspect) continue;
      CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
        CX_TRY(tx.sql("UPDATE text_aspect_labels SET pending = 1 WHERE event = $1").bind(1, event).run());
        return {};
      }));
      return label;
    }
  }
  return fail(Code::kNotFound, "label of {} of comment {}", aspect, event);
}

Result<void> AspectLabels::remove(const Grant& grant, std::uint64_t event, std::string_view aspect) {
  CX_TRY(demand(grant, {Permission::kViewCustomers, Permission::kHandleComplaints}));
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM text_aspect_labels WHERE event = $1 AND aspect = $2")
               .bind(1, event)
               .bind(2, aspect)
               .run());
    return parts_.audit.append(tx, {.at = parts_.clock.now(),
                                    .actor = grant.user,
                                    .action = "aspect_label_removed",
                                    .target = fmt::format("event/{}", event),
                                    .detail = std::string(aspect)});
  });
}

Result<void> AspectLabels::settle(std::uint64_t event) {
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE text_aspect_labels SET pending = 0 WHERE event = $1").bind(1, event).run());
    return {};
  });
}

Result<AspectLabels::Page> AspectLabels::list(const Grant& grant, const query::Cursor& before,
                                              std::uint32_t count) const {
  CX_TRY(demand(grant, {Permission::kViewCustomers}));
  Page out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out = {};
    ledger::Statement& row =
        tx.sql(std::string(kSelect) +
               "WHERE at < $1 OR (at = $1 AND event < $2) ORDER BY at DESC, event DESC, aspect");
    row.bind(1, before.at).bind(2, before.id);
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      if (!sees(grant, row.text(3))) continue;
      CX_TRY(AspectLabel label, open_row(row));
      if (out.items.size() >= count) {
        const AspectLabel& last = out.items.back();
        if (last.event != label.event || last.at != label.at) {
          out.next = query::Cursor{.at = last.at, .id = last.event};
          return {};
        }
      }
      out.items.push_back(std::move(label));
    }
  }));
  return out;
}

Result<std::unordered_map<std::uint64_t, std::vector<AspectLabel>>> AspectLabels::of(
    const Grant& grant, std::span<const std::uint64_t> events) const {
  CX_TRY(demand(grant, {Permission::kViewCustomers}));
  std::unordered_map<std::uint64_t, std::vector<AspectLabel>> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    for (const std::uint64_t event : events) {
      ledger::Statement& row = tx.sql(std::string(kSelect) + "WHERE event = $1 ORDER BY aspect");
      row.bind(1, event);
      for (;;) {
        CX_TRY(const bool found, row.step());
        if (!found) break;
        if (!sees(grant, row.text(3))) continue;
        CX_TRY(AspectLabel label, open_row(row));
        out[event].push_back(std::move(label));
      }
    }
    return {};
  }));
  return out;
}

Result<std::vector<AspectLabel>> AspectLabels::all() const {
  std::vector<AspectLabel> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    ledger::Statement& row = tx.sql(std::string(kSelect) + "ORDER BY event, aspect");
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      CX_TRY(AspectLabel label, open_row(row));
      out.push_back(std::move(label));
    }
  }));
  return out;
}

Result<AspectCorrections> AspectLabels::corrections(std::uint64_t event) const {
  AspectCorrections out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    ledger::Statement& row = tx.sql(
        "SELECT event, aspect, label FROM text_aspect_labels WHERE $1 = 0 OR event = $1 ORDER BY event, "
        "aspect");
    row.bind(1, event);
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      out[row.u64(0)].push_back({.aspect = std::string(row.text(1)), .polarity = polarity_of(row.i64(2))});
    }
  }));
  return out;
}

Result<std::vector<std::uint64_t>> AspectLabels::pending() const {
  std::vector<std::uint64_t> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    ledger::Statement& row =
        tx.sql("SELECT DISTINCT event FROM text_aspect_labels WHERE pending = 1 ORDER BY event");
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      out.push_back(row.u64(0));
    }
  }));
  return out;
}

Result<AspectLabelCounts> AspectLabels::counts() const {
  AspectLabelCounts out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out = {};
    ledger::Statement& row = tx.sql(
        "SELECT label, COUNT(*), COUNT(CASE WHEN heard = label THEN 1 END) FROM text_aspect_labels GROUP BY "
        "label");
    for (;;) {
      CX_TRY(const bool found, row.step());
      if (!found) return {};
      if (row.i64(0) == kNone)
        out.absent = row.u64(1);
      else
        out.labels.at(static_cast<std::size_t>(row.u64(0))) = row.u64(1);
      out.agreeing += row.u64(2);
    }
  }));
  return out;
}

Result<std::uint64_t> AspectLabels::forget(SubjectId subject) {
  std::int64_t gone = 0;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    // As TextLabels::forget(): overwritten before the row goes.
    CX_TRY(tx.sql("UPDATE text_aspect_labels SET wrapped = $2, said = $2 WHERE subject = $1")
               .bind(1, subject)
               .bind(2, ledger::Blob{""})
               .run());
    CX_TRY(gone, tx.sql("DELETE FROM text_aspect_labels WHERE subject = $1").bind(1, subject).run());
    return {};
  }));
  return static_cast<std::uint64_t>(gone);
}

}  // namespace zhike::feedback
