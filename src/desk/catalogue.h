// What complaints are about, how fast they are to be answered, and what who may give: data of
// catalog/complaints, or a file of the user's own.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/complaint.h"
#include "desk/work_hours.h"

namespace zhike::desk {

/// The key of a category below another begins with that one's and a dot: "delivery.late".
struct Category {
  std::string key, name_en, name_zh;
  Severity severity = Severity::kMedium;  ///< of its complaints, unless somebody says otherwise
  std::vector<std::u32string> words{};    ///< normalised; of both languages
  std::vector<std::string> aspects{};     ///< of the trade's aspects (catalog/aspects), whose words count too
  std::vector<std::string> intents{};     ///< group.key of catalog/intents: likewise
};

struct ClockTimes {
  Millis accept{}, resolve{};  ///< of working time
};

struct Catalogue {
  static constexpr std::size_t kCategoriesMax = 200;
  static constexpr std::string_view kOther = "other";  ///< where nothing fits; every catalogue has it

  std::string key, name_en, name_zh;
  WorkHours hours{};
  std::array<ClockTimes, kSeverities> clocks{};
  std::vector<RoleLimit> limits{};
  int recurrence_days = 30;
  std::vector<Category> categories{};

  [[nodiscard]] const Category* find(std::string_view category) const;  ///< null: there is none
  [[nodiscard]] const ClockTimes& clock(Severity severity) const {
    return clocks[static_cast<std::size_t>(severity)];
  }
};

/// Errors: kBadCatalogue (the detail says where).
[[nodiscard]] Result<Catalogue> parse_catalogue(std::string_view json);
/// A catalogue that comes along (bank, retail, telecom), or a JSON file, relative to `folder`. Errors:
/// kBadCatalogue, those of reading the file.
[[nodiscard]] Result<Catalogue> catalogue_of(const std::string& setting, const std::filesystem::path& folder);
[[nodiscard]] std::vector<std::string> shipped_catalogues();

}  // namespace zhike::desk
