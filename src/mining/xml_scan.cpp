#include "mining/xml_scan.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "base/ascii.h"

namespace zhike::mining {
namespace {

bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool starts_name(char c) noexcept {
  return ascii::is_letter(c) || c == '_' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}
bool ends_name(char c) noexcept { return is_space(c) || c == '>' || c == '/' || c == '='; }

std::string_view local_name(std::string_view full) noexcept {
  const std::size_t colon = full.rfind(':');
  return colon == std::string_view::npos ? full : full.substr(colon + 1);
}

const char* find(const char* from, const char* end, char c) noexcept {
  return static_cast<const char*>(std::memchr(from, c, static_cast<std::size_t>(end - from)));
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | (code >> 6U));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12U));
    put(0x80 | ((code >> 6U) & 0x3fU));
  } else {
    put(0xf0 | (code >> 18U));
    put(0x80 | ((code >> 12U) & 0x3fU));
    put(0x80 | ((code >> 6U) & 0x3fU));
  }
  put(0x80 | (code & 0x3fU));
}

/// Of "#65" and "#x41".
std::optional<std::uint32_t> character_of(std::string_view entity) {
  if (!entity.starts_with('#')) return std::nullopt;
  const bool is_hex = entity.size() > 1 && entity[1] == 'x';
  const std::string_view digits = entity.substr(is_hex ? 2 : 1);
  std::uint32_t code = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, is_hex ? 16 : 10);
  if (error != std::errc{} || stop != digits.data() + digits.size()) return std::nullopt;
  if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return std::nullopt;
  return code;
}

constexpr std::pair<std::string_view, char> kEntities[] = {
    {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};

}  // namespace

