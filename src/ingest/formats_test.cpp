// Formats of files: what each gives as rows, and what hostile files get.
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <zip.h>

#include <fstream>

#include "base/file.h"
#include "ingest/csv_rows.h"
#include "ingest/file_format.h"
#include "ingest/import.h"
#include "ingest/infer.h"
#include "ingest/json_rows.h"
#include "ingest/ocel.h"
#include "ingest/presets.h"
#include "ingest/replay.h"
#include "ingest/test_world.h"
#include "ingest/xes.h"
#include "ingest/xlsx.h"

namespace zhike::ingest {
namespace {

OpenText text_of(std::string text) {
  return [text = std::move(text)]() -> Result<std::unique_ptr<TextSource>> { return TextSource::of(text); };
}

// Header, then a line a row: "a|b", or "bad 3: why"; an error is the last line.
std::vector<std::string> show(Result<std::unique_ptr<RowReader>> opened) {
  if (!opened) return {to_string(opened.error())};
  RowReader& rows = **opened;
  std::vector<std::string> out{fmt::format("{}", fmt::join(rows.header(), "|"))};
  for (;;) {
    const auto next = rows.next();
    if (!next) return out.push_back(to_string(next.error())), out;
    if (*next == RowReader::Next::kEnd) return out;
    if (*next == RowReader::Next::kBad)
      out.push_back(fmt::format("bad {}: {}", rows.line(), rows.problem()));
    else
      out.push_back(fmt::format("{}", fmt::join(rows.cells(), "|")));
  }
}

using Lines = std::vector<std::string>;

TEST(JsonRows, LinesListsAndNesting) {
  EXPECT_EQ(
      show(open_json_rows(
          text_of("{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[1,2]}}\n\nnot json\n{\"e\":true,\"a\":null}\n"), "")),
      (Lines{"a|b.c|b.d|e", "1|x|[1,2]|", "bad 3: not a JSON object", "|||true"}));
  EXPECT_EQ(show(open_json_rows(text_of("[{\"a\":\"x,\\\"]}\"}, 5 ,{\"a\":2.5}]"), "")),
            (Lines{"a", "x,\"]}", "bad 2: not a JSON object", "2.5"}));
  EXPECT_EQ(
      show(open_json_rows(text_of("{\"page\":{\"n\":[3]},\"data\":{\"items\":[{\"a\":1}]}}"), "data.items")),
      (Lines{"a", "1"}));
}

TEST(JsonRows, WhatIsNoTableIsRefused) {
  EXPECT_NE(show(open_json_rows(text_of(""), ""))[0].find("bad_file"), std::string::npos);
  EXPECT_NE(show(open_json_rows(text_of("[1,2]"), ""))[0].find("no JSON object"), std::string::npos);
  EXPECT_NE(show(open_json_rows(text_of("{\"a\":1}"), "items"))[0].find("no items"), std::string::npos);
  EXPECT_NE(show(open_json_rows(text_of("[{\"a\":1},{\"a\":"), ""))[0].find("ends in the middle"),
            std::string::npos);
  std::string wide = "{";
  for (int i = 0; i < 3000; ++i) wide += fmt::format("{}\"k{}\":1", i == 0 ? "" : ",", i);
  EXPECT_NE(show(open_json_rows(text_of(wide + "}"), ""))[0].find("2000 different"), std::string::npos);
  const std::string big = "{\"a\":\"" + std::string(kRowBytesMax, 'x') + "\"}\n{\"a\":1}\n";
  EXPECT_EQ(show(open_json_rows(text_of(big), ""))[1], "bad 1: the object is longer than 1048576 bytes");
}

constexpr std::string_view kXes = R"(<?xml version="1.0"?>
<log xmlns="http://www.xes-standard.org/"><extension name="Time" prefix="time" uri="u"/>
<global scope="event"><string key="concept:name" value="__INVALID__"/></global>
<string key="concept:name" value="shop &amp; co"/>
<trace><string key="concept:name" value="C1"/><float key="cost:total" value="2.5"><string key="currency" value="EUR"/></float>
<event><string key="concept:name" value="Order"/><date key="time:timestamp" value="2020-01-01T00:00:00Z"/></event>
<event><string key="concept:name" value="Pay"/><string key="org:resource" value="Ann"/></event></trace>
<trace><event><string key="concept:name" value="Order"/></event></trace></log>)";

TEST(Xes, EventsWithTheirTrace) {
  EXPECT_EQ(
      show(open_xes(text_of(std::string(kXes)), "f")),
      (Lines{
          "log:name|case:number|event:number|case:concept:name|concept:name|time:timestamp|case:cost:total|"
          "case:cost:total.currency|org:resource",
          "shop & co|1|1|C1|Order|2020-01-01T00:00:00Z|2.5|EUR|", "shop & co|1|2|C1|Pay||2.5|EUR|Ann",
          "shop & co|2|1|trace 2|Order||||"}));
}

TEST(Xes, HostileDocumentsAreRefused) {
  const auto why = [](std::string text) { return show(open_xes(text_of(std::move(text)), "f.xes")).front(); };
  EXPECT_NE(
      why("<!DOCTYPE l [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><log>&b;</log>").find("document type"),
      std::string::npos);
  EXPECT_NE(why("<!DOCTYPE l SYSTEM \"file:///etc/passwd\"><log/>").find("document type"), std::string::npos);
  EXPECT_NE(why("<html/>").find("no <log>"), std::string::npos);
  EXPECT_NE(why("<log></log>").find("no events"), std::string::npos);
  EXPECT_NE(why("<log><trace>").find("line 1"), std::string::npos);
  std::string deep = "<log><trace><event>";
  for (int i = 0; i < 100; ++i) deep += "<string key=\"k\" value=\"v\">";
  EXPECT_NE(why(deep).find("deeper than"), std::string::npos);
  const std::string big(kRowBytesMax, 'x');
  EXPECT_NE(
      why("<log><trace><event><string key=\"k\" value=\"" + big + "\"/></event></trace></log>").find("above"),
      std::string::npos);
}

TEST(Ocel, BothVersions) {
  const std::string one =
      R"({"ocel:global-log":{"ocel:version":"1.0"},"ocel:events":{"e1":{"ocel:activity":"Create",
    "ocel:timestamp":"2020-01-01T00:00:00","ocel:omap":["i1","o1"],"ocel:vmap":{"by":"ann"}},"e2":{"ocel:activity":"Pay",
    "ocel:timestamp":"2020-01-02T00:00:00","ocel:omap":["o1"],"ocel:vmap":{}}},
    "ocel:objects":{"i1":{"ocel:type":"item"},"o1":{"ocel:type":"order","ocel:ovmap":{}}}})";
  const Lines expected{
      "ocel:eid|ocel:activity|ocel:timestamp|ocel:objects|ocel:case|log:name|ocel:type:item|"
      "ocel:type:order|by",
      "e1|Create|2020-01-01T00:00:00|i1,o1|o1|f|i1|o1|ann", "e2|Pay|2020-01-02T00:00:00|o1|o1|f||o1|"};
  EXPECT_EQ(show(open_ocel(text_of(one), "f")), expected);
  const std::string two = R"({"objectTypes":[],"eventTypes":[],
    "events":[{"id":"e1","type":"Create","time":"2020-01-01T00:00:00","attributes":[{"name":"by","value":"ann"}],
    "relationships":[{"objectId":"i1","qualifier":"q"},{"objectId":"o1","qualifier":"q"}]},
    {"id":"e2","type":"Pay","time":"2020-01-02T00:00:00","relationships":[{"objectId":"o1"}]}],
    "objects":[{"id":"i1","type":"item"},{"id":"o1","type":"order"}]})";
  EXPECT_EQ(show(open_ocel(text_of(two), "f")), expected);
  EXPECT_NE(show(open_ocel(text_of("{\"ocel:objects\":{}}"), "f"))[0].find("no OCEL events"),
            std::string::npos);
}

