#include "connector/payload.h"

#include <boost/json.hpp>

#include "base/encoding.h"

namespace zhike::connector {

std::string json_of_payload(std::string_view payload) {
  const auto first = payload.find_first_not_of(" \t\r\n");
  if (first != payload.npos && (payload[first] == '{' || payload[first] == '[')) return std::string(payload);
  return boost::json::serialize(boost::json::object{{"payload", to_valid_utf8(payload)}});
}

}  // namespace zhike::connector
