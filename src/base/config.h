// Settings: declared in catalog/settings, with a value from (lowest first) the default, a TOML file, the
// environment (ZHIKE_SERVER_PORT for server.port), the command line. A value is read once, at the start.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace zhike {

/// What the catalogue declares. `type`: string, int, bool, size (bytes), duration_ms.
struct Setting {
  std::string_view key;  ///< "server.port"
  std::string_view type;
  std::string_view fallback;
  std::string_view text_en, text_zh;
};
[[nodiscard]] std::span<const Setting> all_settings() noexcept;

/// The values of all settings. Const access is thread-safe. Asking for a key that the catalogue does not
/// declare, or for another type than it declares, is a bug.
class Config {
 public:
  /// Defaults only.
  Config();
  /// `file` need not exist unless `must_exist`. `environment`: "NAME=value" lines. Unknown keys of the file
  /// and bad values are errors; unknown ZHIKE_ variables are not (other tools have theirs), see unknown().
  /// Errors: kBadSetting, kFileFailed.
  [[nodiscard]] static Result<Config> load(const std::filesystem::path& file, bool must_exist,
                                           std::span<const std::string> environment);
  /// The environment of this process.
  [[nodiscard]] static std::vector<std::string> process_environment();

  /// Sets one value by its text, as the command line does. Errors: kBadSetting.
  [[nodiscard]] Result<void> set(std::string_view key, std::string_view text, std::string_view origin);

  [[nodiscard]] const std::string& text(std::string_view key) const;
  [[nodiscard]] std::int64_t integer(std::string_view key) const;
  [[nodiscard]] bool flag(std::string_view key) const;
  [[nodiscard]] std::uint64_t bytes(std::string_view key) const;
  [[nodiscard]] Millis duration(std::string_view key) const;
  [[nodiscard]] const std::string& origin(
      std::string_view key) const;  ///< "default", "zhike.toml", "ZHIKE_…"
  /// ZHIKE_ variables that are no setting.
  [[nodiscard]] const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  struct Value {
    std::string_view type;
    std::string text;
    std::int64_t number = 0;
    std::string origin;
  };
  [[nodiscard]] const Value& get(std::string_view key, std::string_view type) const;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<std::string> unknown_;
};

/// "4096", "64 KiB", "2GiB" (KiB, MiB, GiB; KB and MB mean the same). Errors: kBadSetting.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);
/// "1500", "250ms", "30s", "5m", "12h", "7d"; a bare number is milliseconds. Errors: kBadSetting.
[[nodiscard]] Result<Millis> parse_duration(std::string_view text);

}  // namespace zhike
