#include "cli/indices_output.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zhike::cli {
namespace {

struct Term {
  std::string_view en, zh;
};
constexpr std::array kDimensions{Term{"tangibles", "有形性"}, Term{"reliability", "可靠性"},
                                 Term{"responsiveness", "响应性"}, Term{"assurance", "保证性"},
                                 Term{"empathy", "移情性"}};
constexpr std::array kGaps{
    Term{"1 knowledge: what customers expect, and what managers believe", "1 认知差距：顾客期望与管理者认知"},
    Term{"2 standards: what managers believe, and what standards say", "2 标准差距：管理者认知与服务标准"},
    Term{"3 delivery: the standards, and what is delivered", "3 交付差距：服务标准与实际交付"},
    Term{"4 communication: what is delivered, and what is promised", "4 沟通差距：实际交付与对外承诺"},
    Term{"5 service: what customers expect, and what they perceive", "5 服务差距：顾客期望与顾客感知"}};

std::string too_few(const Console& console, std::size_t n) {
  return fmt::format(fmt::runtime(console.pick("not enough data (n = {})", "样本不足（n = {}）")), n);
}

std::string shown(const std::optional<stats::Interval>& interval) {
  return interval ? fmt::format("{:.3f} … {:.3f}", interval->low, interval->high) : "-";
}

/// Mean and interval, or that there is too little.
std::pair<std::string, std::string> cells(const Console& console, const stats::ServqualScore& score,
                                          std::size_t least) {
  if (score.respondents < least) return {too_few(console, score.respondents), "-"};
  return {fmt::format("{:+.3f}", score.mean), shown(score.interval)};
}

}  // namespace

void say_servqual(Console& console, const stats::Servqual& found, std::size_t least) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({std::string(console.pick("dimension", "维度")),
                  std::string(console.pick("expected", "期望")),
                  std::string(console.pick("perceived", "感知")), std::string(console.pick("gap", "差距")),
                  std::string(console.pick("interval", "区间")), "n"});
  for (std::size_t d = 0; d < stats::kServqualDimensions; ++d) {
    const stats::ServqualScore& score = found.dimensions[d];
    const bool enough = score.respondents >= least;
    auto [gap, interval] = cells(console, score, least);
    rows.push_back({std::string(console.pick(kDimensions[d].en, kDimensions[d].zh)),
                    enough ? fmt::format("{:.3f}", found.expected[d]) : "-",
                    enough ? fmt::format("{:.3f}", found.perceived[d]) : "-", std::move(gap),
                    std::move(interval), fmt::format("{}", score.respondents)});
  }
  auto [all, interval] = cells(console, found.weighted, least);
  rows.push_back({std::string(console.pick("weighted score", "加权总分")), "-", "-", std::move(all),
                  std::move(interval), fmt::format("{}", found.weighted.respondents)});
  console.say(table(rows));
  console.say(console.pick("gap: perception less expectation; negative where the service falls short.",
                           "差距＝感知－期望，负值表示服务未达期望。"));
}

void say_gaps(Console& console, std::span<const stats::RankedGap> gaps, std::size_t least) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({std::string(console.pick("gap, the widest first", "差距（由大到小）")),
                  std::string(console.pick("shortfall", "差距值")),
                  std::string(console.pick("interval", "区间")), "n",
                  std::string(console.pick("wider than the next", "大于下一项"))});
  for (const stats::RankedGap& gap : gaps) {
    const Term& term = kGaps[static_cast<std::size_t>(gap.gap) - 1];
    auto [mean, interval] = cells(console, gap.shortfall, least);
    rows.push_back(
        {std::string(console.pick(term.en, term.zh)), std::move(mean), std::move(interval),
         fmt::format("{}", gap.shortfall.respondents),
         std::string(gap.is_apart ? console.pick("yes", "是") : console.pick("not shown", "未证实"))});
  }
  console.say(table(rows));
}

void say_pyramid(Console& console, const stats::Pyramid& found, std::size_t least) {
  std::vector<std::vector<std::string>> rows;
  rows.push_back({std::string(console.pick("level", "层级")), std::string(console.pick("share", "占比")),
                  std::string(console.pick("interval", "区间")),
                  std::string(console.pick("answers", "答卷"))});
  for (const auto& [term, level] : {std::pair{Term{"delight", "愉悦"}, &found.delight},
                                    {Term{"easy", "容易"}, &found.easy},
                                    {Term{"needs met", "需求满足"}, &found.needs_met}}) {
    const bool enough = level->share.n >= least;
    rows.push_back(
        {std::string(console.pick(term.en, term.zh)),
         enough ? fmt::format("{:.1f} %", 100 * level->share.value()) : too_few(console, level->share.n),
         enough && level->interval
             ? fmt::format("{:.1f} … {:.1f} %", 100 * level->interval->low, 100 * level->interval->high)
             : "-",
         fmt::format("{} / {}", level->share.hits, level->share.n)});
  }
  console.say(table(rows));
  if (found.out_of_order > 0)
    console.say(fmt::format(fmt::runtime(console.pick("{} answers have a level without one below it.",
                                                      "{} 份答卷缺少下层却具备上层。")),
                            found.out_of_order));
}

}  // namespace zhike::cli
