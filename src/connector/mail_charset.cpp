#include "connector/mail_charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/encoding.h"
#include "base/error.h"
#include "connector/signature.h"

namespace zhike::connector {
namespace {

constexpr std::size_t kLookedAt = 64 * 1024;
constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// Names that base does not know, and what they mean there.
struct Alias {
  std::string_view name;
  Encoding means;
};
constexpr std::array kAliases{
    Alias{"utf8", Encoding::kUtf8},
    Alias{"unicode-1-1-utf-8", Encoding::kUtf8},
    Alias{"x-gbk", Encoding::kGb18030},
    Alias{"cp936", Encoding::kGb18030},
    Alias{"ms936", Encoding::kGb18030},
    Alias{"windows-936", Encoding::kGb18030},
    Alias{"euc-cn", Encoding::kGb18030},
    Alias{"gb_2312-80", Encoding::kGb18030},
    Alias{"chinese", Encoding::kGb18030},
    Alias{"big5-hkscs", Encoding::kBig5},
    Alias{"cp950", Encoding::kBig5},
    Alias{"latin-1", Encoding::kWindows1252},
    Alias{"iso8859-1", Encoding::kWindows1252},
    Alias{"cp1252", Encoding::kWindows1252},
};

/// The others that are read, by iconv; no name of a mail reaches it unlisted.
constexpr std::array<std::string_view, 34> kByIconv{
    "iso-8859-2",   "iso-8859-3",   "iso-8859-4",   "iso-8859-5",   "iso-8859-6",     "iso-8859-7",
    "iso-8859-8",   "iso-8859-9",   "iso-8859-10",  "iso-8859-13",  "iso-8859-14",    "iso-8859-15",
    "iso-8859-16",  "windows-1250", "windows-1251", "windows-1253", "windows-1254",   "windows-1255",
    "windows-1256", "windows-1257", "windows-1258", "windows-874",  "koi8-r",         "koi8-u",
    "iso-2022-jp",  "shift_jis",    "euc-jp",       "euc-kr",       "ks_c_5601-1987", "iso-2022-kr",
    "tis-620",      "euc-tw",       "utf-16",       "utf-7"};

std::optional<Encoding> known(const std::string& name) {
  if (const auto at = std::ranges::find(kAliases, name, &Alias::name); at != kAliases.end()) return at->means;
  if (const auto encoding = parse_encoding(name)) return *encoding;
  return std::nullopt;
}

std::string converted(std::string_view bytes, Encoding from) {
  std::string out;
  Utf8Converter converter(from);
  converter.convert(bytes, out);
  converter.finish(out);
  return out;
}

std::optional<std::string> by_iconv(std::string_view bytes, const std::string& charset) {
  const iconv_t table = ::iconv_open("UTF-8", charset.c_str());
  if (table == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
  std::string out;
  std::array<char, 4096> room{};
  char* in = const_cast<char*>(bytes.data());
  std::size_t left = bytes.size();
  while (left > 0) {
    char* to = room.data();
    std::size_t free = room.size();
    const std::size_t done = ::iconv(table, &in, &left, &to, &free);
    out.append(room.data(), room.size() - free);
    if (done != static_cast<std::size_t>(-1) || left == 0 || errno == E2BIG) continue;
    out += kReplacement;  // a broken or cut-off character
    ++in;
    --left;
  }
  ::iconv_close(table);
  return to_valid_utf8(out);
}

}  // namespace

std::string text_of_charset(std::string_view bytes, std::string_view charset) {
  const std::string name = ascii::lower(charset);
  const auto encoding = known(name);
  if (encoding && *encoding != Encoding::kUtf8) return converted(bytes, *encoding);
  if (!encoding && std::ranges::find(kByIconv, name) != kByIconv.end())
    if (auto text = by_iconv(bytes, name == "ks_c_5601-1987" ? "cp949" : name)) return *std::move(text);
  if (is_valid_utf8(bytes)) return std::string(bytes);
  return converted(bytes, detect_encoding(bytes.substr(0, kLookedAt)));
}

namespace {

/// "=?utf-8?B?6YCA?=" of RFC 2047.
struct EncodedWord {
  std::string charset;  // lower case
  char encoding = 'q';  // or b
  std::string_view data;
  std::size_t length = 0;
};

/// None: the text, which begins with "=?", is no such word.
std::optional<EncodedWord> word_at(std::string_view text) {
  const auto charset_end = text.find('?', 2);
  if (charset_end == text.npos || charset_end > 80 || charset_end + 3 > text.size()) return std::nullopt;
  const char encoding = ascii::lower(text[charset_end + 1]);
  if ((encoding != 'b' && encoding != 'q') || text[charset_end + 2] != '?') return std::nullopt;
  const auto begin = charset_end + 3, end = text.find("?=", begin);
  if (end == text.npos) return std::nullopt;
  return EncodedWord{ascii::lower(text.substr(2, charset_end - 2)), encoding, text.substr(begin, end - begin),
                     end + 2};
}

std::optional<std::string> bytes_of(const EncodedWord& word) {
  return word.encoding == 'b' ? from_base64(word.data) : std::optional<std::string>(word.data);
}

/// The word behind the blanks that continues this one, and where it ends.
std::optional<EncodedWord> next_of(const EncodedWord& word, std::string_view rest) {
  const auto blanks = std::min(rest.find_first_not_of(" \t\r\n"), rest.size());
  if (!rest.substr(blanks).starts_with("=?")) return std::nullopt;
  auto next = word_at(rest.substr(blanks));
  if (!next || next->charset != word.charset || next->encoding != word.encoding) return std::nullopt;
  next->length += blanks;
  return next;
}

}  // namespace

std::string with_whole_words(std::string_view header) {
  constexpr std::array<std::string_view, 5> kNarrow{"gb2312", "gbk", "x-gbk", "cp936", "euc-cn"};
  std::string out;
  while (!header.empty()) {
    const auto at = std::min(header.find("=?"), header.size());
    out += header.substr(0, at);
    header.remove_prefix(at);
    if (header.empty()) break;
    const auto word = word_at(header);
    if (!word) {
      out += header.substr(0, 2);
      header.remove_prefix(2);
      continue;
    }
    header.remove_prefix(word->length);
    auto bytes = bytes_of(*word);
    while (bytes) {
      const auto next = next_of(*word, header);
      const auto more = next ? bytes_of(*next) : std::nullopt;
      if (!more) break;
      *bytes += *more;
      header.remove_prefix(next->length);
    }
    const bool narrow = std::ranges::find(kNarrow, word->charset) != kNarrow.end();
    const std::string data = !bytes                  ? std::string(word->data)
                             : word->encoding == 'b' ? to_base64(*bytes)
                                                     : *bytes;
    out += fmt::format("=?{}?{}?{}?=", narrow ? "gb18030" : word->charset, word->encoding, data);
  }
  return out;
}

}  // namespace zhike::connector
