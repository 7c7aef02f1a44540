#include "desk/report.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>

namespace zhike::desk {
namespace {

constexpr double kHour = 3'600'000;

CaseShare share_of(std::uint64_t hits, std::uint64_t n) {
  CaseShare out;
  out.hits = hits;
  out.n = n;
  if (n == 0) return out;
  out.value = static_cast<double>(hits) / static_cast<double>(n);
  if (const auto interval = stats::wilson({.hits = hits, .n = n})) {
    out.low = interval->low;
    out.high = interval->high;
  }
  return out;
}

class Counter {
 public:
  void add(std::string_view key) { ++counts_[std::string(key)]; }
  [[nodiscard]] std::vector<CaseCount> most_first() const {
    std::vector<CaseCount> out;
    for (const auto& [key, count] : counts_) out.push_back({key, count});
    std::ranges::sort(out, [](const CaseCount& a, const CaseCount& b) {
      return std::tie(b.count, a.key) < std::tie(a.count, b.key);
    });
    return out;
  }

 private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

/// Done before the clock, or not; nothing while the clock runs.
void judge(const std::optional<Instant>& done, Instant due, Instant now, std::uint64_t& hits,
           std::uint64_t& n) {
  if (!done && now <= due) return;
  ++n;
  if (done && *done <= due) ++hits;
}

/// When customers complained of what, to find further complaints after one.
class Repeats {
 public:
  Repeats(const std::vector<Complaint>& complaints, const std::vector<CustomerId>& customers) {
    for (std::size_t i = 0; i < complaints.size(); ++i)
      if (customers[i].is_set())
        opened_[{customers[i], complaints[i].category}].push_back(complaints[i].opened);
    for (auto& [of, times] : opened_) std::ranges::sort(times);
  }
  /// Strictly after, and at most so long.
  [[nodiscard]] bool within(CustomerId customer, const std::string& category, Instant after,
                            Millis longest) const {
    const auto at = opened_.find({customer, category});
    if (at == opened_.end()) return false;
    const auto next = std::ranges::upper_bound(at->second, after);
    return next != at->second.end() && *next - after <= longest;
  }

 private:
  std::map<std::pair<CustomerId, std::string>, std::vector<Instant>> opened_;
};

class Builder {
 public:
  Builder(const Complaints::Everything& all, const std::vector<CustomerId>& customers,
          const ReportQuestion& question)
      : all_(all), customers_(customers), question_(question), repeats_(all.complaints, customers) {}

  ComplaintReport build() {
    out_.days = question_.days;
    std::uint64_t states[kStates] = {};
    for (std::size_t i = 0; i < all_.complaints.size(); ++i) {
      const Complaint& one = all_.complaints[i];
      if ((question_.from && one.opened < *question_.from) || (question_.to && one.opened >= *question_.to))
        continue;
      ++states[static_cast<std::size_t>(one.state)];
      count(one);
      time(one);
      repeat(one, customers_[i]);
      cost(one);
    }
    for (std::size_t i = 0; i < kStates; ++i)
      out_.states.push_back({std::string(to_string(static_cast<State>(i))), states[i]});
    finish();
    return std::move(out_);
  }

 private:
  void count(const Complaint& one) {
    ++out_.opened;
    if (is_open(one.state)) ++out_.open;
    if (is_open(one.state) && one.due < question_.now) ++out_.overdue;
    if (one.reopened > 0) ++out_.reopened;
    categories_.add(one.category);
    channels_.add(one.channel);
    severities_.add(to_string(one.severity));
    if (one.cause_class == CauseClass::kNone) {
      ++out_.without_cause;
    } else {
      causes_.add(to_string(one.cause_class));
      ++bars_[{one.cause_class, one.cause}];
    }
    if (one.chosen && !one.suggested.empty()) {
      ++suggested_;
      if (one.suggested == one.category) ++suggested_right_;
    }
  }

