#include "connector/mail_write.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/ascii.h"
#include "base/encoding.h"
#include "base/money.h"
#include "connector/gmime.h"

namespace zhike::connector {
namespace {

namespace json = boost::json;

constexpr std::size_t kLineMax = 900, kEventsShown = 500;

std::string one_line(std::string_view text, std::size_t most) {
  std::string out = to_valid_utf8(text.substr(0, most));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  return out;
}

bool is_plain_ascii(std::string_view text) {
  std::size_t width = 0;
  for (const char c : text) {
    width = c == '\n' ? 0 : width + 1;
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\0' || width > kLineMax) return false;
  }
  return true;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r') continue;
    if (text[i] == '\n') out += '\r';
    out += text[i];
  }
  return out;
}

mime::Owned<GMimeTextPart> text_part(std::string_view text) {
  mime::Owned<GMimeTextPart> part(g_mime_text_part_new_with_subtype("plain"));
  const std::string valid = to_valid_utf8(text);
  const bool ascii = is_plain_ascii(valid);
  g_mime_text_part_set_charset(part.get(), "utf-8");
  const std::string body = ascii ? valid : with_crlf(valid);
  const mime::Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(body.data(), body.size()));
  const mime::Owned<GMimeDataWrapper> content(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(GMIME_PART(part.get()), content.get());
  g_mime_part_set_content_encoding(GMIME_PART(part.get()),
                                   ascii ? GMIME_CONTENT_ENCODING_7BIT : GMIME_CONTENT_ENCODING_BASE64);
  return part;
}

std::string serialized(GMimeMessage* message) {
  const mime::Owned<GMimeStream> stream(g_mime_stream_mem_new());
  g_mime_object_write_to_stream(GMIME_OBJECT(message), nullptr, stream.get());
  const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  return with_crlf({reinterpret_cast<const char*>(bytes->data), bytes->len});
}

}  // namespace

bool is_mail_address(std::string_view text) noexcept {
  constexpr std::string_view kSpecial = "<>()[],;:\\\"";
  const auto at = text.find('@');
  if (at == text.npos || at == 0 || at > 64 || at + 1 == text.size() || text.size() > 254) return false;
  if (text.find('@', at + 1) != text.npos || text[at + 1] == '.' || text.back() == '.') return false;
  return std::ranges::all_of(text, [&](char c) { return c > ' ' && c < '\x7f' && !kSpecial.contains(c); });
}

Result<MailAddress> parse_mail_sender(std::string_view text) {
  MailAddress out;
  const auto open = text.find('<');
  if (open == text.npos) {
    out.address = text;
  } else {
    const auto close = text.find('>', open);
    if (close != text.size() - 1)
      return fail(Code::kBadConnector, "'from' must be an address, or a name and <an address>");
    out.address = text.substr(open + 1, close - open - 1);
    out.name = one_line(text.substr(0, open), 200);
    while (out.name.ends_with(' ') || out.name.ends_with('"')) out.name.pop_back();
    out.name.erase(0, std::min(out.name.find_first_not_of(" \""), out.name.size()));
  }
  if (!is_mail_address(out.address))
    return fail(Code::kBadConnector, "'from' must be an address, or a name and <an address>");
  return out;
}

std::string write_mail(const MailDraft& draft) {
  mime::begin();
  const mime::Owned<GMimeMessage> message(g_mime_message_new(TRUE));
  const auto add = [&](GMimeAddressType kind, const std::string& name, const std::string& address) {
    InternetAddressList* list = g_mime_message_get_addresses(message.get(), kind);
    const mime::Owned<InternetAddress> one(
        internet_address_mailbox_new(name.empty() ? nullptr : name.c_str(), address.c_str()));
    internet_address_set_charset(one.get(), "utf-8");
    internet_address_list_add(list, one.get());
  };
  add(GMIME_ADDRESS_TYPE_FROM, one_line(draft.from.name, 200), draft.from.address);
  for (const std::string& to : draft.to) add(GMIME_ADDRESS_TYPE_TO, "", to);
  g_mime_message_set_subject(message.get(), one_line(draft.subject, 900).c_str(), "utf-8");
  GDateTime* date = g_date_time_new_from_unix_utc(draft.date.ms / 1000);
  g_mime_message_set_date(message.get(), date);
  g_date_time_unref(date);
  g_mime_message_set_message_id(message.get(), one_line(draft.message_id, 400).c_str());
  // No machine is to answer (RFC 3834).
  g_mime_object_set_header(GMIME_OBJECT(message.get()), "Auto-Submitted", "auto-generated", nullptr);
  if (!draft.unsubscribe.empty())
    g_mime_object_set_header(GMIME_OBJECT(message.get()), "List-Unsubscribe",
                             ("<" + one_line(draft.unsubscribe, 800) + ">").c_str(), nullptr);
  const auto part = text_part(draft.text);
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(part.get()));
  return serialized(message.get());
}

