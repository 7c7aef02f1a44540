// zhike reputation: volume, sentiment and share of voice of brands, bursts with their reasons, posts that
// were seen most, and the brands themselves.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/opened.h"
#include "reputation/reputation.h"
#include "server/reputation_json.h"

namespace zhike::cli {
namespace {

constexpr std::size_t kShown = 90;  // bytes of a post

Result<reputation::Question> question_of(app::App& app, const ReputationOptions& options) {
  reputation::Question out{.filter = {}};
  CX_TRY(out.filter, filter_of(app, options.filters));
  out.grain = query::grain_for(out.filter.range);
  if (!options.compare.empty()) {
    CX_TRY(out.compare, query::parse_compare(options.compare));
  }
  out.text = options.text;
  return out;
}

std::string name_of(const Console& console, const reputation::Brand& brand) {
  const std::string_view name = console.pick(brand.name_en, brand.name_zh);
  return std::string(name.empty() ? console.pick(brand.name_zh, brand.name_en) : name);
}

std::string within(std::optional<double> value, std::optional<double> low, std::optional<double> high,
                   double times, int digits) {
  if (!value || !low || !high) return "–";
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", times * *value, digits, times * *low, digits,
                     times * *high, digits);
}

std::string rate_of(const reputation::BrandFigures& of) {
  if (!of.change || !of.change->interval) return "–";
  const auto& [low, high] = *of.change->interval;
  return fmt::format("× {:.2f} [{:.2f}, {:.2f}]{}", of.change->ratio, low, high, of.change_holds ? " *" : "");
}

/// The first characters of a text, on one line.
std::string line_of(std::string text) {
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  if (text.size() <= kShown) return text;
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

const reputation::PostView* view_of(const std::vector<reputation::PostView>& views, std::uint64_t event) {
  const auto at = std::ranges::find(views, event, &reputation::PostView::event);
  return at == views.end() ? nullptr : &*at;
}

Result<void> report(Console& console, app::App& app, const ReputationOptions& options) {
  CX_TRY(wait_read(console, app));
  CX_TRY(const auto question, question_of(app, options));
  CX_TRY(const auto found, app.reputation().report(Grant::owner(), question));
  std::vector<std::vector<std::string>> rows{{std::string(console.pick("brand", "品牌")),
                                              std::string(console.pick("mentions", "提及")),
                                              std::string(console.pick("change", "变化")),
                                              std::string(console.pick("share of voice, %", "声量份额 %")),
                                              std::string(console.pick("net sentiment", "净情感")),
                                              std::string(console.pick("negative, %", "负面 %"))}};
  for (const auto& of : found.report.brands) {
    const auto& negative = of.sentiments.negative;
    rows.push_back({name_of(console, found.book->brands()[of.brand]), fmt::format("{}", of.mentions),
                    rate_of(of), within(of.share.value, of.share.low, of.share.high, 100, 1),
                    within(of.net.value, of.net.low, of.net.high, 1, 1),
                    within(negative.value, negative.low, negative.high, 100, 1)});
  }
  console.say(table(rows));
  console.say(fmt::format("{} {}, {} {}", found.report.posts, console.pick("posts", "条帖子"),
                          found.report.nameless, console.pick("of them name no brand", "条未提及任何品牌")));
  if (found.book->brands().empty())
    console.say(console.pick("No brands yet: zhike reputation brands --set FILE",
                             "尚无品牌：zhike reputation brands --set 文件"));
  console.result(server::reputation_json(found, question.grain));
  return {};
}

void say_burst(Console& console, const reputation::BurstAnswer& found, std::size_t number) {
  const auto& burst = found.list.bursts[number];
  console.say(fmt::format("{}  {}{}  {} – {}  {} / {:.1f}  p = {:.1e}", number + 1,
                          name_of(console, found.book->brands()[burst.brand]),
                          burst.of_negative ? console.pick(", negative", "，负面") : std::string_view(),
                          format_utc(burst.from), format_utc(burst.to), burst.mentions, burst.expected,
                          burst.p_value));
  if (number >= found.reasons.size()) return;
  std::string words;
  for (const auto& word : found.reasons[number].words)
    words += fmt::format("{}{} ({} %)", words.empty() ? "" : ", ", word.word,
                         static_cast<int>(100 * word.rise.share));
  if (!words.empty()) console.say(fmt::format("   {}: {}", console.pick("rose", "上升的词"), words));
  for (const std::uint64_t event : found.reasons[number].typical)
    if (const auto* view = view_of(found.views, event))
      console.say(fmt::format("   · {}", line_of(view->text)));
}

Result<void> bursts(Console& console, app::App& app, const ReputationOptions& options) {
  CX_TRY(wait_read(console, app));
  CX_TRY(const auto question, question_of(app, options));
  CX_TRY(const auto found, app.reputation().bursts(Grant::owner(), question, options.count));
  for (std::size_t i = 0; i < found.list.bursts.size(); ++i) say_burst(console, found, i);
  std::uint64_t tested = 0;
  for (const auto& one : found.list.hours) tested = std::max(tested, one.tested);
  console.say(fmt::format("{} {}; {} {}", found.list.bursts.size(), console.pick("bursts", "次爆发"), tested,
                          console.pick("hours tested", "小时已检验")));
  console.result(server::bursts_json(found));
  return {};
}

Result<void> posts(Console& console, app::App& app, const ReputationOptions& options) {
  CX_TRY(wait_read(console, app));
  CX_TRY(const auto question, question_of(app, options));
  reputation::Reputation::Wanted wanted{.brand = options.brand, .count = options.count};
  if (!options.order.empty()) {
    CX_TRY(wanted.order, reputation::parse_order(options.order));
  }
  CX_TRY(const auto found, app.reputation().posts(Grant::owner(), question, wanted));
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("reach", "触达")), std::string(console.pick("posts", "帖子数")),
       std::string(console.pick("first", "首发")), std::string(console.pick("text", "正文"))}};
  for (const auto& spread : found.spreads.items)
    if (const auto* view = view_of(found.views, spread.event))
      rows.push_back({fmt::format("{:.0f}", spread.reach), fmt::format("{}", spread.posts),
                      format_utc(spread.first), line_of(view->text)});
  console.say(table(rows));
  console.result(server::spreads_json(found));
  return {};
}

