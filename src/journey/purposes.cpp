#include "journey/purposes.h"

#include <boost/json.hpp>

#include "base/error.h"
#include "journey/purposes_embedded.h"

namespace zhike::journey {
namespace {

namespace json = boost::json;

std::vector<std::string> texts_of(const json::value& from) {
  std::vector<std::string> out;
  for (const auto& one : from.as_array()) out.emplace_back(one.as_string());
  return out;
}

PurposeBook read() {
  PurposeBook out;
  const std::string_view text = purposes_data::kEmbedded[0].text;
  const json::object root = json::parse(json::string_view(text.data(), text.size())).as_object();
  for (const auto& entry : root.at("purposes").as_array()) {
    const auto word = [&](std::string_view key) { return std::string(entry.at(key).as_string()); };
    out.purposes.push_back({.key = word("key"),
                            .name_en = word("name_en"),
                            .name_zh = word("name_zh"),
                            .trial_en = word("trial_en"),
                            .trial_zh = word("trial_zh"),
                            .hit_en = word("hit_en"),
                            .hit_zh = word("hit_zh"),
                            .consent = texts_of(entry.at("consent")),
                            .needs_address = entry.at("needs_address").as_bool()});
  }
  for (const auto& entry : root.at("addresses").as_object())
    for (const std::string& kind : texts_of(entry.value())) {
      const auto known = parse_identifier_kind(kind);
      cx_check(known.has_value(), "catalog/purposes names a kind of identifier that there is not");
      out.addresses[std::string(entry.key())].push_back(*known);
    }
  out.messages = texts_of(root.at("messages"));
  out.message_answers = texts_of(root.at("message_answers"));
  return out;
}

}  // namespace

const PurposeBook& purposes() {
  static const PurposeBook kBook = read();
  return kBook;
}

Result<const Purpose*> find_purpose(std::string_view key) {
  std::string known;
  for (const Purpose& one : purposes().purposes) {
    if (one.key == key) return &one;
    known += (known.empty() ? "" : ", ") + one.key;
  }
  return fail(Code::kBadField, "purpose '{}' is not one of {}", key.substr(0, 60), known);
}

}  // namespace zhike::journey
