#include "mining/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "mining/dfg.h"
#include "mining/test_trees.h"
#include "mining/xes.h"

namespace zhike::mining {
namespace {

using Strings = std::vector<std::string>;

Result<EventLog> read(std::string_view text, std::size_t piece = std::string_view::npos,
                      std::size_t bytes_max = LogBuilder::kBytesMax) {
  XesReader reader("test.xes", {}, bytes_max);
  while (!text.empty()) {
    reader.room() += text.substr(0, piece);
    text.remove_prefix(std::min(piece, text.size()));
    CX_TRY(reader.read());
  }
  return reader.finish();
}

constexpr std::string_view kLog = R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- a > comment < -->
<log xes.version="1.0" xmlns='http://www.xes-standard.org/'>
  <extension name="Concept" prefix="concept" uri="u"/>
  <global scope="event"><string key="concept:name" value="none"/></global>
  <classifier name="Activity" keys="concept:name"/>
  <string key="concept:name" value="the log"><string key="concept:name" value="nested"/></string>
  <event><string key="concept:name" value="stray"/></event>
  <trace>
    <string key="concept:name" value="case &lt;1&gt;"/>
    <list key="more"><values><string key="concept:name" value="no"/></values></list>
    <event>
      <string key="concept:name" value="ask &amp; wait &#x95EE;"/>
      <date key="time:timestamp" value="2011-10-01T00:38:44.546+02:00"/>
      <string key="cost" value="1"><string key="concept:name" value="deep"/></string>
    </event>
    <event><date key="time:timestamp" value="2011-10-01T00:39:44.546+02:00"/></event>
    <event><string key="concept:name" value='b'/><date key="time:timestamp" value="yesterday"/></event>
    <event><string key="concept:name" value="b"/></event>
  </trace>
  <trace></trace>
  <trace/>
</log>
)";

TEST(Xes, ReadsWhatCounts) {
  const auto log = read(kLog);
  ASSERT_TRUE(log) << to_string(log.error());
  EXPECT_EQ(log->activities, (Strings{"ask & wait 问", "b"}));
  EXPECT_EQ(log->cases, (Strings{"case <1>", "", ""}));
  EXPECT_EQ(log->events, (std::vector<Activity>{0, 1, 1}));
  EXPECT_EQ(log->offsets, (std::vector<std::uint32_t>{0, 3, 3, 3}));
  EXPECT_EQ(log->times[0], parse_time("2011-09-30T22:38:44.546Z", Zone::utc())->ms);
  EXPECT_EQ(log->left_out.without_activity, 1);
  EXPECT_EQ(log->left_out.without_case, 1);
  EXPECT_EQ(log->untimed, 2);
}

TEST(Xes, PiecesMakeNoDifference) {
  const auto whole = read(kLog);
  for (const std::size_t piece : {1, 2, 7, 64}) {
    const auto log = read(kLog, piece);
    ASSERT_TRUE(log) << to_string(log.error());
    EXPECT_EQ(log->events, whole->events);
    EXPECT_EQ(log->times, whole->times);
    EXPECT_EQ(log->cases, whole->cases);
  }
}

TEST(Xes, RefusesBrokenXml) {
  for (const std::string_view text :
       {"", "no xml", "<log>", "<log><trace></log>", "<log><trace></trace>", "<log></log><log></log>",
        "<log><trace><event></trace></event></log>", "<log a=1></log>", "<log a></log>", "<log a=\"1></log>",
        "<log / ></log>", "<<log></log>", "<!DOCTYPE log [<!ENTITY a \"b\">]><log/>", "</log>",
        "<log><!-- </log>", "<pnml/>"}) {
    const auto log = read(text);
    ASSERT_FALSE(log) << text;
    EXPECT_EQ(log.error().code, Code::kBadFile) << text;
  }
  const auto where = read("<log>\n<trace>\n<event>\n</trace></log>");
  ASSERT_FALSE(where);
  EXPECT_NE(where.error().detail.find("line 4"), std::string::npos) << where.error().detail;
  std::string deep = "<log><trace><event>";
  for (int i = 0; i < 100; ++i) deep += "<list key=\"a\">";
  EXPECT_EQ(read(deep).error().code, Code::kBadFile);
  const std::string wide = "<log a=\"" + std::string(2 << 20, 'x');
  EXPECT_EQ(read(wide, 1 << 16).error().code, Code::kBadFile);
}

TEST(Xes, ALogWithoutEventsIsNone) {
  EXPECT_EQ(read("<log><trace><event/></trace></log>").error().code, Code::kBadLog);
  EXPECT_EQ(read("<log/>").error().code, Code::kBadLog);
}

TEST(Xes, ACaseOfAMillionEvents) {
  std::string text = "<log><trace>";
  for (int i = 0; i < 1'000'000; ++i)
    text += i % 2 == 0 ? "<event><string key='concept:name' value='a'/></event>"
                       : "<event><string key='concept:name' value='b'/></event>";
  text += "</trace></log>";
  const auto log = read(text);
  ASSERT_TRUE(log) << to_string(log.error());
  EXPECT_EQ(log->events.size(), 1'000'000);
  const DirectlyFollows follows = directly_follows(*log);
  EXPECT_EQ(follows.edges.size(), 2);
  EXPECT_EQ(follows.edges[0].count, 500'000);
  EXPECT_EQ(follows.edges[1].count, 499'999);
  const auto refused = read(text, 1 << 16, 1 << 20);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kLogTooLarge);
}

TEST(LogTime, AsTheBaseReadsIt) {
  test::Chance chance(1);
  for (int i = 0; i < 5000; ++i) {
    const auto at = Instant{static_cast<std::int64_t>(chance.below(std::uint64_t{229} * 365 * 86'400'000))};
    const std::string text = format_utc(at);
    EXPECT_EQ(parse_log_time(text), at.ms) << text;
    const std::string east = text.substr(0, text.size() - 1) + "+05:30";
    EXPECT_EQ(parse_log_time(east), parse_time(east, Zone::utc())->ms) << east;
  }
  for (const char* text : {"2012-02-29T00:00:00Z", "2012-02-29 00:00:00.1",
                           "2012-02-29T00:00:00.123456-11:00", "2012-02-29", "1970-01-01T01:00:00.000+01:00"})
    EXPECT_EQ(parse_log_time(text), parse_time(text, Zone::utc())->ms) << text;
  for (const char* text :
       {"", "2013-02-29T00:00:00Z", "2012-13-01T00:00:00Z", "2012-01-01T24:61:00Z", "soon"})
    EXPECT_EQ(parse_log_time(text), kNoTime) << text;
}

TEST(Rows, AreOrderedByTime) {
  LogBuilder builder;
  const auto add = [&](const char* name, const char* activity, std::int64_t time) {
    EXPECT_TRUE(builder.add_row(name, activity, time));
  };
  add("2", "x", 50);
  add("1", "c", 30);
  add("1", "a", 10);
  add("2", "y", 50);  // the same time: the order of the rows
  add("1", "b", 20);
  add("", "b", 20);
  add("1", "", 20);
  add("1", "b", kNoTime);
  const auto log = builder.finish("rows");
  ASSERT_TRUE(log);
  EXPECT_EQ(log->cases, (Strings{"2", "1"}));
  std::string order;
  for (const Activity activity : log->events) order += log->activities[activity];
  EXPECT_EQ(order, "xyabc");
  EXPECT_EQ(log->left_out.without_case, 1);
  EXPECT_EQ(log->left_out.without_activity, 1);
  EXPECT_EQ(log->left_out.without_time, 1);
  EXPECT_EQ(builder.finish("rows").error().code, Code::kBadLog);
}

TEST(DirectlyFollows, ByHand) {
  LogBuilder builder;
  const auto add = [&](const char* activity, std::int64_t time) { EXPECT_TRUE(builder.add(activity, time)); };
  add("a", 0);
  add("b", 10);
  add("b", 40);
  EXPECT_TRUE(builder.end_case("1"));
  add("a", 0);
  add("b", 30);
  EXPECT_TRUE(builder.end_case("2"));
  add("a", 100);
  add("b", 50);  // before the one that precedes it
  EXPECT_TRUE(builder.end_case("3"));
  const auto log = builder.finish("events");
  ASSERT_TRUE(log);
  EXPECT_EQ(log->backwards, 1);
  const DirectlyFollows found = directly_follows(*log);
  ASSERT_EQ(found.edges.size(), 2);
  EXPECT_EQ(found.total, 4);
  EXPECT_EQ(found.edges[0].count, 3);
  EXPECT_EQ(found.edges[0].timed, 2);
  EXPECT_DOUBLE_EQ(found.edges[0].mean_ms, 20);
  EXPECT_DOUBLE_EQ(found.edges[0].median_ms, 20);
  EXPECT_DOUBLE_EQ(found.edges[1].median_ms, 30);
  EXPECT_EQ(found.starts, (std::vector<std::uint64_t>{3, 0}));
  EXPECT_EQ(found.ends, (std::vector<std::uint64_t>{0, 3}));
  EXPECT_EQ(found.occurrences, (std::vector<std::uint64_t>{3, 4}));
  const Sequences variants = variants_of(*log);
  ASSERT_EQ(variants.size(), 2);
  EXPECT_EQ(variants.count(0), 2);
  EXPECT_EQ(variants.events(), 7);
}

// Against maps and sorting.
TEST(DirectlyFollows, AsCountedSlowly) {
  test::Chance chance(3);
  LogBuilder builder;
  std::map<std::pair<std::string, std::string>, std::vector<std::int64_t>> gaps;
  std::map<std::string, std::uint64_t> variants;
  for (int c = 0; c < 300; ++c) {
    std::string before, variant;
    std::int64_t time = 0, last = 0;
    for (std::uint64_t i = chance.below(9); i > 0; --i) {
      const std::string activity(1, static_cast<char>('a' + chance.below(5)));
      time += static_cast<std::int64_t>(chance.below(1000));
      EXPECT_TRUE(builder.add(activity, time));
      if (!before.empty()) gaps[{before, activity}].push_back(time - last);
      before = activity;
      variant += activity;
      last = time;
    }
    ++variants[variant];
    EXPECT_TRUE(builder.end_case(""));
  }
  const auto log = builder.finish("random");
  ASSERT_TRUE(log);
  const DirectlyFollows found = directly_follows(*log);
  EXPECT_EQ(found.edges.size(), gaps.size());
  for (const Edge& edge : found.edges) {
    auto& mine = gaps[{log->activities[edge.from], log->activities[edge.to]}];
    std::ranges::sort(mine);
    ASSERT_EQ(edge.count, mine.size());
    const std::size_t half = mine.size() / 2;
    const auto high = static_cast<double>(mine[half]), low = static_cast<double>(mine[(mine.size() - 1) / 2]);
    EXPECT_DOUBLE_EQ(edge.median_ms, (high + low) / 2);
  }
  const Sequences sequences = variants_of(*log);
  EXPECT_EQ(sequences.size(), variants.size());
  for (std::size_t v = 0; v < sequences.size(); ++v) {
    std::string letters;
    for (const Activity activity : sequences[v]) letters += log->activities[activity];
    EXPECT_EQ(sequences.count(v), variants[letters]);
    if (v > 0) EXPECT_LE(sequences.count(v), sequences.count(v - 1));
  }
}

// Counted apart and put together, against counted at once.
TEST(Sequences, PutTogetherAreTheSameAsCountedAtOnce) {
  test::Chance chance(4);
  Sequences whole;
  std::vector<Sequences> parts(3);  // the last one has nothing
  for (int i = 0; i < 3000; ++i) {
    std::vector<Activity> sequence;
    for (std::uint64_t left = chance.below(7); left > 0; --left)
      sequence.push_back(static_cast<Activity>(chance.below(4)));
    whole.add(sequence, 2);
    parts[chance.below(2)].add(sequence, 2);
  }
  Sequences together;
  for (const Sequences& part : parts) together.add(part);
  EXPECT_EQ(together.total(), whole.total());
  EXPECT_EQ(together.events(), whole.events());
  const auto listed = [](const Sequences& of) {
    std::map<std::vector<Activity>, std::uint64_t> out;
    for (std::size_t i = 0; i < of.size(); ++i)
      EXPECT_TRUE(out.emplace(std::vector<Activity>(of[i].begin(), of[i].end()), of.count(i)).second);
    return out;
  };
  EXPECT_EQ(listed(together), listed(whole));
  // What was put in is found again.
  const std::size_t different = together.size();
  together.add(parts[0]);
  EXPECT_EQ(together.size(), different);
}

}  // namespace
}  // namespace zhike::mining
