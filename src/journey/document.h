// Reads the JSON documents of journeys (settings, blueprints) field by field; every refusal names the field.
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/lines.h"
#include "base/result.h"

namespace zhike::journey {

/// Borrows the object. Errors of all: kBadField. Texts have up to kDocumentTextMax bytes and no control
/// characters.
inline constexpr std::size_t kDocumentTextMax = 200, kDocumentListMax = 50;
class DocumentReader {
 public:
  explicit DocumentReader(const boost::json::object& from) : from_(from) {}

  [[nodiscard]] Result<std::string> text(std::string_view name) const {
    const boost::json::value* at = from_.if_contains(name);
    if (at == nullptr || !at->is_string()) return fail(Code::kBadField, "'{}' is not a text", name);
    std::string out(at->get_string());
    CX_TRY(check_text(name, out));
    return out;
  }
  /// Also empty, or not there at all.
  [[nodiscard]] Result<std::string> text_or_none(std::string_view name, std::size_t bytes_max) const {
    const boost::json::value* at = from_.if_contains(name);
    if (at == nullptr) return std::string();
    if (!at->is_string() || at->get_string().size() > bytes_max || has_control(at->get_string()))
      return fail(Code::kBadField, "'{}': a text of up to {} bytes is needed", name, bytes_max);
    return std::string(at->get_string());
  }
  [[nodiscard]] Result<double> number(std::string_view name) const {
    const boost::json::value* at = from_.if_contains(name);
    if (at == nullptr || !at->is_number()) return fail(Code::kBadField, "'{}' is not a number", name);
    return at->to_number<double>();
  }
  [[nodiscard]] Result<std::vector<std::string>> texts(std::string_view name) const {
    CX_TRY(const boost::json::array* list, array(name, kDocumentListMax));
    std::vector<std::string> out;
    std::set<std::string_view> seen;
    for (const boost::json::value& one : *list) {
      if (!one.is_string()) return fail(Code::kBadField, "'{}' holds what is not a text", name);
      CX_TRY(check_text(name, one.get_string()));
      if (!seen.insert(one.get_string()).second)
        return fail(Code::kBadField, "'{}' stands twice in '{}'", std::string_view(one.get_string()), name);
      out.emplace_back(one.get_string());
    }
    return out;
  }
  [[nodiscard]] Result<const boost::json::object*> object(std::string_view name) const {
    const boost::json::value* at = from_.if_contains(name);
    if (at == nullptr || !at->is_object()) return fail(Code::kBadField, "'{}' is not an object", name);
    return &at->get_object();
  }
  /// The objects of a list.
  [[nodiscard]] Result<std::vector<DocumentReader>> objects(std::string_view name, std::size_t most) const {
    CX_TRY(const boost::json::array* list, array(name, most));
    std::vector<DocumentReader> out;
    for (const boost::json::value& one : *list) {
      if (!one.is_object()) return fail(Code::kBadField, "'{}' holds what is not an object", name);
      out.emplace_back(one.get_object());
    }
    return out;
  }

 private:
  static Result<void> check_text(std::string_view name, std::string_view value) {
    if (value.empty() || value.size() > kDocumentTextMax || has_control(value))
      return fail(Code::kBadField, "'{}': a text of 1 to {} bytes is needed", name, kDocumentTextMax);
    return {};
  }
  [[nodiscard]] Result<const boost::json::array*> array(std::string_view name, std::size_t most) const {
    const boost::json::value* at = from_.if_contains(name);
    if (at == nullptr || !at->is_array()) return fail(Code::kBadField, "'{}' is not a list", name);
    if (at->get_array().size() > most) return fail(Code::kBadField, "more than {} in '{}'", most, name);
    return &at->get_array();
  }
  const boost::json::object& from_;
};

[[nodiscard]] inline boost::json::array list_of(const std::vector<std::string>& texts) {
  return boost::json::array(texts.begin(), texts.end());
}

}  // namespace zhike::journey
