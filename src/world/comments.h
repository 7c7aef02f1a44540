// What simulated customers write: Chinese or English, with a sentiment that follows the score.
#pragma once

#include <string>

#include "world/story.h"

namespace zhike::world {

/// What most moved the experience.
enum class Cause : std::uint8_t { kNothing, kLate, kDefect, kWait, kUnresolved, kRecovered, kCancelled };

/// A comment of one to three sentences. Some hold the customer's phone number, as `leak_share` says.
[[nodiscard]] std::string comment_on(const Person& person, double experience, Cause cause, double leak_share,
                                     Chance& chance);
/// An agent's note on a contact; some hold the caller's number too.
[[nodiscard]] std::string note_on(const Person& person, Topic topic, bool resolved, double leak_share,
                                  Chance& chance);

}  // namespace zhike::world
