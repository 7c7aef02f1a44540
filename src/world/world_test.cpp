#include "world/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "base/encoding.h"
#include "base/file.h"
#include "world/output.h"

namespace zhike::world {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "zhike-world-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
};

constexpr std::string_view kNames[] = {
    "web_app.jsonl",     "orders.csv",    "deliveries.csv",       "store_pos.csv",    "call_center.csv",
    "conversations.csv", "surveys.csv",   "crm_customers.csv",    "truth/people.csv", "truth/identifiers.csv",
    "truth/answers.csv", "truth/crm.csv", "truth/parameters.json"};

Options small(std::uint64_t seed) {
  Options options;
  options.customers = 120;
  options.days = 60;
  options.seed = seed;
  return options;
}

std::string content(const fs::path& path) {
  auto text = read_file(path);
  EXPECT_TRUE(text) << path;
  return text.value_or("");
}

// Cells without quoted commas: enough for the columns that the tests look at.
std::vector<std::vector<std::string>> rows(const fs::path& path) {
  std::vector<std::vector<std::string>> out;
  std::istringstream lines(content(path));
  for (std::string line; std::getline(lines, line);) {
    auto& row = out.emplace_back();
    std::istringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
  }
  return out;
}

TEST(World, OneSeedGivesTheSameBytes) {
  const Folder a, b, c;
  ASSERT_TRUE(simulate(small(5), a.path));
  ASSERT_TRUE(simulate(small(5), b.path));
  ASSERT_TRUE(simulate(small(6), c.path));
  for (const auto name : kNames) {
    EXPECT_EQ(content(a.path / name), content(b.path / name)) << name;
    EXPECT_NE(content(a.path / name), content(c.path / name)) << name;
  }
}

TEST(World, MoreCustomersLeaveTheFirstOnesAsTheyWere) {
  const Folder few, many;
  Options options = small(5);
  ASSERT_TRUE(simulate(options, few.path));
  options.customers = 200;
  ASSERT_TRUE(simulate(options, many.path));
  for (const auto name : {"orders.csv", "call_center.csv", "truth/people.csv", "truth/identifiers.csv"})
    EXPECT_TRUE(content(many.path / name).starts_with(content(few.path / name))) << name;
}

TEST(World, SummaryCountsTheRowsOfTheFiles) {
  const Folder folder;
  Options options = small(9);
  options.parameters.broken_share = 0.05;
  const auto sums = simulate(options, folder.path);
  ASSERT_TRUE(sums) << to_string(sums.error());
  ASSERT_EQ(sums->files.size(), 8U);
  for (const FileSummary& file : sums->files) {
    const std::string text = content(folder.path / file.name);
    const auto lines = static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
    EXPECT_EQ(file.rows, lines - (file.name.ends_with(".csv") ? 1 : 0)) << file.name;
    EXPECT_EQ(file.bytes, text.size()) << file.name;
  }
  std::uint64_t cut = 0;
  std::istringstream lines(content(folder.path / "web_app.jsonl"));
  for (std::string line; std::getline(lines, line);) cut += line.ends_with("}}") ? 0 : 1;
  EXPECT_EQ(cut, sums->files[0].broken);
  EXPECT_GT(cut, 0U);
}

TEST(World, EveryIdentifierOfARowBelongsToItsCustomer) {
  const Folder folder;
  Options options = small(3);
  options.parameters.shared_phone_share = 0;
  ASSERT_TRUE(simulate(options, folder.path));
  std::map<std::string, std::set<std::string>> owners;  // kind and value → people
  for (const auto& row : rows(folder.path / "truth/identifiers.csv"))
    owners[row[1] + ":" + row[2]].insert(row[0]);
  for (const auto& [identifier, people] : owners) EXPECT_EQ(people.size(), 1U) << identifier;
  const auto owner = [&](const std::string& identifier) {
    const auto at = owners.find(identifier);
    return at == owners.end() ? std::string("nobody") : *at->second.begin();
  };
  std::size_t checked = 0;
  for (const auto& row : rows(folder.path / "orders.csv")) {
    if (row[0] == "order_no") continue;
    const std::string person = owner("order_id:" + row[0]);
    EXPECT_NE(person, "nobody");
    if (!row[1].empty()) EXPECT_EQ(owner("user_id:" + row[1]), person);
    if (!row[2].empty()) EXPECT_EQ(owner("loyalty_id:" + row[2]), person);
    if (!row[3].empty()) EXPECT_EQ(owner("phone:" + row[3]), person);
    EXPECT_FALSE(row[1].empty() && row[3].empty()) << "an order that names nobody";
    ++checked;
  }
  EXPECT_GT(checked, 100U);
}

TEST(World, CallCenterIsGbkAndTheRestUtf8) {
  const Folder folder;
  ASSERT_TRUE(simulate(small(4), folder.path));
  const std::string calls = content(folder.path / "call_center.csv");
  EXPECT_FALSE(is_valid_utf8(calls));
  EXPECT_EQ(detect_encoding(calls), Encoding::kGb18030);
  Utf8Converter converter(Encoding::kGb18030);
  std::string text;
  converter.convert(calls, text);
  converter.finish(text);
  EXPECT_EQ(converter.replaced(), 0U);
  EXPECT_TRUE(text.starts_with("工单号,来电号码"));
  for (const auto name : kNames)
    if (name != "call_center.csv") EXPECT_TRUE(is_valid_utf8(content(folder.path / name))) << name;
  EXPECT_TRUE(content(folder.path / "conversations.csv").starts_with("\xEF\xBB\xBF"));
}

TEST(World, RefusesWhatItCannotMake) {
  const Folder folder;
  Options options = small(1);
  options.customers = 0;
  EXPECT_EQ(simulate(options, folder.path).error().code, Code::kBadWorld);
  options.customers = 10;
  options.days = 4000;
  EXPECT_EQ(simulate(options, folder.path).error().code, Code::kBadWorld);
  options.days = 10;
  const auto stop = [](std::uint64_t, std::uint64_t) { return false; };
  EXPECT_EQ(simulate(options, folder.path, stop).error().code, Code::kSimulationStopped);
  ASSERT_TRUE(write_file(folder.path / "file", "x"));
  EXPECT_EQ(simulate(options, folder.path / "file").error().code, Code::kFileFailed);
}

TEST(World, EndsAtALocalMidnight) {
  const auto at = [](std::string_view text) { return *parse_time(text, Zone::utc()); };
  EXPECT_EQ(last_midnight(at("2026-11-20T15:59:59Z")), at("2026-11-19T16:00:00Z"));
  EXPECT_EQ(last_midnight(at("2026-11-20T16:00:00Z")), at("2026-11-20T16:00:00Z"));
  EXPECT_EQ(Options{}.end, at("2026-11-21T00:00:00+08:00"));
}

TEST(Output, QuotesAndEscapes) {
  const Folder folder;
  auto file = RowFile::create(folder.path / "a.csv");
  ASSERT_TRUE(file);
  file->row({"plain", "a,b", "say \"hi\"", "two\nlines", ""});
  ASSERT_TRUE(file->close());
  EXPECT_EQ(content(folder.path / "a.csv"), "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\n");
  EXPECT_EQ(json_text("a\"\\\n中"), "\"a\\\"\\\\\\u000a中\"");
  EXPECT_EQ(to_gbk("中a😀b"),
            "\xD6\xD0"
            "a?b");
}

}  // namespace
}  // namespace zhike::world