// A workbook of the parts given.
std::string zip_of(const std::vector<std::pair<std::string, std::string>>& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_t* zip = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  for (const auto& [name, text] : parts)
    zip_file_add(zip, name.c_str(), zip_source_buffer(zip, text.data(), text.size(), 0), 0);
  zip_source_keep(target);
  EXPECT_EQ(zip_close(zip), 0);
  EXPECT_EQ(zip_source_open(target), 0);
  zip_source_seek(target, 0, SEEK_END);
  std::string bytes(static_cast<std::size_t>(zip_source_tell(target)), '\0');
  zip_source_seek(target, 0, SEEK_SET);
  EXPECT_EQ(zip_source_read(target, bytes.data(), bytes.size()), static_cast<zip_int64_t>(bytes.size()));
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

constexpr std::string_view kTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

std::vector<std::pair<std::string, std::string>> workbook(std::string sheet, std::string texts = "<sst/>") {
  const auto relations = [](std::string_view all) {
    return fmt::format("<Relationships>{}</Relationships>", all);
  };
  return {
      {"_rels/.rels",
       relations(fmt::format("<Relationship Id=\"r\" Type=\"{}/officeDocument\" Target=\"xl/workbook.xml\"/>",
                             kTypes))},
      {"xl/workbook.xml",
       "<workbook><workbookPr/><sheets><sheet name=\"Notes\" state=\"hidden\" r:id=\"rId9\" xmlns:r=\"r\"/>"
       "<sheet name=\"Calls\" r:id=\"rId1\" xmlns:r=\"r\"/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels",
       relations(fmt::format(
           "<Relationship Id=\"rId1\" Type=\"{0}/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
           "<Relationship Id=\"rId2\" Type=\"{0}/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/>"
           "<Relationship Id=\"rId3\" Type=\"{0}/styles\" Target=\"styles.xml\"/>",
           kTypes))},
      {"xl/styles.xml",
       "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m/d\\ "
       "hh:mm\"/></numFmts>"
       "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
       "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf "
       "numFmtId=\"20\"/></cellXfs></styleSheet>"},
      {"xl/sharedStrings.xml", std::move(texts)},
      {"xl/worksheets/sheet1.xml", std::move(sheet)}};
}

TEST(Xlsx, CellsAsExcelShowsThem) {
  const std::string texts =
      "<sst><si><t>name</t></si><si><r><t>Z</t></r><r><t>hang</t></r><rPh><t>no</t></rPh></si></sst>";
  const std::string sheet =
      "<worksheet><sheetData><row r=\"2\"/><row r=\"3\"><c r=\"B3\" t=\"s\"><v>0</v></c><c r=\"C3\" "
      "t=\"inlineStr\"><is>"
      "<t>day</t></is></c><c r=\"D3\" t=\"str\"><v>at</v></c><c t=\"str\"><v>sum</v></c><c "
      "t=\"str\"><v>ok</v></c>"
      "<c t=\"str\"><v>slot</v></c></row>"
      "<row r=\"5\"><c r=\"B5\" t=\"s\"><v>1</v></c><c r=\"C5\" s=\"1\"><v>44197</v></c><c r=\"D5\" s=\"2\">"
      "<v>44197.39583333333</v></c><c r=\"E5\"><f>A1</f><v>1.1000000000000001</v></c><c r=\"F5\" "
      "t=\"b\"><v>1</v></c>"
      "<c r=\"G5\" s=\"3\"><v>0.5</v></c></row>"
      "<row r=\"6\"><c r=\"A6\"><v>7</v></c></row><row r=\"7\"><c r=\"E7\"><v>13800138000</v></c></row>"
      "</sheetData></worksheet>";
  const std::string book = zip_of(workbook(sheet, texts));
  EXPECT_EQ(show(open_xlsx_bytes(book, "")),
            (Lines{"name|day|at|sum|ok|slot", "Zhang|2021-01-01|2021-01-01 09:30:00|1.1|true|12:00:00",
                   "bad 6: 1 cells stand under no column name", "|||13800138000||"}));
  EXPECT_NE(show(open_xlsx_bytes(book, "Nowhere"))[0].find("there are Notes, Calls"), std::string::npos);
}

TEST(Xlsx, BombsAndBrokenBooksAreRefused) {
  EXPECT_NE(show(open_xlsx_bytes("PK\x03\x04" + std::string(100, 'x'), ""))[0].find("bad_file"),
            std::string::npos);
  EXPECT_NE(show(open_xlsx_bytes(zip_of({{"a.txt", "x"}}), ""))[0].find("no Excel workbook"),
            std::string::npos);
  const auto sheet_error = [](std::string sheet) {
    return show(open_xlsx_bytes(zip_of(workbook(std::move(sheet))), "")).back();
  };
  EXPECT_NE(sheet_error("<worksheet/>").find("is empty"), std::string::npos);
  EXPECT_NE(sheet_error("<!DOCTYPE a [<!ENTITY x \"y\">]><worksheet/>").find("document type"),
            std::string::npos);
  EXPECT_NE(
      sheet_error("<worksheet><row r=\"9999999\"><c t=\"str\"><v>a</v></c></row></worksheet>").find("rows"),
      std::string::npos);
  EXPECT_NE(sheet_error("<worksheet><row><c r=\"ZZZZ1\"><v>1</v></c></row></worksheet>").find("columns"),
            std::string::npos);
  // A row of repeated long texts: more than a row may hold, and the next row is read.
  std::string bomb = "<worksheet><row r=\"1\"><c r=\"A1\" t=\"str\"><v>a</v></c></row><row r=\"2\">";
  for (int i = 0; i < 2000; ++i) bomb += "<c t=\"s\"><v>0</v></c>";
  bomb += "</row><row r=\"3\"><c r=\"A3\"><v>1</v></c></row></worksheet>";
  const std::string texts = "<sst><si><t>" + std::string(100'000, 'x') + "</t></si></sst>";
  EXPECT_EQ(show(open_xlsx_bytes(zip_of(workbook(bomb, texts)), "")),
            (Lines{"a", "bad 2: the row is longer than 1048576 bytes", "1"}));
  // A small archive whose styles unpack to more than a part may.
  auto parts = workbook("<worksheet/>");
  parts[3].second = "<styleSheet>" + std::string(XlsxLimits::kPartBytesMax + 1, ' ') + "</styleSheet>";
  const std::string packed = zip_of(parts);
  EXPECT_LT(packed.size(), 100'000U);
  EXPECT_NE(show(open_xlsx_bytes(packed, ""))[0].find("come out of it"), std::string::npos);
}

TEST(Xlsx, TimesAndFormats) {
  EXPECT_EQ(excel_time(0.25, false, false, true), "06:00:00");
  EXPECT_EQ(excel_time(1.25, false, false, true), "30:00:00");  // hours that add up
  EXPECT_EQ(excel_time(36526.5, false, true, true), "2000-01-01 12:00:00");
  EXPECT_EQ(excel_time(35064, true, true, false), "2000-01-01");
  const auto is = [](unsigned id, std::string_view code, bool date, bool time) {
    const ExcelTimeFormat f = excel_time_format(id, code);
    return f.has_date == date && f.has_time == time;
  };
  EXPECT_TRUE(is(0, "", false, false));
  EXPECT_TRUE(is(22, "", true, true));
  EXPECT_TRUE(is(170, "[Red]0.00\"day\"", false, false));
  EXPECT_TRUE(is(170, "#,##0.00\\ \"h\"", false, false));
  EXPECT_TRUE(is(170, "[h]:mm:ss", false, true));
  EXPECT_TRUE(is(170, "h:mm AM/PM", false, true));
  EXPECT_TRUE(is(170, "yyyy\"年\"m\"月\"d\"日\"", true, false));
  EXPECT_TRUE(is(170, "mm:ss.000", false, true));
}

TEST(Formats, AreToldByContentThenName) {
  const auto name = [](std::string_view bytes, std::string_view file) {
    return detect_format(bytes, bytes, file)->name;
  };
  EXPECT_EQ(name("PAR1xx", "a"), "parquet");
  EXPECT_EQ(name("PK\x03\x04zz", "a.csv"), "xlsx");
  EXPECT_EQ(name("<?xml version=\"1.0\"?><log>", "a.xes.gz"), "xes");
  EXPECT_EQ(name("{\"ocel:events\":{}}", "a.json"), "ocel");
  EXPECT_EQ(name(R"({"type":"track","event":"x","userId":"1"})", "a.jsonl"), "segment");
  EXPECT_EQ(name(R"({"type":"track","id":"1"})", "a.jsonl"), "json");
  EXPECT_EQ(name("[{\"a\":1}]", "a"), "json");
  EXPECT_EQ(name("[a],b\n1,2", "a.csv"), "csv");
  EXPECT_EQ(name("", "a"), "csv");
  TestFolder folder;
  ASSERT_TRUE(write_file(folder.path / "old.xls", "\xD0\xCF\x11\xE0\xA1\xB1"));
  EXPECT_EQ(detect_format(folder.path / "old.xls").error().code, Code::kBadFile);
  ASSERT_TRUE(write_file(folder.path / "a.csv", "a,b\n1,2\n"));
  const std::vector<std::filesystem::path> files{folder.path / "a.csv"};
  EXPECT_EQ(default_mapping(files).error().code, Code::kNoMapping);
}

TEST(Mapping, RecodesConditionsAndProducts) {
  constexpr std::string_view kText = R"(
source = "t"
currency = "GBP"
optional = ["note"]
[[recode]]
name = "user"
value = "{who}"
map = {"0" = ""}
[[event]]
name = "Sold"
when = {column = "no", not_starts_with = "C"}
time = "{at}"
time_format = "%d-%b-%y %I:%M %p"
id = "{@file}:{@row}"
identifiers = [{kind = "user_id", value = "{user}"}, {kind = "order_id", value = "{no}"}]
amount = {value = "{price}", times = "{n}"}
properties = {note = "{note}"}
compute = [{key = "talk", duration = "{talk}"}, {key = "ok", is = ["{flag}", "Y"]}]
[[event]]
name = "Returned"
when = {column = "no", starts_with = "C"}
time = "{at}"
time_format = "%d-%b-%y %I:%M %p"
identifiers = [{kind = "order_id", value = "{no}"}]
)";
  const Mapping mapping = must(Mapping::parse(kText, "m"));
  const auto mapper = must(
      RowMapper::bind(mapping, mapping.files[0], {"who", "no", "at", "price", "n", "talk", "flag"}, "."));
  ASSERT_TRUE(mapper->uses_place());
  std::vector<RawEvent> events;
  mapper->place("sales.csv.gz", 7);
  const auto apply = [&](std::vector<std::string_view> cells) {
    const auto refusal = mapper->apply(cells, {0}, events);
    return refusal ? refusal->detail : "";
  };
  EXPECT_EQ(apply({"0", "A1", "22-Apr-15 3:53 PM", "0.125", "-3", "0:02:23", "N"}), "");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].message_id, "sales.csv:7");
  EXPECT_EQ(format_utc(events[0].occurred_at), "2015-04-22T15:53:00.000Z");
  ASSERT_EQ(events[0].identifiers.size(), 1U);
  EXPECT_EQ(events[0].amount->minor, -38);
  EXPECT_EQ(zhike::to_string(*find(events[0].properties, "talk")), "143");
  EXPECT_EQ(zhike::to_string(*find(events[0].properties, "ok")), "false");
  EXPECT_EQ(apply({"5", "C1", "22-Apr-15 12:00 AM", "1", "1", "", ""}), "");
  EXPECT_EQ(events[1].name, "Returned");
  EXPECT_EQ(apply({"5", "A1", "22-Apr-15 13:00 PM", "1", "1", "", ""}), "{at} is not a time");
  EXPECT_EQ(apply({"5", "A1", "22-Apr-15 1:00 PM", "1", "1", "0:99:00", ""}), "{talk} is not a duration");
  EXPECT_NE(to_string(Mapping::parse("source=\"s\"\nformat=\"doc\"\n[[event]]\nname=\"x\"", "m").error())
                .find("known are parquet"),
            std::string::npos);
}

