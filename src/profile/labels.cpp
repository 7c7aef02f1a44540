#include "profile/labels.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <optional>

#include "profile/embedded.h"
#include "profile/profile.h"

namespace zhike::profile {
namespace {

namespace json = boost::json;
using Op = LabelCondition::Op;
using Value = std::variant<double, std::string>;

constexpr std::string_view kConsent = "consent.", kTrait = "trait.";

std::optional<Value> number(auto value) { return Value(static_cast<double>(value)); }

std::optional<Value> score(float answer) {
  if (answer < 0) return std::nullopt;
  return number(answer);
}

std::optional<Value> days_since(Instant at, Instant now) {
  constexpr double kDay = 86'400'000;
  if (at.ms == 0) return std::nullopt;
  return Value(std::floor(static_cast<double>(std::max<std::int64_t>(now.ms - at.ms, 0)) / kDay));
}

std::optional<Value> stated(const std::vector<ShownTrait>& traits, std::string_view key) {
  const auto at = std::ranges::find(traits, key, &ShownTrait::key);
  if (at == traits.end()) return std::nullopt;
  return Value(at->value);
}

struct Field {
  std::string_view name;
  std::optional<Value> (*of)(const Profile& profile, Instant now);
};
constexpr std::array kFields = {
    Field{"events", [](const Profile& p, Instant) { return number(p.hot.events); }},
    Field{"orders", [](const Profile& p, Instant) { return number(p.hot.orders); }},
    Field{"channels", [](const Profile& p, Instant) { return number(p.hot.channels.size()); }},
    Field{"units", [](const Profile& p, Instant) { return number(p.hot.units.size()); }},
    Field{"nps", [](const Profile& p, Instant) { return score(p.hot.nps); }},
    Field{"csat", [](const Profile& p, Instant) { return score(p.hot.csat); }},
    Field{"ces", [](const Profile& p, Instant) { return score(p.hot.ces); }},
    Field{"answered",
          [](const Profile& p, Instant) {
            return number(p.hot.nps >= 0 || p.hot.csat >= 0 || p.hot.ces >= 0 ? 1 : 0);
          }},
    Field{"days_since_first",
          [](const Profile& p, Instant now) { return days_since(p.hot.first_seen, now); }},
    Field{"days_since_last", [](const Profile& p, Instant now) { return days_since(p.hot.last_seen, now); }},
    Field{"open_conversations", [](const Profile& p, Instant) { return number(p.open.size()); }},
    Field{"stage", [](const Profile& p,
                      Instant) { return p.stage.empty() ? std::nullopt : std::optional<Value>(p.stage); }},
};

constexpr std::array<std::string_view, 6> kOps{"=", "!=", "<", "<=", ">", ">="};

std::optional<Value> value_of(std::string_view field, const Profile& profile, Instant now) {
  if (field.starts_with(kConsent)) return stated(profile.consent, field.substr(kConsent.size()));
  if (field.starts_with(kTrait)) return stated(profile.traits, field.substr(kTrait.size()));
  const auto at = std::ranges::find(kFields, field, &Field::name);
  return at == kFields.end() ? std::nullopt : at->of(profile, now);
}

bool holds(const LabelCondition& condition, const Profile& profile, Instant now) {
  const auto value = value_of(condition.field, profile, now);
  if (!value || value->index() != condition.value.index()) return false;
  switch (condition.op) {
    case Op::kEqual:
      return *value == condition.value;
    case Op::kNotEqual:
      return *value != condition.value;
    case Op::kLess:
      return *value < condition.value;
    case Op::kAtMost:
      return *value <= condition.value;
    case Op::kGreater:
      return *value > condition.value;
    case Op::kAtLeast:
      return *value >= condition.value;
  }
  return false;
}

Result<std::string> text_of(const json::object& in, std::string_view key) {
  const json::value* value = in.if_contains(key);
  if (value == nullptr || !value->is_string() || value->get_string().empty())
    return fail(Code::kBadCatalogue, "labels: \"{}\" is missing in {}", key,
                json::serialize(in).substr(0, 80));
  return std::string(value->get_string());
}

bool is_field(std::string_view name) {
  return (name.starts_with(kConsent) && name.size() > kConsent.size()) ||
         (name.starts_with(kTrait) && name.size() > kTrait.size()) ||
         std::ranges::find(kFields, name, &Field::name) != kFields.end();
}

Result<LabelCondition> condition_of(std::string_view label, const json::value& entry) {
  if (!entry.is_object()) return fail(Code::kBadCatalogue, "label {}: a condition is no object", label);
  const json::object& in = entry.get_object();
  LabelCondition out;
  CX_TRY(out.field, text_of(in, "field"));
  if (!is_field(out.field)) return fail(Code::kBadCatalogue, "label {}: no field \"{}\"", label, out.field);
  CX_TRY(const auto op, text_of(in, "op"));
  const auto at = std::ranges::find(kOps, op);
  if (at == kOps.end()) return fail(Code::kBadCatalogue, "label {}: no op \"{}\"", label, op);
  out.op = static_cast<Op>(at - kOps.begin());
  const json::value* value = in.if_contains("value");
  if (value != nullptr && value->is_string())
    out.value = std::string(value->get_string());
  else if (value != nullptr && value->is_number())
    out.value = value->to_number<double>();
  else
    return fail(Code::kBadCatalogue, "label {}: \"value\" is neither number nor text", label);
  const bool is_text =
      out.field == "stage" || out.field.starts_with(kConsent) || out.field.starts_with(kTrait);
  if (is_text != std::holds_alternative<std::string>(out.value))
    return fail(Code::kBadCatalogue, "label {}: {} is compared with {}", label, out.field,
                is_text ? "texts" : "numbers");
  return out;
}

}  // namespace

Result<std::vector<Label>> parse_labels(std::string_view text) {
  boost::system::error_code wrong;
  const json::value root = json::parse(text, wrong);
  if (wrong || !root.is_array()) return fail(Code::kBadCatalogue, "labels: not a JSON list");
  std::vector<Label> out;
  for (const json::value& entry : root.get_array()) {
    if (!entry.is_object()) return fail(Code::kBadCatalogue, "labels: an entry is no object");
    const json::object& in = entry.get_object();
    Label label;
    CX_TRY(label.key, text_of(in, "key"));
    CX_TRY(label.name_en, text_of(in, "name_en"));
    CX_TRY(label.name_zh, text_of(in, "name_zh"));
    CX_TRY(label.group, text_of(in, "group"));
    const json::value* all = in.if_contains("all");
    if (all == nullptr || !all->is_array() || all->get_array().empty())
      return fail(Code::kBadCatalogue, "label {}: no condition", label.key);
    for (const json::value& one : all->get_array()) {
      CX_TRY(auto condition, condition_of(label.key, one));
      label.all.push_back(std::move(condition));
    }
    if (std::ranges::find(out, label.key, &Label::key) != out.end())
      return fail(Code::kBadCatalogue, "label {} is there twice", label.key);
    out.push_back(std::move(label));
  }
  return out;
}

const std::vector<Label>& default_labels() {
  static const std::vector<Label> labels = [] {
    auto parsed = parse_labels(kEmbedded.front().text);
    cx_check(parsed.has_value(), "catalog/labels/default.json");
    return *std::move(parsed);
  }();
  return labels;
}

std::vector<const Label*> labels_of(std::span<const Label> labels, const Profile& profile, Instant now) {
  std::vector<const Label*> out;
  for (const Label& label : labels)
    if (std::ranges::all_of(label.all, [&](const auto& one) { return holds(one, profile, now); }))
      out.push_back(&label);
  return out;
}

}  // namespace zhike::profile
