// What the API and the command line say of channels, in the shapes of catalog/endpoints/channels.json.
#pragma once

#include <boost/json/object.hpp>

#include <string_view>

#include "base/result.h"
#include "journey/channel_paths.h"
#include "journey/channels.h"
#include "journey/switching.h"

namespace zhike::server {

/// "web:1200.50,store:900", with = or : between channel and cost. Errors: kBadField.
[[nodiscard]] Result<journey::ChannelCosts> parse_costs(std::string_view text);

/// `shown`: keys separated by commas; empty: all.
[[nodiscard]] boost::json::object scorecard_json(const journey::Scorecard& card, int retention_days,
                                                 std::string_view shown);
[[nodiscard]] boost::json::object switching_json(const journey::Switching& found, std::string_view shown);
[[nodiscard]] boost::json::object credit_json(const journey::ChannelCredit& credit,
                                              const journey::ChannelPathOptions& options);

}  // namespace zhike::server
