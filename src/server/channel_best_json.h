// What the API and the command line say of the best channel, in the shapes of catalog/endpoints/
// channel_best.json.
#pragma once

#include <boost/json/object.hpp>

#include "app/channel_choices.h"
#include "journey/channel_choice.h"

namespace zhike::server {

[[nodiscard]] boost::json::object choice_json(const journey::ChannelChoice& choice,
                                              const journey::Purpose& purpose, double sure);
/// Counts of choices by channel and of refusals by reason.
[[nodiscard]] boost::json::object choices_json(const app::ChannelChoices::Many& many,
                                               const journey::Purpose& purpose, double sure);

}  // namespace zhike::server
