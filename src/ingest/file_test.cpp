// CSV, mappings, classification: the parts without a store.
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "ingest/classify.h"
#include "ingest/csv.h"
#include "ingest/detect.h"
#include "ingest/import.h"
#include "ingest/lookup.h"
#include "ingest/presets.h"
#include "ledger/test_folder.h"

namespace zhike::ingest {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read_all(std::string text, CsvOptions options = {}) {
  Rows rows;
  auto csv = CsvReader::open(TextSource::of(std::move(text)), options);
  if (!csv) return {{to_string(csv.error())}};
  rows.push_back((*csv)->header());
  for (;;) {
    const auto next = (*csv)->next();
    if (!next || *next == CsvReader::Next::kEnd) return rows;
    if (*next == CsvReader::Next::kBad)
      rows.push_back({fmt::format("bad {}: {}", (*csv)->line(), (*csv)->problem())});
    else
      rows.emplace_back((*csv)->cells().begin(), (*csv)->cells().end());
  }
}

TEST(Csv, QuotesNewlinesAndLineEnds) {
  EXPECT_EQ(read_all("\xEF\xBB\xBF"
                     "a,b\r\n1,\"x \"\"y\"\"\nz\"\r\n\r\n,\n"),
            (Rows{{"a", "b"}, {"1", "x \"y\"\nz"}, {"", ""}}));
  EXPECT_EQ(read_all("a;b\n1,5;2\n"), (Rows{{"a", "b"}, {"1,5", "2"}}));
  EXPECT_EQ(read_all("a\tb\n1\t2"), (Rows{{"a", "b"}, {"1", "2"}}));
}

TEST(Csv, BadRowsAreNamedAndReadingGoesOn) {
  EXPECT_EQ(read_all("a,b\n1\n2,3,4\n5,6\n\"x\"y,1\n7,8\n"),
            (Rows{{"a", "b"},
                  {"bad 2: the row has 1 cells, the header 2"},
                  {"bad 3: the row has 3 cells, the header 2"},
                  {"5", "6"},
                  {"bad 5: text after a closing quote"},
                  {"7", "8"}}));
  EXPECT_EQ(read_all("a,b\n\"1,2\n3,4\n"), (Rows{{"a", "b"}, {"bad 2: a quote is not closed"}, {"3", "4"}}));
  EXPECT_NE(read_all("")[0][0].find("bad_file"), std::string::npos);
  EXPECT_NE(read_all("a,a\n1,2\n")[0][0].find("twice"), std::string::npos);
}

TEST(Csv, AnotherQuoteOrNone) {
  EXPECT_EQ(read_all("a^b\n'x ^ ''y'' \"z'^1\n", {.quote = '\''}), (Rows{{"a", "b"}, {"x ^ 'y' \"z", "1"}}));
  EXPECT_EQ(read_all("a,b\n\"x,1\n", {.quote = '\0'}), (Rows{{"a", "b"}, {"\"x", "1"}}));
  EXPECT_EQ(read_all("a\x01"
                     "b\n1\x01"
                     "2\n"),
            (Rows{{"a", "b"}, {"1", "2"}}));
}

TEST(Csv, FilesInGbkAndGzip) {
  TestFolder folder;
  ASSERT_TRUE(write_file(folder.path / "g.csv",
                         "\xD0\xD5\xC3\xFB,\xB3\xC7\xCA\xD0\n\xCD\xF5\xD0\xA1\xC3\xF7,\xB1\xB1\xBE\xA9\n"));
  auto source = TextSource::open(folder.path / "g.csv", Encoding::kGb18030);
  ASSERT_TRUE(source);
  auto csv = CsvReader::open(*std::move(source));
  ASSERT_TRUE(csv);
  EXPECT_EQ((*csv)->header()[0], "姓名");
  ASSERT_TRUE(write_file(folder.path / "bad.csv", "\x1f\x8b\x08\x00garbage-garbage-garbage"));
  auto damaged = TextSource::open(folder.path / "bad.csv");
  ASSERT_TRUE(damaged);
  std::string out;
  Result<bool> more = true;
  while (more && *more) more = (*damaged)->more(out);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, Code::kBadFile);
}

