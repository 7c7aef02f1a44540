#include "govern/mask.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace zhike::govern {
namespace {

constexpr std::string_view kHidden = "***";

constexpr std::array<std::string_view, 20> kDoubleSurnames{
    "欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容",
    "令狐", "司徒", "轩辕", "长孙", "宇文", "端木", "南宫", "西门", "独孤", "歐陽"};

/// The characters of a text; nothing when it is not UTF-8.
std::optional<std::vector<std::string_view>> characters(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t size = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
    if (size == 0 || size > text.size()) return std::nullopt;
    for (std::size_t i = 1; i < size; ++i)
      if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return std::nullopt;
    out.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), is_digit);
  return out;
}

std::string join(std::span<const std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

bool is_blank(std::string_view c) { return c == " " || c == "\t" || c == "\xe3\x80\x80"; }

}  // namespace

std::string mask_phone(std::string_view phone) {
  std::string digits = digits_of(phone);
  if (digits.size() == 13 && digits.starts_with("861")) digits.erase(0, 2);
  if (digits.size() >= 10) return digits.substr(0, 3) + "****" + digits.substr(digits.size() - 4);
  if (digits.size() >= 7) return "****" + digits.substr(digits.size() - 3);
  return digits.empty() ? "" : "****";
}

std::string mask_email(std::string_view email) {
  const std::size_t at = email.rfind('@');
  if (email.empty()) return {};
  const std::string_view local = email.substr(0, at == std::string_view::npos ? email.size() : at);
  const auto parts = characters(local);
  if (at == std::string_view::npos || !parts || !characters(email)) return std::string(kHidden);
  const bool show = parts->size() > 1;
  return (show ? std::string(parts->front()) : std::string()) + std::string(kHidden) +
         std::string(email.substr(at));
}

std::string mask_name(std::string_view name) {
  const auto parts = characters(name);
  if (!parts) return std::string(kHidden);
  std::vector<std::string_view> kept;
  std::ranges::copy_if(*parts, std::back_inserter(kept), [](auto c) { return !is_blank(c); });
  if (kept.empty()) return {};
  if (kept.front().size() >= 3) {  // written without spaces: the surname stays
    const bool twice =
        kept.size() > 2 &&
        std::ranges::find(kDoubleSurnames, join(std::span(kept).first(2))) != kDoubleSurnames.end();
    const std::size_t surname = twice ? 2 : 1;
    const std::size_t hidden = std::clamp<std::size_t>(kept.size() - std::min(surname, kept.size()), 1, 3);
    return join(std::span(kept).first(surname)) + std::string(hidden, '*');
  }
  std::string out;
  bool inside = false;
  for (const std::string_view c : *parts) {
    if (is_blank(c))
      inside = false;
    else if (!std::exchange(inside, true))
      out += (out.empty() ? "" : " ") + std::string(c) + std::string(kHidden);
  }
  return out;
}

std::string mask_national_id(std::string_view id) {
  const auto parts = characters(id);
  if (!parts) return std::string(kHidden);
  if (parts->size() < 8) return std::string(parts->size(), '*');
  return join(std::span(*parts).first(2)) + std::string(parts->size() - 4, '*') +
         join(std::span(*parts).last(2));
}

std::string mask_card(std::string_view number) {
  const std::string digits = digits_of(number);
  if (digits.size() < 8) return digits.empty() ? "" : "****";
  return "****" + digits.substr(digits.size() - 4);
}

std::string mask_address(std::string_view address) {
  if (address.empty()) return {};
  if (!characters(address)) return std::string(kHidden);
  // Down to the district, else the city or province.
  for (const std::string_view end : {"区", "县", "區", "縣", "市", "省"}) {
    const std::size_t at = address.find(end);
    if (at == std::string_view::npos || at == 0) continue;
    const std::string_view kept = address.substr(0, at + end.size());
    if (std::ranges::none_of(kept, is_digit)) return std::string(kept) + std::string(kHidden);
  }
  // After the street: what follows the first comma, without house numbers and postal codes.
  const std::size_t comma = address.find(',');
  if (comma == std::string_view::npos) return std::string(kHidden);
  std::string rest(address.substr(comma));
  std::erase_if(rest, is_digit);
  return std::string(kHidden) + rest;
}

std::string mask_text(std::string_view text) {
  const auto parts = characters(text);
  if (parts && parts->empty()) return {};
  return (parts && parts->size() > 1 ? std::string(parts->front()) : std::string()) + std::string(kHidden);
}

std::string mask(IdentifierKind kind, std::string_view value) {
  switch (kind) {
    case IdentifierKind::kEmail:
      return mask_email(value);
    case IdentifierKind::kPhone:
      return mask_phone(value);
    case IdentifierKind::kNationalId:
      return mask_national_id(value);
    case IdentifierKind::kLoyaltyId:
      return mask_card(value).empty() ? mask_text(value) : mask_card(value);
    case IdentifierKind::kUserId:
    case IdentifierKind::kWechatUnionId:
    case IdentifierKind::kWechatOpenId:
    case IdentifierKind::kOrderId:
    case IdentifierKind::kDeviceId:
    case IdentifierKind::kAnonymousId:
    case IdentifierKind::kExternalId:
      break;
  }
  const auto parts = characters(value);
  if (!parts) return std::string(kHidden);
  if (parts->size() < 9) return mask_text(value);
  return join(std::span(*parts).first(3)) + std::string(kHidden) + join(std::span(*parts).last(3));
}

}  // namespace zhike::govern
