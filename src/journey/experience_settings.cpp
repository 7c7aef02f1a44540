#include "journey/experience_settings.h"

#include <boost/json.hpp>
#include <cmath>
#include <set>
#include <utility>

#include "ingest/mapping.h"
#include "journey/document.h"
#include "journey/experience_embedded.h"

namespace zhike::journey {
namespace {

namespace json = boost::json;
using Reader = DocumentReader;

constexpr double kWhole = 100, kRounding = 1e-6;
constexpr std::string_view kName = "name:", kType = "type:";

Result<void> read_weights(const Reader& from, ExperienceSettings& into) {
  CX_TRY(const json::object* weights, from.object("weights"));
  const Reader each(*weights);
  double sum = 0;
  for (const Part part : kAllParts) {
    CX_TRY(const double weight, each.number(to_string(part)));
    if (!(weight >= 0 && weight <= kWhole))
      return fail(Code::kBadField, "the weight of {} is not 0 to 100", to_string(part));
    into.weights[static_cast<std::size_t>(part)] = weight;
    sum += weight;
  }
  if (std::abs(sum - kWhole) > kRounding)
    return fail(Code::kBadField, "the weights are {} together, not 100", sum);
  return {};
}

Result<void> read_loads(const Reader& from, ExperienceSettings& into) {
  CX_TRY(const auto rules, from.objects("loads", kLoadPropertiesMax));
  std::size_t properties = 0;
  for (const Reader& one : rules) {
    LoadRule& rule = into.loads.emplace_back();
    CX_TRY(rule.events, one.texts("events"));
    CX_TRY(rule.properties, one.texts("properties"));
    CX_TRY(const std::string unit, one.text("unit"));
    if (unit != "s" && unit != "ms") return fail(Code::kBadField, "'unit' is neither s nor ms");
    rule.in_seconds = unit == "s";
    properties += rule.properties.size();
  }
  if (properties > kLoadPropertiesMax)
    return fail(Code::kBadField, "more than {} properties in 'loads'", kLoadPropertiesMax);
  return {};
}

Result<void> read_searches(const Reader& from, ExperienceSettings& into) {
  CX_TRY(const auto rules, from.objects("searches", kSearchRulesMax));
  for (const Reader& one : rules) {
    SearchRule& rule = into.searches.emplace_back();
    CX_TRY(rule.searches, one.texts("searches"));
    CX_TRY(rule.targets, one.texts("targets"));
    CX_TRY(const double minutes, one.number("minutes"));
    if (!(minutes >= 1 && minutes <= kSearchMinutesMax) || minutes != std::floor(minutes))
      return fail(Code::kBadField, "'minutes' is not 1 to {}", kSearchMinutesMax);
    rule.minutes = static_cast<int>(minutes);
  }
  return {};
}

Result<void> read_ratings(const Reader& from, ExperienceSettings& into) {
  CX_TRY(const auto rules, from.objects("ratings", kMatchersMax));
  std::set<std::string> seen;
  for (const Reader& one : rules) {
    RatingRule& rule = into.ratings.emplace_back();
    CX_TRY(rule.instrument, one.text("instrument"));
    CX_TRY(rule.worst, one.number("worst"));
    CX_TRY(rule.best, one.number("best"));
    if (rule.worst == rule.best)
      return fail(Code::kBadField, "{}: worst and best are the same", rule.instrument);
    if (!seen.insert(rule.instrument).second)
      return fail(Code::kBadField, "'{}' stands twice in 'ratings'", rule.instrument);
  }
  return {};
}

Result<ExperienceSettings> load(ledger::Tx& tx) {
  ledger::Statement& row = tx.sql("SELECT version, document FROM experience_settings WHERE id = 1");
  CX_TRY(const bool is_set, row.step());
  if (!is_set) return shipped_experience_settings();
  const std::uint64_t version = row.u64(0);
  boost::system::error_code wrong;
  const json::value document = json::parse(row.text(1), wrong);
  if (wrong || !document.is_object()) return fail(Code::kBadJson, "experience settings");
  CX_TRY(ExperienceSettings out, parse_experience_settings(document.get_object()));
  out.version = version;
  return out;
}

}  // namespace

std::string_view to_string(Part part) noexcept {
  switch (part) {
    case Part::kSteps:
      return "steps";
    case Part::kLoad:
      return "load";
    case Part::kFindability:
      return "findability";
    case Part::kErrors:
      return "errors";
    case Part::kInterface:
      return "interface";
    case Part::kPersonalisation:
      return "personalisation";
  }
  return {};
}

bool matches(const Matcher& matcher, std::string_view type, std::string_view name,
             std::string_view touchpoint) {
  const std::string_view text = matcher;
  if (text.starts_with(kName)) return type == "track" && ingest::matches(text.substr(kName.size()), name);
  if (text.starts_with(kType)) return text.substr(kType.size()) == type;
  return text == touchpoint;
}

json::object to_json(const ExperienceSettings& settings) {
  json::object weights;
  for (const Part part : kAllParts)
    weights[to_string(part)] = settings.weights[static_cast<std::size_t>(part)];
  json::array loads, searches, ratings;
  for (const LoadRule& one : settings.loads)
    loads.push_back(json::object{{"events", list_of(one.events)},
                                 {"properties", list_of(one.properties)},
                                 {"unit", one.in_seconds ? "s" : "ms"}});
  for (const SearchRule& one : settings.searches)
    searches.push_back(json::object{
        {"searches", list_of(one.searches)}, {"targets", list_of(one.targets)}, {"minutes", one.minutes}});
  for (const RatingRule& one : settings.ratings)
    ratings.push_back(json::object{{"instrument", one.instrument}, {"worst", one.worst}, {"best", one.best}});
  return {{"version", settings.version},
          {"weights", std::move(weights)},
          {"channels", list_of(settings.channels)},
          {"loads", std::move(loads)},
          {"searches", std::move(searches)},
          {"errors", list_of(settings.errors)},
          {"ratings", std::move(ratings)},
          {"effort", settings.effort},
          {"shown", list_of(settings.shown)},
          {"chosen", list_of(settings.chosen)},
          {"tastes", list_of(settings.tastes)}};
}

Result<ExperienceSettings> parse_experience_settings(const json::object& object) {
  const Reader from(object);
  ExperienceSettings out;
  CX_TRY(read_weights(from, out));
  CX_TRY(out.channels, from.texts("channels"));
  CX_TRY(read_loads(from, out));
  CX_TRY(read_searches(from, out));
  CX_TRY(out.errors, from.texts("errors"));
  CX_TRY(read_ratings(from, out));
  CX_TRY(out.effort, from.text("effort"));
  CX_TRY(out.shown, from.texts("shown"));
  CX_TRY(out.chosen, from.texts("chosen"));
  CX_TRY(out.tastes, from.texts("tastes"));
  return out;
}

const ExperienceSettings& shipped_experience_settings() {
  static const ExperienceSettings kAll = [] {
    const std::string_view text = experience_catalogue::kEmbedded.front().text;
    auto read =
        parse_experience_settings(json::parse(json::string_view(text.data(), text.size())).as_object());
    cx_check(read.has_value(), "catalog/experience");
    return *read;
  }();
  return kAll;
}

Result<ExperienceSettings> ExperienceBook::current() const {
  ExperienceSettings out;
  CX_TRY(db_.read([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(out, load(tx));
    return {};
  }));
  return out;
}

Result<void> ExperienceBook::put(const Grant& grant, const ExperienceSettings& settings) {
  if (!grant.may(Permission::kManageData)) return fail(Code::kPermissionMissing, "manage_data");
  const json::object document = to_json(settings);
  CX_TRY(parse_experience_settings(document));
  const Instant now = clock_.now();
  return db_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(const ExperienceSettings before, load(tx));
    if (before.version != settings.version)
      return fail(Code::kLedgerConflict,
                  "experience settings: version {} is in force, not {}; read them anew", before.version,
                  settings.version);
    ledger::Statement& put = tx.sql(
        "INSERT INTO experience_settings (id, version, document, changed) VALUES (1, $1, $2, $3) ON CONFLICT "
        "(id) DO UPDATE SET version = excluded.version, document = excluded.document, changed = "
        "excluded.changed");
    CX_TRY(put.bind(1, settings.version + 1).bind(2, json::serialize(document)).bind(3, now).run());
    return audit_.append(tx, {.seq = 0,
                              .at = now,
                              .actor = grant.user,
                              .action = "experience_settings_changed",
                              .target = "experience",
                              .detail = json::serialize(document.at("weights"))});
  });
}

}  // namespace zhike::journey
