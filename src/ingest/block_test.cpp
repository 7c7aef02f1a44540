#include "ingest/block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/file.h"
#include "ingest/wire.h"
#include "ledger/test_folder.h"

namespace zhike::ingest {
namespace {

using testing::HasSubstr;

class BlockFileTest : public testing::Test {
 protected:
  BlockFileTest() {
    Block block;
    block.record.id.value = 7;
    block.record.rows = 3;
    block.rows = std::string(500, 'r');
    EXPECT_TRUE(write_block(file_, block));
  }
  void expect_damaged(const std::string& what) {
    const auto read = read_block(file_);
    ASSERT_FALSE(read) << what;
    EXPECT_EQ(read.error().code, Code::kBlockDamaged) << what;
    EXPECT_THAT(read.error().detail, HasSubstr(file_.string())) << what;
    EXPECT_THAT(read.error().detail, HasSubstr(what));
  }
  TestFolder folder_;
  std::filesystem::path file_ = block_file(folder_.path, {7});
};

TEST_F(BlockFileTest, ReadsWhatWasWritten) {
  const auto block = read_block(file_);
  ASSERT_TRUE(block) << to_string(block.error());
  EXPECT_EQ(block->record.id.value, 7U);
  EXPECT_EQ(block->rows, std::string(500, 'r'));
}

TEST_F(BlockFileTest, PacksWhatIsLargeAndReadsItBack) {
  Block block;
  block.record.id.value = 8;
  for (int i = 0; i < 400'000; ++i) block.rows += "row " + std::to_string(i % 1013) + ";";
  block.map_rows = std::string(3'000'000, 'm');
  block.rejects.push_back(
      {.source = {3}, .received_at = {5}, .detail = "why", .origin = "row 7", .sealed = "s", .name = "n"});
  ASSERT_TRUE(write_block(file_, block));
  EXPECT_LT(std::filesystem::file_size(file_), block.rows.size() / 2);
  const auto read = read_block(file_);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->rows, block.rows);
  EXPECT_EQ(read->map_rows, block.map_rows);
  ASSERT_EQ(read->rejects.size(), 1U);
  EXPECT_EQ(read->rejects[0].name, "n");
}

/// Of a version before packing: the same content as it is, made by that version.
TEST_F(BlockFileTest, ReadsAFileThatIsNotPacked) {
  WireWriter w;
  for (const std::uint64_t n : {7, 1, 0, 1, 90, 3, 0}) w.number(n);  // id, from, to, rows, mark
  w.signed_number(1'700'000'000'000);
  w.text("the rows");
  w.text("the map");
  for (int i = 0; i < 4; ++i) w.number(0);  // no merges, changes, counts, rejects
  w.text("the items");
  w.number(0);  // no rebuilds
  const std::string body = w.take();
  const crypto::Hash128 hash = crypto::fingerprint(body);
  std::string bytes = "ZKB4";
  bytes.append(reinterpret_cast<const char*>(&hash.high), 8)
      .append(reinterpret_cast<const char*>(&hash.low), 8);
  ASSERT_TRUE(write_file(file_, bytes + body));
  const auto read = read_block(file_);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->record.to.offset, 90U);
  EXPECT_EQ(read->record.rows, 3U);
  EXPECT_EQ(read->rows, "the rows");
  EXPECT_EQ(read->item_rows, "the items");
}

TEST_F(BlockFileTest, AFrameThatEndsTooEarlyIsDamageToo) {
  const std::string whole = *read_file(file_);
  const std::string frame = whole.substr(20, whole.size() - 24);  // its end mark is missing
  const crypto::Hash128 hash = crypto::fingerprint(frame);
  std::string bytes = "ZKB5";
  bytes.append(reinterpret_cast<const char*>(&hash.high), 8)
      .append(reinterpret_cast<const char*>(&hash.low), 8);
  ASSERT_TRUE(write_file(file_, bytes + frame));
  expect_damaged("cannot be unpacked");
}

TEST_F(BlockFileTest, SaysWhichFileIsWrongAndHow) {
  const std::string whole = *read_file(file_);
  std::string changed = whole;
  changed[changed.size() / 2] ^= 1;
  ASSERT_TRUE(write_file(file_, changed));
  expect_damaged("not those that were written");
  ASSERT_TRUE(write_file(file_, whole.substr(0, whole.size() - 1)));
  expect_damaged("not those that were written");
  ASSERT_TRUE(write_file(file_, "something else altogether"));
  expect_damaged("no block");
  std::filesystem::remove(file_);
  expect_damaged("No such file");
}

}  // namespace
}  // namespace zhike::ingest