TEST(Infer, TypesOfColumns) {
  const auto type = [](std::string_view name, std::vector<std::string> cells) {
    const ColumnGuess guess = guess_column(name, cells);
    return fmt::format("{} {}", to_string(guess.type), guess.time_format);
  };
  EXPECT_EQ(type("when", {"2020-01-02", "2020-01-03"}), "time ");
  EXPECT_EQ(type("d", {"12/31/10 8:26", "1/2/11 18:00"}), "time %m/%d/%y %H:%M");
  EXPECT_EQ(type("d", {"22-Apr-15"}), "time %d-%b-%y");
  EXPECT_EQ(type("d", {"25/12/2021", "01/02/2021"}), "time %d/%m/%Y");
  EXPECT_EQ(type("created_at", {"1500000000"}), "time %s");
  EXPECT_EQ(type("n", {"1500000000", "3"}), "number ");
  EXPECT_EQ(type("clock", {"9:12:58"}), "time_of_day  %H:%M:%S");
  EXPECT_EQ(type("a", {"x@y.cn", "", "z@y.com"}), "email ");
  EXPECT_EQ(type("手机号", {"13800138000", "13900139000"}), "phone ");
  EXPECT_EQ(type("金额", {"1.5", "2"}), "amount ");
  EXPECT_EQ(type("ok", {"Y", "N", "Y"}), "flag ");
  EXPECT_EQ(type("city", {"a", "b", "a", "b", "a"}), "category ");
  EXPECT_EQ(type("uid", {"a1", "b2", "c3"}), "id ");
  EXPECT_EQ(type("x", {"the delivery was late and cold", "all fine with the meal we got"}), "text ");
  EXPECT_EQ(type("x", {"", " "}), "empty ");
}

