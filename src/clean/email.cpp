#include "clean/email.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "clean/width.h"

namespace zhike::clean {
namespace {

constexpr std::size_t kLocalMax = 64, kAddressMax = 254;  // RFC 5321, 4.5.3.1

struct Provider {
  std::string_view domain, stands_for;
  bool dots_count;
  char tag;
};
constexpr Provider kProviders[] = {
#include "clean/email_providers.inc"
};

constexpr std::array<std::string_view, 32> kDisposable{
    "10minutemail.com", "20minutemail.com", "burnermail.io",     "bccto.me",          "chacuo.net",
    "discard.email",    "dispostable.com",  "emailondeck.com",   "fakeinbox.com",     "getairmail.com",
    "getnada.com",      "grr.la",           "guerrillamail.com", "inboxkitten.com",   "linshiyouxiang.net",
    "mailcatch.com",    "maildrop.cc",      "mailinator.com",    "mailnesia.com",     "mintemail.com",
    "moakt.com",        "mohmal.com",       "mytemp.email",      "sharklasers.com",   "spamgourmet.com",
    "temp-mail.org",    "tempmail.dev",     "tempr.email",       "throwawaymail.com", "trashmail.com",
    "yopmail.com",      "yopmail.net"};

bool is_address(std::string_view text, std::size_t at) {
  if (at == std::string_view::npos || at == 0 || at > kLocalMax || text.size() > kAddressMax) return false;
  if (text.find('@', at + 1) != std::string_view::npos) return false;
  const std::string_view domain = text.substr(at + 1);
  return domain.find('.') != std::string_view::npos && domain.front() != '.' && domain.back() != '.' &&
         domain.find("..") == std::string_view::npos;
}

}  // namespace

bool is_disposable(std::string_view domain) noexcept {
  for (;;) {
    if (std::ranges::find(kDisposable, domain) != kDisposable.end()) return true;
    const std::size_t dot = domain.find('.');
    if (dot == domain.npos) return false;
    domain.remove_prefix(dot + 1);
  }
}

std::string email_written(std::string_view raw) {
  std::string text = ascii::lower(without_blanks(raw));
  if (text.starts_with("mailto:")) text.erase(0, 7);
  return is_address(text, text.find('@')) ? text : std::string();
}

std::string email(std::string_view raw, Tally* tally) {
  Tally none;
  Tally& count = tally != nullptr ? *tally : none;
  const std::string text = email_written(raw);
  if (text.empty()) {
    count.add(Rule::kEmailInvalid);
    return {};
  }
  const std::size_t at = text.find('@');
  if (text != raw) count.add(Rule::kEmailWritten);
  std::string local = text.substr(0, at);
  std::string_view domain = std::string_view(text).substr(at + 1);
  if (tally != nullptr && is_disposable(domain)) count.add(Rule::kEmailDisposable);
  const auto* known = std::ranges::find(kProviders, domain, &Provider::domain);
  if (known == std::end(kProviders)) return text;
  if (const std::size_t tag = local.find(known->tag); tag != 0 && tag != local.npos) local.resize(tag);
  if (!known->dots_count) std::erase(local, '.');
  if (local.empty()) return text;
  std::string key = local + '@' + std::string(known->stands_for);
  if (key != text) count.add(Rule::kEmailAlias);
  return key;
}

}  // namespace zhike::clean
