// Files of the machine, joined with customers, through a real engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "external/test_world.h"
#include "external/text_type.h"
#include "query/where.h"

namespace zhike::external {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(TextType, WhatLosesDigitsIsNoNumber) {
  const auto type = [](std::initializer_list<std::string_view> texts) {
    TextType out;
    for (const auto text : texts) out.add(text);
    return to_string(out.type());
  };
  EXPECT_EQ(type({"1", "-2.5", "0", "0.5", "1e3"}), "number");
  EXPECT_EQ(type({"1", "007"}), "text");
  EXPECT_EQ(type({"+861"}), "text");
  EXPECT_EQ(type({"1234567890123456789"}), "text");
  EXPECT_EQ(type({"nan"}), "text");
  EXPECT_EQ(type({"2024-03-01", "2024-03-01 12:30:00", "2024-03-01T12:30:00Z"}), "time");
  EXPECT_EQ(type({"2024-13-01"}), "text");
  EXPECT_EQ(type({"20240301"}), "number");
  EXPECT_EQ(type({"true", "False"}), "flag");
  EXPECT_EQ(type({"true", "1"}), "text");
  EXPECT_EQ(type({}), "text");
}

class FilesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TestFolder>();
    world_ = std::make_unique<World>(reach());
    li_ = world_->customer(
        {{IdentifierKind::kPhone, "13900000001"}, {IdentifierKind::kUserId, "1234567890123456789"}});
    wang_ = world_->customer({{IdentifierKind::kPhone, "13900000002"}, {IdentifierKind::kUserId, "007"}});
  }
  static void TearDownTestSuite() {
    world_.reset();
    folder_.reset();
  }
  void SetUp() override {
    world_->open(reach());
    for (const auto& s : externals().list(owner_)) must(externals().remove(owner_, s->id));
  }
  static Reach reach() {
    return {.hosts = connector::Hosts("", ""), .folders = {fs::canonical(folder_->path)}, .engine = {}};
  }
  static fs::path place(const std::string& name) { return fs::canonical(folder_->path) / name; }
  static void write(const std::string& name, std::string_view text) {
    std::ofstream(place(name), std::ios::binary) << text;
  }
  /// A query of the tests' own engine into a file of that format.
  static void write_parquet(const std::string& name, const std::string& sql) {
    std::string bytes;
    must(world_->engine->client().stream({.sql = sql}, "Parquet", [&](std::string_view piece) {
      bytes += piece;
      return true;
    }));
    write(name, bytes);
  }
  Source at(const std::string& name) {
    Source s;
    s.key = "crm";
    s.name = "Contracts";
    s.kind = find_kind("file");
    s.settings = {{"path", place(name).string()}};
    s.key_column = "phone";
    s.key_kind = IdentifierKind::kPhone;
    return s;
  }
  Store::Entry put(Source s) {
    s.columns = must(externals().describe(owner_, s));
    return must(externals().make(owner_, std::move(s)));
  }
  std::vector<std::string> columns(Source s) {
    std::vector<std::string> out;
    for (const Column& c : must(externals().describe(owner_, std::move(s))))
      out.push_back(c.is.name + " " + std::string(to_string(c.is.type)));
    return out;
  }
  Error broken(Source s) {
    const auto out = externals().describe(owner_, std::move(s));
    EXPECT_FALSE(out);
    return out ? Error{} : out.error();
  }
  static Externals& externals() { return *world_->externals; }
  std::vector<std::uint64_t> subjects(const std::string& where) {
    return world_->subjects_where(owner_, where);
  }
  void every_condition() {
    const std::vector<std::uint64_t> li{li_.value}, wang{wang_.value}, both{li_.value, wang_.value}, none;
    EXPECT_EQ(subjects("crm.tariff = 基本"), wang);
    EXPECT_EQ(subjects("crm.tariff in (gold, silver)"), both);
    EXPECT_EQ(subjects("crm.tariff != gold"), wang);
    EXPECT_EQ(subjects("crm.tariff = 'gold'' OR 1=1 --'"), none);
    EXPECT_EQ(subjects("crm.tariff = 'it''s \"odd\" \\'"), none) << "a row of nobody";
    EXPECT_EQ(subjects("crm.monthly >= 9.01"), li);
    EXPECT_EQ(subjects("crm.monthly = 99.5"), li);
    EXPECT_EQ(subjects("crm.monthly in (9.0, 1)"), wang);
    EXPECT_EQ(subjects("crm.since >= 2025-01-01"), wang);
    EXPECT_EQ(subjects("crm.since <= 2024-01-02T00:00:00Z"), li);
    EXPECT_EQ(subjects("crm.active = true"), li);
    EXPECT_EQ(subjects("crm.active exists"), both);
    EXPECT_EQ(subjects("crm exists"), both);
    const Match match = must(externals().match(owner_, "crm"));
    EXPECT_EQ(match.rows, 5U) << "a row without a key is nobody's";
    EXPECT_EQ(match.matched, 3U);
    EXPECT_EQ(match.customers, 2U);
    const Groups groups = must(externals().groups(owner_, "crm.tariff"));
    ASSERT_EQ(groups.values.size(), 2U);
    EXPECT_EQ(groups.values[0].value, "gold");
    EXPECT_EQ(groups.values[0].customers, 2U);
    EXPECT_EQ(must(externals().rows_of(owner_, "crm", CustomerId{wang_.value}, 10)).rows.size(), 2U);
    EXPECT_EQ(must(externals().rows_of(owner_, "crm", CustomerId{li_.value}, 10)).rows.size(), 1U);
  }

  static constexpr std::string_view kCsv =
      "phone,tariff,monthly,since,active\n"
      "+86 139-0000-0001,gold,99.50,2024-01-02,true\n"
      "13900000002,基本,9,2025-06-30,false\n"
      "13900000002,gold,5,,\n"
      "13999999999,gold,5,,\n"
      ",gold,5,,\n"
      "not a phone,\"it's \"\"odd\"\" \\\",5,,\n";

  static inline std::unique_ptr<TestFolder> folder_;
  static inline std::unique_ptr<World> world_;
  static inline SubjectId li_, wang_;
  const Grant owner_ = Grant::owner();
};