constexpr std::string_view kMapping = R"(
source = "t"
currency = "CNY"
required = ["no"]
[[event]]
name = "Order Placed"
time = "{at}"
id = "o:{no}"
identifiers = [{kind = "order_id", column = "no"}]
amount = {value = "{sum}"}
[[event]]
name = "Order Canceled"
when = {column = "state", equals = "canceled"}
time = "{at}"
identifiers = [{kind = "order_id", column = "no"}]
)";

std::pair<std::vector<RawEvent>, std::string> map_row(std::vector<std::string_view> cells) {
  const Mapping mapping = *Mapping::parse(kMapping, "m");
  const auto mapper = *RowMapper::bind(mapping, mapping.files[0], {"no", "at", "sum", "state"}, ".");
  std::vector<RawEvent> events;
  const auto refusal = mapper->apply(cells, {0}, events);
  return {std::move(events),
          refusal ? fmt::format("{}: {}", to_string(refusal->reason), refusal->detail) : ""};
}

TEST(Mapping, RowsBecomeEventsOrReasons) {
  EXPECT_EQ(map_row({"1", "2020-01-01", "9.99", "ok"}).first.size(), 1U);
  EXPECT_EQ(map_row({"1", "2020-01-01", "9.99", "canceled"}).first.size(), 2U);
  EXPECT_EQ(map_row({"1", "2020-01-01", "9.99", "canceled"}).first[0].amount->minor, 999);
  EXPECT_EQ(map_row({"", "2020-01-01", "1", ""}).second, "bad_value: column no is empty");
  EXPECT_EQ(map_row({"1", "2020-13-01", "1", ""}).second, "bad_time: {at} is not a time");
  EXPECT_EQ(map_row({"1", "2020-01-01", "x", ""}).second, "bad_value: {sum} is not an amount");
  EXPECT_TRUE(map_row({"1", "2020-01-01", "x", ""}).first.empty());
}

TEST(Mapping, MistakesAreNamed) {
  const auto why = [](std::string_view text) {
    const auto m = Mapping::parse(text, "m.toml");
    return m ? std::string() : to_string(m.error());
  };
  EXPECT_NE(why("source = \"s\"\nfoo = 1\n").find("unknown key \"foo\""), std::string::npos);
  EXPECT_NE(why("source = ").find("m.toml line 1"), std::string::npos);
  EXPECT_NE(why("source=\"s\"\n[[event]]\nname=\"x\"\ntime=\"{a\"\n").find("brace"), std::string::npos);
  EXPECT_NE(
      why("source=\"s\"\n[[event]]\nname=\"x\"\ntime=\"{a}\"\nidentifiers=[{kind=\"nose\", column=\"a\"}]\n")
          .find("unknown kind"),
      std::string::npos);
  const Mapping mapping = *Mapping::parse(kMapping, "m");
  const auto mapper = RowMapper::bind(mapping, mapping.files[0], {"no", "at"}, ".");
  ASSERT_FALSE(mapper);
  EXPECT_EQ(mapper.error().detail, "t: sum, state; the file has no, at");
}

TEST(Mapping, ARowThatIsReadAgainBringsWhatItFound) {
  TestFolder folder;
  ASSERT_TRUE(write_file(folder.path / "prices.json", R"([{"sku": "P1", "price": "9.50"}])"));
  const Mapping mapping = *Mapping::parse(R"(
source = "t"
currency = "CNY"
[[lookup]]
name = "prices"
pattern = "prices*"
key = "sku"
by = "{sku}"
[[event]]
name = "Item Ordered"
time = "{at}"
identifiers = [{kind = "user_id", column = "who"}]
amount = {value = "{prices.price}"}
properties = "all"
)",
                                          "m");
  const auto read = [&](const std::vector<std::string>& header, const std::filesystem::path& where,
                        std::vector<std::string_view> cells) {
    const auto mapper = *RowMapper::bind(mapping, mapping.files[0], header, where);
    std::vector<RawEvent> events;
    const auto refusal = mapper->apply(cells, {0}, events);
    std::vector<std::pair<std::string, std::string>> found;
    mapper->add_looked_up(found);
    return std::pair(std::move(events), std::move(found));
  };
  const auto [first, found] = read({"sku", "who", "at"}, folder.path, {"P1", "c-1", "2026-01-01"});
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].amount->minor, 950);
  EXPECT_EQ(found, (std::vector<std::pair<std::string, std::string>>{{"@prices.price", "9.50"}}));
  const auto [again, more] =
      read({"sku", "who", "at", "@prices.price"}, "nowhere", {"P1", "c-1", "2026-01-01", "9.50"});
  EXPECT_EQ(again.at(0).amount->minor, 950);
  EXPECT_EQ(again[0].message_id, first[0].message_id);
  EXPECT_EQ(again[0].properties, first[0].properties);
  EXPECT_TRUE(more.empty());
}

