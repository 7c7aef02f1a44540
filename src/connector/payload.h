// What a queue or a device sends, as JSON.
#pragma once

#include <string>
#include <string_view>

namespace zhike::connector {

/// A JSON object or list as it stands; anything else as {"payload": "..."}, valid UTF-8.
[[nodiscard]] std::string json_of_payload(std::string_view payload);

}  // namespace zhike::connector
