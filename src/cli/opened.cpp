#include "cli/opened.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "feedback/readings.h"
#include "query/parse.h"

namespace zhike::cli {

Result<std::unique_ptr<app::App>> open_app(Console& console, std::string write_key) {
  CX_TRY(auto config, console.config());
  log::set_level(log::Level::kWarning);
  return open_app(console, std::move(config), std::move(write_key));
}

Result<std::unique_ptr<app::App>> open_app(Console& console, Config config, std::string write_key) {
  app::Options options;
  options.data = console.data_folder();
  options.config = std::move(config);
  options.write_key = std::move(write_key);
  return app::App::open(std::move(options));
}

Result<query::Filter> filter_of(app::App& app, const std::vector<std::string>& filters) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  for (const std::string& text : filters) {
    // channel=web is a pair; channel = web, crm.tariff = gold or not (...) are words of the filter language.
    const auto equals = text.find('=');
    const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    if (equals != std::string::npos && equals + 1 < text.size() && text[equals + 1] != ' ' &&
        std::ranges::all_of(std::string_view(text).substr(0, equals), is_plain))
      pairs.emplace_back(std::string_view(text).substr(0, equals), std::string_view(text).substr(equals + 1));
    else
      pairs.emplace_back("where", text);
  }
  const Grant owner = Grant::owner();
  const auto tree = app.units().current();
  CX_TRY(const auto defaults, app.filter_defaults(owner, *tree, true));
  CX_TRY(query::Filter out, query::parse_filter(pairs, defaults));
  CX_TRY(app.externals().resolve(owner, out));
  return out;
}

Result<void> wait_read(Console& console, app::App& app) {
  constexpr Millis kLookEvery = seconds(1);
  feedback::Readings& readings = app.readings();
  while (!readings.wait_read(kLookEvery)) {
    const feedback::ReadingStatus status = readings.status();
    if (!status.error.empty()) return fail(Code::kWarehouseDown, "{}", status.error);
    if (console.on_terminal())
      console.note(fmt::format("{} {}", status.waiting, console.pick("comments to read", "条留言待解读")));
  }
  return {};
}

}  // namespace zhike::cli