TEST(Mapping, EveryPresetIsValid) {
  for (const std::string_view name : preset_names()) {
    const auto mapping = preset(name);
    EXPECT_TRUE(mapping) << (mapping ? "" : to_string(mapping.error()));
  }
  EXPECT_FALSE(preset("nosuch"));
}

std::string digits_of(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c >= '0' && c <= '9') out += c;
  return out;
}

TEST(Detect, FindsWhatMustBeHidden) {
  EXPECT_EQ(scrub("打 13800138000 或 +86 138-0013-8000，邮箱 a.b@c.cn。"),
            "打 [phone] 或 [phone]，邮箱 [email]。");
  EXPECT_EQ(scrub("card 6222 0202 0011 2233 440 / 4111111111111111"),
            "card 6222 0202 0011 2233 440 / [card]");
  EXPECT_EQ(scrub("身份证11010519491231002X号"), "身份证[id]号");
  EXPECT_EQ(scrub("https://x.cn/a?token=abc&b=1"), "https://x.cn/a?token=[secret]&b=1");
  for (const char* phone :
       {"010-12345678",      "(010) 6552 9988",  "010 6552-9988",     "0571-87654321",
        "01065529988",       "02161234567",      "138 0013 8000",     "138-0013-8000",
        "138.0013.8000",     "0086 13800138000", "+86-138-0013-8000", "1 3 8 0 0 1 3 8 0 0 0",
        "+1 (415) 555-2671", "(415) 555-2671",   "415.555.2671",      "+44 20 7946 0958",
        "+852 9123 4567",    "0912-345-678",     "0912345678",        "+49-30-901820"})
    EXPECT_EQ(scrub(phone), "[phone]") << phone;
  for (const char* id :
       {"11010519491231002X", "110105 19491231 002X", "110105 1949 1231 002x", "11010519491231002x"})
    EXPECT_EQ(scrub(id), "[id]") << id;
  EXPECT_EQ(scrub("110105194912310021"), "110105194912310021");  // its check character is X
  for (const char* card : {"4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111",
                           "3782 822463 10005", "6222 0212 3456 7890 128"})
    EXPECT_EQ(scrub(card).starts_with("[card]"), luhn_holds(digits_of(card))) << card;
  EXPECT_EQ(scrub("电话１３９１２３４５６７８，谢谢"),
            "电话[phone],谢谢");  // full-width digits read the same
  EXPECT_EQ(scrub("第１２３４５６７名"), "第１２３４５６７名");
  for (const char* plain :
       {"2017-07-09 21:57:05", "e38db885400cd35c71dfd162f2c1dbcf", "550e8400-e29b-41d4-a716-446655440000",
        "price 129.90 for 2", "@home", "1763757067123", "100%40", "4 5 6 7 8 9 10 11 12 13 14 15",
        "sizes 36 37 38 39 40 41 42 43", "00012345678"})
    EXPECT_EQ(scrub(plain), plain);
}

TEST(Classify, KeysTellWhatIsSensitive) {
  EXPECT_EQ(classify_key("e-mail", false), KeyClass::kEmail);
  EXPECT_EQ(classify_key("contact.phone", false), KeyClass::kPhone);
  EXPECT_EQ(classify_key("name", false), KeyClass::kPlain);
  EXPECT_EQ(classify_key("name", true), KeyClass::kName);
  EXPECT_EQ(classify_key("address.city", true), KeyClass::kPlain);
  EXPECT_EQ(classify_key("address.line1", true), KeyClass::kAddress);
  EXPECT_EQ(classify_key("身份证号", true), KeyClass::kNumber);
  EXPECT_EQ(classify_key("user_password", true), KeyClass::kSecret);
  EXPECT_EQ(mask(KeyClass::kName, "王小明"), "王**");
  EXPECT_EQ(mask(KeyClass::kPhone, "13800138000"), "138****8000");
  EXPECT_EQ(mask(KeyClass::kEmail, "alice@x.com"), "a***@x.com");
}

}  // namespace
}  // namespace zhike::ingest
