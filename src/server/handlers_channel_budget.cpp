// What is spent in channels, and what it brings.
#include <string_view>

#include "journey/budget.h"
#include "server/api.h"
#include "server/budget_json.h"
#include "server/channel_handlers.h"
#include "server/json.h"

namespace zhike::server {
namespace {

constexpr std::size_t kCsvBytesMax = 1 << 20;

Result<Response> list_spending(Call& call) {
  constexpr std::int64_t kShown = 200, kShownMost = 5'000;
  CX_TRY(const auto limit, call.number("limit", kShown, 1, kShownMost));
  CX_TRY(const auto all, spending_book(call.app).list(call.grant));
  return answer(spending_json(all, call.param("channel"), static_cast<std::size_t>(limit)));
}

Result<Response> put_spending(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  const json::value* const csv = fields.object().if_contains("csv");
  if (csv == nullptr || !csv->is_string() || csv->get_string().size() > kCsvBytesMax)
    return fail(Code::kBadField, "'csv' is not a text of up to {} bytes", kCsvBytesMax);
  const json::value* const replaces = fields.object().if_contains("replace");
  if (replaces != nullptr && !replaces->is_bool()) return fail(Code::kBadField, "'replace' is true or false");
  CX_TRY(const auto file, journey::parse_spending(csv->get_string()));
  CX_TRY(spending_book(call.app).put(call.grant, file.good, replaces != nullptr && replaces->get_bool()));
  return answer(spending_stored_json(file));
}

Result<Response> get_budget(Call& call) {
  static constexpr std::string_view kOwn[] = {"outcome", "conversion", "grain", "resamples"};
  constexpr std::int64_t kDraws = 200, kDrawsMost = 1'000;
  constexpr std::size_t kNameMax = 200;
  journey::BudgetQuestion question;
  CX_TRY(question.filter, call.filter(kOwn));
  if (call.param("from").empty() && call.param("to").empty()) question.filter.range = journey::kAllTime;
  if (const auto outcome = call.param("outcome"); !outcome.empty()) question.outcome = outcome;
  question.conversion = call.param("conversion");
  if (question.conversion.size() > kNameMax) return fail(Code::kBadField, "'conversion' is too long");
  if (const auto grain = call.param("grain"); !grain.empty()) {
    const auto period = journey::parse_budget_period(grain);
    if (!period) return fail(Code::kBadField, "'grain' is day, week or month");
    question.period = *period;
  }
  CX_TRY(const auto draws, call.number("resamples", kDraws, 0, kDrawsMost));
  question.options.resamples = static_cast<int>(draws);
  CX_TRY(const auto found, journey::stored_budget(call.app.warehouse(), spending_book(call.app),
                                                  call.app.clock(), call.grant, question));
  return answer(budget_json(found, question));
}

}  // namespace

void add_channel_budget_handlers(Handlers& handlers) {
  handlers["listChannelSpending"] = list_spending;
  handlers["putChannelSpending"] = put_spending;
  handlers["getChannelBudget"] = get_budget;
}

}  // namespace zhike::server