TEST(Infer, TheProposalReadsItsFile) {
  TestFolder folder;
  const auto file = folder.path / "shop \"1\".csv";
  must(write_file(
      file,
      "订单号;手机号;下单日期;下单时间;金额;评分;评论;城市\n"
      "A1;13926487153;25/12/2023;9:30:00;12,5;5;送货很快，包装也非常好，下次还会再来购买，谢谢店家;杭州\n"
      "A2;13926487154;26/12/2023;19:30:00;8;1;东西坏了，客服一直没有回复，等了整整三天非常失望啊;杭州\n"));
  const Sample sample = must(sample_file(file, {}));
  EXPECT_EQ(sample.delimiter, ";");
  MappingDraft draft = must(propose(sample, file, "Asia/Shanghai"));
  EXPECT_EQ(draft.time_columns, (std::vector<std::string>{"下单日期", "下单时间"}));
  EXPECT_EQ(draft.case_column, "订单号");
  EXPECT_EQ(draft.score_column, "评分");
  EXPECT_EQ(draft.text_columns, (std::vector<std::string>{"评论"}));
  EXPECT_EQ(draft.instrument, "csat");
  draft.amount_column = "金额";
  draft.currency = "CNY";
  draft.decimal = ",";
  const Mapping mapping = must(Mapping::parse(to_toml(draft), "draft"));
  const std::vector<std::filesystem::path> files{file};
  const DryRun run = must(dry_run(files, mapping, 10, {1'800'000'000'000}));
  ASSERT_EQ(run.files[0].events.size(), 2U) << to_toml(draft);
  const RawEvent& first = run.files[0].events[0];
  EXPECT_EQ(format_utc(first.occurred_at), "2023-12-25T01:30:00.000Z");
  EXPECT_EQ(first.amount->minor, 1250);
  EXPECT_EQ(*first.score, 5);
  EXPECT_EQ(first.identifiers.size(), 2U);
  must(write_file(file, "a,b\n1.5,x\n2.5,x\n3.5,x\n"));
  EXPECT_EQ(propose(must(sample_file(file, {})), file, "UTC").error().code, Code::kCannotInfer);
}

