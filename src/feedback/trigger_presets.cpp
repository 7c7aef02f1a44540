#include "feedback/trigger_presets.h"

#include <boost/json.hpp>
#include <string_view>
#include <vector>

#include "feedback/embedded.h"

namespace zhike::feedback {
namespace {

namespace json = boost::json;

TriggerPreset preset_of(std::string_view key, std::string_view text) {
  const json::object root = json::parse(json::string_view(text.data(), text.size())).as_object();
  const json::object& title = root.at("title").as_object();
  TriggerPreset out{
      .key = std::string(key),
      .title = {.zh = std::string(title.at("zh").as_string()), .en = std::string(title.at("en").as_string())},
      .survey = std::string(root.at("template").as_string()),
      .filter = {},
      .delay = minutes(root.at("delay_minutes").as_int64())};
  for (const auto& entry : root.at("filter").as_object())
    out.filter.emplace_back(entry.key(), entry.value().as_string());
  return out;
}

}  // namespace

std::span<const TriggerPreset> trigger_presets() {
  static const std::vector<TriggerPreset> kAll = [] {
    constexpr std::string_view kFolder = "survey_triggers/", kEnding = ".json";
    std::vector<TriggerPreset> out;
    for (const Embedded& file : kEmbedded) {
      std::string_view key = file.name;
      if (!key.starts_with(kFolder)) continue;
      key.remove_prefix(kFolder.size());
      key.remove_suffix(kEnding.size());
      out.push_back(preset_of(key, file.text));
    }
    return out;
  }();
  return kAll;
}

}  // namespace zhike::feedback
