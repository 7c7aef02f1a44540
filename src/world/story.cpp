#include "world/story.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "world/comments.h"

namespace zhike::world {
namespace {

/// The journey: what the customer does next. Every step moves the clock or the state.
enum class State : std::uint8_t { kDiscover, kConsider, kPurchase, kDeliver, kUse, kSupport, kRenew, kGone };

constexpr std::string_view kCategories[] = {"home", "beauty", "food", "electronics", "sports", "baby"};
constexpr std::string_view kCampaigns[] = {"", "", "", "search", "search", "social", "newsletter", "kol"};

Millis fraction_of_days(double days) { return {static_cast<std::int64_t>(days * 86'400'000.0)}; }
Millis fraction_of_minutes(double minutes) { return {static_cast<std::int64_t>(minutes * 60'000.0)}; }

class Life {
 public:
  Life(const Person& person, const Period& period, std::uint64_t seed, const Parameters& parameters)
      : person_(person),
        period_(period),
        is_(parameters),
        chance_(seed, person.id * 2 + 1),
        mood_(person.base),
        experience_(person.base) {
    const double length = static_cast<double>((period.end - period.start).value) / 86'400'000.0;
    now_ = at_waking_hour(period.start + fraction_of_days(person.newcomer ? chance_.uniform() * length
                                                                          : chance_.uniform() * 14));
    asked_nps_at_ = now_;
    days_ = length;
  }

  Story run() {
    for (State state = State::kDiscover; state != State::kGone && now_ < period_.end;) state = step(state);
    story_.mood = mood_;
    return std::move(story_);
  }

 private:
  State step(State state) {
    switch (state) {
      case State::kDiscover:
        return discover();
      case State::kConsider:
        return consider();
      case State::kPurchase:
        return purchase();
      case State::kDeliver:
        return deliver();
      case State::kUse:
        return use();
      case State::kSupport:
        return support();
      case State::kRenew:
        return renew();
      case State::kGone:
        break;
    }
    return State::kGone;
  }

  State discover() {
    channel_ = static_cast<Channel>(chance_.weighted(person_.buys_by));
    session_ = fmt::format("s{}-{}", person_.id, ++sessions_);
    browser_ = chance_.pick(person_.browsers);
    if (!online()) return chance_.happens(is_.consider_share) ? State::kConsider : wait_for_visit();
    const auto& campaign = chance_.pick(kCampaigns);
    call(channel_ == Channel::kApp ? Call::kScreen : Call::kPage, "Home",
         {{"campaign", std::string(campaign)}});
    if (!person_.user_id.empty() && !signed_in_ && chance_.happens(0.3)) sign_in();
    return chance_.happens(is_.consider_share) ? State::kConsider : wait_for_visit();
  }

  State consider() {
    category_ = chance_.pick(kCategories);
    if (online()) {
      if (chance_.happens(0.4)) call(Call::kTrack, "Products Searched", {{"query", std::string(category_)}});
      for (int left = 1 + chance_.poisson(1.6); left > 0; --left)
        call(Call::kTrack, "Product Viewed",
             {{"category", std::string(category_)}, {"sku", fmt::format("P{:04}", chance_.below(400))}});
    }
    if (chance_.happens(0.02)) contact(Topic::kPresale, "");
    if (!chance_.happens(is_.buy_share * (1 + 0.08 * (mood_ - 7.5)))) return wait_for_visit();
    if (online()) {
      call(Call::kTrack, "Product Added", {{"category", std::string(category_)}});
      call(Call::kTrack, "Checkout Started", {});
      if (chance_.happens(is_.checkout_left_share)) return wait_for_visit();
      if (!person_.user_id.empty() && !signed_in_) sign_in();
    }
    return State::kPurchase;
  }

  State purchase() {
    if (!period_.holds(now_)) return State::kGone;  // the checkout outlasted the period
    Order order{.number = fmt::format("{}{:07}{:03}", person_.chinese ? "CN" : "GL", person_.id, ++orders_),
                .channel = channel_,
                .placed_at = now_,
                .paid_at = {},
                .cancelled_at = {},
                .shipped_at = {},
                .promised_at = {},
                .delivered_at = {},
                .amount_minor = 0,
                .currency = {},
                .category = {},
                .items = 1,
                .defect = false};
    order.currency = person_.chinese ? "CNY" : "USD";
    order.amount_minor = static_cast<std::int64_t>(chance_.log_normal(person_.chinese ? 24'000 : 6'000, 0.7));
    order.category = category_;
    order.items = 1 + chance_.poisson(0.8);
    order.paid_at = now_ + fraction_of_minutes(1 + chance_.exponential(4));
    experience_ = mood_;
    cause_ = Cause::kNothing;
    order_ = std::move(order);
    if (channel_ == Channel::kStore) {
      order_.delivered_at = order_.paid_at;
      return finish_order(State::kUse);
    }
    if (chance_.happens(is_.cancel_share)) {
      order_.cancelled_at = now_ + fraction_of_days(chance_.exponential(0.6));
      now_ = *order_.cancelled_at;
      feel(is_.cancelled, Cause::kCancelled);
      topic_ = Topic::kRefund;
      return finish_order(chance_.happens(0.3) ? State::kSupport : State::kRenew);
    }
    return State::kDeliver;
  }

  State deliver() {
    order_.promised_at = order_.placed_at + fraction_of_days(is_.promise_days);
    const bool incident = in_incident(order_.placed_at);
    double days = is_.promise_days * (0.35 + 0.6 * chance_.uniform());
    const bool late = chance_.happens(incident ? is_.incident_late_share : is_.late_share);
    if (late) {
      const double beyond = 0.2 + chance_.exponential(is_.late_days);
      days = is_.promise_days + beyond;
      feel(is_.per_late_day * std::min(beyond, 5.0), Cause::kLate);
    }
    order_.shipped_at = order_.placed_at + fraction_of_days(days * (0.2 + 0.2 * chance_.uniform()));
    order_.delivered_at = order_.placed_at + fraction_of_days(days);
    const Instant due = *order_.promised_at;
    now_ = *order_.delivered_at;
    topic_ = Topic::kDelivery;
    if (late && chance_.happens(is_.contact_after_late)) {
      now_ = due + fraction_of_minutes(30 + chance_.exponential(240));
      return finish_order(State::kSupport);
    }
    return finish_order(State::kUse);
  }

  // The order is complete as far as the simulation is concerned; the writer leaves out what lies after the
  // end.
  State finish_order(State next) {
    story_.orders.push_back(order_);
    return next;
  }

  State use() {
    const Instant received = order_.delivered_at.value_or(now_);
    now_ = std::max(now_, received);
    Order& order = story_.orders.back();
    order.defect = chance_.happens(is_.defect_share);
    if (order.defect) feel(is_.defect, Cause::kDefect);
    now_ = at_waking_hour(now_ + fraction_of_days(0.3 + chance_.exponential(1.5)));
    if (!person_.device.empty() && chance_.happens(0.5)) {
      channel_ = Channel::kApp;
      session_ = fmt::format("s{}-{}", person_.id, ++sessions_);
      call(Call::kScreen, "Order Detail", {{"order_id", order.number}});
      if (chance_.happens(0.3)) call(Call::kTrack, "Feature Used", {{"feature", "guide"}});
    }
    if (chance_.happens(is_.review_share)) answer(Instrument::kReview, order.number, Channel::kWeb);
    topic_ = order.defect ? Topic::kDefect : Topic::kUsage;
    const double share = order.defect ? is_.contact_after_defect : is_.question_share;
    return chance_.happens(share) ? State::kSupport : State::kRenew;
  }

  State support() {
    for (int attempt = 0; attempt < 3; ++attempt) {
      if (contact(topic_, order_.number)) break;
      now_ = at_waking_hour(now_ + fraction_of_days(0.4 + chance_.exponential(1.2)));
    }
    // Help with a late parcel was asked for before it came.
    const bool waiting = order_.delivered_at && *order_.delivered_at > now_ && topic_ == Topic::kDelivery;
    return waiting ? State::kUse : State::kRenew;
  }

  State renew() {
    mood_ = std::clamp(is_.memory * mood_ + (1 - is_.memory) * experience_, 0.0, 10.0);
    if ((now_ - asked_nps_at_).value > days(1).value * static_cast<std::int64_t>(is_.nps_days)) {
      asked_nps_at_ = now_;
      if (chance_.happens(is_.nps_share))
        answer(Instrument::kNps, "", person_.email.empty() ? Channel::kMiniProgram : Channel::kEmail);
    }
    if (chance_.happens(0.01 + is_.leave_per_point * std::max(0.0, 7 - mood_))) {
      story_.left = true;
      return State::kGone;
    }
    return wait_for_visit();
  }

  State wait_for_visit() {
    now_ = at_waking_hour(now_ + fraction_of_days(0.05 + chance_.exponential(is_.days_between_visits)));
    return State::kDiscover;
  }

  // One contact; true when it was resolved. Moves the clock past it.
  bool contact(Topic topic, const std::string& order) {
    Contact c{.ticket = fmt::format("T{:07}{:03}", person_.id, ++tickets_),
              .order = order,
              .channel = static_cast<Channel>(chance_.weighted(person_.contacts_by)),
              .topic = topic,
              .opened_at = now_,
              .answered_at = {},
              .resolved_at = {},
              .complained_at = {},
              .note = {}};
    const double median = wait_of(c.channel);
    const double wait = chance_.log_normal(median, 0.8);
    feel(is_.per_doubled_wait * std::log2(1 + wait / median), Cause::kWait);
    bool resolved = false;
    if (chance_.happens(is_.abandoned_share)) {
      feel(is_.abandoned, Cause::kWait);
      now_ = now_ + fraction_of_minutes(wait);
    } else {
      c.answered_at = now_ + fraction_of_minutes(wait);
      now_ = *c.answered_at + fraction_of_minutes(3 + chance_.exponential(9));
      resolved = topic == Topic::kPresale || chance_.happens(is_.resolved_share);
      if (resolved) {
        c.resolved_at = now_ + fraction_of_minutes(topic == Topic::kDefect ? chance_.exponential(1500) : 0);
        if (topic != Topic::kPresale) feel(is_.recovered, Cause::kRecovered);
      } else {
        feel(is_.unresolved, Cause::kUnresolved);
      }
    }
    if (topic != Topic::kPresale && experience_ < 5 && chance_.happens(is_.complaint_share))
      c.complained_at = now_ + fraction_of_minutes(10 + chance_.exponential(60));
    c.note = note_on(person_, topic, resolved, is_.leak_share, chance_);
    if (!period_.holds(c.opened_at)) return resolved;
    const Instant after = now_;
    if (topic != Topic::kPresale && c.answered_at) {
      now_ = now_ + fraction_of_minutes(5 + chance_.exponential(90));
      if (chance_.happens(is_.csat_share))
        answer(Instrument::kCsat, c.ticket, c.channel);
      else if (resolved && chance_.happens(is_.ces_share))
        answer(Instrument::kCes, c.ticket, c.channel);
    }
    now_ = after;
    story_.contacts.push_back(std::move(c));
    return resolved;
  }

  void answer(Instrument instrument, const std::string& about, Channel channel) {
    Answer a{.instrument = instrument,
             .at = now_,
             .channel = channel,
             .score = 0,
             .experience = 0,
             .about = about,
             .comment = {}};
    const double felt = instrument == Instrument::kNps ? mood_ : experience_;
    a.experience = std::clamp(felt, 0.0, 10.0);
    const double said = std::clamp(felt + is_.answer_sd * chance_.normal(), 0.0, 10.0);
    a.score = score_of(instrument, said);
    if (chance_.happens(is_.comment_share))
      a.comment = comment_on(person_, said, cause_, is_.leak_share, chance_);
    if (period_.holds(a.at)) story_.answers.push_back(std::move(a));
  }

  void feel(double change, Cause cause) {
    experience_ += change;
    if (std::abs(change) >= 0.6) cause_ = cause;
  }

  void call(Call kind, std::string_view name,
            std::vector<std::pair<std::string_view, std::string>> properties) {
    now_ = now_ + fraction_of_minutes(0.05 + chance_.exponential(0.8));
    if (!period_.holds(now_)) return;
    story_.calls.push_back({.call = kind,
                            .channel = channel_,
                            .at = now_,
                            .name = std::string(name),
                            .anonymous_id = channel_ == Channel::kApp           ? person_.device
                                            : channel_ == Channel::kMiniProgram ? "mp-" + person_.openid
                                                                                : browser_,
                            .session = session_,
                            .signed_in = signed_in_,
                            .properties = std::move(properties)});
  }

  void sign_in() {
    signed_in_ = true;  // stays: the shop's cookie outlives the period
    call(Call::kIdentify, "", {});
  }

  [[nodiscard]] bool online() const {
    return channel_ == Channel::kWeb || channel_ == Channel::kApp || channel_ == Channel::kMiniProgram;
  }
  [[nodiscard]] bool in_incident(Instant at) const {
    const double share = static_cast<double>((at - period_.start).value) / (days_ * 86'400'000.0);
    return share >= is_.incident_from && share < is_.incident_to;
  }
  [[nodiscard]] double wait_of(Channel channel) const {
    switch (channel) {
      case Channel::kChat:
        return is_.chat_wait_minutes;
      case Channel::kWechat:
        return is_.wechat_wait_minutes;
      case Channel::kEmail:
        return is_.email_wait_minutes;
      case Channel::kStore:
        return is_.store_wait_minutes;
      default:
        return is_.call_wait_minutes;
    }
  }

  // The same local day at an hour when people are awake: noon and evening are busiest. Never moves back in
  // time by more than the day's start.
  Instant at_waking_hour(Instant at) {
    constexpr double kHours[] = {.2,  .1,  .05, .05, .05, .1,  .4,  1,   1.8, 2.4, 2.8, 2.6,
                                 2.8, 2.2, 2,   2,   2.1, 2.2, 2.6, 3.2, 3.6, 3.4, 2,   .8};
    const std::int64_t offset = person_.chinese ? 8 * 3'600'000 : 0;
    const std::int64_t day = (at.ms + offset) / 86'400'000;
    const auto hour = static_cast<std::int64_t>(chance_.weighted(kHours));
    const Instant moved{day * 86'400'000 - offset + hour * 3'600'000 +
                        static_cast<std::int64_t>(chance_.uniform() * 3'600'000)};
    return moved < at ? moved + hours(24) : moved;
  }

  const Person& person_;
  const Period& period_;
  const Parameters& is_;
  Chance chance_;
  Story story_;
  Instant now_, asked_nps_at_;
  double days_ = 0, mood_, experience_;
  Cause cause_ = Cause::kNothing;
  Topic topic_ = Topic::kUsage;
  Channel channel_ = Channel::kWeb;
  Order order_{};
  std::string session_, browser_;
  std::string_view category_;
  int sessions_ = 0, orders_ = 0, tickets_ = 0;
  bool signed_in_ = false;
};

}  // namespace

std::string_view to_string(Instrument instrument) noexcept {
  constexpr std::string_view kNames[] = {"nps", "csat", "ces", "review"};
  return kNames[static_cast<std::size_t>(instrument)];
}

int score_of(Instrument instrument, double experience) noexcept {
  const double x = std::clamp(experience, 0.0, 10.0);
  switch (instrument) {
    case Instrument::kNps:
      return static_cast<int>(std::lround(x));
    case Instrument::kCes:
      return 5 - static_cast<int>(std::lround(x * 0.4));
    case Instrument::kCsat:
    case Instrument::kReview:
      break;
  }
  return 1 + static_cast<int>(std::lround(x * 0.4));
}

Story live(const Person& person, const Period& period, std::uint64_t seed, const Parameters& parameters) {
  return Life(person, period, seed, parameters).run();
}

}  // namespace zhike::world
