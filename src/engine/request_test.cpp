// The texts of a request, taken apart: also those that nobody should send.
#include "engine/request.h"

#include <gtest/gtest.h>

#include <random>

namespace zhike_engine {
namespace {

TEST(Request, FormsAreDecoded) {
  const auto fields = parse_form("a=1+2&b=%41%00&c&&d=x%3Dy");
  ASSERT_TRUE(fields);
  const Fields expected = {{"a", "1 2"}, {"b", std::string("A\0", 2)}, {"c", ""}, {"d", "x=y"}};
  EXPECT_EQ(*fields, expected);
  for (const char* broken : {"a=%", "a=%4", "a=%zz", "a=%-1", "%g0=1"})
    EXPECT_FALSE(parse_form(broken)) << broken;
  EXPECT_TRUE(parse_form("")->empty());
}

TEST(Request, MultipartKeepsEveryByte) {
  const std::string value("x\r\n--other\r\n\0", 13);
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nSELECT 1\r\n--b\r\n"
      "Content-Disposition: form-data; name=\"param_s\"\r\n\r\n" +
      value +
      "\r\n--b\r\n"
      "Content-Disposition: form-data; name=\"param_e\"\r\n\r\n\r\n--b--\r\n";
  const auto fields = parse_multipart(body, "multipart/form-data; boundary=\"b\"");
  ASSERT_TRUE(fields);
  const Fields expected = {{"query", "SELECT 1"}, {"param_s", value}, {"param_e", ""}};
  EXPECT_EQ(*fields, expected);
  for (std::size_t size = 0; size + 4 < body.size(); ++size)
    EXPECT_FALSE(parse_multipart(body.substr(0, size), "multipart/form-data; boundary=b")) << size;
  EXPECT_FALSE(parse_multipart(body, "multipart/form-data"));
  EXPECT_FALSE(parse_multipart(body, "multipart/form-data; boundary="));
}

TEST(Request, TheFormatClauseIsFoundAtTheEndOnly) {
  EXPECT_EQ(split_format("SELECT 1 FORMAT CSV").format, "CSV");
  EXPECT_EQ(split_format("SELECT 1\nformat\tJSONEachRow ; \n").format, "JSONEachRow");
  EXPECT_EQ(split_format("INSERT INTO t (a) FORMAT RowBinary").sql, "INSERT INTO t (a)");
  for (const char* none :
       {"", "FORMAT CSV", "SELECT 1", "SELECT 'FORMAT CSV'", "SELECT xformat CSV", "SELECT 1 FORMAT", ";"})
    EXPECT_EQ(split_format(none).format, "") << none;
}

TEST(Request, InsertsAreKnown) {
  EXPECT_TRUE(is_insert("  -- why\n /* and */ InSeRt INTO t"));
  for (const char* other : {"", "--", "/*", "SELECT 'insert'", "-- insert"})
    EXPECT_FALSE(is_insert(other)) << other;
}

TEST(Request, FieldsGoWhereTheyBelong) {
  Statement statement;
  assign({{"query", "SELECT 1"},
          {"param_a", "1"},
          {"max_threads", "2"},
          {"database", "x"},
          {"query_id", "q"},
          {"user", "u"}},
         statement);
  EXPECT_EQ(statement.sql, "SELECT 1");
  EXPECT_EQ(statement.params.size(), 1U);
  EXPECT_EQ(statement.database, "x");
  const std::map<std::string, std::string> settings = {{"log_comment", "q"}, {"max_threads", "2"}};
  EXPECT_EQ(statement.settings, settings);
}

TEST(Request, HeadersOfPieces) {
  EXPECT_FALSE(streaming_of("JSONCompact").possible);
  EXPECT_FALSE(streaming_of("RowBinaryWithNamesAndTypes").possible);
  EXPECT_TRUE(streaming_of("RowBinary").possible);
  EXPECT_EQ(header_size("\"a\nb\",\"c\"\n1,2\n", streaming_of("CSVWithNames")), 10U);
  EXPECT_EQ(header_size("a\tb\nInt8\tInt8\n1\t2\n", streaming_of("TSVWithNamesAndTypes")), 14U);
  EXPECT_EQ(header_size("1\t2\n", streaming_of("TSV")), 0U);
}

TEST(Request, RandomTextsAreHandled) {
  std::mt19937_64 random{11};
  constexpr std::string_view kLetters = "-b\r\n%=&\"; FORMATformat/*aname=\0";
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 60, ' ');
    for (char& c : text) c = kLetters[random() % kLetters.size()];
    (void)parse_form(text);
    (void)parse_multipart(text, "multipart/form-data; boundary=b");
    const Formatted parts = split_format(text);
    EXPECT_LE(parts.sql.size() + parts.format.size(), text.size());
    (void)is_insert(text);
    EXPECT_LE(header_size(text, streaming_of("CSVWithNames")), text.size());
  }
}

}  // namespace
}  // namespace zhike_engine
