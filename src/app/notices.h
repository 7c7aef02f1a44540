// What an operator should know beside the figures: each with a key that console and doctor have words for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zhike::app {

struct Notice {
  enum class Kind : std::uint8_t {
    kJournalFull,     ///< events are refused: value of limit bytes wait for the warehouse
    kJournalFilling,  ///< more than half of it
    kMoverWaits,      ///< subject: the error for which the warehouse takes nothing just now
    kClockJumped,     ///< by value seconds, ahead or back; not believed yet
    kNamesFull,       ///< subject: the source that has as many kinds of events (value) as it may have (limit)
  };
  Kind kind{};
  std::string subject{};
  std::int64_t value = 0, limit = 0;
};
[[nodiscard]] std::string_view to_string(Notice::Kind kind) noexcept;  ///< "journal_full"

}  // namespace zhike::app
