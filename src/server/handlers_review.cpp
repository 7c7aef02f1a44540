// Pairs that may be one customer: runs of matching, and what people say of what they propose.
#include <optional>
#include <thread>

#include "app/matching.h"
#include "server/api.h"

namespace zhike::server {
namespace {

using profile::MatchRun;
using profile::ReviewPair;
using profile::Verdict;

/// `share` of the pairs compared: of the run on its way.
json::object run_json(const MatchRun& run, std::optional<double> share) {
  const bool is_shown = share && run.state == profile::RunState::kRunning;
  return {{"id", std::to_string(run.id)},
          {"state", to_string(run.state)},
          {"actor", user_or_null(run.actor)},
          {"at", time_text(run.at)},
          {"seconds", run.seconds},
          {"records", run.records},
          {"new_records", run.fresh ? json::value(*run.fresh) : json::value(nullptr)},
          {"compared_pairs", run.compared},
          {"labels", run.labels},
          {"proposed", run.proposed},
          {"merged", run.merged},
          {"progress", is_shown ? json::value(*share) : json::value(nullptr)},
          {"error", run.error_code.empty()
                        ? json::value(nullptr)
                        : json::value(json::object{{"code", run.error_code}, {"detail", run.error_detail}})}};
}

json::object pair_json(const ReviewPair& pair) {
  json::array people, steps;
  for (const auto& person : pair.people) people.push_back(person_json(person));
  for (const auto& step : pair.steps)
    steps.push_back(json::object{{"column", step.column},
                                 {"left", step.left},
                                 {"right", step.right},
                                 {"level", step.level},
                                 {"weight", step.weight}});
  return {{"id", std::to_string(pair.id)},
          {"state", to_string(pair.state)},
          {"probability", pair.probability},
          {"prior", pair.prior},
          {"steps", std::move(steps)},
          {"customers", std::move(people)},
          {"obstacle", pair.obstacle.empty() ? json::value(nullptr) : json::value(pair.obstacle)},
          {"actor", user_or_null(pair.actor)},
          {"at", time_text(pair.at)}};
}

json::value share_json(const stats::Share& share) {
  if (share.n == 0) return nullptr;
  const auto interval = stats::wilson(share);
  return json::object{{"value", share.value()},
                      {"low", interval ? json::value(interval->low) : json::value(nullptr)},
                      {"high", interval ? json::value(interval->high) : json::value(nullptr)},
                      {"n", share.n}};
}

json::array curve_json(const std::vector<profile::CurvePoint>& curve) {
  json::array out;
  for (const auto& point : curve)
    out.push_back(json::object{{"threshold", point.threshold},
                               {"precision", share_json(point.right)},
                               {"recall", share_json(point.found)}});
  return out;
}

Result<Response> list_runs(Call& call) {
  constexpr std::size_t kShown = 20;
  CX_TRY(const auto runs, call.app.reviews().runs(call.grant, kShown));
  json::array items;
  json::value model = nullptr;
  for (const MatchRun& run : runs) {
    items.push_back(run_json(run, call.app.reviews().progress()));
    if (model.is_null() && run.state == profile::RunState::kDone)
      model = run.model;  // null: it learned nothing
  }
  CX_TRY(const auto curve, call.app.reviews().curve(call.grant));
  return answer(json::object{{"items", std::move(items)},
                             {"model", std::move(model)},
                             {"curve", curve_json(curve)},
                             {"resumable", call.app.reviews().is_resumable()}});
}

Result<Response> start_run(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  profile::Reviews::Options options;
  if (fields.has("merge_from") && !fields.object().at("merge_from").is_null()) {
    const json::value& from = fields.object().at("merge_from");
    if (!from.is_number()) return fail(Code::kBadField, "'merge_from' is a number");
    options.merge_from = from.to_number<double>();
  }
  CX_TRY(options.only_new, fields.flag_or("only_new", false));
  CX_TRY(options.resume, fields.flag_or("resume", false));
  options.threads = std::max(1U, std::thread::hardware_concurrency() / 2);
  CX_TRY(const MatchRun run, call.app.matching().start(call.grant, options));
  return answer(run_json(run, call.app.reviews().progress()), 202);
}

Result<Response> cancel_run(Call& call) {
  CX_TRY(const MatchRun run, call.app.reviews().cancel(call.grant));
  return answer(run_json(run, call.app.reviews().progress()), 202);
}

Result<Response> list_pairs(Call& call) {
  const auto text = call.param("state");
  const auto state =
      text.empty() ? std::optional(profile::PairState::kOpen) : profile::parse_pair_state(text);
  if (!state) return fail(Code::kBadField, "'state' is open, accepted, rejected or skipped");
  profile::PairsAsked asked{.state = *state};
  if (*state != profile::PairState::kOpen) asked.order = profile::PairOrder::kNewest;
  if (const auto sort = call.param("sort"); !sort.empty()) {
    const auto order = profile::parse_pair_order(sort);
    if (!order) return fail(Code::kBadField, "'sort' is doubt, likely, unlikely or newest");
    asked.order = *order;
  }
  if (const auto wanted = call.param("q"); !wanted.empty()) {
    if (wanted.size() > 256) return fail(Code::kBadField, "'q' is longer than 256 bytes");
    CX_TRY(const auto found, call.app.profiles().search(call.grant, wanted));
    asked.of.emplace();
    for (const auto& one : found) asked.of->push_back(one.hot.customer);
  }
  CX_TRY(const auto before, call.cursor());
  CX_TRY(const auto count, call.limit(20));
  CX_TRY(const auto page, call.app.reviews().list(call.grant, asked, before, count));
  CX_TRY(const auto open, call.app.reviews().open_count());
  json::array items;
  for (const ReviewPair& pair : page.items) items.push_back(pair_json(pair));
  return answer(
      json::object{{"items", std::move(items)}, {"open", open}, {"next_cursor", next_cursor(page.next)}});
}

Result<Response> decide_pair(Call& call) {
  CX_TRY(const auto id, call.id<CustomerId>("id"));
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(const auto said, fields.text("verdict", 20));
  CX_TRY(const bool force, fields.flag_or("force", false));
  if (said != "accept" && said != "reject" && said != "skip")
    return fail(Code::kBadField, "'verdict' is accept, reject or skip");
  const Verdict verdict = said == "accept"   ? Verdict::kAccept
                          : said == "reject" ? Verdict::kReject
                                             : Verdict::kSkip;
  CX_TRY(const ReviewPair pair, call.app.reviews().decide(call.grant, id.value, verdict, force));
  return answer(pair_json(pair));
}

}  // namespace

void add_review_handlers(Handlers& handlers) {
  handlers["listMatchRuns"] = list_runs;
  handlers["startMatchRun"] = start_run;
  handlers["cancelMatchRun"] = cancel_run;
  handlers["listReviewPairs"] = list_pairs;
  handlers["decideReviewPair"] = decide_pair;
}

}  // namespace zhike::server
