#include "external/source.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace zhike::external {
namespace {

constexpr std::array kPostgres{Setting{"host", "", true},
                               Setting{"port", "5432"},
                               Setting{"database", "", true},
                               Setting{"schema", "public"},
                               Setting{"table", "", true},
                               Setting{"user", "", true},
                               Setting{"tls", "prefer", false, false, "prefer|disable|require|verify-full"},
                               Setting{"password", "", false, true}};
constexpr std::array kMysql{Setting{"host", "", true},
                            Setting{"port", "3306"},
                            Setting{"database", "", true},
                            Setting{"table", "", true},
                            Setting{"user", "", true},
                            Setting{"tls", "prefer", false, false, "prefer|disable|require|verify-full"},
                            Setting{"password", "", false, true}};
constexpr std::array kFile{Setting{"path", "", true},
                           Setting{"format", "auto", false, false, "auto|csv|tsv|jsonl|parquet"},
                           Setting{"delimiter", "comma", false, false, "comma|semicolon|bar"}};
constexpr std::array kS3{Setting{"url", "", true},
                         Setting{"bucket", "", true},
                         Setting{"object", "", true},
                         Setting{"region", "us-east-1"},
                         Setting{"access_key", ""},
                         Setting{"format", "auto", false, false, "auto|csv|tsv|jsonl|parquet"},
                         Setting{"delimiter", "comma", false, false, "comma|semicolon|bar"},
                         Setting{"secret_key", "", false, true}};
constexpr std::array kKinds{
    Kind{"postgres", query::Dialect::kPostgres, kPostgres}, Kind{"mysql", query::Dialect::kMysql, kMysql},
    Kind{"file", query::Dialect::kEngine, kFile}, Kind{"s3", query::Dialect::kEngine, kS3}};

constexpr std::size_t kTextMax = 1000, kKeyMax = 40;
constexpr std::uint64_t kRowsMost = 20'000'000;

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= kKeyMax && ascii::is_letter(text.front()) &&
         std::ranges::all_of(text, [](char c) {
           return (ascii::is_alnum(c) && !(c >= 'A' && c <= 'Z')) || c == '-' || c == '_';
         });
}

std::unexpected<Error> bad(std::string_view what, std::string_view why) {
  return fail(Code::kBadVirtualSource, "'{}' {}", what, why);
}

Result<void> check_setting(const Setting& setting, const std::string& value) {
  if (setting.required && value.empty()) return bad(setting.key, "is missing");
  if (value.size() > kTextMax ||
      std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }))
    return bad(setting.key, "is too long or has control characters");
  if (setting.key == "port" && !ascii::parse_number<std::uint16_t>(value))
    return bad(setting.key, "is no port");
  if (setting.choices.empty()) return {};
  const std::string choices = "|" + std::string(setting.choices) + "|";
  if (value.find('|') != value.npos || choices.find("|" + value + "|") == choices.npos)
    return bad(setting.key, "must be one of " + std::string(setting.choices));
  return {};
}

Result<void> check_settings(const Source& source) {
  const auto declared = [&](const std::string& key, bool secret) {
    return std::ranges::any_of(source.kind->settings,
                               [&](const Setting& s) { return s.key == key && s.secret == secret; });
  };
  for (const auto& [key, value] : source.settings)
    if (!declared(key, false)) return bad(key, "is no setting of this kind");
  for (const auto& [key, value] : source.secrets)
    if (!declared(key, true)) return bad(key, "is no secret of this kind");
  for (const Setting& setting : source.kind->settings)
    if (const auto fits = check_setting(setting, source.setting(setting.key)); !fits) return fits;
  return {};
}

Result<void> check_columns(const Source& source) {
  if (source.columns.size() > kColumnsMax) return bad("columns", "are too many");
  for (std::size_t i = 0; i < source.columns.size(); ++i) {
    const Column& column = source.columns[i];
    if (const auto quoted = query::quoted_name(source.kind->dialect, column.is.name); !quoted)
      return bad("columns", "have a name that cannot be used: " + column.is.name);
    if (column.meaning.size() > kTextMax) return bad("columns", "have a meaning that is too long");
    for (std::size_t j = 0; j < i; ++j)
      if (source.columns[j].is.name == column.is.name)
        return bad("columns", "name one twice: " + column.is.name);
  }
  if (source.column(source.key_column) == nullptr) return bad("key_column", "is none of the columns");
  return {};
}

}  // namespace

std::span<const Kind> kinds() { return kKinds; }

const Kind* find_kind(std::string_view key) {
  for (const Kind& kind : kinds())
    if (kind.key == key) return &kind;
  return nullptr;
}

std::string Source::setting(std::string_view wanted) const {
  if (const auto at = settings.find(wanted); at != settings.end() && !at->second.empty()) return at->second;
  if (const auto at = secrets.find(wanted); at != secrets.end()) return at->second;
  if (kind != nullptr)
    for (const Setting& setting : kind->settings)
      if (setting.key == wanted) return std::string(setting.fallback);
  return {};
}

const Column* Source::column(std::string_view wanted) const {
  const auto at =
      std::ranges::find(columns, wanted, [](const Column& c) -> std::string_view { return c.is.name; });
  return at == columns.end() ? nullptr : &*at;
}

const Column& Source::identifying() const {
  const Column* found = column(key_column);
  cx_check(found != nullptr, "a virtual source without its key column");
  return *found;
}

Result<void> check(const Source& source) {
  if (source.kind == nullptr) return bad("kind", "is unknown");
  if (!is_key(source.key) || source.key == kReservedKey)
    return bad("key", "must be 1 to 40 lower-case letters, digits, hyphens or underscores, a letter first");
  if (source.name.empty() || source.name.size() > 200) return bad("name", "must have 1 to 200 bytes");
  if (source.owner.size() > 200) return bad("owner", "is too long");
  if (source.rows_max == 0 || source.rows_max > kRowsMost) return bad("rows_max", "must be 1 to 20000000");
  if (source.time_max < seconds(1) || source.time_max > seconds(300))
    return bad("time_max", "must be 1 to 300 s");
  if (source.refresh < seconds(0) || source.refresh > seconds(3600))
    return bad("refresh", "must be 0 to 3600 s");
  CX_TRY(check_settings(source));
  return check_columns(source);
}

}  // namespace zhike::external
