// JSON of complaints, shared by their handlers.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "desk/complaints.h"
#include "server/api.h"

namespace zhike::server {

/// What goes with complaints and is looked up once for a request: who colleagues are.
class ComplaintWriter {
 public:
  /// Errors: of the ledger.
  [[nodiscard]] static Result<ComplaintWriter> make(Call& call);

  [[nodiscard]] json::object person(UserId user) const;
  /// Those who handle complaints; empty for who does not.
  [[nodiscard]] json::array people() const;
  [[nodiscard]] Result<json::object> complaint(const desk::Complaint& complaint) const;
  [[nodiscard]] Result<json::object> detail(const desk::ComplaintDetail& detail) const;

 private:
  explicit ComplaintWriter(Call& call) : call_(call) {}
  [[nodiscard]] json::object step(const desk::Step& step, bool may_read) const;

  Call& call_;
  struct Colleague {
    std::string name;
    bool handles = false;
  };
  std::map<UserId, Colleague> colleagues_;
};

[[nodiscard]] json::object suggestion_json(const desk::Suggestion& suggestion);
[[nodiscard]] json::array limits_json(const std::vector<desk::RoleLimit>& limits);
/// {"minor": "2000", "currency": "CNY"}. Errors: kBadField, kBadCurrency.
[[nodiscard]] Result<Money> money_of(const json::value& value, std::string_view field);
[[nodiscard]] json::object money_json(Money money);
/// The whole report, as the API and the command line tell it. `filter` with the range of the opening; `days`
/// 0: the catalogue's. Errors: of its parts.
[[nodiscard]] Result<json::object> complaint_report(app::App& app, const Grant& grant,
                                                    desk::ComplaintFilter filter, int days);
/// Of the query: category, channel, units, from, to. Errors: kBadTime.
[[nodiscard]] Result<desk::ComplaintFilter> complaint_filter(const Call& call);

}  // namespace zhike::server
