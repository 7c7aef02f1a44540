#include "connector/mail_report.h"

#include <span>
#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/encoding.h"

namespace zhike::connector {
namespace {

constexpr std::size_t kFailuresMax = 100, kStatusMax = 256 * 1024;

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t\r\n"), to = text.find_last_not_of(" \t\r\n");
  return from == text.npos ? std::string_view() : text.substr(from, to - from + 1);
}

/// "rfc822; <a@b.cn>" → "a@b.cn"
std::string recipient_of(std::string_view value) {
  if (const auto semicolon = value.find(';'); semicolon != value.npos) value.remove_prefix(semicolon + 1);
  value = trimmed(value);
  if (value.starts_with('<') && value.ends_with('>')) value = value.substr(1, value.size() - 2);
  if (value.size() > 254 || !value.contains('@') || value.find_first_of(" \t\r\n<>,;") != value.npos)
    return {};
  return to_valid_utf8(value);
}

/// "5.1.1 (unknown)" → "5.1.1"
std::string status_of(std::string_view value) {
  value = trimmed(value);
  value = value.substr(0, value.find_first_not_of("0123456789."));
  return std::string(value.size() > 12 ? std::string_view() : value);
}

bool begins(std::string_view text, std::span<const std::string_view> words) {
  const std::string low = ascii::lower(trimmed(text));
  return std::ranges::any_of(words, [&](std::string_view word) { return low.starts_with(word); });
}

}  // namespace

std::vector<MailFailure> delivery_failures(std::string_view status) {
  std::vector<MailFailure> out;
  MailFailure group;
  const auto end_group = [&] {
    if (!group.recipient.empty() && (group.action == "failed" || group.action == "delayed") &&
        out.size() < kFailuresMax)
      out.push_back(group);
    group = {};
  };
  status = status.substr(0, kStatusMax);
  while (!status.empty()) {
    const auto end = std::min(status.find('\n'), status.size());
    const std::string_view line = status.substr(0, end);
    status.remove_prefix(std::min(end + 1, status.size()));
    if (trimmed(line).empty()) {
      end_group();
      continue;
    }
    const auto colon = line.find(':');
    if (colon == line.npos || line.front() == ' ' || line.front() == '\t') continue;
    const std::string name = ascii::lower(trimmed(line.substr(0, colon)));
    const std::string_view value = line.substr(colon + 1);
    if (name == "original-recipient" || (name == "final-recipient" && group.recipient.empty()))
      group.recipient = recipient_of(value);
    else if (name == "action")
      group.action = ascii::lower(trimmed(value).substr(0, 20));
    else if (name == "status")
      group.status = status_of(value);
  }
  end_group();
  return out;
}

MailKind kind_of(const MailSigns& signs, std::vector<MailFailure>& failures) {
  constexpr std::array<std::string_view, 4> kDaemons{"mailer-daemon@", "postmaster@", "mail-daemon@",
                                                     "mdaemon@"};
  constexpr std::array<std::string_view, 9> kSubjects{
      "automatic reply:", "auto reply:", "auto-reply:", "autoreply:", "out of office",
      "自动回复:",        "自动回复：",  "自動回覆",    "自动答复"};
  constexpr std::array<std::string_view, 3> kBulk{"bulk", "list", "junk"};
  constexpr std::array<std::string_view, 1> kNo{"no"};
  if (failures.empty() && !signs.has_status)
    for (std::string_view rest = signs.failed_recipients; !rest.empty() && failures.size() < kFailuresMax;) {
      const auto end = std::min(rest.find(','), rest.size());
      if (std::string one = recipient_of(rest.substr(0, end)); !one.empty())
        failures.push_back({std::move(one), "failed", ""});
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  if (!failures.empty()) return MailKind::kBounce;
  const bool automatic = (!trimmed(signs.auto_submitted).empty() && !begins(signs.auto_submitted, kNo)) ||
                         !trimmed(signs.auto_reply).empty() || !signs.report_type.empty() ||
                         trimmed(signs.return_path) == "<>" || begins(signs.from, kDaemons) ||
                         begins(signs.subject, kSubjects) ||
                         ascii::lower(trimmed(signs.precedence)) == "auto_reply";
  if (automatic) return MailKind::kAutoReply;
  if (!trimmed(signs.list_id).empty() || begins(signs.precedence, kBulk)) return MailKind::kBulk;
  return MailKind::kMessage;
}

}  // namespace zhike::connector
