#include "base/encoding.h"

#include <iconv.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/ascii.h"

namespace zhike {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kMark = "\xEF\xBB\xBF";

unsigned char at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

/// What begins at the front of a text: a whole character, a broken sequence, or one that ends too early.
struct Sequence {
  enum class Kind { kWhole, kBroken, kCut } kind;
  std::size_t bytes;
};

/// One UTF-8 character by table 3-7 of the Unicode standard; a broken one has the length of its longest valid
/// beginning, so that the character after it survives.
Sequence first_utf8(std::string_view text) noexcept {
  const unsigned lead = at(text, 0);
  if (lead < 0x80) return {Sequence::Kind::kWhole, 1};
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0) return {Sequence::Kind::kBroken, 1};
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size()) return {Sequence::Kind::kCut, i};
    unsigned least = 0x80, most = 0xBF;
    if (i == 1) {
      if (lead == 0xE0) least = 0xA0;
      if (lead == 0xED) most = 0x9F;
      if (lead == 0xF0) least = 0x90;
      if (lead == 0xF4) most = 0x8F;
    }
    if (at(text, i) < least || at(text, i) > most) return {Sequence::Kind::kBroken, i};
  }
  return {Sequence::Kind::kWhole, length};
}

/// The text without the beginning of a character at its end.
std::string_view without_cut_end(std::string_view text) noexcept {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const std::string_view end = text.substr(text.size() - back);
    if (at(end, 0) < 0x80) break;
    if (at(end, 0) >= 0xC0) {
      if (first_utf8(end).kind == Sequence::Kind::kCut) text.remove_suffix(back);
      break;
    }
  }
  return text;
}

/// Appends `text` with broken sequences replaced; a cut end counts as broken. Answers how many.
std::uint64_t append_valid(std::string_view text, std::string& out) {
  std::uint64_t replaced = 0;
  std::size_t good = 0;  // text[done, good) is valid and not yet appended
  std::size_t done = 0;
  while (good < text.size()) {
    const Sequence first = first_utf8(text.substr(good));
    if (first.kind == Sequence::Kind::kWhole) {
      good += first.bytes;
      continue;
    }
    out.append(text.substr(done, good - done)).append(kReplacement);
    ++replaced;
    good += first.bytes;
    done = good;
  }
  out.append(text.substr(done));
  return replaced;
}

/// UTF-16 without a mark: text has no zero bytes, but in UTF-16 every line end, digit and comma has one,
/// always on the same side.
bool looks_like_utf16(std::string_view prefix, bool little) noexcept {
  const std::size_t pairs = prefix.size() / 2;
  if (pairs < 2) return false;
  std::size_t high_zeros = 0, low_zeros = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    const unsigned char high = at(prefix, 2 * i + (little ? 1 : 0));
    const unsigned char low = at(prefix, 2 * i + (little ? 0 : 1));
    if (high == 0) ++high_zeros;
    if (low == 0) ++low_zeros;
  }
  return high_zeros * 50 >= pairs && low_zeros * 4 <= high_zeros;
}

/// GB18030 by structure (two bytes, or four with digits) and by use: at least half of the characters of real
/// Chinese text are of GB2312 level 1 or full-width punctuation, which accented Latin letters rarely form.
bool looks_like_gb18030(std::string_view prefix) noexcept {
  std::size_t characters = 0, common = 0, broken = 0;
  for (std::size_t i = 0; i < prefix.size();) {
    const unsigned lead = at(prefix, i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (i + 1 >= prefix.size()) break;
    const unsigned trail = at(prefix, i + 1);
    const bool two = trail >= 0x40 && trail <= 0xFE && trail != 0x7F;
    const bool four = trail >= 0x30 && trail <= 0x39;
    if (lead == 0x80 || lead == 0xFF || (!two && !four)) {
      ++broken;
      ++i;
      continue;
    }
    ++characters;
    if (trail >= 0xA1 && ((lead >= 0xB0 && lead <= 0xD7) || (lead >= 0xA1 && lead <= 0xA3))) ++common;
    i += two ? 2 : 4;
  }
  return characters > 0 && broken * 100 <= characters && common * 2 >= characters;
}

struct Named {
  std::string_view name;
  Encoding encoding;
};
constexpr std::array kNames{Named{"utf-8", Encoding::kUtf8},
                            Named{"utf8", Encoding::kUtf8},
                            Named{"utf-16le", Encoding::kUtf16Le},
                            Named{"utf-16be", Encoding::kUtf16Be},
                            Named{"gb18030", Encoding::kGb18030},
                            Named{"gbk", Encoding::kGb18030},
                            Named{"gb2312", Encoding::kGb18030},
                            Named{"cp936", Encoding::kGb18030},
                            Named{"big5", Encoding::kBig5},
                            Named{"windows-1252", Encoding::kWindows1252},
                            Named{"cp1252", Encoding::kWindows1252},
                            Named{"latin1", Encoding::kWindows1252},
                            Named{"iso-8859-1", Encoding::kWindows1252}};

const char* iconv_name(Encoding encoding) noexcept {
  switch (encoding) {
    case Encoding::kUtf8:
      return "UTF-8";
    case Encoding::kUtf16Le:
      return "UTF-16LE";
    case Encoding::kUtf16Be:
      return "UTF-16BE";
    case Encoding::kGb18030:
      return "GB18030";
    case Encoding::kBig5:
      return "BIG5-HKSCS";
    case Encoding::kWindows1252:
      return "CP1252";
  }
  return "";
}

}  // namespace

