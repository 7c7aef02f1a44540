// Brand reputation: what is said of each brand, bursts with their reasons, posts that were seen most, and the
// brands themselves.
#include <optional>
#include <string>

#include "connector/connector.h"
#include "feedback/readings.h"
#include "reputation/burst_messages.h"
#include "reputation/reputation.h"
#include "server/api.h"
#include "server/reputation_json.h"
#include "server/text_json.h"

namespace zhike::server {
namespace {

constexpr std::string_view kOwn[] = {"grain", "compare",   "q",        "reasons", "limit",
                                     "brand", "sentiment", "platform", "order"};
constexpr std::int64_t kReasons = 10, kReasonsMax = 30;
constexpr std::size_t kTextBytesMax = 1'000;

Result<reputation::Question> question_of(const Call& call) {
  reputation::Question out{.filter = {}};
  CX_TRY(out.filter, call.filter(kOwn));
  out.grain = query::grain_for(out.filter.range);
  if (!call.param("grain").empty()) {
    CX_TRY(out.grain, query::parse_grain(call.param("grain")));
  }
  if (!call.param("compare").empty()) {
    CX_TRY(out.compare, query::parse_compare(call.param("compare")));
  }
  out.text = call.param("q");
  if (out.text.size() > kTextBytesMax) return fail(Code::kBadFilter, "q: at most {} bytes", kTextBytesMax);
  return out;
}

Result<Response> get_report(Call& call) {
  CX_TRY(const auto question, question_of(call));
  const feedback::ReadingStatus status = call.app.readings().status();
  CX_TRY(const auto found, call.app.reputation().report(call.grant, question));
  json::object out = reputation_json(found, question.grain);
  out["reading"] = state_json(status);
  return answer(out);
}

Result<Response> get_bursts(Call& call) {
  CX_TRY(const auto question, question_of(call));
  CX_TRY(const auto reasons, call.number("reasons", kReasons, 0, kReasonsMax));
  CX_TRY(const auto found,
         call.app.reputation().bursts(call.grant, question, static_cast<std::size_t>(reasons)));
  return answer(bursts_json(found));
}

Result<Response> list_posts(Call& call) {
  CX_TRY(const auto question, question_of(call));
  reputation::Reputation::Wanted wanted{.brand = std::string(call.param("brand")),
                                        .tone = std::string(call.param("sentiment"))};
  if (!call.param("platform").empty()) wanted.platform = std::string(call.param("platform"));
  if (!call.param("order").empty()) {
    CX_TRY(wanted.order, reputation::parse_order(call.param("order")));
  }
  CX_TRY(wanted.count, call.limit());
  CX_TRY(const auto found, call.app.reputation().posts(call.grant, question, wanted));
  return answer(spreads_json(found));
}

Result<Response> get_brands(Call& call) { return answer(brands_json(*call.app.brands().current())); }

Result<Response> put_brands(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  CX_TRY(auto wanted, brands_wanted(fields, *call.app.brands().current()));
  const json::value* version = fields.object().if_contains("version");
  boost::system::error_code wrong;
  const std::uint64_t based_on = version == nullptr ? 0 : version->to_number<std::uint64_t>(wrong);
  if (version == nullptr || wrong) return fail(Code::kBadField, "'version' is not a number");
  CX_TRY(call.app.brands().put(call.grant, std::move(wanted.brands), wanted.weights, based_on));
  return get_brands(call);
}

Result<Response> list_messages(Call& call) {
  CX_TRY(const auto out, burst_messages_json(call.app.reputation().messages(), call.grant));
  return answer(out);
}

Result<Response> put_recipient(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  const json::value* wish = fields.object().if_contains("recipient");
  if (wish == nullptr) return fail(Code::kBadField, "'recipient' is missing");
  std::optional<reputation::BurstRecipient> wanted;
  if (!wish->is_null()) {
    CX_TRY(const auto named, Fields::of(*wish, "recipient"));
    wanted.emplace();
    CX_TRY(const std::string connector, named.text("connector", 20));
    CX_TRY(const auto id, parse_id<connector::ConnectorId>(connector));
    wanted->connector = id.value;
    CX_TRY(wanted->to, named.text_or("to", "", reputation::BurstMessages::kToBytesMax));
    CX_TRY(wanted->language, named.text_or("language", "zh", 2));
    CX_TRY(wanted->negative_only, named.flag_or("negative_only", false));
  }
  CX_TRY(call.app.reputation().messages().put(call.grant, wanted));
  return list_messages(call);
}

}  // namespace

void add_reputation_handlers(Handlers& handlers) {
  handlers["getReputation"] = get_report;
  handlers["getReputationBursts"] = get_bursts;
  handlers["listReputationPosts"] = list_posts;
  handlers["listBrands"] = get_brands;
  handlers["putBrands"] = put_brands;
  handlers["listBurstMessages"] = list_messages;
  handlers["putBurstRecipient"] = put_recipient;
}

}  // namespace zhike::server
