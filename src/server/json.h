// JSON of the contract's common shapes, and reading of bodies. Numbers that are not finite become null.
#pragma once

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "server/http.h"

namespace zhike::server {

namespace json = boost::json;

[[nodiscard]] json::value number_or_null(std::optional<double> value);
[[nodiscard]] json::value time_or_null(std::optional<Instant> at);
[[nodiscard]] json::value user_or_null(UserId user);  ///< null: no user did it
[[nodiscard]] json::string time_text(Instant at);
/// Null without a currency.
[[nodiscard]] json::value money_or_null(std::int64_t minor, std::string_view currency);
[[nodiscard]] json::array texts(const std::vector<std::string>& values);

[[nodiscard]] Response answer(const json::value& body, int status = 200);
[[nodiscard]] Response no_content();

/// The fields of a request body. Every reader says which field is wrong: kBadField.
class Fields {
 public:
  /// Errors: kBadJson (not one JSON object).
  [[nodiscard]] static Result<Fields> parse(std::string_view body);
  /// Of an object within a body. Errors: kBadField, naming it `what`.
  [[nodiscard]] static Result<Fields> of(const json::value& value, std::string_view what);

  [[nodiscard]] bool has(std::string_view name) const { return object_.contains(name); }
  /// `bytes_max`: longer is refused; also refuses NUL and other control characters.
  [[nodiscard]] Result<std::string> text(std::string_view name, std::size_t bytes_max) const;
  [[nodiscard]] Result<std::string> text_or(std::string_view name, std::string_view otherwise,
                                            std::size_t bytes_max) const;
  [[nodiscard]] Result<bool> flag_or(std::string_view name, bool otherwise) const;
  [[nodiscard]] Result<std::vector<std::string>> list_or_empty(std::string_view name,
                                                               std::size_t count_max) const;
  [[nodiscard]] const json::object& object() const { return object_; }

 private:
  json::object object_;
};

}  // namespace zhike::server