// A run that is cut off goes on where it was, with every row once.
TEST(Import, ResumesAfterACancel) {
  TestWorld world;
  const auto file = world.folder.path / "rows.csv";
  std::string text = "id,at\n";
  for (int i = 0; i < 5000; ++i)
    text += i % 100 == 7 ? "x,nonsense\n" : fmt::format("{},2024-01-01\n", i + 1);
  must(write_file(file, text));
  const Mapping mapping =
      must(Mapping::parse("source=\"r\"\n[[event]]\nname=\"Row\"\ntime=\"{at}\"\nid=\"{@row}\"\n"
                          "identifiers=[{kind=\"user_id\",column=\"id\"}]\n",
                          "m"));
  const std::vector<std::filesystem::path> files{file};
  ImportOptions options;
  options.rows_per_record = 100;
  options.progress = [](const ImportProgress&) { return false; };
  const ImportReport first = must(world.importer().run(files, mapping, options));
  ASSERT_TRUE(first.cancelled);
  ASSERT_LT(first.files[0].rows, 5000U);
  options.progress = {};
  options.resume = first.files;
  const ImportReport second = must(world.importer().run(files, mapping, options));
  EXPECT_FALSE(second.cancelled);
  EXPECT_EQ(second.files[0].rows, 5000U);
  EXPECT_EQ(second.files[0].stored, 4950U);
  EXPECT_EQ(second.files[0].rejected, 50U);
  EXPECT_EQ(world.number("SELECT count() FROM events"), 4950U);
  EXPECT_EQ(must(world.quarantine->count({})), 50U);
  // From an older checkpoint, as after a crash: what was sent meanwhile counts once.
  options.resume[0].rows = options.resume[0].rows / 2;
  for (const auto& entry : must(world.quarantine->list({}, 0, 1000)))
    options.known_rejects.insert(entry.origin);
  must(world.importer().run(files, mapping, options));
  EXPECT_EQ(world.number("SELECT count() FROM events"), 4950U);
  EXPECT_EQ(must(world.quarantine->count({})), 50U);
}