std::string_view to_string(Encoding encoding) noexcept {
  for (const Named& named : kNames)  // the first name of each is its own
    if (named.encoding == encoding) return named.name;
  return "";
}

Result<Encoding> parse_encoding(std::string_view name) {
  const std::string lower = ascii::lower(name);
  for (const Named& named : kNames)
    if (named.name == lower) return named.encoding;
  return fail(Code::kUnknownEncoding, "{}", to_valid_utf8(name.substr(0, 40)));
}

Encoding detect_encoding(std::string_view prefix) noexcept {
  if (prefix.starts_with(kMark)) return Encoding::kUtf8;
  if (prefix.starts_with("\xFF\xFE")) return Encoding::kUtf16Le;
  if (prefix.starts_with("\xFE\xFF")) return Encoding::kUtf16Be;
  if (looks_like_utf16(prefix, true)) return Encoding::kUtf16Le;
  if (looks_like_utf16(prefix, false)) return Encoding::kUtf16Be;
  if (is_valid_utf8(without_cut_end(prefix))) return Encoding::kUtf8;
  if (looks_like_gb18030(prefix)) return Encoding::kGb18030;
  return Encoding::kWindows1252;
}

bool is_valid_utf8(std::string_view text) noexcept {
  return simdjson::validate_utf8(text.data(), text.size());
}

std::string to_valid_utf8(std::string_view text) {
  if (is_valid_utf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size() + 16);
  append_valid(text, out);
  return out;
}

struct Utf8Converter::Table {
  explicit Table(const char* from) : handle(::iconv_open("UTF-8", from)) {
    cx_check(handle != reinterpret_cast<iconv_t>(-1), "the C library has this encoding");
  }
  ~Table() { ::iconv_close(handle); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;
  iconv_t handle;
};

Utf8Converter::Utf8Converter(Encoding from) : from_(from) {
  if (from != Encoding::kUtf8) table_ = std::make_unique<Table>(iconv_name(from));
}
Utf8Converter::~Utf8Converter() = default;
Utf8Converter::Utf8Converter(Utf8Converter&&) noexcept = default;
Utf8Converter& Utf8Converter::operator=(Utf8Converter&&) noexcept = default;

void Utf8Converter::convert(std::string_view chunk, std::string& out) {
  if (chunk.empty()) return;
  const std::size_t from = out.size();
  std::string joined;
  if (!rest_.empty()) {
    joined = std::move(rest_);
    joined.append(chunk);
    chunk = joined;
    rest_.clear();
  }
  if (table_)
    convert_by_table(chunk, out);
  else
    convert_utf8(chunk, out);
  drop_mark(out, from);
}

void Utf8Converter::finish(std::string& out) {
  if (table_) {  // Big5 holds a character back until it knows that no accent follows
    char held[16];
    char* to = held;
    std::size_t to_left = sizeof held;
    ::iconv(table_->handle, nullptr, nullptr, &to, &to_left);
    out.append(held, sizeof held - to_left);
  }
  if (rest_.empty()) return;
  rest_.clear();
  ++replaced_;
  out.append(kReplacement);
}

void Utf8Converter::drop_mark(std::string& out, std::size_t from) {
  if (started_ || out.size() == from) return;
  started_ = true;
  if (std::string_view(out).substr(from).starts_with(kMark)) out.erase(from, kMark.size());
}

void Utf8Converter::convert_utf8(std::string_view bytes, std::string& out) {
  const std::string_view whole = without_cut_end(bytes);
  rest_.assign(bytes.substr(whole.size()));
  if (is_valid_utf8(whole))
    out.append(whole);
  else
    replaced_ += append_valid(whole, out);
}

/// How many bytes one unreadable character takes: enough not to fall out of step with the ones after it.
std::size_t Utf8Converter::broken_length(std::string_view bytes) const noexcept {
  std::size_t length = 1;
  if (from_ == Encoding::kUtf16Le || from_ == Encoding::kUtf16Be) length = 2;
  if ((from_ == Encoding::kGb18030 || from_ == Encoding::kBig5) && bytes.size() > 1 && at(bytes, 0) > 0x80 &&
      at(bytes, 0) < 0xFF && at(bytes, 1) > 0x80 && at(bytes, 1) < 0xFF)
    length = 2;
  return std::min(length, bytes.size());
}

void Utf8Converter::convert_by_table(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    const std::size_t before = out.size();
    out.resize(before + bytes.size() * 3 + 16);  // the most that any of these encodings needs
    char* in = const_cast<char*>(bytes.data());  // iconv's signature; it does not write there
    std::size_t in_left = bytes.size();
    char* to = out.data() + before;
    std::size_t to_left = out.size() - before;
    const std::size_t answer = ::iconv(table_->handle, &in, &in_left, &to, &to_left);
    const int error = errno;
    out.resize(out.size() - to_left);
    bytes.remove_prefix(bytes.size() - in_left);
    if (answer != static_cast<std::size_t>(-1)) return;
    if (error == EINVAL) {  // the end of this character is in the next chunk
      rest_.assign(bytes);
      return;
    }
    if (error == EILSEQ) {
      out.append(kReplacement);
      ++replaced_;
      bytes.remove_prefix(broken_length(bytes));
    }
  }
}

}  // namespace zhike
