// zhike complaint: rules, rule, rule-preview, rule-state, limits, limit.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "cli/complaint_commands.h"
#include "cli/conditions.h"
#include "cli/opened.h"
#include "desk/complaints.h"
#include "desk/rules.h"
#include "govern/users.h"
#include "server/complaint_json.h"
#include "server/complaint_rule_json.h"

namespace zhike::cli {
namespace {

using desk::Rule;

constexpr std::string_view kEndless = "none";

Result<UserId> user_of(app::App& app, const std::string& login) {
  if (login.empty()) return UserId{};
  CX_TRY(const auto users, app.users().list());
  for (const auto& user : users)
    if (user.login == govern::comparable_login(login)) return user.id;
  return fail(Code::kNotFound, "{}", login);
}

Result<desk::RulePlan> plan_of(app::App& app, const ComplaintRuleOptions& options) {
  desk::RulePlan plan;
  plan.filter = filter_in(options.filters);
  CX_TRY(plan.properties, properties_in(options.properties));
  plan.labels = options.labels;
  if (options.sentiment_max < 1) plan.tone_max = options.sentiment_max;
  plan.aspect = options.aspect;
  plan.aspect_tone = options.aspect_sentiment;
  plan.category = options.category;
  if (!options.severity.empty()) {
    plan.severity = desk::parse_severity(options.severity);
    if (!plan.severity) return fail(Code::kBadField, "--severity: there is no '{}'", options.severity);
  }
  CX_TRY(plan.owner, user_of(app, options.owner));
  plan.unit = options.unit;
  plan.quiet_days = options.quiet_days;
  plan.within_days = options.within_days;
  return plan;
}

Result<json::object> json_of(app::App& app, const Rule& rule) {
  json::object owner{{"id", server::user_or_null(rule.plan.owner)}, {"name", ""}};
  CX_TRY(const auto users, app.users().list());
  for (const auto& user : users)
    if (user.id == rule.plan.owner) owner["name"] = user.name.empty() ? user.login : user.name;
  return server::rule_json(rule, std::move(owner));
}

Result<void> list(Console& console, app::App& app) {
  CX_TRY(const auto rules, app.complaints().rules().list(Grant::owner()));
  json::array items;
  std::vector<std::vector<std::string>> rows{{"rule", "on", "category", "events", "opened", "joined"}};
  for (const Rule& one : rules) {
    CX_TRY(auto entry, json_of(app, one));
    items.push_back(std::move(entry));
    rows.push_back({one.name, std::string(one.on ? console.pick("on", "开") : console.pick("off", "关")),
                    one.plan.category, std::to_string(one.matched), std::to_string(one.opened),
                    std::to_string(one.joined)});
  }
  console.say(table(rows));
  console.result({{"rules", std::move(items)}});
  return {};
}

/// Makes it, or changes the one of that name.
Result<void> put(Console& console, app::App& app, const ComplaintRuleOptions& options) {
  CX_TRY(auto plan, plan_of(app, options));
  CX_TRY(const auto rules, app.complaints().rules().list(Grant::owner()));
  const auto at = std::ranges::find(rules, options.name, &Rule::name);
  Rule now;
  if (at == rules.end()) {
    CX_TRY(now, app.complaints().rules().make(Grant::owner(), options.name, std::move(plan), true));
  } else {
    CX_TRY(now,
           app.complaints().rules().change(Grant::owner(), at->id, options.name, std::move(plan), at->on));
  }
  console.say(fmt::format("{} {}", now.name, now.on ? console.pick("on", "开") : console.pick("off", "关")));
  CX_TRY(auto out, json_of(app, now));
  out["new"] = now.is_new;
  console.result(out);
  return {};
}

Result<void> preview(Console& console, app::App& app, const ComplaintRuleOptions& options) {
  CX_TRY(const auto plan, plan_of(app, options));
  if (plan.reads()) {
    CX_TRY(wait_read(console, app));
  }
  CX_TRY(const auto found, app.complaints().rules().preview(Grant::owner(), plan));
  console.say(
      table({{std::string(console.pick("events in 30 days", "30 天内的事件")), std::to_string(found.events)},
             {std::string(console.pick("of customers", "涉及客户")), std::to_string(found.customers)},
             {std::string(console.pick("would have opened", "会受理")), std::to_string(found.opened)},
             {std::string(console.pick("would have joined", "会并入")), std::to_string(found.joined)}}));
  for (const auto& one : found.examples)
    console.say(fmt::format("· {}  {}  {}", format_utc(one.at), one.category, one.text));
  console.result(server::rule_preview_json(found, {}));
  return {};
}

Result<void> move(Console& console, app::App& app, const ComplaintRuleOptions& options) {
  CX_TRY(const auto rules, app.complaints().rules().list(Grant::owner()));
  const auto at = std::ranges::find(rules, options.name, &Rule::name);
  if (at == rules.end()) return fail(Code::kNotFound, "rule {}", options.name);
  if (options.state == "removed") {
    CX_TRY(app.complaints().rules().remove(Grant::owner(), at->id));
    console.say(console.pick("the rule was removed", "规则已删除"));
    console.result({{"removed", true}});
    return {};
  }
  if (options.state != "on" && options.state != "off")
    return fail(Code::kBadField, "--to: on, off or removed");
  CX_TRY(const auto now,
         app.complaints().rules().change(Grant::owner(), at->id, at->name, at->plan, options.state == "on"));
  console.say(fmt::format("{} {}", now.name, options.state));
  CX_TRY(const auto out, json_of(app, now));
  console.result(out);
  return {};
}

std::string shown(std::int64_t minor, Currency currency) {
  return minor < 0 ? std::string(kEndless) : format_amount({minor, currency});
}

Result<std::int64_t> minor_of(const std::string& text, Currency currency, std::string_view option) {
  if (text == kEndless) return -1;
  double amount = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (wrong != std::errc{} || end != text.data() + text.size() || !(amount >= 0))
    return fail(Code::kBadField, "{}: an amount, or {}", option, kEndless);
  CX_TRY(const Money money, to_money(amount, currency));
  return money.minor;
}

Result<void> limits(Console& console, app::App& app) {
  CX_TRY(const auto now, app.complaints().limits());
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("role", "角色")), std::string(console.pick("currency", "币种")),
       std::string(console.pick("a complaint", "单笔投诉")), std::string(console.pick("a day", "每日"))}};
  for (const auto& one : now)
    rows.push_back({one.role, std::string(one.currency.str()), shown(one.complaint, one.currency),
                    shown(one.day, one.currency)});
  console.say(table(rows));
  console.result({{"limits", server::limits_json(now)}});
  return {};
}

