#include "feedback/survey_diff.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>

namespace zhike::feedback {
namespace {

namespace json = boost::json;

class Comparison {
 public:
  std::vector<Difference> out;

  void compare(const json::value& before, const json::value& after, const std::string& at) {
    if (before == after) return;
    if (before.is_object() && after.is_object()) return objects(before.get_object(), after.get_object(), at);
    const auto old_ids = ids_of(before), new_ids = ids_of(after);
    if (old_ids && new_ids) return lists(before.get_array(), after.get_array(), *old_ids, *new_ids, at);
    out.push_back({Difference::Kind::kChanged, at, before, after});
  }

 private:
  using Ids = std::map<std::string, std::size_t>;  // → place

  /// Nothing: not a list of things with ids of their own.
  static std::optional<Ids> ids_of(const json::value& value) {
    if (!value.is_array()) return std::nullopt;
    Ids ids;
    for (const json::value& item : value.get_array()) {
      const json::value* id = item.is_object() ? item.get_object().if_contains("id") : nullptr;
      if (id == nullptr || !id->is_string()) return std::nullopt;
      if (!ids.emplace(std::string(id->get_string()), ids.size()).second) return std::nullopt;
    }
    return ids;
  }

  void objects(const json::object& before, const json::object& after, const std::string& at) {
    for (const auto& [key, value] : before) {
      const std::string place = at + "/" + std::string(key);
      if (place == "/version") continue;
      if (const json::value* now = after.if_contains(key))
        compare(value, *now, place);
      else
        out.push_back({Difference::Kind::kRemoved, place, value, nullptr});
    }
    for (const auto& [key, value] : after)
      if (!before.contains(key))
        out.push_back({Difference::Kind::kAdded, at + "/" + std::string(key), nullptr, value});
  }

  void lists(const json::array& before, const json::array& after, const Ids& old_ids, const Ids& new_ids,
             const std::string& at) {
    // Moved is what stands elsewhere among those that both versions have.
    std::map<std::string, std::size_t> old_rank, new_rank;
    for (const json::value& item : before)
      if (const auto id = name(item); new_ids.contains(id)) old_rank.emplace(id, old_rank.size());
    for (const json::value& item : after)
      if (const auto id = name(item); old_ids.contains(id)) new_rank.emplace(id, new_rank.size());
    for (const json::value& item : before) {
      const auto id = name(item);
      const auto now = new_ids.find(id);
      if (now == new_ids.end()) {
        out.push_back({Difference::Kind::kRemoved, at + "/" + id, item, nullptr});
        continue;
      }
      if (old_rank[id] != new_rank[id])
        out.push_back({Difference::Kind::kMoved, at + "/" + id, old_ids.at(id), now->second});
      compare(item, after[now->second], at + "/" + id);
    }
    for (const json::value& item : after)
      if (const auto id = name(item); !old_ids.contains(id))
        out.push_back({Difference::Kind::kAdded, at + "/" + id, nullptr, item});
  }

  static std::string name(const json::value& item) { return std::string(item.at("id").get_string()); }
};

}  // namespace

std::string_view to_string(Difference::Kind kind) noexcept {
  switch (kind) {
    case Difference::Kind::kAdded:
      return "added";
    case Difference::Kind::kRemoved:
      return "removed";
    case Difference::Kind::kChanged:
      return "changed";
    case Difference::Kind::kMoved:
      return "moved";
  }
  return {};
}

std::vector<Difference> diff(const json::value& before, const json::value& after) {
  Comparison comparison;
  comparison.compare(before, after, "");
  return std::move(comparison.out);
}

}  // namespace zhike::feedback