Result<void> brands(Console& console, app::App& app, const ReputationOptions& options) {
  if (!options.set.empty()) {
    CX_TRY(const std::string bytes, read_file(options.set));
    CX_TRY(const auto fields, server::Fields::parse(bytes));
    const auto now = app.brands().current();
    CX_TRY(auto wanted, server::brands_wanted(fields, *now));
    CX_TRY(app.brands().put(Grant::owner(), std::move(wanted.brands), wanted.weights, now->version()));
  }
  const auto book = app.brands().current();
  std::vector<std::vector<std::string>> rows{
      {std::string(console.pick("key", "标识")), std::string(console.pick("name", "名称")),
       std::string(console.pick("ours", "本方")), std::string(console.pick("also called", "别名"))}};
  for (const auto& brand : book->brands()) {
    std::string names;
    for (const std::string& name : brand.names) names += (names.empty() ? "" : ", ") + name;
    rows.push_back({brand.key, name_of(console, brand),
                    std::string(brand.is_own ? console.pick("yes", "是") : console.pick("no", "否")), names});
  }
  console.say(table(rows));
  console.result(server::brands_json(*book));
  return {};
}

}  // namespace

int reputation_report(Console& console, const ReputationOptions& options) {
  return with_app(console, [&](app::App& app) { return report(console, app, options); });
}
int reputation_bursts(Console& console, const ReputationOptions& options) {
  return with_app(console, [&](app::App& app) { return bursts(console, app, options); });
}
int reputation_posts(Console& console, const ReputationOptions& options) {
  return with_app(console, [&](app::App& app) { return posts(console, app, options); });
}
int reputation_brands(Console& console, const ReputationOptions& options) {
  return with_app(console, [&](app::App& app) { return brands(console, app, options); });
}

}  // namespace zhike::cli
