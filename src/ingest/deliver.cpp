#include "ingest/deliver.h"

#include "ingest/prepare.h"

namespace zhike::ingest {
namespace {

constexpr std::size_t kKeptBytesMax = 128UL << 20;  // of files; what a start after a crash has to read

}  // namespace

Result<void> Deliverer::reached(Step step) {
  if (after && !after(step)) return fail(Code::kInternal, "stopped after step {}", static_cast<int>(step));
  return {};
}

Result<void> Deliverer::look_up(BlockId first, BlockId last) {
  warehouse::Params params;
  params.set("first", first.value).set("last", last.value);
  CX_TRY(const warehouse::Table found,
         parts_.client.select({.sql = "SELECT block_id, count() FROM events WHERE block_id BETWEEN "
                                      "{first:UInt64} AND {last:UInt64} GROUP BY block_id",
                               .params = params}));
  for (std::uint64_t block = first.value; block <= last.value; ++block) there_[block] = 0;
  for (const auto& row : found.rows) there_[warehouse::as_u64(row[0])] = warehouse::as_u64(row[1]);
  return {};
}

Result<std::uint64_t> Deliverer::rows_there(const Block& block) {
  if (const auto known = there_.extract(block.record.id.value)) return known.mapped();
  warehouse::Params params;
  params.set("block", block.record.id.value);
  CX_TRY(const warehouse::Table found,
         parts_.client.select(
             {.sql = "SELECT count() FROM events WHERE block_id = {block:UInt64}", .params = params}));
  if (found.rows.empty()) return fail(Code::kQueryFailed, "no answer to a count");
  return warehouse::as_u64(found.rows[0][0]);
}

// The engine notes a token before the rows that it stands for are in place. Killed in between, it takes a
// repeat for a duplicate of what it does not have, and says that all is well. So after a crash only the rows
// count, and a repeat that left nothing is sent once more under another token; of a block that is there in
// part (it spans two months) the part goes first.
Result<void> Deliverer::insert(const Block& block, bool after_crash) {
  constexpr int kTries = 5;
  for (int tries = 0; tries < kTries; ++tries) {
    if (after_crash) {
      CX_TRY(const std::uint64_t there, rows_there(block));
      if (there >= block.record.rows) return {};
      if (tries > 0 && there > 0) {
        warehouse::Query query{.sql = "DELETE FROM events WHERE block_id = {block:UInt64}"};
        query.params.set("block", block.record.id.value);
        CX_TRY(parts_.client.execute(query));
      }
    }
    const std::string token = tries == 0 ? fmt::format("block-{}", block.record.id.value)
                                         : fmt::format("block-{}-{}", block.record.id.value, tries);
    CX_TRY(parts_.client.insert(
        {.table = "events", .columns = kEventColumns, .format = block.rows_format, .token = token},
        block.rows));
    if (!after_crash) return {};
  }
  CX_TRY(const std::uint64_t there, rows_there(block));
  if (there >= block.record.rows) return {};
  return fail(Code::kQueryFailed, "block {}: {} of {} rows have arrived", block.record.id.value, there,
              block.record.rows);
}

Result<void> Deliverer::apply_hot(const Block& block) {
  std::vector<ledger::HotReplace> whole;
  for (const identity::Rebuild& one : block.rebuilds) {
    CX_TRY(whole.emplace_back(), rebuild_.make(one, block.record.id));
  }
  return parts_.hot.apply(block.record.id, block.merges, block.changes, whole);
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
  if (due().value_or(std::chrono::steady_clock::time_point::max()) <= std::chrono::steady_clock::now())
    CX_TRY(finish());
  CX_TRY(parts_.kinds.push(parts_.client));
  if (!block.map_rows.empty()) {
    const std::string token = fmt::format("map-{}", block.record.id.value);
    CX_TRY(parts_.client.insert(
        {.table = "subject_map", .columns = "subject, customer, version", .token = token}, block.map_rows));
    map_changed = true;
  }
  if (!block.item_rows.empty()) {  // a repeat is the same description once more
    const std::string token = after_crash ? std::string() : fmt::format("items-{}", block.record.id.value);
    CX_TRY(
        parts_.client.insert({.table = "items", .columns = kItemColumns, .token = token}, block.item_rows));
  }
  if (block.record.rows > 0) CX_TRY(insert(block, after_crash));
  CX_TRY(reached(Step::kInserted));
  CX_TRY(apply_hot(block));
  CX_TRY(reached(Step::kHotApplied));
  CX_TRY(count(block));
  CX_TRY(reached(Step::kCounted));
  if (kept_.empty()) kept_since_ = std::chrono::steady_clock::now();
  kept_.push_back(block.record.id);
  kept_bytes_ += block.rows.size() * 2;  // hot changes take about as much as the rows
  if (parts_.feed != nullptr) parts_.feed->on_counts(block.counts);
  return {};
}

std::optional<std::chrono::steady_clock::time_point> Deliverer::due() const {
  if (kept_.empty()) return std::nullopt;
  if (parts_.hot.is_full() || kept_bytes_ > kKeptBytesMax) return kept_since_;
  // Writing many records often would take the time of moving: a tenth, no more.
  return kept_since_ + std::max<std::chrono::steady_clock::duration>(parts_.kept_max, finishing_ * 10);
}

Result<void> Deliverer::finish() {
  if (kept_.empty()) return {};
  const auto begin = std::chrono::steady_clock::now();
  CX_TRY(parts_.hot.flush());
  CX_TRY(reached(Step::kHotFlushed));
  CX_TRY(parts_.identity_db.write([&](ledger::Tx& tx) -> Result<void> {
    for (const BlockId block : kept_) CX_TRY(identity::blocks::mark_done(tx, block));
    return {};
  }));
  CX_TRY(reached(Step::kMarkedDone));
  for (const BlockId block : kept_) {
    std::error_code ignored;  // what is left is deleted at the next start
    std::filesystem::remove(block_file(parts_.blocks, block), ignored);
  }
  kept_.clear();
  kept_bytes_ = 0;
  finishing_ = std::chrono::steady_clock::now() - begin;
  return {};
}

}  // namespace zhike::ingest
