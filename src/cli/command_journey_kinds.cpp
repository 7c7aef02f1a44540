// zhike journey kinds: the kinds of journeys, what each comes to, to a file and back.
#include <fmt/format.h>
#include <boost/json.hpp>

#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/journey_commands.h"
#include "cli/kept_commands.h"
#include "cli/opened.h"
#include "journey/case_counts.h"
#include "journey/definitions.h"
#include "server/journey_json.h"

namespace zhike::cli {
namespace {

/// Puts the kinds of a file in place of those in force, whatever their version: the file is the newer word.
Result<void> import_kinds(app::App& app, const std::string& file) {
  CX_TRY(const std::string bytes, read_file(file));
  CX_TRY(const auto fields, server::Fields::parse(bytes));
  CX_TRY(auto wanted, server::definitions_wanted(fields));
  journey::Definitions kept = server::definitions_of(app);
  CX_TRY(const auto before, kept.current());
  return kept.put(Grant::owner(), std::move(wanted), before.version);
}

Result<void> count_cases(Console& console, app::App& app, const JourneyKindsCommand& command,
                         const journey::DefinitionBook& book, json::object& out) {
  CX_TRY(const auto filter, filter_of(app, command.filters));
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("key", "标识")), std::string(console.pick("journeys", "旅程")),
       std::string(console.pick("customers", "客户")), std::string(console.pick("complete", "完成")),
       std::string(console.pick("median, h", "中位用时（小时）"))}};
  constexpr double kHourMs = 3'600'000;
  json::array counted;
  for (const auto& of : book.items) {
    CX_TRY(const auto counts, journey::case_counts(app.warehouse(), Grant::owner(), filter, of));
    rows.push_back(
        {of.key, fmt::format("{}", counts.journeys), fmt::format("{}", counts.customers),
         fmt::format("{}", counts.complete),
         counts.median_ms ? fmt::format("{:.2f}", static_cast<double>(*counts.median_ms) / kHourMs) : "–"});
    json::object one = server::case_counts_json(counts);
    one["key"] = of.key;
    counted.push_back(std::move(one));
  }
  console.say(table(rows));
  out["cases"] = std::move(counted);
  return {};
}

Result<void> kinds(Console& console, app::App& app, const JourneyKindsCommand& command) {
  if (!command.action.empty() && command.file.empty())
    return fail(Code::kBadField, "{}: a file is needed", command.action);
  if (command.action == "import") {
    CX_TRY(import_kinds(app, command.file));
  }
  CX_TRY(const auto book, server::definitions_of(app).current());
  json::object out = server::definitions_json(book);
  if (command.action == "export") {
    CX_TRY(write_file(command.file, json::serialize(out) + "\n", 0644));
  }
  console.say(definitions_table(console, book));
  if (command.cases) {
    CX_TRY(count_cases(console, app, command, book, out));
  }
  console.result(out);
  return {};
}

}  // namespace

int journey_kinds(Console& console, const JourneyKindsCommand& command) {
  return with_app(console, [&](app::App& app) { return kinds(console, app, command); });
}

}  // namespace zhike::cli
