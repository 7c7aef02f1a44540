#include "cli/step_words.h"

#include <cstdint>
#include <string_view>

namespace zhike::cli {

std::string duration(std::optional<double> ms) {
  if (!ms) return "–";
  constexpr double kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
  const double size = *ms < 0 ? -*ms : *ms;
  if (size >= 2 * kDay) return fmt::format("{:.1f} d", *ms / kDay);
  if (size >= 2 * kHour) return fmt::format("{:.1f} h", *ms / kHour);
  if (size >= 2 * kMinute) return fmt::format("{:.1f} min", *ms / kMinute);
  return fmt::format("{:.1f} s", *ms / kSecond);
}

std::string percent(std::optional<double> share) {
  return share ? fmt::format("{:.1f}%", 100 * *share) : "–";
}

std::string times(const std::optional<double>& value, const std::optional<stats::Interval>& interval) {
  return duration(value) + between(interval, [](double ms) { return duration(ms); });
}

void note_told(Console& console, const journey::Told& told) {
  const auto note = [&](std::uint64_t count, std::string_view english, std::string_view chinese) {
    if (count > 0) console.note(fmt::format("{} {}", count, console.pick(english, chinese)));
  };
  note(told.left_out.total(), "events lack a case, an activity or a time", "个事件缺少案例、活动或时间");
  note(told.end_before_start, "steps end before they start: the start is not used",
       "个步骤结束早于开始：不使用开始时间");
  note(told.never_completed, "starts have no completion: no steps", "个开始没有完成：不计为步骤");
  note(told.other_transitions, "events of the life cycle are neither start nor completion",
       "个生命周期事件既非开始也非完成");
  note(told.bad_costs, "costs are no numbers", "个费用不是数字");
}

Result<std::optional<journey::StepRule>> rule_of(const std::string& given) {
  if (given.empty()) return std::nullopt;
  CX_TRY(auto rule, journey::parse_step_rule(given));
  return rule;
}

}  // namespace zhike::cli
