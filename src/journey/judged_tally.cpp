#include "journey/judged_tally.h"

#include <algorithm>
#include <tuple>

#include "base/mix.h"

namespace zhike::journey {

bool operator<(const JudgedTally::Judged& a, const JudgedTally::Judged& b) {
  return std::tie(a.draw, a.customer, a.began_ms) < std::tie(b.draw, b.customer, b.began_ms);
}

void JudgedTally::take(std::uint64_t customer, std::span<const CaseEvent> every) {
  if (instrument_ == 0) return;
  felt_.clear();
  Judged one{.customer = customer};
  const CaseEvent* asked = nullptr;
  each_felt(kinds_, marks_, every,
            [&](const CaseEvent& event, std::uint32_t stage, std::span<const FeltMarks::Mark> said) {
              // What belongs to one event is one moment: the mean.
              Felt moment{.ms = event.ms, .event_id = event.event_id, .stage = stage};
              double parts = 0;
              for (const FeltMarks::Mark& mark : said) {
                if (mark.source == instrument_) {
                  asked = &event;
                  one.overall = mark.score;
                }
                if (mark.has_value()) moment.value += (mark.value - moment.value) / ++parts;
              }
              moment.has_value = parts > 0;
              felt_.push_back(moment);
            });
  if (asked == nullptr) return;
  ++judged_;
  one.began_ms = std::ranges::find_if(every, [](const CaseEvent& event) { return !event.is_answer; })->ms;
  one.draw = mix(mix(customer) ^ static_cast<std::uint64_t>(one.began_ms));
  moments_.clear();
  for (const Felt& moment : felt_) {
    // What was said with the judgement itself does not count.
    if (!moment.has_value || moment.ms > asked->ms || moment.event_id == asked->event_id) continue;
    moments_.push_back({.stage = moment.stage, .value = moment.value});
    stages_.insert(moment.stage);
  }
  one.moments = moments_.size();
  if (!moments_.empty()) one.curve = stats::curve_of(moments_);
  keep(one);
}

void JudgedTally::keep(const Judged& one) {
  kept_.push_back(one);
  std::push_heap(kept_.begin(), kept_.end());
  if (kept_.size() <= most_) return;
  std::pop_heap(kept_.begin(), kept_.end());
  kept_.pop_back();
}

void JudgedTally::add(JudgedTally&& other) {
  judged_ += other.judged_;
  stages_.merge(other.stages_);
  for (const Judged& one : other.kept_) keep(one);
}

std::vector<JudgedTally::Judged> JudgedTally::kept() const {
  std::vector<Judged> out = kept_;
  std::sort_heap(out.begin(), out.end());
  return out;
}

}  // namespace zhike::journey
