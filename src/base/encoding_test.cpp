#include "base/encoding.h"

#include <gtest/gtest.h>
#include <iconv.h>

#include <random>

namespace zhike {
namespace {

const std::string kChinese = "订单号,客户姓名,评价\n10023,王小明,物流很快，包装完好，非常满意！\n";
const std::string kFrench = "commande,nom,avis\n1,Zoé Lefèvre,très bien emballé, déjà reçu\n";

std::string encode(std::string_view utf8, const char* to) {
  iconv_t handle = ::iconv_open(to, "UTF-8");
  std::string out(utf8.size() * 4 + 16, '\0');
  char* in = const_cast<char*>(utf8.data());
  std::size_t in_left = utf8.size(), out_left = out.size();
  char* end = out.data();
  EXPECT_NE(::iconv(handle, &in, &in_left, &end, &out_left), static_cast<std::size_t>(-1)) << to;
  ::iconv_close(handle);
  out.resize(out.size() - out_left);
  return out;
}

std::string convert(Encoding from, std::string_view bytes, std::size_t chunk,
                    std::uint64_t* replaced = nullptr) {
  Utf8Converter converter(from);
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += chunk) converter.convert(bytes.substr(i, chunk), out);
  converter.finish(out);
  if (replaced) *replaced = converter.replaced();
  return out;
}

TEST(Encoding, DetectsRealText) {
  struct Case {
    std::string bytes;
    Encoding is;
  };
  const Case cases[] = {
      {"", Encoding::kUtf8},
      {"plain ascii,1\n", Encoding::kUtf8},
      {kChinese, Encoding::kUtf8},
      {kFrench, Encoding::kUtf8},
      {"\xEF\xBB\xBF" + kChinese, Encoding::kUtf8},
      {encode(kChinese, "GB18030"), Encoding::kGb18030},
      {encode(kChinese, "GBK"), Encoding::kGb18030},
      {encode("id,名\n1,王\n", "GBK"), Encoding::kGb18030},
      {encode(kFrench, "CP1252"), Encoding::kWindows1252},
      {encode("naïve café", "CP1252"), Encoding::kWindows1252},
      {encode(kChinese, "UTF-16LE"), Encoding::kUtf16Le},
      {encode(kChinese, "UTF-16BE"), Encoding::kUtf16Be},
      {encode(kFrench, "UTF-16LE"), Encoding::kUtf16Le},
      {"\xFF\xFE" + encode(kChinese, "UTF-16LE"), Encoding::kUtf16Le},
      {"\xFE\xFF" + encode(kChinese, "UTF-16BE"), Encoding::kUtf16Be},
  };
  for (const Case& c : cases) EXPECT_EQ(to_string(detect_encoding(c.bytes)), to_string(c.is)) << c.bytes;
}

TEST(Encoding, DetectionAcceptsAPrefixThatEndsInsideACharacter) {
  for (std::size_t n = 3; n <= kChinese.size(); ++n)
    EXPECT_EQ(detect_encoding(std::string_view(kChinese).substr(0, n)), Encoding::kUtf8) << n;
  const std::string gbk = encode(kChinese, "GBK");
  for (std::size_t n = 5; n <= gbk.size(); ++n)
    EXPECT_EQ(detect_encoding(std::string_view(gbk).substr(0, n)), Encoding::kGb18030) << n;
}

TEST(Encoding, ConvertsAcrossAnyChunkBoundary) {
  const std::string text = kChinese + "emoji 😀, rare 𠮷 㐀\n";
  for (const auto& [name, encoding] : {std::pair{"UTF-8", Encoding::kUtf8},
                                       {"GB18030", Encoding::kGb18030},
                                       {"UTF-16LE", Encoding::kUtf16Le},
                                       {"UTF-16BE", Encoding::kUtf16Be}}) {
    const std::string bytes = encode(text, name);
    for (const std::size_t chunk : {1U, 2U, 3U, 5U, 7U, 4096U}) {
      std::uint64_t replaced = 7;
      EXPECT_EQ(convert(encoding, bytes, chunk, &replaced), text) << name << " " << chunk;
      EXPECT_EQ(replaced, 0U);
    }
  }
  EXPECT_EQ(convert(Encoding::kWindows1252, encode(kFrench, "CP1252"), 1), kFrench);
  EXPECT_EQ(convert(Encoding::kBig5, encode("訂單，滿意", "BIG5"), 1), "訂單，滿意");
}

TEST(Encoding, DropsOneLeadingMarkOnly) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_EQ(convert(Encoding::kUtf8, mark + "a" + mark, 1), "a" + mark);
  EXPECT_EQ(convert(Encoding::kUtf16Le, std::string("\xFF\xFE") + "a" + std::string(1, '\0'), 1), "a");
}