std::filesystem::path logs() {
  const char* stated = std::getenv("ZHIKE_DATA");
  return std::filesystem::path(stated != nullptr ? stated : ZHIKE_DATA_DEFAULT) / "process_logs";
}

TEST(Formats, RealLogsHaveTheirEvents) {
  if (!std::filesystem::exists(logs()))
    GTEST_SKIP() << logs() << " is not there; ZHIKE_DATA names another folder";
  // Counted by a reader of another language. The large ones are in tests/facts/process_logs.test.
  const std::vector<std::pair<const char*, std::size_t>> expected{{"receipt.xes.gz", 8577},
                                                                  {"roadtraffic100traces.xes.gz", 390},
                                                                  {"running-example.xes", 42},
                                                                  {"example_log.jsonocel", 23},
                                                                  {"ocel20_example.jsonocel", 13}};
  for (const auto& [file, events] : expected) {
    const std::vector<std::filesystem::path> files{logs() / file};
    const DryRun run = must(dry_run(files, must(default_mapping(files)), 1'000'000, {1'800'000'000'000}));
    EXPECT_EQ(run.files[0].report.rows, events) << file;
    EXPECT_EQ(run.files[0].events.size(), events) << file;
  }
}

TEST(Formats, ParquetThroughTheEngine) {
  TestWorld world;
  std::string bytes;
  must(engine().client().stream(
      {.sql =
           "SELECT number AS id, concat('a\"b\n', toString(number)) AS txt, "
           "toDateTime64('2024-03-01 09:30:00.250', 3, 'UTC') + number AS at, "
           "if(number % 2 = 0, NULL, toDecimal64(number, 2)) AS price, [1, 2] AS list FROM numbers(20000)"},
      "Parquet", [&](std::string_view piece) { return bytes.append(piece), true; }));
  const auto file = world.folder.path / "odd {name}*.parquet";
  must(write_file(file, bytes));
  const Lines rows = show(open_parquet_rows(file));
  ASSERT_EQ(rows.size(), 20'001U);
  EXPECT_EQ(rows[0], "id|txt|at|price|list");
  EXPECT_EQ(rows[1], "0|a\"b\n0|2024-03-01T09:30:00.250Z||[1,2]");
  EXPECT_EQ(rows[20'000], "19999|a\"b\n19999|2024-03-01T15:03:19.250Z|19999|[1,2]");
  // Cut off in the middle, it is an error and no rows.
  must(write_file(file, bytes.substr(0, bytes.size() / 2)));
  EXPECT_NE(show(open_parquet_rows(file)).back().find("bad_file"), std::string::npos);

  // The whole road, with a row that the mapping refuses and the quarantine gives back.
  must(write_file(file, bytes));
  const Mapping strict = must(Mapping::parse(R"(
source = "p"
currency = "EUR"
required = ["price"]
[[event]]
name = "Paid"
time = "{at}"
id = "{@row}"
identifiers = [{kind = "user_id", value = "u{id}"}]
amount = {value = "{price}"}
)",
                                             "m"));
  const std::vector<std::filesystem::path> files{file};
  const ImportReport report = must(world.importer().run(files, strict, {}));
  EXPECT_EQ(report.files[0].stored, 10'000U);
  EXPECT_EQ(report.files[0].rejected, 10'000U);
  const auto entries = must(world.quarantine->list({}, 0, 1));
  const Reject reject = must(world.quarantine->read(entries.at(0).id));
  EXPECT_EQ(reject.raw.substr(0, reject.raw.find('\n')),
            "\"id\",\"txt\",\"at\",\"price\",\"list\",@file,@row");
}

}  // namespace
}  // namespace zhike::ingest
