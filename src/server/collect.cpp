#include "server/collect.h"

#include <sodium.h>

#include <array>

#include "ingest/segment.h"
#include "server/json.h"
#include "server/problem.h"

namespace zhike::server {
namespace {

struct Path {
  std::string_view path;
  std::optional<EventType> type;
};
/// The long paths of the protocol, and the short ones that the browser SDK calls.
constexpr std::array kPaths{
    Path{"/v1/batch", std::nullopt},
    Path{"/v1/b", std::nullopt},
    Path{"/v1/track", EventType::kTrack},
    Path{"/v1/t", EventType::kTrack},
    Path{"/v1/identify", EventType::kIdentify},
    Path{"/v1/i", EventType::kIdentify},
    Path{"/v1/page", EventType::kPage},
    Path{"/v1/p", EventType::kPage},
    Path{"/v1/screen", EventType::kScreen},
    Path{"/v1/s", EventType::kScreen},
    Path{"/v1/group", EventType::kGroup},
    Path{"/v1/g", EventType::kGroup},
    Path{"/v1/alias", EventType::kAlias},
    Path{"/v1/a", EventType::kAlias},
};

std::optional<EventType> type_of(std::string_view path) {
  for (const Path& known : kPaths)
    if (known.path == path) return known.type;
  return std::nullopt;
}

Result<ingest::Source> source_of(app::App& app, const Request& request) {
  std::string key = basic_user(request.header("authorization"));
  if (key.empty()) key = ingest::SegmentParser::write_key_of(request.body);
  return app.sources().authenticate(key);
}

/// Every call in its order: rejects know their places, the events fill the places between.
void describe(const ingest::Parsed& parsed, json::object& body) {
  json::array outcomes;
  auto reject = parsed.rejects.begin();
  auto event = parsed.events.begin();
  const std::size_t calls = parsed.events.size() + parsed.rejects.size();
  for (std::size_t place = 0; place < calls; ++place) {
    const bool rejected = reject != parsed.rejects.end() && reject->place == place;
    const std::string& id = rejected ? reject->message_id : event->message_id;
    outcomes.push_back(json::object{{"message_id", id.starts_with("none:") ? "" : id},
                                    {"outcome", rejected ? "quarantined" : "accepted"},
                                    {"reason", to_string(rejected ? reject->reason : Reason::kNone)}});
    if (rejected)
      ++reject;
    else
      ++event;
  }
  body["accepted"] = parsed.events.size();
  body["quarantined"] = parsed.rejects.size();
  body["outcomes"] = std::move(outcomes);
  body["problems"] = problems_of(parsed.rejects);
}

/// The address under which the caller reached us: as configured, else as the caller wrote it.
struct Reached {
  std::string protocol, host;
};
Reached reached(const Call& call) {
  const std::string& url = call.app.config().text("server.public_url");
  if (const auto colon = url.find("://"); colon != std::string::npos) {
    std::string host = url.substr(colon + 3);
    while (host.ends_with('/')) host.pop_back();
    return {url.substr(0, colon), std::move(host)};
  }
  const bool secure =
      call.app.config().flag("server.secure_cookies") || call.request.header("x-forwarded-proto") == "https";
  return {secure ? "https" : "http", std::string(call.request.header("host"))};
}

/// The SDK's own sending is the only destination; nothing is measured or loaded elsewhere.
Result<Response> project_settings(Call& call) {
  std::string_view key;
  for (const auto& [name, value] : call.params)
    if (name == "key") key = value;
  CX_TRY(call.app.sources().authenticate(key));
  const auto [protocol, host] = reached(call);
  json::object segment{
      {"apiKey", key}, {"apiHost", host + "/v1"}, {"protocol", protocol}, {"addBundledMetadata", false}};
  auto response = answer(json::object{{"integrations", json::object{{"Segment.io", std::move(segment)}}},
                                      {"metrics", json::object{{"sampleRate", 0}, {"host", host + "/v1"}}},
                                      {"middlewareSettings", json::object{}},
                                      {"remotePlugins", json::array{}},
                                      {"legacyVideoPluginsEnabled", false}});
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

}  // namespace

json::array problems_of(const std::vector<ingest::Reject>& rejects) {
  json::array out;
  for (const auto& reject : rejects)
    out.push_back(
        json::object{{"at", reject.origin}, {"reason", to_string(reject.reason)}, {"detail", reject.detail}});
  return out;
}

std::string basic_user(std::string_view authorization) {
  constexpr std::string_view kScheme = "Basic ";
  if (authorization.size() > 1000 || !authorization.starts_with(kScheme)) return {};
  authorization.remove_prefix(kScheme.size());
  std::string text(authorization.size(), '\0');
  std::size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(text.data()), text.size(), authorization.data(),
                        authorization.size(), " ", &length, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
    return {};
  text.resize(length);
  return text.substr(0, text.find(':'));
}

void collect_events(app::App& app, Request request, Service::Reply reply) {
  const auto source = source_of(app, request);
  if (!source) return reply(problem(source.error(), request));
  static thread_local ingest::SegmentParser parser;
  const bool asks = !request.header("x-zhike-detail").empty();
  if (!asks)
    if (const auto calls = parser.calls_in(request.body))
      return app.intake().accept_calls(*source, type_of(request.path), request.body, *calls,
                                       [language = request.language, id = request.id,
                                        reply = std::move(reply)](const Result<ingest::Accepted>& accepted) {
                                         reply(accepted ? answer(json::object{{"success", true}})
                                                        : problem(accepted.error(), language, id));
                                       });
  auto parsed =
      parser.parse_body(request.body, {.now = app.clock().now(), .seed = {}, .type = type_of(request.path)});
  if (!parsed) return reply(problem(parsed.error(), request));
  json::object body{{"success", true}};
  if (asks) {
    app.intake().stamp(*source, *parsed);  // the tracking plan may refuse some
    describe(*parsed, body);
  }
  app.intake().accept(*source, std::move(*parsed),
                      [body = std::move(body), language = request.language, id = request.id,
                       reply = std::move(reply)](const Result<ingest::Accepted>& accepted) {
                        reply(accepted ? answer(body) : problem(accepted.error(), language, id));
                      });
}

void add_collect_handlers(Handlers& handlers) { handlers["projectSettings"] = project_settings; }

}  // namespace zhike::server