TEST(Encoding, ReplacesBrokenUtf8BySequence) {
  EXPECT_EQ(to_valid_utf8("ok 中"), "ok 中");
  EXPECT_EQ(to_valid_utf8("a\xFF"
                          "b"),
            "a\uFFFDb");
  EXPECT_EQ(to_valid_utf8("\xE4\xB8"
                          "b"),
            "\uFFFDb");                                            // cut, then a good character
  EXPECT_EQ(to_valid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(to_valid_utf8("\xC0\xAF"), "\uFFFD\uFFFD");            // overlong
  EXPECT_EQ(to_valid_utf8("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(to_valid_utf8("中\xE4"), "中\uFFFD");
  EXPECT_FALSE(is_valid_utf8("\xE4\xB8"));
}

TEST(Encoding, BrokenInputStaysInStep) {
  std::uint64_t replaced = 0;
  EXPECT_EQ(convert(Encoding::kGb18030, encode("好", "GBK") + "\xFF" + encode("吗,x", "GBK"), 1, &replaced),
            "好\uFFFD吗,x");
  EXPECT_EQ(replaced, 1U);
  EXPECT_EQ(convert(Encoding::kGb18030, encode("好", "GBK") + "\xB0", 64, &replaced), "好\uFFFD");
  EXPECT_EQ(replaced, 1U);
  EXPECT_EQ(convert(Encoding::kUtf16Le, std::string("\x00\xDC", 2) + encode("好a", "UTF-16LE"), 1),
            "\uFFFD好a");
}

TEST(Encoding, RandomBytesBecomeTheSameValidUtf8HoweverTheyAreCut) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 3 ? random() % 256 : 'a' + random() % 26);
    for (const Encoding encoding :
         {Encoding::kUtf8, Encoding::kUtf16Le, Encoding::kUtf16Be, Encoding::kGb18030, Encoding::kBig5,
          Encoding::kWindows1252, detect_encoding(bytes)}) {
      const std::string whole = convert(encoding, bytes, 4096);
      EXPECT_TRUE(is_valid_utf8(whole)) << to_string(encoding);
      if (encoding != Encoding::kBig5) {
        EXPECT_EQ(convert(encoding, bytes, 1), whole) << to_string(encoding);
      }
      EXPECT_TRUE(is_valid_utf8(convert(encoding, bytes, 3)));
    }
    EXPECT_TRUE(is_valid_utf8(to_valid_utf8(bytes)));
    EXPECT_EQ(is_valid_utf8(bytes), to_valid_utf8(bytes) == bytes);
  }
}

TEST(Encoding, NamesRoundTrip) {
  for (const Encoding encoding : {Encoding::kUtf8, Encoding::kUtf16Le, Encoding::kUtf16Be, Encoding::kGb18030,
                                  Encoding::kBig5, Encoding::kWindows1252})
    EXPECT_EQ(parse_encoding(to_string(encoding)).value(), encoding);
  EXPECT_EQ(parse_encoding("GBK").value(), Encoding::kGb18030);
  EXPECT_EQ(parse_encoding("ebcdic").error().code, Code::kUnknownEncoding);
}

}  // namespace
}  // namespace zhike