  void time(const Complaint& one) {
    const Instant end = one.resolved.value_or(std::max(question_.now, one.opened));
    lengths_.push_back(
        {.length = static_cast<double>((end - one.opened).value) / kHour, .ended = one.resolved.has_value()});
    if (one.resolved) ++out_.recovery.ended;
    judge(one.accepted, one.accept_due, question_.now, accepted_, accepted_n_);
    judge(one.resolved, one.due, question_.now, in_time_, in_time_n_);
  }

  void repeat(const Complaint& one, CustomerId customer) {
    if (!customer.is_set()) return;
    const Millis longest = days(question_.days);
    const auto is_over = [&](Instant since) { return since + longest <= question_.now; };
    if (const auto first = all_.first_resolved.find(one.id);
        first != all_.first_resolved.end() && is_over(first->second)) {
      ++right_n_;
      if (one.reopened == 0 && !repeats_.within(customer, one.category, first->second, longest)) ++right_;
    }
    if (one.closed && is_over(*one.closed)) {
      ++again_n_;
      if (repeats_.within(customer, one.category, *one.closed, longest)) ++again_;
    }
  }

  void cost(const Complaint& one) {
    const auto [first, last] = std::ranges::equal_range(all_.costs, one.id, {}, &Complaints::Cost::complaint);
    std::map<std::string, bool> counted;
    for (auto at = first; at != last; ++at) {
      const std::string currency(at->money.currency.str());
      CostSum& sum = costs_.try_emplace(currency, CostSum{.currency = at->money.currency}).first->second;
      (at->waiting ? sum.waiting : sum.given) += at->money.minor;
      if (!at->waiting && at->money.minor > 0 && counted.emplace(currency, true).second) ++sum.complaints;
    }
  }

  void finish() {
    out_.categories = categories_.most_first();
    out_.channels = channels_.most_first();
    out_.severities = severities_.most_first();
    out_.causes = causes_.most_first();
    const auto with_cause = static_cast<double>(out_.opened - out_.without_cause);
    for (const auto& [of, n] : bars_)
      out_.pareto.push_back({.cause_class = of.first,
                             .cause = of.second,
                             .count = n,
                             .share = static_cast<double>(n) / with_cause});
    std::ranges::sort(out_.pareto, [](const CauseBar& a, const CauseBar& b) {
      return std::tie(b.count, a.cause_class, a.cause) < std::tie(a.count, b.cause_class, b.cause);
    });
    std::uint64_t sum = 0;
    for (CauseBar& bar : out_.pareto) bar.cumulative = static_cast<double>(sum += bar.count) / with_cause;
    out_.recovery.n = lengths_.size();
    const auto steps = stats::survival(lengths_);
    out_.recovery.half = stats::survival_quantile(steps, 0.5);
    out_.recovery.three_quarters = stats::survival_quantile(steps, 0.75);
    out_.recovery.nine_tenths = stats::survival_quantile(steps, 0.9);
    out_.accepted_in_time = share_of(accepted_, accepted_n_);
    out_.in_time = share_of(in_time_, in_time_n_);
    out_.first_time_right = share_of(right_, right_n_);
    out_.recurrence = share_of(again_, again_n_);
    out_.suggested_right = share_of(suggested_right_, suggested_);
    for (const auto& [currency, sum_of] : costs_) out_.costs.push_back(sum_of);
  }

  const Complaints::Everything& all_;
  const std::vector<CustomerId>& customers_;
  const ReportQuestion& question_;
  Repeats repeats_;
  ComplaintReport out_;
  Counter categories_, channels_, severities_, causes_;
  std::map<std::pair<CauseClass, std::string>, std::uint64_t> bars_;
  std::map<std::string, CostSum> costs_;
  std::vector<stats::Duration> lengths_;
  std::uint64_t accepted_ = 0, accepted_n_ = 0, in_time_ = 0, in_time_n_ = 0, right_ = 0, right_n_ = 0,
                again_ = 0, again_n_ = 0, suggested_ = 0, suggested_right_ = 0;
};

}  // namespace

ComplaintReport report_of(const Complaints::Everything& all, const std::vector<CustomerId>& customers,
                          const ReportQuestion& question) {
  return Builder(all, customers, question).build();
}

}  // namespace zhike::desk
