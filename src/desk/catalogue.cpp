#include "desk/catalogue.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <optional>

#include "base/file.h"
#include "desk/embedded.h"
#include "govern/roles.h"
#include "text/normalize.h"
#include "text/own_words.h"

namespace zhike::desk {
namespace {

namespace json = boost::json;

constexpr std::string_view kFolder = "complaints/", kEnding = ".json";
constexpr std::int64_t kMinutesMax = 525'600;  // a year

auto bad(std::string_view what) { return fail(Code::kBadCatalogue, "complaints: {}", what); }

Result<std::string> text_of(const json::object& in, std::string_view name) {
  const json::value* at = in.if_contains(name);
  if (at == nullptr || !at->is_string() || at->get_string().empty() || at->get_string().size() > 200)
    return bad(fmt::format("'{}' is missing or too long", name));
  return std::string(at->get_string());
}

Result<std::int64_t> number_of(const json::object& in, std::string_view name, std::int64_t least,
                               std::int64_t most) {
  const json::value* at = in.if_contains(name);
  if (at == nullptr || !at->is_int64() || at->get_int64() < least || at->get_int64() > most)
    return bad(fmt::format("'{}' is not a whole number from {} to {}", name, least, most));
  return at->get_int64();
}

/// An absent list is an empty one.
Result<std::vector<std::string>> list_of(const json::object& in, std::string_view name) {
  std::vector<std::string> out;
  const json::value* at = in.if_contains(name);
  if (at == nullptr) return out;
  if (!at->is_array() || at->get_array().size() > 500) return bad(fmt::format("'{}' is not a list", name));
  for (const json::value& entry : at->get_array()) {
    if (!entry.is_string()) return bad(fmt::format("'{}' has something that is not a text", name));
    out.emplace_back(entry.get_string());
  }
  return out;
}

/// "09:00" to minutes; "24:00" is the end of the day.
std::optional<int> minute_of(std::string_view text) {
  int hour = 0, minute = 0;
  const char* const end = text.data() + text.size();
  const auto [colon, bad_hour] = std::from_chars(text.data(), end, hour);
  if (bad_hour != std::errc{} || colon == end || *colon != ':') return std::nullopt;
  const auto [last, bad_minute] = std::from_chars(colon + 1, end, minute);
  if (bad_minute != std::errc{} || last != end || minute < 0 || minute > 59 || hour < 0) return std::nullopt;
  const int all = hour * 60 + minute;
  return all <= 1440 ? std::optional(all) : std::nullopt;
}

Result<WorkHours> hours_of(const json::object& root) {
  const json::value* at = root.if_contains("hours");
  if (at == nullptr) return WorkHours{};
  if (!at->is_object()) return bad("'hours' is not an object");
  const json::object& in = at->get_object();
  WorkHours out{.always = false};
  const json::value* days = in.if_contains("days");
  if (days == nullptr || !days->is_array() || days->get_array().empty()) return bad("'days' is not a list");
  for (const json::value& day : days->get_array()) {
    if (!day.is_int64() || day.get_int64() < 1 || day.get_int64() > 7)
      return bad("'days' are 1 (Monday) to 7 (Sunday)");
    out.days.set(static_cast<std::size_t>(day.get_int64() - 1));
  }
  CX_TRY(const std::string from, text_of(in, "from"));
  CX_TRY(const std::string to, text_of(in, "to"));
  const auto first = minute_of(from), last = minute_of(to);
  if (!first || !last || *first >= *last) return bad("'from' and 'to' are times of one day, as 09:00");
  out.from_minute = *first;
  out.to_minute = *last;
  return out;
}

Result<ClockTimes> clock_of(const json::object& clocks, Severity severity) {
  const json::value* at = clocks.if_contains(to_string(severity));
  if (at == nullptr || !at->is_object()) return bad(fmt::format("no clock of '{}'", to_string(severity)));
  CX_TRY(const auto accept, number_of(at->get_object(), "accept_minutes", 1, kMinutesMax));
  CX_TRY(const auto resolve, number_of(at->get_object(), "resolve_minutes", accept, kMinutesMax));
  return ClockTimes{.accept = minutes(accept), .resolve = minutes(resolve)};
}

Result<std::int64_t> minor_of(const json::object& in, std::string_view name) {
  CX_TRY(const std::string text, text_of(in, name));
  std::int64_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc{} || end != text.data() + text.size() || value < -1)
    return bad(fmt::format("'{}' is not an amount of minor units, nor -1 for one without end", name));
  return value;
}

Result<RoleLimit> limit_of(const json::value& entry) {
  if (!entry.is_object()) return bad("a limit is not an object");
  const json::object& in = entry.get_object();
  RoleLimit out;
  CX_TRY(out.role, text_of(in, "role"));
  if (govern::find_role(out.role) == nullptr) return bad(fmt::format("there is no role '{}'", out.role));
  CX_TRY(const std::string currency, text_of(in, "currency"));
  CX_TRY(out.currency, parse_currency(currency));
  CX_TRY(out.complaint, minor_of(in, "complaint"));
  CX_TRY(out.day, minor_of(in, "day"));
  return out;
}

bool is_category_key(std::string_view key) {
  return !key.empty() && key.size() <= 60 && key.front() != '.' && key.back() != '.' &&
         std::ranges::count(key, '.') <= 1 && std::ranges::all_of(key, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
         });
}

