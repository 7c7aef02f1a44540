// Where the cases of a kind of journey stand, and the cases one by one.
#include <string>
#include <string_view>
#include <utility>

#include "server/api.h"
#include "server/journey_cases_json.h"
#include "server/journey_json.h"

namespace zhike::server {
namespace {

constexpr std::string_view kOwn[] = {"definition",  "state", "stage", "touchpoint",
                                     "quiet_hours", "order", "limit", "offset"};
constexpr std::int64_t kListed = 50, kListedMax = 1'000, kPassedMax = 9'000, kQuietHoursMax = 87'600;

Result<Response> get_cases(Call& call) {
  CX_TRY(const auto filter, call.filter(kOwn));
  journey::CaseQuestion question;
  CX_TRY(question.definition, definition_of(call.app, call.param("definition")));
  question.limit = 0;
  CX_TRY(const auto found, ask_cases(call.app, call.grant, filter, std::move(question)));
  return answer(cases_json(found));
}

Result<Response> list_cases(Call& call) {
  CX_TRY(const auto filter, call.filter(kOwn));
  journey::CaseQuestion question;
  CX_TRY(question.definition, definition_of(call.app, call.param("definition")));
  if (const auto state = call.param("state"); !state.empty()) {
    CX_TRY(question.state, journey::parse_case_state(state));
  }
  if (const auto order = call.param("order"); !order.empty()) {
    CX_TRY(question.order, journey::parse_case_order(order));
  }
  question.stage = call.param("stage");
  question.touchpoint = call.param("touchpoint");
  CX_TRY(const auto quiet, call.number("quiet_hours", 0, 0, kQuietHoursMax));
  question.quiet_least = hours(quiet);
  CX_TRY(const auto limit, call.number("limit", kListed, 1, kListedMax));
  CX_TRY(const auto offset, call.number("offset", 0, 0, kPassedMax));
  question.limit = static_cast<std::size_t>(limit);
  question.offset = static_cast<std::size_t>(offset);
  CX_TRY(const auto found, ask_cases(call.app, call.grant, filter, std::move(question)));
  json::object out = case_list_json(found);
  std::size_t place = 0;
  for (json::value& item : out["items"].as_array()) {
    const CustomerId customer{found.report.items[place++].row.customer};
    const auto profile = call.app.profiles().find(call.grant, customer);
    if (profile)
      item.as_object()["name"] = profile->name;
    else if (profile.error().code != Code::kNotFound)
      return std::unexpected(profile.error());
  }
  return answer(out);
}

}  // namespace

void add_journey_case_handlers(Handlers& handlers) {
  handlers["getJourneyCases"] = get_cases;
  handlers["listJourneyCases"] = list_cases;
}

}  // namespace zhike::server
