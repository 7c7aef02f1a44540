#include "ingest/deliver.h"

#include "ingest/prepare.h"

namespace zhike::ingest {

Result<void> Deliverer::reached(Step step) {
  if (after && !after(step)) return fail(Code::kInternal, "stopped after step {}", static_cast<int>(step));
  return {};
}

Result<bool> Deliverer::is_inserted(const Block& block) {
  warehouse::Params params;
  params.set("block", block.record.id.value);
  CX_TRY(const warehouse::Table found,
         parts_.client.select(
             {.sql = "SELECT count() FROM events WHERE block_id = {block:UInt64}", .params = params}));
  if (found.rows.empty()) return fail(Code::kQueryFailed, "no answer to a count");
  return warehouse::as_u64(found.rows[0][0]) >= block.record.rows;
}

Result<void> Deliverer::apply_hot(const Block& block) {
  return parts_.hot.apply(block.record.id, block.merges, block.changes);
}

// Counters and the index of the quarantine, once: the stamp says which block they include.
Result<void> Deliverer::count(const Block& block) {
  CX_TRY(const auto places, parts_.quarantine.append(block.rejects));
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql("SELECT block FROM ingest_stamp WHERE one = 1");
    CX_TRY(const bool found, s.step());
    if (found && s.u64(0) >= block.record.id.value) return {};
    CX_TRY(Sources::add_counts(tx, block.counts));
    CX_TRY(Quarantine::index(tx, block.record.id, block.rejects, places));
    CX_TRY(tx.sql("INSERT INTO ingest_stamp (one, block) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET "
                  "block = excluded.block")
               .bind(1, block.record.id)
               .run());
    return {};
  });
}

Result<void> Deliverer::deliver(const Block& block, bool after_crash, bool& map_changed) {
  CX_TRY(parts_.kinds.push(parts_.client));
  if (!block.map_rows.empty()) {
    const std::string token = fmt::format("map-{}", block.record.id.value);
    CX_TRY(parts_.client.insert(
        {.table = "subject_map", .columns = "subject, customer, version", .token = token}, block.map_rows));
    map_changed = true;
  }
  if (block.record.rows > 0) {
    bool inserted = false;
    if (after_crash) {
      CX_TRY(inserted, is_inserted(block));
    }
    const std::string token = fmt::format("block-{}", block.record.id.value);
    if (!inserted)
      CX_TRY(parts_.client.insert({.table = "events", .columns = kEventColumns, .token = token}, block.rows));
  }
  CX_TRY(reached(Step::kInserted));
  CX_TRY(apply_hot(block));
  CX_TRY(reached(Step::kHotApplied));
  CX_TRY(count(block));
  CX_TRY(reached(Step::kCounted));
  CX_TRY(parts_.identity_db.write(
      [&](ledger::Tx& tx) { return identity::blocks::mark_done(tx, block.record.id); }));
  CX_TRY(reached(Step::kMarkedDone));
  std::error_code ignored;  // what is left is deleted at the next start
  std::filesystem::remove(block_file(parts_.blocks, block.record.id), ignored);
  if (parts_.feed != nullptr) parts_.feed->on_counts(block.counts);
  return {};
}

}  // namespace zhike::ingest