TEST_F(FilesTest, Csv) {
  write("a.csv", "\xef\xbb\xbf" + std::string(kCsv));
  EXPECT_THAT(columns(at("a.csv")),
              ElementsAre("phone text", "tariff text", "monthly number", "since time", "active flag"));
  put(at("a.csv"));
  every_condition();
  const Rows rows = must(externals().preview(owner_, "crm", 2));
  EXPECT_TRUE(rows.more);
  EXPECT_THAT(*rows.rows[0][0], Not(HasSubstr("0000-0001")));
  EXPECT_EQ(rows.rows[0][2], "99.50") << "as it stands there";
}

TEST_F(FilesTest, TsvAndOtherDelimiters) {
  std::string tsv(kCsv), bar(kCsv);
  std::ranges::replace(tsv, ',', '\t');
  std::ranges::replace(bar, ',', '|');
  write("a.tsv", tsv);
  write("bar.csv", bar);
  put(at("a.tsv"));
  every_condition();
  must(externals().remove(owner_, externals().list(owner_).front()->id));
  Source s = at("bar.csv");
  s.settings["delimiter"] = "bar";
  put(std::move(s));
  every_condition();
}

TEST_F(FilesTest, JsonLines) {
  write(
      "a.jsonl",
      "{\"phone\":\"+86 "
      "139-0000-0001\",\"tariff\":\"gold\",\"monthly\":99.50,\"since\":\"2024-01-02\",\"active\":true}\n"
      "{\"phone\":13900000002,\"tariff\":\"基本\",\"monthly\":9,\"since\":\"2025-06-30\",\"active\":false}\n"
      "{\"phone\":\"13900000002\",\"tariff\":\"gold\",\"monthly\":\"5\"}\n"
      "{\"phone\":\"13999999999\",\"tariff\":\"gold\"}\n"
      "{\"phone\":null,\"tariff\":\"gold\",\"unknown\":{\"a\":[1]}}\n"
      "{\"phone\":\"not a phone\",\"tariff\":\"it's \\\"odd\\\" \\\\\"}\n");
  put(at("a.jsonl"));
  every_condition();
}

TEST_F(FilesTest, Parquet) {
  write_parquet(
      "a.parquet",
      "SELECT * FROM VALUES('phone Nullable(String), tariff LowCardinality(String), monthly "
      "Decimal(10,2), since Nullable(Date), active Nullable(Bool)', "
      "('+86 139-0000-0001','gold',99.5,'2024-01-02',true), ('13900000002','基本',9,'2025-06-30',false), "
      "('13900000002','gold',5,NULL,NULL), ('13999999999','gold',5,NULL,NULL), (NULL,'gold',5,NULL,NULL), "
      "('not a phone','it\\'s \"odd\" \\\\',5,NULL,NULL))");
  EXPECT_THAT(columns(at("a.parquet")),
              ElementsAre("phone text", "tariff text", "monthly number", "since time", "active flag"));
  put(at("a.parquet"));
  every_condition();
}

TEST_F(FilesTest, AnIdOf19DigitsIsNotItsNeighbour) {
  write_parquet("ids.parquet",
                "SELECT toInt64(1234567890123456788) + number AS user, 'x' AS v FROM numbers(3)");
  Source s = at("ids.parquet");
  s.key_column = "user";
  s.key_kind = IdentifierKind::kUserId;
  put(std::move(s));
  EXPECT_EQ(must(externals().rows_of(owner_, "crm", CustomerId{li_.value}, 10)).rows.size(), 1U);
  EXPECT_EQ(must(externals().match(owner_, "crm")).matched, 1U);
}

