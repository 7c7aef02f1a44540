// What happens to one customer: the records that each system of the company would keep of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "world/person.h"

namespace zhike::world {

/// The simulated period; nothing is recorded at or after `end`.
struct Period {
  Instant start, end;
  [[nodiscard]] bool holds(Instant at) const { return at >= start && at < end; }
};

enum class Call : std::uint8_t { kPage, kScreen, kTrack, kIdentify };

/// A call of the web shop's, app's or mini-program's collector.
struct WebCall {
  Call call;
  Channel channel;
  Instant at;
  std::string name;
  std::string anonymous_id;
  std::string session;
  bool signed_in = false;
  std::vector<std::pair<std::string_view, std::string>> properties;
};

enum class Status : std::uint8_t { kPlaced, kPaid, kShipped, kDelivered, kCancelled };

struct Order {
  std::string number;
  Channel channel;
  Instant placed_at;
  std::optional<Instant> paid_at, cancelled_at, shipped_at, promised_at, delivered_at;
  std::int64_t amount_minor = 0;
  std::string_view currency = "CNY";
  std::string_view category;
  int items = 1;
  bool defect = false;
};

enum class Topic : std::uint8_t { kPresale, kDelivery, kDefect, kUsage, kRefund };

/// One contact with the service centre.
struct Contact {
  std::string ticket, order;  ///< order may be empty
  Channel channel;
  Topic topic;
  Instant opened_at;
  std::optional<Instant> answered_at, resolved_at, complained_at;
  std::string note;
};

enum class Instrument : std::uint8_t { kNps, kCsat, kCes, kReview };
[[nodiscard]] std::string_view to_string(Instrument instrument) noexcept;  ///< "nps"

struct Answer {
  Instrument instrument;
  Instant at;
  Channel channel;  ///< through which it was asked
  int score = 0;
  double experience = 0;  ///< truth: what the customer felt, 0 to 10
  std::string about;      ///< order or ticket; empty for NPS
  std::string comment;
};

struct Story {
  std::vector<WebCall> calls;
  std::vector<Order> orders;
  std::vector<Contact> contacts;
  std::vector<Answer> answers;
  double mood = 0;    ///< at the end
  bool left = false;  ///< will not buy again
};

/// Lives the customer's life. Pure: the same person, period and seed give the same story.
[[nodiscard]] Story live(const Person& person, const Period& period, std::uint64_t seed,
                         const Parameters& parameters);

/// The score that an instrument shows for an experience of 0 to 10: NPS 0-10, CSAT and review 1-5,
/// CES 1 (very easy) to 5 (very difficult).
[[nodiscard]] int score_of(Instrument instrument, double experience) noexcept;

}  // namespace zhike::world
