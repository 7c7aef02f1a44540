#include "connector/imap.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"
#include "base/encoding.h"

namespace zhike::connector {
namespace {

constexpr std::size_t kUntaggedMax = 100'000;

Error nonsense(std::string_view what) { return {Code::kConnectorFailed, "IMAP: " + std::string(what)}; }

/// Words of a line: atoms and strings, "(" and ")" alone.
struct Word {
  std::string text;
  bool is_literal = false;
};

std::optional<std::vector<Word>> words_of(const Imap::Line& line) {
  std::vector<Word> out;
  std::size_t literal = 0;
  const std::string& text = line.text;
  for (std::size_t i = 0; i < text.size() && out.size() < 200;) {
    const char c = text[i];
    if (c == ' ') {
      ++i;
    } else if (c == '\0') {
      if (literal == line.literals.size()) return std::nullopt;
      out.push_back({line.literals[literal++], true});
      ++i;
    } else if (c == '(' || c == ')') {
      out.push_back({std::string(1, c)});
      ++i;
    } else if (c == '"') {
      std::string value;
      for (++i; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        value += text[i];
      }
      if (i == text.size()) return std::nullopt;
      ++i;
      out.push_back({std::move(value)});
    } else {
      const auto end = std::min(text.find_first_of(std::string_view(" ()\"\0", 5), i), text.size());
      out.push_back({text.substr(i, end - i)});
      i = end;
    }
  }
  return out;
}

/// The number after a word of a status line: "* OK [UIDVALIDITY 3857529045] UIDs valid"
std::optional<std::uint32_t> number_after(const std::string& line, std::string_view word) {
  const auto at = line.find(word);
  if (at == line.npos) return std::nullopt;
  const std::string_view rest = std::string_view(line).substr(at + word.size());
  return ascii::parse_number<std::uint32_t>(rest.substr(0, rest.find_first_not_of("0123456789")));
}

std::string upper(std::string text) {
  for (char& c : text) c = ascii::upper(c);
  return text;
}

std::string imap_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

void append_base64(std::span<const std::uint16_t> units, std::string& out) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
  std::uint32_t bits = 0;
  int count = 0;
  for (const std::uint16_t unit : units) {
    bits = (bits << 16 | unit) & 0x3fffff;
    for (count += 16; count >= 6; count -= 6) out += kDigits[(bits >> (count - 6)) & 63];
  }
  if (count > 0) out += kDigits[(bits << (6 - count)) & 63];
}

char32_t next_char(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  char32_t out = more == 0 ? first : first & (0x3f >> more);
  for (int i = 0; i < more && at < text.size(); ++i)
    out = out << 6 | (static_cast<unsigned char>(text[at++]) & 0x3f);
  return out;
}

}  // namespace

std::string imap_folder(std::string_view name) {
  std::string out;
  std::vector<std::uint16_t> units;
  const auto flush = [&] {
    if (units.empty()) return;
    out += '&';
    append_base64(units, out);
    out += '-';
    units.clear();
  };
  for (std::size_t at = 0; at < name.size();) {
    const char32_t c = next_char(name, at);
    if (c >= 0x20 && c <= 0x7e) {
      flush();
      out += c == '&' ? "&-" : std::string(1, static_cast<char>(c));
    } else if (c < 0x10000) {
      units.push_back(static_cast<std::uint16_t>(c));
    } else {
      units.push_back(static_cast<std::uint16_t>(0xd800 + ((c - 0x10000) >> 10)));
      units.push_back(static_cast<std::uint16_t>(0xdc00 + ((c - 0x10000) & 0x3ff)));
    }
  }
  flush();
  return out;
}

Result<void> Imap::fill() {
  if (at_ > 0) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  std::array<char, 16 * 1024> room{};
  CX_TRY(const std::size_t count, stream_.read(room.data(), room.size()));
  buffer_.append(room.data(), count);
  return {};
}

Result<Imap::Line> Imap::line() {
  Line out;
  std::size_t literal_bytes = 0;
  while (true) {
    std::size_t end = buffer_.find("\r\n", at_), looked = 0;
    while (end == std::string::npos) {
      if (buffer_.size() - at_ + out.text.size() > kLineMax)
        return std::unexpected(nonsense("a line without end"));
      looked = std::max<std::size_t>(buffer_.size() - at_, 1) - 1;
      CX_TRY(fill());
      end = buffer_.find("\r\n", looked);
    }
    std::string_view part = std::string_view(buffer_).substr(at_, end - at_);
    if (part.contains('\0') || out.text.size() + part.size() > kLineMax)
      return std::unexpected(nonsense("a line that is none"));
    const auto brace = part.rfind('{');
    const bool has_literal = brace != part.npos && part.ends_with('}');
    if (!has_literal) {
      out.text += part;
      at_ = end + 2;
      return out;
    }
    const auto size = ascii::parse_number<std::uint64_t>(part.substr(brace + 1, part.size() - brace - 2));
    if (!size) return std::unexpected(nonsense("a literal without size"));
    literal_bytes += std::min<std::uint64_t>(*size, kLiteralsMax + 1);
    if (literal_bytes > kLiteralsMax || out.literals.size() >= 100)
      return std::unexpected(nonsense("a literal that is too long"));
    out.text += part.substr(0, brace);
    out.text += '\0';
    at_ = end + 2;
    while (buffer_.size() - at_ < *size) CX_TRY(fill());
    out.literals.push_back(buffer_.substr(at_, *size));
    at_ += *size;
  }
}

