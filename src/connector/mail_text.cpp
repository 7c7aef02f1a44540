#include "connector/mail_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/ascii.h"

namespace zhike::connector {
namespace {

using Lines = std::vector<std::string_view>;
constexpr std::size_t kLinesMax = 20'000;

std::string_view trimmed(std::string_view text) {
  constexpr std::array<std::string_view, 5> kBlanks{" ", "\t", "\r", "\xc2\xa0", "\xe3\x80\x80"};
  for (bool more = true; more;) {
    more = false;
    for (const std::string_view blank : kBlanks) {
      if (text.starts_with(blank)) text.remove_prefix(blank.size()), more = true;
      if (text.ends_with(blank)) text.remove_suffix(blank.size()), more = true;
    }
  }
  return text;
}

Lines lines_of(std::string_view text) {
  Lines out;
  while (!text.empty() && out.size() < kLinesMax) {
    const auto end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

bool is_quoted(std::string_view line) { return trimmed(line).starts_with('>'); }

/// "-----Original Message-----" in the words of the mail programs.
bool is_old_mail(std::string_view line) {
  constexpr std::array<std::string_view, 14> kWords{"original message",
                                                    "originalmessage",
                                                    "original email",
                                                    "original mail",
                                                    "replied message",
                                                    "原始邮件",
                                                    "原邮件",
                                                    "邮件原件",
                                                    "回复的原邮件",
                                                    "回复的邮件",
                                                    "原始郵件",
                                                    "原始信件",
                                                    "ursprüngliche nachricht",
                                                    "message d'origine"};
  line = trimmed(line);
  const std::size_t whole = line.size();
  while (!line.empty() && (line.front() == '-' || line.front() == '_' || line.front() == '*'))
    line.remove_prefix(1);
  while (!line.empty() && (line.back() == '-' || line.back() == '_' || line.back() == '*'))
    line.remove_suffix(1);
  if (whole - line.size() < 4) return false;
  const std::string words = ascii::lower(trimmed(line));
  return std::ranges::find(kWords, words) != kWords.end();
}

/// "From:" of a block that programs write above an older mail. Languages may mix.
std::string_view header_name(std::string_view line) {
  line = trimmed(line);
  while (line.starts_with('*')) line.remove_prefix(1);  // bold, as text
  const auto colon = std::min(line.find(':'), line.find("："));
  if (colon == line.npos || colon > 24) return {};
  std::string_view name = trimmed(line.substr(0, colon));
  while (name.ends_with('*')) name.remove_suffix(1);
  return name;
}

bool begins_old_header(const Lines& lines, std::size_t at) {
  constexpr std::array<std::string_view, 7> kFrom{"from",   "发件人", "寄件者", "寄件人",
                                                  "發件人", "von",    "de"};
  constexpr std::array<std::string_view, 22> kOthers{
      "sent", "date",   "to",   "cc",       "subject",  "发送时间", "发送日期", "日期",
      "时间", "收件人", "抄送", "主题",     "傳送時間", "寄件日期", "日期",     "收件者",
      "副本", "主旨",   "主題", "gesendet", "an",       "betreff"};
  if (std::ranges::find(kFrom, ascii::lower(header_name(lines[at]))) == kFrom.end()) return false;
  int others = 0;
  for (std::size_t i = at + 1; i < lines.size() && i < at + 8; ++i)
    if (const auto name = ascii::lower(header_name(lines[i]));
        std::ranges::find(kOthers, name) != kOthers.end())
      ++others;
  return others >= 2;
}

/// "On Tue, Jan 2, 2024 at 10:00 Li <li@example.com> wrote:", which may be wrapped: how many lines it takes.
std::size_t attribution(const Lines& lines, std::size_t at) {
  constexpr std::array<std::string_view, 9> kVerbs{
      "wrote:", "wrote：", "写道:", "写道：", "寫道:", "寫道：", "schrieb:", "a écrit :", "escribió:"};
  constexpr std::array<std::string_view, 8> kBegins{"on ", "at ", "am ", "le ", "el ", "在", "于", "於"};
  const std::string first = ascii::lower(trimmed(lines[at]));
  const bool may_wrap =
      std::ranges::any_of(kBegins, [&](std::string_view begin) { return first.starts_with(begin); });
  std::string joined;
  for (std::size_t count = 1; count <= (may_wrap ? 4U : 1U) && at + count <= lines.size(); ++count) {
    const std::string_view line = trimmed(lines[at + count - 1]);
    if (line.empty() || line.size() > 300) return 0;
    joined += std::string(line) + " ";
    const bool ends =
        std::ranges::any_of(kVerbs, [&](std::string_view verb) { return line.ends_with(verb); });
    if (!ends) continue;
    // It names a time or an address, so that "she wrote:" of a story is none.
    const bool dated = std::ranges::count_if(joined, [](char c) { return ascii::is_digit(c); }) >= 3;
    return dated || joined.contains('@') ? count : 0;
  }
  return 0;
}

bool is_signature_mark(std::string_view line) { return line == "-- " || trimmed(line) == "--"; }

/// What telephones and free mail services add.
bool is_device_line(std::string_view line) {
  constexpr std::array<std::string_view, 14> kBegins{"sent from my ",
                                                     "sent from mail for",
                                                     "sent from outlook",
                                                     "sent from yahoo",
                                                     "get outlook for",
                                                     "sent via ",
                                                     "发自我的",
                                                     "发自 ",
                                                     "从我的",
                                                     "获取 outlook",
                                                     "来自我的",
                                                     "發自我的",
                                                     "从 windows 版邮件发送",
                                                     "发送自 "};
  const std::string low = ascii::lower(trimmed(line));
  if (low.size() > 120) return false;
  return std::ranges::any_of(kBegins, [&](std::string_view begin) { return low.starts_with(begin); });
}

bool is_rule(std::string_view line) {
  line = trimmed(line);
  return line.size() >= 5 && line.find_first_not_of("-_=*") == line.npos;
}

std::string joined(const Lines& lines) {
  std::string out;
  bool gap = false;
  for (const std::string_view line : lines) {
    const std::string_view words = trimmed(line);
    if (words.empty()) {
      gap = !out.empty();
      continue;
    }
    if (!out.empty()) out += gap ? "\n\n" : "\n";
    gap = false;
    out += words;
  }
  return out;
}

}  // namespace

std::string cut_history(std::string_view text) {
  const Lines lines = lines_of(text);
  Lines kept;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_quoted(lines[i])) continue;
    if (is_old_mail(lines[i]) || begins_old_header(lines, i) || is_signature_mark(lines[i])) break;
    if (const std::size_t count = attribution(lines, i); count != 0) {
      std::size_t next = i + count;
      while (next < lines.size() && trimmed(lines[next]).empty()) ++next;
      if (next >= lines.size() || !is_quoted(lines[next])) break;  // the older mail follows as it was
      i += count - 1;
      continue;
    }
    kept.push_back(lines[i]);
  }
  while (!kept.empty() &&
         (trimmed(kept.back()).empty() || is_rule(kept.back()) || is_device_line(kept.back())))
    kept.pop_back();
  return joined(kept);
}

std::string without_blanks(std::string_view text) { return joined(lines_of(text)); }

std::string unflowed(std::string_view text, bool delete_space) {
  std::string out;
  std::optional<std::size_t> open;  // depth of the paragraph that goes on
  for (std::string_view line : lines_of(text)) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t depth = std::min(line.find_first_not_of('>'), line.size());
    std::string_view words = line.substr(depth);
    if (words.starts_with(' ')) words.remove_prefix(1);
    const bool signature = words == "-- ";
    if (open && *open == depth && !signature)
      out += words;
    else {
      if (!out.empty()) out += '\n';
      out.append(depth, '>').append(depth > 0 ? " " : "").append(words);
    }
    open.reset();
    if (words.ends_with(' ') && !signature) {
      open = depth;
      if (delete_space) out.pop_back();
    }
  }
  return out;
}

}  // namespace zhike::connector
