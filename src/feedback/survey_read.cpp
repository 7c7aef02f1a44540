#include "feedback/survey_read.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace zhike::feedback {
namespace {

namespace json = boost::json;

const json::object kNone;

/// RFC 6901: "~" and "/" of a field's name are escaped. Names come from strangers, so they are cut.
std::string escaped(std::string_view field) {
  std::string out;
  for (const char c : field.substr(0, 80)) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= SurveyLimits::kIdMax && std::ranges::all_of(text, [](char c) {
    return ascii::is_digit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
  });
}

/// Line breaks are layout; other controls have no business in a text that people read.
bool has_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; });
}

}  // namespace

void Problems::add(std::string at, std::string en, std::string zh) {
  if (!is_full()) list_.push_back({std::move(at), {.zh = std::move(zh), .en = std::move(en)}});
}

DocumentObject::DocumentObject(Problems& problems, const json::value& value, std::string at,
                               const std::vector<std::string_view>& known)
    : problems_(problems), object_(value.is_object() ? value.get_object() : kNone), at_(std::move(at)) {
  if (!value.is_object()) problems_.add(at_, "is not an object", "不是对象");
  for (const auto& member : object_) {
    const std::string_view field(member.key().data(), member.key().size());
    if (std::ranges::find(known, field) == known.end())
      wrong(field, fmt::format("is not a known field; known here: {}", fmt::join(known, ", ")),
            fmt::format("是未知字段；此处可用：{}", fmt::join(known, "、")));
  }
}

std::string DocumentObject::at(std::string_view field) const { return at_ + "/" + escaped(field); }

void DocumentObject::wrong(std::string_view field, std::string en, std::string zh) {
  problems_.add(at(field), std::move(en), std::move(zh));
}

std::string DocumentObject::word(std::string_view field, bool required) {
  const json::value* value = find(field);
  if (value == nullptr) {
    if (required) wrong(field, "is missing", "缺失");
    return {};
  }
  if (!value->is_string() || !is_id({value->get_string().data(), value->get_string().size()})) {
    wrong(field, fmt::format("is not 1 to {} of a-z, 0-9, _ and -", SurveyLimits::kIdMax),
          fmt::format("须为 1 至 {} 个字符：a-z、0-9、_ 与 -", SurveyLimits::kIdMax));
    return {};
  }
  return std::string(value->get_string());
}

std::string DocumentObject::id(std::string_view field) { return word(field, true); }

Texts DocumentObject::texts(std::string_view field, bool required) {
  const json::value* value = find(field);
  if (value == nullptr) {
    if (required) wrong(field, "is missing", "缺失");
    return {};
  }
  Texts out;
  DocumentObject object(problems_, *value, at(field), {"zh", "en"});
  for (const auto& [key, target] : {std::pair{"zh", &out.zh}, std::pair{"en", &out.en}}) {
    const json::value* text = object.find(key);
    if (text == nullptr) continue;
    if (!text->is_string() || text->get_string().size() > SurveyLimits::kTextBytesMax ||
        has_control({text->get_string().data(), text->get_string().size()}))
      object.wrong(key,
                   fmt::format("is not a text of up to {} bytes without control characters",
                               SurveyLimits::kTextBytesMax),
                   fmt::format("须为不超过 {} 字节且不含控制字符的文字", SurveyLimits::kTextBytesMax));
    else
      *target = std::string(text->get_string());
  }
  if (required && out.empty() && value->is_object())
    wrong(field, "has no text, neither \"zh\" nor \"en\"", "没有文字：“zh”与“en”均为空");
  return out;
}

std::int64_t DocumentObject::number(std::string_view field, std::int64_t otherwise, std::int64_t least,
                                    std::int64_t most) {
  const json::value* value = find(field);
  if (value == nullptr) return otherwise;
  if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
    wrong(field, fmt::format("is not a whole number from {} to {}", least, most),
          fmt::format("须为 {} 至 {} 的整数", least, most));
    return otherwise;
  }
  return value->get_int64();
}

bool DocumentObject::flag(std::string_view field) {
  const json::value* value = find(field);
  if (value == nullptr) return false;
  if (!value->is_bool()) {
    wrong(field, "is neither true nor false", "须为 true 或 false");
    return false;
  }
  return value->get_bool();
}

const json::array* DocumentObject::list(std::string_view field, std::size_t least, std::size_t most) {
  const json::value* value = find(field);
  if (value == nullptr) {
    if (least > 0) wrong(field, "is missing", "缺失");
    return nullptr;
  }
  if (!value->is_array() || value->get_array().size() < least || value->get_array().size() > most) {
    wrong(field, fmt::format("is not a list of {} to {} elements", least, most),
          fmt::format("须为 {} 至 {} 项的列表", least, most));
    return nullptr;
  }
  return &value->get_array();
}

}  // namespace zhike::feedback
