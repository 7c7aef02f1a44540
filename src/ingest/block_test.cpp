#include "ingest/block.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
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