Result<void> Imap::command(std::string_view text, const std::function<void(const Line&)>& each) {
  const std::string tag = "Z" + std::to_string(++tag_);
  CX_TRY(stream_.write(tag + " " + std::string(text) + "\r\n"));
  for (std::size_t count = 0; count < kUntaggedMax; ++count) {
    CX_TRY(const Line answer, line());
    if (answer.text.starts_with("* ")) {
      if (upper(answer.text.substr(2, 4)) == "BYE " && !text.starts_with("LOGOUT"))
        return std::unexpected(nonsense("the server has hung up"));
      each(answer);
      continue;
    }
    if (!answer.text.starts_with(tag + " ")) continue;  // the end of an earlier command
    const std::string said = upper(answer.text.substr(tag.size() + 1, 3));
    if (said.starts_with("OK")) return {};
    const auto verb = text.substr(0, text.find(' '));
    return fail(Code::kConnectorRefused, "IMAP {}: {}", verb, said.starts_with("NO") ? "NO" : "BAD");
  }
  return std::unexpected(nonsense("an answer without end"));
}

Result<Imap::Box> Imap::examine(std::string_view folder) {
  Box box;
  CX_TRY(command("EXAMINE " + imap_string(imap_folder(folder)), [&](const Line& line) {
    const std::string text = upper(line.text);
    if (const auto number = number_after(text, "[UIDVALIDITY ")) box.validity = *number;
    if (const auto number = number_after(text, "[UIDNEXT ")) box.next = *number;
  }));
  if (box.validity == 0 || box.next == 0)
    return std::unexpected(nonsense("a folder without UIDVALIDITY or UIDNEXT"));
  return box;
}

Result<std::vector<std::uint32_t>> Imap::search(std::uint32_t first, std::uint32_t last,
                                                std::string_view since) {
  std::vector<std::uint32_t> out;
  std::string text = fmt::format("UID SEARCH UID {}:{}", first, last);
  if (!since.empty()) text += " SINCE " + std::string(since);
  CX_TRY(command(text, [&](const Line& line) {
    if (!upper(line.text.substr(0, 9)).starts_with("* SEARCH")) return;
    std::string_view rest = std::string_view(line.text).substr(8);
    while (!rest.empty()) {
      const auto end = std::min(rest.find(' '), rest.size());
      if (const auto uid = ascii::parse_number<std::uint32_t>(rest.substr(0, end)))
        if (*uid >= first && *uid <= last) out.push_back(*uid);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }));
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  return out;
}

std::optional<Imap::Message> read_fetch(const Imap::Line& line) {
  const auto words = words_of(line);
  // * 12 FETCH ( ... )
  if (!words || words->size() < 5 || (*words)[0].text != "*" || upper((*words)[2].text) != "FETCH" ||
      (*words)[3].text != "(")
    return std::nullopt;
  Imap::Message out;
  bool has_bytes = false;
  for (std::size_t i = 4; i + 1 < words->size(); ++i) {
    if ((*words)[i].is_literal) continue;
    const std::string key = upper((*words)[i].text);
    const Word& value = (*words)[i + 1];
    if (key == "UID")
      out.uid = ascii::parse_number<std::uint32_t>(value.text).value_or(0);
    else if (key == "RFC822.SIZE")
      out.size = ascii::parse_number<std::uint64_t>(value.text).value_or(0);
    else if (key == "INTERNALDATE")
      out.received = value.text;
    else if (key.starts_with("BODY[]")) {
      out.bytes = value.text;
      has_bytes = value.is_literal || upper(value.text) != "NIL";
    } else {
      continue;
    }
    ++i;
  }
  if (out.uid == 0 || !has_bytes) return std::nullopt;
  return out;
}

Result<std::optional<Imap::Message>> Imap::fetch(std::uint32_t uid, std::size_t bytes_max) {
  std::optional<Message> out;
  CX_TRY(command(fmt::format("UID FETCH {} (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.{}>)", uid, bytes_max),
                 [&](const Line& line) {
                   if (auto one = read_fetch(line); one && one->uid == uid) out = std::move(*one);
                 }));
  if (out && out->bytes.size() > bytes_max) out->bytes.resize(bytes_max);
  return out;
}

Result<void> Imap::introduce() {
  const auto said = command(R"(ID ("name" "Zhike"))", [](const Line&) {});
  if (!said && said.error().code != Code::kConnectorRefused) return said;
  return {};
}

Result<void> Imap::log_out() {
  return command("LOGOUT", [](const Line&) {});
}

}  // namespace zhike::connector
