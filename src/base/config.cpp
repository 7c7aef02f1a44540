#include "base/config.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>

#include "base/file.h"
#include "base/toml.h"

extern char** environ;

namespace zhike {
namespace {

// The empty entry at the end keeps the array legal when the catalogue declares nothing.
constexpr std::array kSettings{
#include "catalog/settings.inc"
    Setting{},
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.remove_suffix(1);
  return text;
}

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

/// A whole number, then one of `units`; the product must fit.
Result<std::int64_t> parse_with_unit(std::string_view text, std::span<const Unit> units,
                                     std::string_view example) {
  text = trim(text);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0)
    return fail(Code::kBadSetting, "'{}' is not like {}", text, example);
  const auto rest = trim(std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end)));
  for (const Unit& unit : units) {
    if (rest.size() != unit.name.size() || strncasecmp(rest.data(), unit.name.data(), rest.size()) != 0)
      continue;
    if (number > INT64_MAX / unit.factor) return fail(Code::kBadSetting, "'{}' is too large", text);
    return number * unit.factor;
  }
  return fail(Code::kBadSetting, "'{}' is not like {}", text, example);
}

std::string variable_of(std::string_view key) {
  std::string name = "ZHIKE_";
  for (const char c : key)
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

Result<void> take_table(Config& config, const toml::table& table, const std::string& prefix,
                        const std::string& origin) {
  for (const auto& [key, node] : table) {
    const std::string path = prefix.empty() ? std::string(key.str()) : prefix + "." + std::string(key.str());
    const auto where = fmt::format("{} line {}", origin, node.source().begin.line);
    if (const auto* inner = node.as_table()) {
      CX_TRY(take_table(config, *inner, path, origin));
    } else if (const auto* text = node.as_string()) {
      CX_TRY(config.set(path, text->get(), where));
    } else if (const auto* number = node.as_integer()) {
      CX_TRY(config.set(path, std::to_string(number->get()), where));
    } else if (const auto* flag = node.as_boolean()) {
      CX_TRY(config.set(path, flag->get() ? "true" : "false", where));
    } else {
      return fail(Code::kBadSetting, "{}: {} must be a text, a whole number, true or false", where, path);
    }
  }
  return {};
}

}  // namespace

std::span<const Setting> all_settings() noexcept { return {kSettings.data(), kSettings.size() - 1}; }

Result<std::uint64_t> parse_size(std::string_view text) {
  static constexpr std::array kUnits{Unit{"", 1},          Unit{"B", 1},         Unit{"KiB", 1 << 10},
                                     Unit{"KB", 1 << 10},  Unit{"MiB", 1 << 20}, Unit{"MB", 1 << 20},
                                     Unit{"GiB", 1 << 30}, Unit{"GB", 1 << 30},  Unit{"TiB", 1LL << 40},
                                     Unit{"TB", 1LL << 40}};
  CX_TRY(const std::int64_t bytes, parse_with_unit(text, kUnits, "4096, 64 KiB or 2 GiB"));
  return static_cast<std::uint64_t>(bytes);
}

Result<Millis> parse_duration(std::string_view text) {
  static constexpr std::array kUnits{Unit{"", 1},       Unit{"ms", 1},        Unit{"s", 1000},
                                     Unit{"m", 60'000}, Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};
  CX_TRY(const std::int64_t ms, parse_with_unit(text, kUnits, "1500, 250ms, 30s, 5m, 12h or 7d"));
  return Millis{ms};
}

Config::Config() {
  for (const Setting& setting : all_settings()) {
    values_[std::string(setting.key)] = Value{.type = setting.type, .text = {}, .number = 0, .origin = {}};
    const auto done = set(setting.key, setting.fallback, "default");
    cx_check(done.has_value(), "a default of catalog/settings does not fit its type");
  }
}

Result<void> Config::set(std::string_view key, std::string_view text, std::string_view origin) {
  const auto found = values_.find(key);
  if (found == values_.end()) return fail(Code::kBadSetting, "{}: there is no setting '{}'", origin, key);
  Value& value = found->second;
  const auto refuse = [&](std::string_view why) {
    return fail(Code::kBadSetting, "{}: {}: {}", origin, key, why);
  };
  if (value.type == "int") {
    const auto plain = trim(text);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), number);
    if (error != std::errc{} || end != plain.data() + plain.size())
      return refuse(fmt::format("'{}' is not a whole number", text));
    value.number = number;
  } else if (value.type == "bool") {
    if (text != "true" && text != "false" && text != "1" && text != "0")
      return refuse(fmt::format("'{}' is neither true nor false", text));
    value.number = text == "true" || text == "1";
  } else if (value.type == "size") {
    const auto size = parse_size(text);
    if (!size) return refuse(size.error().detail);
    value.number = static_cast<std::int64_t>(*size);
  } else if (value.type == "duration_ms") {
    const auto duration = parse_duration(text);
    if (!duration) return refuse(duration.error().detail);
    value.number = duration->value;
  }
  value.text = text;
  value.origin = origin;
  return {};
}

Result<Config> Config::load(const std::filesystem::path& file, bool must_exist,
                            std::span<const std::string> environment) {
  Config config;
  std::error_code ignored;
  if (must_exist || std::filesystem::exists(file, ignored)) {
    CX_TRY(const std::string text, read_file(file));
    const toml::parse_result parsed = toml::parse(text, file.string());
    if (!parsed)
      return fail(Code::kBadSetting, "{} line {}: {}", file.string(), parsed.error().source().begin.line,
                  parsed.error().description());
    CX_TRY(take_table(config, parsed.table(), "", file.filename().string()));
  }
  std::map<std::string, std::string_view> by_variable;
  for (const Setting& setting : all_settings()) by_variable[variable_of(setting.key)] = setting.key;
  for (const std::string& line : environment) {
    const auto equals = line.find('=');
    if (!line.starts_with("ZHIKE_") || equals == std::string::npos) continue;
    const std::string name = line.substr(0, equals);
    const auto found = by_variable.find(name);
    if (found == by_variable.end())
      config.unknown_.push_back(name);
    else
      CX_TRY(config.set(found->second, std::string_view(line).substr(equals + 1), name));
  }
  return config;
}

std::vector<std::string> Config::process_environment() {
  std::vector<std::string> lines;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) lines.emplace_back(*at);
  return lines;
}

const Config::Value& Config::get(std::string_view key, std::string_view type) const {
  const auto found = values_.find(key);
  cx_check(found != values_.end(), "a setting that catalog/settings does not declare");
  cx_check(type.empty() || found->second.type == type, "a setting of another type");
  return found->second;
}

const std::string& Config::text(std::string_view key) const { return get(key, "string").text; }
std::int64_t Config::integer(std::string_view key) const { return get(key, "int").number; }
bool Config::flag(std::string_view key) const { return get(key, "bool").number != 0; }
std::uint64_t Config::bytes(std::string_view key) const {
  return static_cast<std::uint64_t>(get(key, "size").number);
}
Millis Config::duration(std::string_view key) const { return {get(key, "duration_ms").number}; }
const std::string& Config::origin(std::string_view key) const { return get(key, "").origin; }

}  // namespace zhike
