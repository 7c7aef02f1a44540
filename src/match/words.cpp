#include "match/words.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/ascii.h"
#include "base/log.h"
#include "clean/chinese.h"
#include "clean/width.h"

namespace zhike::match {
namespace {

/// One of ICU's transliterators behind a lock: it is slow, so only what is new comes here.
class Transliterator {
 public:
  explicit Transliterator(const char* id) {
    UErrorCode status = U_ZERO_ERROR;
    one_.reset(icu::Transliterator::createInstance(id, UTRANS_FORWARD, status));
    if (U_FAILURE(status) != 0) {
      log::warn("icu_not_usable", {{"error", u_errorName(status)}});
      one_.reset();
    }
  }
  std::string operator()(std::string_view text) {
    const std::lock_guard lock(mutex_);
    icu::UnicodeString wide =
        icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
    if (one_ != nullptr) one_->transliterate(wide);
    std::string out;
    wide.toUTF8String(out);
    return out;
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<icu::Transliterator> one_;
};

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_han(char32_t c) {
  return (c >= 0x3400 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

std::string fold(std::string_view text) {
  static Transliterator& folding =
      *new Transliterator("NFKD; [:Nonspacing Mark:] Remove; NFKC; Latin-ASCII; Lower");
  return folding(text);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // ICU's macro narrows
char32_t next_point(std::string_view text, std::size_t& at) {
  UChar32 c = 0;
  auto i = static_cast<std::int32_t>(at);
  U8_NEXT_OR_FFFD(text.data(), i, static_cast<std::int32_t>(text.size()), c);
  at = static_cast<std::size_t>(i);
  return static_cast<char32_t>(c);
}
#pragma GCC diagnostic pop

/// Family names whose reading is not the commonest one of their character.
constexpr std::array<std::pair<std::string_view, std::string_view>, 44> kFamilyReadings{{
    {"单", "shan"}, {"解", "xie"},  {"仇", "qiu"},   {"查", "zha"},  {"朴", "piao"}, {"区", "ou"},
    {"曾", "zeng"}, {"盖", "ge"},   {"种", "chong"}, {"缪", "miao"}, {"覃", "qin"},  {"召", "shao"},
    {"繁", "po"},   {"翟", "zhai"}, {"乐", "yue"},   {"员", "yun"},  {"燕", "yan"},  {"洗", "xian"},
    {"冼", "xian"}, {"折", "she"},  {"那", "na"},    {"隗", "wei"},  {"秘", "bi"},   {"黑", "he"},
    {"牟", "mou"},  {"纪", "ji"},   {"逄", "pang"},  {"宓", "mi"},   {"谌", "chen"}, {"应", "ying"},
    {"葛", "ge"},   {"任", "ren"},  {"贾", "jia"},   {"沈", "shen"}, {"石", "shi"},  {"车", "che"},
    {"晁", "chao"}, {"华", "hua"},  {"祭", "zhai"},  {"柏", "bai"},  {"阚", "kan"},  {"费", "fei"},
    {"尹", "yin"},  {"吕", "lu"},
}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kLongFamilyReadings{{
    {"欧阳", "ouyang"},   {"司马", "sima"},   {"上官", "shangguan"}, {"诸葛", "zhuge"},  {"东方", "dongfang"},
    {"皇甫", "huangfu"},  {"尉迟", "yuchi"},  {"公孙", "gongsun"},   {"慕容", "murong"}, {"令狐", "linghu"},
    {"长孙", "zhangsun"}, {"夏侯", "xiahou"}, {"司徒", "situ"},      {"端木", "duanmu"}, {"宇文", "yuwen"},
    {"南宫", "nangong"},  {"万俟", "moqi"},   {"单于", "chanyu"},    {"澹台", "tantai"}, {"百里", "baili"},
}};

constexpr std::array kNicknames{
#include "match/nicknames.inc"
};

const std::unordered_map<std::string_view, std::string_view>& full_forms() {
  static const auto& all = *[] {
    auto* map = new std::unordered_map<std::string_view, std::string_view>();
    for (const std::string_view line : kNicknames) {
      const auto names = split(line);
      for (const std::string_view name : names) map->emplace(name, names.front());
    }
    return map;
  }();
  return all;
}

/// Classes of consonants that are mistaken for one another; '\0': a vowel or a silent letter.
char sound_class(char c) {
  constexpr std::string_view kFrom = "bpfvcgjkqsxzdtlmnr", kTo =
                                                               "bbffkkkkkssstt"
                                                               "lnnr";
  const std::size_t at = kFrom.find(c);
  return at == std::string_view::npos ? '\0' : kTo[at];
}

/// How pinyin is typed: "lv" and "lyu" for lü.
std::string typed_umlaut(std::string word) {
  for (const auto& [from, to] : {std::pair{"lyu", "lu"}, {"nyu", "nu"}, {"lv", "lu"}, {"nv", "nu"}})
    if (word == from) return to;
  return word;
}

}  // namespace

std::string plain(std::string_view raw, std::size_t bytes_max) {
  if (raw.size() > bytes_max) {
    raw = raw.substr(0, bytes_max);
    while (!raw.empty() && (static_cast<unsigned char>(raw.back()) & 0xc0U) == 0x80) raw.remove_suffix(1);
    if (!raw.empty() && static_cast<unsigned char>(raw.back()) >= 0xc0) raw.remove_suffix(1);
  }
  std::string text = clean::half_width(raw);
  if (!is_ascii(text)) text = clean::has_cjk(text) ? ascii::lower(clean::simplified(text)) : fold(text);
  std::string out;
  out.reserve(text.size());
  bool blank = false;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t n = clean::character_at(std::string_view(text).substr(i));
    const char c = text[i];
    const bool wide = static_cast<unsigned char>(c) >= 0x80;
    const bool sign =
        wide && (text.compare(i, 2, "\xc2\xb7") == 0 || text.compare(i, 3, "\xe2\x80\xa2") == 0 ||
                 text.compare(i, 2, "\xe3\x80") == 0 || text.compare(i, 2, "\xe2\x80") == 0);
    const bool point = c == '.' && i > 0 && i + 1 < text.size() && ascii::is_digit(text[i - 1]) &&
                       ascii::is_digit(text[i + 1]);
    if ((wide && !sign) || ascii::is_alnum(c) || point) {
      if (blank && !out.empty()) out.push_back(' ');
      blank = false;
      out.append(text, i, n);
    } else if (c != '\'' && c != '`') {
      blank = true;
    }
    i += n;
  }
  return ascii::lower(out);
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view word : split(text)) {
    if (is_ascii(word)) {
      out.emplace_back(word);
      continue;
    }
    std::string narrow;
    std::size_t before = std::string_view::npos, at = 0;
    bool paired = false;
    const auto end_run = [&](std::size_t here) {
      if (before != std::string_view::npos && !paired) out.emplace_back(word.substr(before, here - before));
      before = std::string_view::npos;
      paired = false;
    };
    while (at < word.size()) {
      const std::size_t here = at;
      if (!is_han(next_point(word, at))) {
        end_run(here);
        narrow.append(word.substr(here, at - here));
        continue;
      }
      if (!narrow.empty()) out.push_back(std::move(narrow));
      narrow.clear();
      if (before != std::string_view::npos) {
        out.emplace_back(word.substr(before, at - before));
        paired = true;
      }
      before = here;
    }
    end_run(word.size());
    if (!narrow.empty()) out.push_back(std::move(narrow));
  }
  return out;
}

std::string_view pinyin(char32_t character) {
  if (!is_han(character)) return {};
  static Transliterator& reading =
      *new Transliterator("Han-Latin; NFD; [:Nonspacing Mark:] Remove; NFC; Lower");
  static auto& known = *new std::unordered_map<char32_t, std::string>();
  static auto& mutex = *new std::mutex();
  const std::lock_guard lock(mutex);
  const auto it = known.find(character);
  if (it != known.end()) return it->second;
  std::string utf8;
  icu::UnicodeString(static_cast<UChar32>(character)).toUTF8String(utf8);
  std::string out = reading(utf8);
  if (!is_ascii(out)) out.clear();
  return known.emplace(character, std::move(out)).first->second;
}

std::string latin_name(std::string_view text) {
  if (is_ascii(text)) {
    std::string out;
    for (const std::string_view word : split(text)) {
      if (!out.empty()) out.push_back(' ');
      out += typed_umlaut(std::string(word));
    }
    return out;
  }
  std::string squeezed, out;
  for (const std::string_view word : split(text)) squeezed += word;
  std::string_view rest = squeezed;
  const auto take = [&](const auto& table) {
    for (const auto& [name, reading] : table)
      if (rest.starts_with(name)) {
        out = reading;
        rest.remove_prefix(name.size());
        return true;
      }
    return false;
  };
  bool in_family = take(kLongFamilyReadings) || take(kFamilyReadings);
  if (in_family && !rest.empty()) out.push_back(' ');
  for (std::size_t at = 0; at < rest.size();) {
    const std::size_t from = at;
    const std::string_view reading = pinyin(next_point(rest, at));
    out += reading.empty() ? rest.substr(from, at - from) : reading;
    if (!in_family && at < rest.size()) out.push_back(' ');
    in_family = true;
  }
  return out;
}

std::string_view full_form(std::string_view name) {
  const auto& all = full_forms();
  const auto it = all.find(name);
  return it == all.end() ? name : it->second;
}

std::string sound_of(std::string_view text) {
  std::string letters;
  if (is_ascii(text)) {
    for (const char c : text)
      if (ascii::is_alnum(c)) letters.push_back(c);
  } else {
    for (std::size_t at = 0; at < text.size();) letters += pinyin(next_point(text, at));
    return letters;
  }
  if (letters.size() > 1 && letters[0] == 'p' && letters[1] == 'h') letters.replace(0, 2, "f");
  std::string out;
  for (const char c : letters) {
    if (ascii::is_digit(c)) {
      out.push_back(c);
      continue;
    }
    const char sound = sound_class(c);
    if (out.empty())
      out.push_back(sound == '\0' ? c : sound);
    else if (sound != '\0' && out.back() != sound)
      out.push_back(sound);
  }
  return out;
}

std::u16string to_utf16(std::string_view utf8) {
  std::u16string out;
  if (is_ascii(utf8)) {
    out.assign(utf8.begin(), utf8.end());
    return out;
  }
  const auto wide = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
  out.assign(wide.getBuffer(), static_cast<std::size_t>(wide.length()));
  return out;
}

}  // namespace zhike::match
