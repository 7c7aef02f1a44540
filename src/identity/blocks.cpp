#include "identity/blocks.h"

namespace zhike::identity::blocks {
namespace {

constexpr int kCut = 1, kDone = 2;

Block block_of(const ledger::Statement& row) {
  return {.id = {row.u64(0)},
          .from = {row.u64(1), row.u64(2)},
          .to = {row.u64(3), row.u64(4)},
          .rows = row.u64(5),
          .mark = row.u64(6),
          .created_at = {row.i64(7)},
          .done = row.i64(8) == kDone};
}

}  // namespace

Result<BlockId> next_id(ledger::Tx& tx) {
  CX_TRY(const auto newest, last(tx));
  return BlockId{newest ? newest->id.value + 1 : 1};
}

Result<void> put_cut(ledger::Tx& tx, const Block& block) {
  ledger::Statement& insert = tx.sql(
      "INSERT INTO blocks (id, from_segment, from_offset, to_segment, to_offset, row_count, mark, "
      "created_at, state) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
  insert.bind(1, block.id).bind(2, block.from.segment).bind(3, block.from.offset).bind(4, block.to.segment);
  insert.bind(5, block.to.offset)
      .bind(6, block.rows)
      .bind(7, block.mark)
      .bind(8, block.created_at)
      .bind(9, kCut);
  CX_TRY(insert.run());
  return {};
}

Result<void> mark_done(ledger::Tx& tx, BlockId block) {
  CX_TRY(const auto n,
         tx.sql("UPDATE blocks SET state = $2 WHERE id = $1").bind(1, block).bind(2, kDone).run());
  if (n == 0) return fail(Code::kNotFound, "block {}", block.value);
  return {};
}

Result<std::vector<Block>> unfinished(ledger::Tx& tx) {
  ledger::Statement& row = tx.sql(
      "SELECT id, from_segment, from_offset, to_segment, to_offset, row_count, mark, created_at, state FROM "
      "blocks "
      "WHERE state = $1 ORDER BY id");
  row.bind(1, kCut);
  std::vector<Block> out;
  for (;;) {
    CX_TRY(const bool more, row.step());
    if (!more) return out;
    out.push_back(block_of(row));
  }
}

Result<std::optional<Block>> last(ledger::Tx& tx) {
  ledger::Statement& row = tx.sql(
      "SELECT id, from_segment, from_offset, to_segment, to_offset, row_count, mark, created_at, state FROM "
      "blocks "
      "ORDER BY id DESC LIMIT 1");
  CX_TRY(const bool there, row.step());
  if (!there) return std::nullopt;
  return block_of(row);
}

Result<JournalPlace> done_up_to(ledger::Tx& tx) {
  CX_TRY(const auto waiting, unfinished(tx));
  if (!waiting.empty()) return waiting.front().from;
  CX_TRY(const auto newest, last(tx));
  return newest ? newest->to : JournalPlace{};
}

Result<std::int64_t> drop_done(ledger::Tx& tx, Instant before) {
  return tx
      .sql("DELETE FROM blocks WHERE state = $1 AND created_at < $2 AND id < (SELECT max(id) FROM blocks)")
      .bind(1, kDone)
      .bind(2, before)
      .run();
}

}  // namespace zhike::identity::blocks