TEST_F(FilesTest, ManyFilesAreOneTable) {
  write("day1.csv", "phone,tariff\n13900000001,gold\n");
  write("day2.csv", "tariff,phone\ngold,13900000002\n");
  write("day3.csv", "phone,tariff\n");
  write("day4.csv", "");
  put(at("day?.csv"));
  EXPECT_EQ(subjects("crm.tariff = gold").size(), 2U) << "by the names of the columns, not their order";
  EXPECT_EQ(must(externals().match(owner_, "crm")).rows, 2U);
  write("day5.csv", "phone,plan\n13900000001,gold\n");
  Source changed = *externals().list(owner_).front();
  must(externals().replace(owner_, changed.id, changed));
  query::Filter filter{.range = {}, .where = must(query::parse_where("crm.tariff = gold"))};
  const auto done = externals().resolve(owner_, filter);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kVirtualTableMissing);
  EXPECT_THAT(done.error().detail, HasSubstr("day5.csv: column tariff"));
}

TEST_F(FilesTest, HostileFilesAreRefusedClearly) {
  const auto said = [&](const std::string& name, std::string_view text) {
    write(name, text);
    return broken(at(name));
  };
  EXPECT_EQ(said("empty.csv", "").code, Code::kVirtualTableMissing);
  EXPECT_THAT(said("head.csv", "phone,b\n").detail, HasSubstr("no rows"));
  EXPECT_THAT(said("twice.csv", "a,a\n1,2\n").detail, HasSubstr("one name"));
  EXPECT_THAT(said("short.csv", "phone,b\n1\n").detail, HasSubstr("number of cells"));
  EXPECT_THAT(said("gbk.csv", "\xca\xd6\xbb\xfa,b\n1,2\n").detail, HasSubstr("UTF-8"));
  EXPECT_EQ(said("no.parquet", "PAR1 but not really PAR1").code, Code::kVirtualFailed);
  EXPECT_EQ(said("no.jsonl", "[[[[[[").code, Code::kVirtualFailed);
  EXPECT_EQ(said("what.xlsx", "x").code, Code::kBadVirtualSource);
  Source outside = at("a.csv");
  outside.settings["path"] = "/etc/passwd";
  outside.settings["format"] = "csv";
  EXPECT_EQ(broken(outside).code, Code::kVirtualFolderNotAllowed);
}

TEST_F(FilesTest, ErrorsNameTheRowAndShowNone) {
  std::string text = "phone,b\n";
  for (int i = 0; i < 12'000; ++i) text += "13900000001,1\n";
  write("row.csv", text + "13912345678\n");
  put(at("row.csv"));
  const auto out = externals().match(owner_, "crm");
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, Code::kVirtualFailed);
  EXPECT_THAT(out.error().detail, HasSubstr("row 1200"));
  EXPECT_THAT(out.error().detail, Not(HasSubstr("139")));
}

TEST_F(FilesTest, HostileNamesOfColumns) {
  write("odd.csv", "phone,\"a`; DROP\\TABLE \"\"x\"\" --\"\n13900000001,v\n");
  put(at("odd.csv"));
  EXPECT_EQ(subjects("crm.`a``; DROP\\TABLE \"x\" --` = v"), (std::vector<std::uint64_t>{li_.value}));
}

TEST_F(FilesTest, RowsAndTimeAreBounded) {
  std::string text = "phone,n\n";
  for (int i = 0; i < 10; ++i) text += "13900000001," + std::to_string(i) + "\n";
  write("ten.csv", text);
  Source s = at("ten.csv");
  s.rows_max = 5;
  put(std::move(s));
  EXPECT_EQ(externals().match(owner_, "crm").error().code, Code::kVirtualTooLarge);
  EXPECT_EQ(subjects("crm.n <= 3").size(), 1U);
  Source slow = at("ten.csv");
  slow.time_max = Millis{1};
  EXPECT_EQ(broken(std::move(slow)).code, Code::kVirtualTooSlow);
}

TEST_F(FilesTest, MemoryIsBounded) {
  // 900 MB of one text in a file of some KiB.
  write_parquet("bomb.parquet",
                "SELECT '13900000001' AS phone, repeat('x', 900000) AS v FROM numbers(1000) "
                "SETTINGS max_block_size = 10, output_format_parquet_row_group_size = 10");
  put(at("bomb.parquet"));
  const auto out = externals().groups(owner_, "crm.v");
  if (!out) EXPECT_EQ(out.error().code, Code::kVirtualTooLarge) << to_string(out.error());
  EXPECT_EQ(must(externals().match(owner_, "crm")).rows, 1000U) << "only what is asked for is read";
}

}  // namespace
}  // namespace zhike::external
