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

json::array describe(const std::vector<ingest::Reject>& rejects) {
  json::array out;
  for (const auto& reject : rejects)
    out.push_back(
        json::object{{"at", reject.origin}, {"reason", to_string(reject.reason)}, {"detail", reject.detail}});
  return out;
}

}  // namespace

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
  auto parsed =
      parser.parse_body(request.body, {.now = app.clock().now(), .seed = {}, .type = type_of(request.path)});
  if (!parsed) return reply(problem(parsed.error(), request));
  json::object body{{"success", true}};
  if (!request.header("x-zhike-detail").empty()) {
    body["accepted"] = parsed->events.size();
    body["quarantined"] = parsed->rejects.size();
    body["problems"] = describe(parsed->rejects);
  }
  app.intake().accept(*source, std::move(*parsed),
                      [body = std::move(body), language = request.language, id = request.id,
                       reply = std::move(reply)](const Result<ingest::Accepted>& accepted) {
                        reply(accepted ? answer(body) : problem(accepted.error(), language, id));
                      });
}

}  // namespace zhike::server
