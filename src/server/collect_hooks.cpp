#include "server/collect_hooks.h"

#include "app/connectors.h"
#include "server/problem.h"

namespace zhike::server {

void collect_hook(app::App& app, Request request, const Pairs& params, Service::Reply reply) {
  std::string_view key;
  for (const auto& [name, value] : params)
    if (name == "connector") key = value;
  const connector::HookRequest call{
      .method = request.method,
      .body = request.body,
      .header = [&request](std::string_view name) { return request.header(name); },
      .param = [&request](std::string_view name) { return request.param(name).value_or(std::string_view{}); },
      .headers = request.headers,
      .now = app.clock().now()};
  app.connectors().call(key, call,
                        [language = request.language, id = request.id,
                         reply = std::move(reply)](const Result<connector::HookAnswer>& answer) {
                          if (!answer) return reply(problem(answer.error(), language, id));
                          Response response;
                          response.status = answer->status;
                          response.type = answer->type;
                          response.body = answer->body;
                          reply(std::move(response));
                        });
}

}  // namespace zhike::server