// ---- events for people ------------------------------------------------------------------------------------

namespace {

struct Label {
  std::string_view key, en, zh;
};
constexpr std::array kLabels{
    Label{"name", "Event", "事件"},
    Label{"occurred_at", "Time", "时间"},
    Label{"source", "Source", "数据源"},
    Label{"channel", "Channel", "渠道"},
    Label{"touchpoint", "Touchpoint", "触点"},
    Label{"unit", "Unit", "组织单元"},
    Label{"customer_id", "Customer", "客户"},
    Label{"case_id", "Case", "个案"},
    Label{"amount", "Amount", "金额"},
    Label{"score", "Score", "评分"},
    Label{"text", "Text", "原话"},
};

std::string shown(const json::value& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  if (value.is_null()) return {};
  if (const auto* amount = value.if_object(); amount != nullptr && amount->contains("minor")) {
    const auto currency = parse_currency(
        amount->at("currency").is_string() ? std::string_view(amount->at("currency").as_string()) : "");
    const auto minor = ascii::parse_number<std::int64_t>(
        amount->at("minor").is_string() ? std::string_view(amount->at("minor").as_string()) : "");
    if (currency && minor) return format_amount({*minor, *currency}) + " " + std::string(currency->str());
  }
  if (value.is_number()) return fmt::format("{:g}", value.to_number<double>());
  return json::serialize(value);
}

std::string text_of(const json::object& event, std::string_view key) {
  const json::value* value = event.if_contains(key);
  return value == nullptr ? std::string() : shown(*value);
}

std::string lines_of(const json::object& event, bool chinese) {
  std::string out;
  const auto line = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) out += std::string(label) + (chinese ? "：" : ": ") + value + "\n";
  };
  for (const Label& label : kLabels) line(chinese ? label.zh : label.en, text_of(event, label.key));
  if (const auto* properties = event.if_contains("properties");
      properties != nullptr && properties->is_object())
    for (const auto& [key, value] : properties->as_object()) line(one_line(key, 200), shown(value));
  return out;
}

}  // namespace

EventMail mail_of_events(std::string_view body, std::string_view subject, std::string_view language) {
  const bool chinese = language == "zh";
  boost::system::error_code wrong;
  const json::value root = json::parse(body, wrong);
  if (wrong || !root.is_object()) return {"Zhike", std::string(body)};
  json::array events;
  if (const auto* list = root.as_object().if_contains("events"); list != nullptr && list->is_array())
    events = list->as_array();
  else
    events.push_back(root);
  EventMail out;
  for (std::size_t i = 0; i < std::min(events.size(), kEventsShown); ++i)
    if (events[i].is_object()) out.text += (i == 0 ? "" : "\n") + lines_of(events[i].as_object(), chinese);
  const json::object first =
      events.empty() || !events[0].is_object() ? json::object() : events[0].as_object();
  while (!subject.empty()) {
    const auto open = std::min(subject.find('{'), subject.size());
    out.subject += subject.substr(0, open);
    subject.remove_prefix(open);
    const auto close = subject.find('}');
    if (subject.empty() || close == subject.npos) break;
    const std::string_view key = subject.substr(1, close - 1);
    out.subject += key == "count" ? std::to_string(events.size()) : text_of(first, key);
    subject.remove_prefix(close + 1);
  }
  out.subject += subject;
  return out;
}

}  // namespace zhike::connector
