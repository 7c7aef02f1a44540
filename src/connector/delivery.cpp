#include "connector/delivery.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/log.h"
#include "connector/kinds.h"
#include "connector/worker.h"

namespace zhike::connector {
namespace {

constexpr std::string_view kPosition = "position";
constexpr std::size_t kLettersAtOnce = 20;

class Delivery final : public Worker {
 public:
  Delivery(Store::Entry connector, std::shared_ptr<Activity> activity, const Ports& ports,
           MakeDestination make)
      : c_(std::move(connector)),
        activity_(std::move(activity)),
        ports_(ports),
        destination_(make(*c_, ports, stopping_)),
        batch_(static_cast<std::size_t>(c_->number("batch"))),
        attempts_max_(static_cast<unsigned>(c_->number("attempts"))),
        hold_(hours(c_->number("hold_hours"))) {}
  ~Delivery() override { end(); }

 private:
  void run() override {
    for (unsigned failures = 1; !stopping() && !begin(); ++failures) rest(failures, std::nullopt);
    for (unsigned failures = 0; !stopping();) {
      send_letters();
      const auto page = ports_.outlet.after(*c_, position_, batch_);
      if (!page) {
        activity_->failed("failed", page.error());
        rest(++failures, std::nullopt);
        continue;
      }
      failures = 0;
      if (page->events.empty()) {
        position_ = std::max(position_, page->seen);
        note_position(true);
        wait(seconds(1));
      } else if (deliver(*page)) {
        note_position(false);
      }
    }
    note_position(true);
  }

  bool begin() {
    const auto kept = ports_.store.state(c_->id, kPosition);
    if (!kept) return activity_->failed("failed", kept.error()), false;
    if (const auto at = ascii::parse_number<std::uint64_t>(*kept)) {
      position_ = noted_ = *at;
      return true;
    }
    if (c_->text("begin") == "now") {
      const auto newest = ports_.outlet.newest();
      if (!newest) return activity_->failed("failed", newest.error()), false;
      position_ = *newest;
    }
    const auto written = ports_.store.set_state(c_->id, kPosition, std::to_string(position_));
    if (!written) return activity_->failed("failed", written.error()), false;
    noted_ = position_;
    return true;
  }

  /// At most once a second: what was sent since is sent again after a crash.
  void note_position(bool now) {
    const auto at = std::chrono::steady_clock::now();
    if (position_ == noted_ || (!now && at - noted_at_ < std::chrono::seconds(1))) return;
    noted_at_ = at;
    if (const auto written = ports_.store.set_state(c_->id, kPosition, std::to_string(position_)); written)
      noted_ = position_;
    else
      log::error("connector_position_not_noted", written.error());
  }

  void rest(unsigned failures, std::optional<Millis> asked) {
    const Millis wait_for = std::max(back_off(failures, ports_.retry_first, ports_.retry_most),
                                     std::min(asked.value_or(Millis{}), ports_.retry_most));
    wait(wait_for);
  }

  std::string body_of(const Outlet::Page& page) const {
    if (batch_ == 1) return page.events.front().json;
    std::string out = "{\"events\":[";
    for (std::size_t i = 0; i < page.events.size(); ++i) out += (i == 0 ? "" : ",") + page.events[i].json;
    return out + "]}";
  }

  /// False: it is to end, and these events are sent after the next start.
  bool deliver(const Outlet::Page& page) {
    const std::string body = body_of(page), id = std::to_string(page.events.back().id);
    const Instant began = ports_.clock.now();
    unsigned attempts = 0, failures = 0;
    while (!stopping()) {
      const Attempt attempt = destination_->send(id, body);
      if (stopping() && !attempt.answered) return false;
      ++attempts;
      if (attempt.outcome == Outcome::kTaken) {
        activity_->sent(page.events.size());
        activity_->set_state("working");
        position_ = page.seen;
        return true;
      }
      activity_->failed("failed", attempt.why);
      activity_->set_state("failing");
      const bool held_out = ports_.clock.now() - began >= hold_;
      const bool give_up = attempt.outcome == Outcome::kUnwanted ||
                           (attempt.outcome == Outcome::kRetry && attempts >= attempts_max_) || held_out;
      if (give_up && keep_letter(page, body, attempts, attempt.why)) return true;
      rest(++failures, attempt.retry_after);
    }
    return false;
  }

  bool keep_letter(const Outlet::Page& page, const std::string& body, unsigned attempts, const Error& why) {
    const Letter letter{.connector = c_->id,
                        .at = ports_.clock.now(),
                        .first = page.events.front().id,
                        .last = page.events.back().id,
                        .events = static_cast<std::uint32_t>(page.events.size()),
                        .attempts = attempts,
                        .error = std::string(info(why.code).id),
                        .detail = why.detail,
                        .body = body};
    const auto kept = ports_.store.keep(letter, kPosition, std::to_string(page.seen));
    if (!kept) return activity_->failed("failed", kept.error()), false;
    if (!*kept) return activity_->note(Level::kError, "letters_full"), false;
    activity_->note(Level::kWarning, "letter", why.detail);
    position_ = noted_ = page.seen;
    return true;
  }

  void send_letters() {
    const auto letters = ports_.store.asked_again(c_->id, kLettersAtOnce);
    if (!letters) return activity_->failed("failed", letters.error());
    for (const Letter& letter : *letters) {
      if (stopping()) return;
      const Attempt attempt = destination_->send(std::to_string(letter.last), letter.body);
      if (stopping() && !attempt.answered) return;
      const bool taken = attempt.outcome == Outcome::kTaken;
      Letter outcome;
      outcome.error = info(attempt.why.code).id;
      outcome.detail = attempt.why.detail;
      if (const auto settled = ports_.store.settle(letter.id, taken, outcome); !settled)
        return activity_->failed("failed", settled.error());
      if (taken)
        activity_->sent(letter.events);
      else
        activity_->failed("failed", attempt.why);
    }
  }

  const Store::Entry c_;
  const std::shared_ptr<Activity> activity_;
  const Ports ports_;
  const std::unique_ptr<Destination> destination_;
  const std::size_t batch_;
  const unsigned attempts_max_;
  const Millis hold_;
  std::uint64_t position_ = 0, noted_ = 0;
  std::chrono::steady_clock::time_point noted_at_;
};

}  // namespace

std::unique_ptr<Runner> make_delivery(const Store::Entry& c, const std::shared_ptr<Activity>& activity,
                                      const Ports& ports, MakeDestination make) {
  return std::make_unique<Delivery>(c, activity, ports, make);
}

}  // namespace zhike::connector
