// zhike plan: the tracking plan of a source shown, set from a file, or inferred from what arrived.
#include <boost/json.hpp>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/opened.h"

namespace zhike::cli {
namespace {

Result<ingest::Source> source_named(app::App& app, const std::string& text) {
  if (auto named = app.sources().find(std::string_view(text))) return *named;
  const auto id = parse_id<SourceId>(text);
  if (!id) return fail(Code::kUnknownSource, "{}", text);
  return app.sources().find(*id);
}

}  // namespace

int plan_show(Console& console, const PlanOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto source, source_named(app, options.source));
    const auto plan = app.plans().of(source.id);
    const std::vector<ingest::Drift> found =
        ingest::drift(app.observer().of(source.id), plan.get(), app.clock().now());
    console.say(plan ? plan->body : std::string(console.pick("no plan yet", "尚无埋点方案")));
    json::array drift;
    std::vector<std::vector<std::string>> rows{{"drift", "event", "property", "events", "share"}};
    for (const ingest::Drift& d : found) {
      drift.push_back(json::object{{"kind", to_string(d.kind)},
                                   {"event", d.event},
                                   {"path", d.path},
                                   {"count", d.count},
                                   {"share", d.share}});
      rows.push_back({std::string(to_string(d.kind)), d.event, d.path, std::to_string(d.count),
                      fmt::format("{:.1f} %", d.share * 100)});
    }
    if (rows.size() > 1) console.say(table(rows));
    json::value body = nullptr;
    if (plan) body = json::parse(plan->body);
    console.result(
        {{"version", plan ? plan->version : 0}, {"plan", std::move(body)}, {"drift", std::move(drift)}});
    return {};
  });
}

int plan_set(Console& console, const PlanOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto source, source_named(app, options.source));
    CX_TRY(const std::string body, read_file(options.file));
    const auto before = app.plans().of(source.id);
    CX_TRY(const auto plan, app.plans().set(UserId{}, source.id, before ? before->version : 0, body));
    console.say(fmt::format("{} {}", console.pick("version", "版本"), plan->version));
    console.result({{"version", plan->version}});
    return {};
  });
}

int plan_infer(Console& console, const PlanOptions& options) {
  return with_app(console, [&](app::App& app) -> Result<void> {
    CX_TRY(const auto source, source_named(app, options.source));
    const std::string body = ingest::infer(app.observer().of(source.id));
    console.say(body);
    console.result({{"plan", json::parse(body)}});
    return {};
  });
}

}  // namespace zhike::cli