Result<void> limit(Console& console, app::App& app, const ComplaintLimitOptions& options) {
  std::vector<desk::RoleLimit> wanted;
  if (!options.reset) {
    CX_TRY(wanted, app.complaints().limits());
    CX_TRY(const Currency currency, parse_currency(options.currency));
    const auto is_it = [&](const desk::RoleLimit& one) {
      return one.role == options.role && one.currency == currency;
    };
    const auto gone = std::erase_if(wanted, is_it);
    if (options.remove && gone == 0)
      return fail(Code::kNotFound, "limit of {} {}", options.role, options.currency);
    if (options.remove && wanted.empty())
      return fail(Code::kBadField, "--remove: the last limit; --reset goes back to the catalogue's");
    if (!options.remove) {
      desk::RoleLimit one{.role = options.role, .currency = currency};
      CX_TRY(one.complaint, minor_of(options.complaint, currency, "--complaint"));
      CX_TRY(one.day, minor_of(options.day, currency, "--day"));
      wanted.push_back(std::move(one));
    }
  }
  CX_TRY(app.complaints().put_limits(Grant::owner(), wanted));
  return limits(console, app);
}

}  // namespace

int complaint_rules(Console& console) {
  return with_app(console, [&](app::App& app) { return list(console, app); });
}
int complaint_rule(Console& console, const ComplaintRuleOptions& options) {
  return with_app(console, [&](app::App& app) { return put(console, app, options); });
}
int complaint_rule_preview(Console& console, const ComplaintRuleOptions& options) {
  return with_app(console, [&](app::App& app) { return preview(console, app, options); });
}
int complaint_rule_state(Console& console, const ComplaintRuleOptions& options) {
  return with_app(console, [&](app::App& app) { return move(console, app, options); });
}
int complaint_limits(Console& console) {
  return with_app(console, [&](app::App& app) { return limits(console, app); });
}
int complaint_limit(Console& console, const ComplaintLimitOptions& options) {
  return with_app(console, [&](app::App& app) { return limit(console, app, options); });
}

}  // namespace zhike::cli
