// Blocks of Native, however they are cut, and what a store streams.
#include "warehouse/native_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "warehouse/client.h"
#include "warehouse/test_engine.h"

namespace zhike::warehouse {
namespace {

constexpr std::array<std::string_view, 3> kTypes{"UInt32", "String", "Int64"};

struct Row {
  std::uint32_t small = 0;
  std::string text{};
  std::int64_t large = 0;
  friend bool operator==(const Row&, const Row&) = default;
};
const std::vector<Row> kRows{{1, "", -1}, {70'000, "你好", 1LL << 40}, {3, std::string(300, 'x'), 0}};

/// What ClickHouse writes: number of columns and rows; of each column its name, its type and its values.
std::string block_of(const std::vector<Row>& rows, std::string_view first_type = "UInt32") {
  RowWriter out;
  const auto head = [&](std::string_view name, std::string_view type) {
    out.text(name);
    out.text(type);
  };
  out.length(3);
  out.length(rows.size());
  head("small", first_type);
  for (const Row& row : rows) out.u32(row.small);
  head("text", "String");
  for (const Row& row : rows) out.text(row.text);
  head("large", "Int64");
  for (const Row& row : rows) out.i64(row.large);
  return out.take();
}

Row read(NativeRow& from) {
  Row row;
  std::string_view text;
  from.number(row.small);
  from.text(text);
  from.number(row.large);
  row.text = text;
  return row;
}

/// In pieces of `size` bytes.
std::vector<Row> read_in_pieces(NativeReader& reader, std::string_view bytes, std::size_t size) {
  std::vector<Row> out;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size())))
    EXPECT_TRUE(reader.take(bytes.substr(0, size), [&](NativeRow& from) {
      out.push_back(read(from));
      return true;
    }));
  return out;
}

TEST(NativeReader, ReadsBlocksHoweverTheyAreCut) {
  const std::string bytes = block_of(kRows) + block_of({}) + block_of({kRows[1]});
  std::vector<Row> expected = kRows;
  expected.push_back(kRows[1]);
  for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, bytes.size()}) {
    NativeReader reader(kTypes);
    EXPECT_EQ(read_in_pieces(reader, bytes, size), expected);
    EXPECT_TRUE(reader.is_whole());
  }
}

TEST(NativeReader, SaysWhereAnAnswerEndsEarly) {
  const std::string bytes = block_of(kRows);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    NativeReader reader(kTypes);
    EXPECT_TRUE(read_in_pieces(reader, bytes.substr(0, size), size).empty());
    EXPECT_FALSE(reader.is_whole());
  }
}

TEST(NativeReader, PassesOverWhatHasOtherColumns) {
  for (const std::string& strange :
       {block_of(kRows, "UInt64"), "\x02" + block_of(kRows).substr(1), std::string("Code: 241. Too much")}) {
    NativeReader reader(kTypes);
    EXPECT_TRUE(read_in_pieces(reader, strange, 5).empty());
    EXPECT_FALSE(reader.is_whole());
  }
}

TEST(NativeReader, RefusesASizeThatNoBlockHas) {
  // A text of 2^63 bytes, and rows whose bytes would not fit any number.
  const std::string huge("\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 9);
  for (const std::string& bytes :
       {"\x03\x01\x05small\x06UInt32" + std::string(4, 'a') + "\x04text\x06String" + huge,
        "\x03" + huge + "\x05small\x06UInt32" + std::string(64, 'a')}) {
    NativeReader reader(kTypes);
    EXPECT_TRUE(read_in_pieces(reader, bytes, 16).empty());
    EXPECT_FALSE(reader.is_whole());
  }
}

TEST(NativeReader, StopsWhereItIsToldTo) {
  NativeReader reader(kTypes);
  int seen = 0;
  EXPECT_FALSE(reader.take(block_of(kRows), [&](NativeRow& from) {
    (void)read(from);
    return ++seen < 2;
  }));
  EXPECT_EQ(seen, 2);
}

TEST(NativeReader, ReadsWhatTheStoreStreams) {
  auto engine = TestEngine::start();
  ASSERT_TRUE(engine) << to_string(engine.error());
  constexpr std::uint64_t kCount = 200'000;  // several blocks
  NativeReader reader(kTypes);
  std::uint64_t seen = 0;
  const auto done = (*engine)->client().stream(
      {.sql =
           "SELECT toUInt32(number) AS small, toString(number % 1000) AS text, toInt64(number) * -3 AS large "
           "FROM numbers(200000)"},
      "Native", [&](std::string_view piece) {
        return reader.take(piece, [&](NativeRow& from) {
          const Row row = read(from);
          ++seen;
          return row.text == std::to_string(row.small % 1000) && row.large == -3 * std::int64_t{row.small};
        });
      });
  EXPECT_TRUE(done) << to_string(done.error());
  EXPECT_TRUE(reader.is_whole());
  EXPECT_EQ(seen, kCount);
}

}  // namespace
}  // namespace zhike::warehouse