std::string& XmlScanner::room() {
  lines_before_ += static_cast<std::uint64_t>(
      std::count(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
  buffer_.erase(0, at_);
  at_ = 0;
  return buffer_;
}

std::uint64_t XmlScanner::line() const {
  return 1 + lines_before_ +
         static_cast<std::uint64_t>(
             std::count(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
}

std::unexpected<Error> XmlScanner::refuse(std::string_view why) const {
  return fail(Code::kBadFile, "{} line {}: {}", what_, line(), why);
}

std::string_view XmlScanner::attribute(std::string_view name) const noexcept {
  for (const XmlAttribute& attribute : attributes_)
    if (attribute.name == name) return attribute.value;
  return {};
}

XmlScanner::Scan XmlScanner::bad(std::string_view why) {
  problem_ = why;
  return Scan::kBad;
}

Result<XmlScanner::Token> XmlScanner::no_tag() {
  if (!is_finished_) {
    if (!with_text_) at_ = buffer_.size();
    return Token::kMore;
  }
  if (!opened_.empty())
    return refuse(fmt::format("the file ends inside <{}>", names_.substr(opened_.back())));
  if (!had_root_) return refuse("there is no XML element in it");
  return Token::kDone;
}

Result<XmlScanner::Token> XmlScanner::next() {
  if (is_empty_tag_) {
    is_empty_tag_ = false;
    attributes_.clear();
    names_.resize(opened_.back());
    opened_.pop_back();
    return Token::kEnd;
  }
  for (;;) {
    const char* const begin = buffer_.data() + at_;
    const char* const end = buffer_.data() + buffer_.size();
    const char* const open = find(begin, end, '<');
    if (static_cast<std::size_t>((open == nullptr ? end : open) - begin) > kTokenBytesMax && with_text_)
      return refuse("a text above 1 MiB");
    if (open == nullptr) return no_tag();
    if (with_text_ && !opened_.empty() && !std::all_of(begin, open, is_space)) {
      text_ = {begin, open};
      at_ += text_.size();
      return Token::kText;
    }
    at_ += static_cast<std::size_t>(open - begin);
    switch (tag(open, end)) {
      case Scan::kToken:
        return found_;
      case Scan::kSkipped:
        break;
      case Scan::kBad:
        return refuse(problem_);
      case Scan::kMore:
        if (static_cast<std::size_t>(end - open) > kTokenBytesMax) return refuse("a tag above 1 MiB");
        if (is_finished_) return refuse("the file ends inside a tag");
        return Token::kMore;
    }
  }
}

XmlScanner::Scan XmlScanner::tag(const char* open, const char* end) {
  if (end - open < 2) return Scan::kMore;
  if (open[1] == '?') return skip_to(open, end, 2, "?>");
  if (open[1] == '/') return end_tag(open, end);
  if (open[1] != '!') return begin_tag(open, end);
  const std::string_view rest(open, end);
  constexpr std::string_view kData = "<![CDATA[";
  if (rest.starts_with("<!--")) return skip_to(open, end, 4, "-->");
  if (rest.starts_with(kData)) {
    const Scan scan = skip_to(open, end, kData.size(), "]]>");
    if (scan != Scan::kSkipped || !with_text_ || opened_.empty()) return scan;
    text_ = {open + kData.size(), buffer_.data() + at_ - 3};
    found_ = Token::kText;
    return text_.empty() ? Scan::kSkipped : Scan::kToken;
  }
  if (rest.size() < kData.size()) return Scan::kMore;
  return bad("a document type declaration is not accepted");
}

XmlScanner::Scan XmlScanner::skip_to(const char* open, const char* end, std::size_t from,
                                     std::string_view mark) {
  const std::string_view rest(open, end);
  if (rest.size() < from) return Scan::kMore;
  const std::size_t found = rest.find(mark, from);
  if (found == std::string_view::npos) return Scan::kMore;
  at_ += found + mark.size();
  return Scan::kSkipped;
}

bool XmlScanner::push(std::string_view full) {
  if (opened_.size() == kDepthMax) return false;
  opened_.push_back(names_.size());
  names_ += full;
  had_root_ = true;
  return true;
}

XmlScanner::Scan XmlScanner::begin_tag(const char* open, const char* end) {
  const char* at = open + 1;
  if (!starts_name(*at)) return bad("a tag without a name");
  if (opened_.empty() && had_root_) return bad("more than one root element");
  while (at < end && !ends_name(*at)) ++at;
  const std::string_view full(open + 1, at);
  attributes_.clear();
  for (;;) {
    while (at < end && is_space(*at)) ++at;
    if (at == end) return Scan::kMore;
    if (*at == '>') break;
    if (*at == '/') {
      if (at + 1 == end) return Scan::kMore;
      if (at[1] != '>') return bad("a stray / in a tag");
      is_empty_tag_ = true;
      ++at;
      break;
    }
    const Scan scan = attribute_at(at, end);
    if (scan != Scan::kToken) return scan;
  }
  if (!push(full)) return bad("elements deeper than 64");
  name_ = local_name(full);
  at_ += static_cast<std::size_t>(at + 1 - open);
  found_ = Token::kBegin;
  return Scan::kToken;
}

XmlScanner::Scan XmlScanner::attribute_at(const char*& at, const char* end) {
  const char* const start = at;
  if (!starts_name(*at)) return bad("a tag with something that is no attribute");
  while (at < end && !ends_name(*at)) ++at;
  const std::string_view name(start, at);
  while (at < end && is_space(*at)) ++at;
  if (at == end) return Scan::kMore;
  if (*at != '=') return bad("an attribute without a value");
  ++at;
  while (at < end && is_space(*at)) ++at;
  if (at == end) return Scan::kMore;
  const char quote = *at;
  if (quote != '"' && quote != '\'') return bad("an attribute's value without quotes");
  const char* const close = find(at + 1, end, quote);
  if (close == nullptr) return Scan::kMore;
  attributes_.push_back({name, {at + 1, close}});
  at = close + 1;
  return Scan::kToken;
}

XmlScanner::Scan XmlScanner::end_tag(const char* open, const char* end) {
  const char* const close = find(open, end, '>');
  if (close == nullptr) return Scan::kMore;
  std::string_view full(open + 2, close);
  while (!full.empty() && is_space(full.back())) full.remove_suffix(1);
  if (opened_.empty()) return bad(fmt::format("</{}> closes nothing", full.substr(0, 100)));
  const std::string_view opened = std::string_view(names_).substr(opened_.back());
  if (opened != full) return bad(fmt::format("</{}> where <{}> is open", full.substr(0, 100), opened));
  names_.resize(opened_.back());
  opened_.pop_back();
  name_ = local_name(full);
  attributes_.clear();
  at_ += static_cast<std::size_t>(close + 1 - open);
  found_ = Token::kEnd;
  return Scan::kToken;
}

std::string decode_xml(std::string_view raw) {
  std::string out;
  while (!raw.empty()) {
    const std::size_t amp = std::min(raw.find('&'), raw.size());
    out += raw.substr(0, amp);
    raw.remove_prefix(amp);
    if (raw.empty()) break;
    const std::size_t semicolon = raw.find(';');
    const std::string_view entity =
        semicolon == std::string_view::npos ? std::string_view() : raw.substr(1, semicolon - 1);
    const auto* const known = std::ranges::find(kEntities, entity, &std::pair<std::string_view, char>::first);
    if (known != std::end(kEntities)) {
      out.push_back(known->second);
    } else if (const auto code = character_of(entity)) {
      append_utf8(out, *code);
    } else {
      out.push_back('&');
      raw.remove_prefix(1);
      continue;
    }
    raw.remove_prefix(semicolon + 1);
  }
  return out;
}

std::string encode_xml(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto* const entity = std::ranges::find(kEntities, c, &std::pair<std::string_view, char>::second);
    if (entity != std::end(kEntities))
      out += fmt::format("&{};", entity->first);
    else if (c == '\n' || c == '\t' || c == '\r')
      out += fmt::format("&#{};", static_cast<int>(c));
    else if (static_cast<unsigned char>(c) >= 0x20)  // XML has no other control characters
      out.push_back(c);
  }
  return out;
}

}  // namespace zhike::mining
