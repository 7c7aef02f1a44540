#include "journey/step_log.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "base/ascii.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kNameBytes = 2 * sizeof(std::string) + 32;
// A step, its copy while rows are put in order, and the waiting times that performance() collects of it.
constexpr std::size_t kStepBytes = 2 * sizeof(Step) + 4 * sizeof(double);
constexpr std::size_t kStepsMax = std::numeric_limits<std::uint32_t>::max() - 1;

// IEEE 1849-2016, lifecycle extension, the standard model, but for start and complete.
constexpr std::array<std::string_view, 10> kOtherPhases{"schedule",  "assign",   "reassign", "suspend",
                                                        "resume",    "autoskip", "withdraw", "manualskip",
                                                        "ate_abort", "pi_abort"};

}  // namespace

Phase parse_phase(std::string_view text) {
  const std::string name = ascii::lower(text);
  if (name == "start") return Phase::kStart;
  if (name == "complete") return Phase::kComplete;
  return std::ranges::find(kOtherPhases, name) != kOtherPhases.end() ? Phase::kOther : Phase::kWhole;
}

Result<void> StepBuilder::take(std::size_t bytes) {
  bytes_ += bytes;
  if (bytes_ <= bytes_max_ && log_.steps.size() < kStepsMax) return {};
  return fail(Code::kLogTooLarge, "{} steps of {} activities take more than {} MB", log_.steps.size(),
              log_.activities.size(), bytes_max_ >> 20U);
}

Result<std::uint32_t> StepBuilder::place(Names& names, std::vector<std::string>* into,
                                         std::string_view name) {
  if (const auto found = names.find(name); found != names.end()) return found->second;
  CX_TRY(take(2 * name.size() + kNameBytes));
  const auto number = static_cast<std::uint32_t>(names.size());
  names.emplace(name, number);
  if (into != nullptr) into->emplace_back(name);
  return number;
}

Result<bool> StepBuilder::push(const RawStep& raw) {
  mining::LeftOut& out = log_.told.left_out;
  if (raw.activity.empty() || raw.end == mining::kNoTime) {
    ++(raw.activity.empty() ? out.without_activity : out.without_time);
    return false;
  }
  if (raw.phase == Phase::kOther) {
    ++log_.told.other_transitions;
    return false;
  }
  Step step{.begin = raw.begin,
            .end = raw.end,
            .cost = raw.cost,
            .machine = raw.machine,
            .failed = raw.failed,
            .phase = raw.phase};
  CX_TRY(step.activity, place(activities_, &log_.activities, raw.activity));
  if (!raw.resource.empty()) {
    CX_TRY(step.resource, place(resources_, &log_.resources, raw.resource));
  }
  if (step.has_begin() && step.begin > step.end) {
    ++log_.told.end_before_start;
    step.begin = mining::kNoTime;
  }
  CX_TRY(take(kStepBytes));
  log_.steps.push_back(step);
  return true;
}

Result<void> StepBuilder::set_group(std::size_t c, std::string_view group) {
  if (group.empty() || log_.group[c] != kNoName) return {};
  CX_TRY(log_.group[c], place(groups_, &log_.groups, group));
  return {};
}

Result<void> StepBuilder::add(const RawStep& step) {
  CX_TRY(push(step));
  return {};
}

Result<void> StepBuilder::end_case(std::string_view group) {
  if (log_.steps.size() == log_.offsets.back()) return {};
  log_.offsets.push_back(static_cast<std::uint32_t>(log_.steps.size()));
  log_.group.push_back(kNoName);
  CX_TRY(take(2 * sizeof(std::uint32_t)));
  return set_group(log_.group.size() - 1, group);
}

Result<void> StepBuilder::add_row(std::string_view case_name, const RawStep& step, std::string_view group) {
  if (case_name.empty()) {
    ++log_.told.left_out.without_case;
    return {};
  }
  CX_TRY(const bool is_kept, push(step));
  if (!is_kept) return {};
  CX_TRY(const std::uint32_t c, place(cases_, nullptr, case_name));
  case_of_.push_back(c);
  if (c == log_.group.size()) log_.group.push_back(kNoName);
  return set_group(c, group);
}

void StepBuilder::by_case() {
  std::vector<std::uint32_t> offsets(cases_.size() + 1, 0);
  for (const std::uint32_t c : case_of_) ++offsets[c + 1];
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<std::uint32_t> next(offsets.begin(), offsets.end() - 1);
  std::vector<Step> steps(log_.steps.size());
  for (std::size_t row = 0; row < case_of_.size(); ++row) steps[next[case_of_[row]]++] = log_.steps[row];
  log_.steps = std::move(steps);
  log_.offsets = std::move(offsets);
}

void StepBuilder::join_case(std::vector<Step>& steps) {
  std::ranges::stable_sort(steps, {}, [](const Step& step) { return step.end; });
  std::vector<mining::Activity> touched;
  for (std::uint32_t i = 0; i < steps.size(); ++i) {
    Step& step = steps[i];
    auto& open = open_[step.activity];
    std::size_t& first = first_open_[step.activity];
    if (step.phase == Phase::kStart) {
      if (open.empty()) touched.push_back(step.activity);
      open.push_back(i);
    } else if (step.phase == Phase::kComplete && first < open.size()) {
      const Step& start = steps[open[first++]];
      step.begin = start.end;
      if (step.resource == kNoName) step.resource = start.resource;
    }
  }
  for (const mining::Activity activity : touched) {
    log_.told.never_completed += open_[activity].size() - first_open_[activity];
    open_[activity].clear();
    first_open_[activity] = 0;
  }
  std::erase_if(steps, [](const Step& step) { return step.phase == Phase::kStart; });
  std::ranges::stable_sort(
      steps, [](const Step& a, const Step& b) { return a.at() != b.at() ? a.at() < b.at() : a.end < b.end; });
}

void StepBuilder::join() {
  open_.assign(log_.activities.size(), {});
  first_open_.assign(log_.activities.size(), 0);
  std::vector<Step> of_case;
  std::vector<std::uint32_t> offsets{0}, group;
  std::size_t kept = 0;
  for (std::size_t c = 0; c + 1 < log_.offsets.size(); ++c) {
    const auto steps = log_.of(c);
    of_case.assign(steps.begin(), steps.end());
    join_case(of_case);
    if (of_case.empty()) continue;  // starts alone
    for (Step step : of_case) {
      step.phase = Phase::kWhole;
      log_.told.without_resource += step.resource == kNoName ? 1U : 0U;
      log_.has_costs = log_.has_costs || !std::isnan(step.cost);
      log_.steps[kept++] = step;  // never beyond the case that was read
    }
    offsets.push_back(static_cast<std::uint32_t>(kept));
    group.push_back(log_.group[c]);
  }
  log_.steps.resize(kept);
  log_.offsets = std::move(offsets);
  log_.group = std::move(group);
}

Result<StepLog> StepBuilder::finish(std::string_view what) {
  if (!case_of_.empty()) by_case();
  join();
  StepLog out = std::exchange(log_, StepLog{});
  for (Names* names : {&activities_, &resources_, &groups_, &cases_}) names->clear();
  case_of_.clear();
  bytes_ = 0;
  if (out.steps.empty())
    return fail(Code::kBadLog,
                "{}: no step is left; {} lack an activity, {} a case, {} a time, {} starts a completion",
                what, out.told.left_out.without_activity, out.told.left_out.without_case,
                out.told.left_out.without_time, out.told.never_completed);
  return out;
}

}  // namespace zhike::journey
