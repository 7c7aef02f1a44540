#include "server/text_json.h"

#include "app/app.h"

namespace zhike::server {

json::object portion_json(const feedback::Portion& portion) {
  return {{"count", portion.count},
          {"value", number_or_null(portion.value)},
          {"low", number_or_null(portion.low)},
          {"high", number_or_null(portion.high)}};
}

void put_sentiments(json::object& out, const feedback::Sentiments& of) {
  out["n"] = of.n;
  out["unknown"] = of.unknown;
  out["enough"] = of.enough;
  out["negative"] = portion_json(of.negative);
  out["neutral"] = portion_json(of.neutral);
  out["positive"] = portion_json(of.positive);
}

json::value change_json(const std::optional<feedback::ShareChange>& change) {
  if (!change) return nullptr;
  return json::object{{"value", change->value},
                      {"low", number_or_null(change->low)},
                      {"high", number_or_null(change->high)},
                      {"significant", change->significant}};
}

json::object state_json(const feedback::ReadingStatus& status) {
  return {{"comments", status.comments},
          {"waiting", status.waiting},
          {"renewing", status.renewing},
          {"stuck", !status.error.empty()}};
}

feedback::CommentStore comment_store(app::App& app) {
  return {.client = app.warehouse(),
          .reading = app.readings().status().reading,
          .corrections = [&app](std::uint64_t event) { return app.readings().corrections_of(event); }};
}

}  // namespace zhike::server