Result<Category> category_of(const json::value& entry) {
  if (!entry.is_object()) return bad("a category is not an object");
  const json::object& in = entry.get_object();
  Category out;
  CX_TRY(out.key, text_of(in, "key"));
  if (!is_category_key(out.key)) return bad(fmt::format("category '{}': not a key", out.key));
  CX_TRY(out.name_en, text_of(in, "name_en"));
  CX_TRY(out.name_zh, text_of(in, "name_zh"));
  CX_TRY(const std::string severity, text_of(in, "severity"));
  const auto parsed = parse_severity(severity);
  if (!parsed) return bad(fmt::format("category '{}': no severity '{}'", out.key, severity));
  out.severity = *parsed;
  CX_TRY(out.aspects, list_of(in, "aspects"));
  CX_TRY(out.intents, list_of(in, "intents"));
  for (const char* language : {"zh", "en"}) {
    CX_TRY(const auto words, list_of(in, language));
    for (const std::string& word : words) {
      out.words.push_back(text::normalized(word));
      if (out.words.back().empty() || out.words.back().size() > text::OwnWords::kWordMax)
        return bad(fmt::format("category '{}': a word is empty or too long", out.key));
    }
  }
  return out;
}

Result<void> read_categories(const json::object& root, Catalogue& out) {
  const json::value* list = root.if_contains("categories");
  if (list == nullptr || !list->is_array() || list->get_array().empty() ||
      list->get_array().size() > Catalogue::kCategoriesMax)
    return bad(fmt::format("'categories' is not a list of 1 to {}", Catalogue::kCategoriesMax));
  for (const json::value& entry : list->get_array()) {
    CX_TRY(Category category, category_of(entry));
    if (out.find(category.key) != nullptr) return bad(fmt::format("'{}' is there twice", category.key));
    const auto dot = category.key.find('.');
    if (dot != std::string::npos && out.find(category.key.substr(0, dot)) == nullptr)
      return bad(fmt::format("'{}' comes before what it belongs to", category.key));
    out.categories.push_back(std::move(category));
  }
  if (out.find(Catalogue::kOther) == nullptr)
    return bad(fmt::format("there is no category '{}'", Catalogue::kOther));
  return {};
}

}  // namespace

const Category* Catalogue::find(std::string_view category) const {
  const auto at = std::ranges::find(categories, category, &Category::key);
  return at == categories.end() ? nullptr : &*at;
}

Result<Catalogue> parse_catalogue(std::string_view text) {
  boost::system::error_code wrong;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), wrong);
  if (wrong || !value.is_object()) return bad("not a JSON object");
  const json::object& root = value.get_object();
  Catalogue out;
  CX_TRY(out.key, text_of(root, "key"));
  CX_TRY(out.name_en, text_of(root, "name_en"));
  CX_TRY(out.name_zh, text_of(root, "name_zh"));
  CX_TRY(out.hours, hours_of(root));
  CX_TRY(const auto days, number_of(root, "recurrence_days", 1, 365));
  out.recurrence_days = static_cast<int>(days);
  const json::value* clocks = root.if_contains("clocks");
  if (clocks == nullptr || !clocks->is_object()) return bad("'clocks' is not an object");
  for (std::size_t i = 0; i < kSeverities; ++i) {
    CX_TRY(out.clocks[i], clock_of(clocks->get_object(), static_cast<Severity>(i)));
  }
  const json::value* limits = root.if_contains("limits");
  if (limits == nullptr || !limits->is_array()) return bad("'limits' is not a list");
  for (const json::value& entry : limits->get_array()) {
    CX_TRY(RoleLimit limit, limit_of(entry));
    out.limits.push_back(std::move(limit));
  }
  CX_TRY(read_categories(root, out));
  return out;
}

std::vector<std::string> shipped_catalogues() {
  std::vector<std::string> out;
  for (const Embedded& file : kEmbedded)
    out.emplace_back(file.name.substr(kFolder.size(), file.name.size() - kFolder.size() - kEnding.size()));
  return out;
}

Result<Catalogue> catalogue_of(const std::string& setting, const std::filesystem::path& folder) {
  for (const Embedded& file : kEmbedded)
    if (file.name == std::string(kFolder) + setting + std::string(kEnding)) return parse_catalogue(file.text);
  if (!setting.ends_with(kEnding))
    return bad(fmt::format("no catalogue '{}'; there are {}, or name a JSON file", setting,
                           fmt::join(shipped_catalogues(), ", ")));
  CX_TRY(const std::string text, read_file(folder / setting));
  return parse_catalogue(text);
}

}  // namespace zhike::desk
