#include "server/server.h"

#include <chrono>

#include "base/log.h"
#include "server/api.h"
#include "server/auth.h"
#include "server/collect.h"
#include "server/collect_hooks.h"
#include "server/collect_sensors.h"
#include "server/idempotency.h"
#include "server/listener.h"
#include "server/live.h"
#include "server/problem.h"
#include "server/router.h"
#include "server/static_files.h"
#include "server/telemetry.h"
#include "server/worker_pool.h"

namespace zhike::server {
namespace {

constexpr std::string_view kAllowedHeaders =
    "Authorization, Content-Type, Content-Encoding, X-Request-Id, X-Retry-Count, X-Zhike-Detail";

bool is_sensors(std::string_view path) { return path == "/sa" || path == "/sa.gif"; }
bool is_collect(std::string_view path) { return path.starts_with("/v1/") || is_sensors(path); }
bool is_write(const Request& request) { return request.method != "GET" && request.method != "HEAD"; }

/// Writes that make something: a repeat under the same Idempotency-Key gets the first answer.
bool makes_something(std::string_view operation) {
  return operation.starts_with("create") || operation == "replayQuarantine";
}

/// Never needs a store, so it is answered even when every worker is busy.
bool is_immediate(std::string_view operation) {
  return operation == "healthz" || operation == "readyz" || operation == "openapi";
}

ListenerOptions listener_options(const Config& config) {
  ListenerOptions options;
  options.address = config.text("server.address");
  options.port = static_cast<std::uint16_t>(config.integer("server.port"));
  options.threads = static_cast<unsigned>(config.integer("server.io_threads"));
  options.connections_max = static_cast<std::size_t>(config.integer("server.connections_max"));
  options.header_bytes_max = config.bytes("server.header_bytes_max");
  options.read_timeout = config.duration("server.read_timeout");
  options.idle_timeout = config.duration("server.idle_timeout");
  return options;
}

class HttpServer final : public Server, private Service {
 public:
  HttpServer(app::App& app, StaticFiles files)
      : app_(app),
        files_(std::move(files)),
        router_(all_endpoints()),
        handlers_(all_handlers(all_endpoints())),
        telemetry_(all_endpoints()),
        idempotency_(app.ledger(), app.keys().idempotency(), app.age()),
        body_bytes_max_(app.config().bytes("server.body_bytes_max")),
        live_(app),
        pool_(static_cast<unsigned>(app.config().integer("server.worker_threads")),
              static_cast<std::size_t>(app.config().integer("server.queue_max"))) {}
  ~HttpServer() override { stop(); }

  Result<void> listen() {
    CX_TRY(listener_, Listener::start(listener_options(app_.config()), *this));
    return {};
  }

  std::uint16_t port() const override { return listener_->port(); }

  void stop() override {
    if (!listener_) return;
    live_.close_all();
    listener_->stop(seconds(10));
    listener_.reset();
  }

 private:
  bool is_watched(std::string_view method, std::string_view path) const override {
    return method == "POST" && path == "/api/journeys/simulation";
  }

  /// A batch that is too large is read to its end where that is cheap, so that the sender is told so in the
  /// protocol's own words and not by a connection that ends.
  std::size_t body_bytes_max(std::string_view method, std::string_view path) const override {
    if (method == "PUT" && path.starts_with("/api/imports/"))
      return std::max(body_bytes_max_, app::Imports::kPieceBytesMax);
    return is_collect(path) ? std::max(body_bytes_max_, 8 * EventLimits::kBatchBytesMax) : body_bytes_max_;
  }

  void handle(Request request, Reply reply) override {
    const auto began = std::chrono::steady_clock::now();
    std::size_t endpoint = all_endpoints().size();
    auto match = router_.find(request.method, request.path);
    if (match) endpoint = match->index;
    const bool collect = is_collect(request.path);
    auto finish = [this, began, endpoint, collect, reply = std::move(reply)](Response response) {
      if (collect) add_cors(response);
      add_security_headers(response);
      telemetry_.record(endpoint, response.status, std::chrono::steady_clock::now() - began);
      reply(std::move(response));
    };
    if (request.method == "OPTIONS") return finish(options(request));
    if (!match) return finish(no_match(request, match.error()));
    if (match->endpoint->permission == "signature")
      return collect_hook(app_, std::move(request), match->params, std::move(finish));
    if (match->endpoint->permission == "write_key" && is_sensors(request.path))
      return collect_sensors(app_, std::move(request), std::move(finish));
    if (match->endpoint->permission == "write_key")
      return collect_events(app_, std::move(request), std::move(finish));
    if (is_immediate(match->endpoint->operation)) return finish(run(request, *match));
    const auto held = std::make_shared<Request>(std::move(request));
    const bool queued =
        pool_.try_run([this, held, match = std::move(*match), finish] { finish(run(*held, match)); });
    if (!queued) finish(problem({Code::kServerBusy, {}}, *held));
  }

  /// On a worker: session, permission, then the handler.
  Response run(const Request& request, const Match& match) {
    auto response = answer_of(request, match);
    return response ? std::move(*response) : problem(response.error(), request);
  }

  Result<Response> answer_of(const Request& request, const Match& match) {
    const Endpoint& endpoint = *match.endpoint;
    Call call{.request = request,
              .params = match.params,
              .app = app_,
              .telemetry = telemetry_,
              .grant = {},
              .session = {}};
    const bool by_link = endpoint.permission == "link";  // see handlers_survey_page.cpp
    if (is_write(request) && !by_link) {
      CX_TRY(check_origin(request));
    }
    if (endpoint.permission != "none" && !by_link) {
      CX_TRY(authorise(call, endpoint.permission));
    }
    const Handler handler = handlers_.find(endpoint.operation)->second;
    if (!makes_something(endpoint.operation)) return handler(call);
    const std::string who = call.grant.user.str();
    CX_TRY(auto before, idempotency_.begin(request, who));
    if (before) return std::move(*before);
    auto made = handler(call);
    idempotency_.finish(request, who, made ? *made : problem(made.error(), request));
    return made;
  }

  Response options(const Request& request) const {
    Response response = no_content();
    if (is_collect(request.path)) {
      response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
      response.headers.emplace_back("Access-Control-Allow-Headers", std::string(kAllowedHeaders));
      response.headers.emplace_back("Access-Control-Max-Age", "86400");
    } else {
      const std::string methods = router_.methods_of(request.path);
      response.headers.emplace_back("Allow", methods.empty() ? "GET, HEAD" : methods);
    }
    return response;
  }

  /// The browser SDK of any site may send events: the write key names the source, no cookie is involved.
  static void add_cors(Response& response) {
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    response.headers.emplace_back("Access-Control-Expose-Headers", "X-Request-Id, Retry-After");
  }

  Response no_match(const Request& request, const Error& error) const {
    const bool api = request.path.starts_with("/api/") || is_collect(request.path) || request.path == "/ws";
    if (error.code == Code::kUnknownPath && !api && !is_write(request)) {
      auto file = files_.get(request);
      return file ? std::move(*file) : problem(file.error(), request);
    }
    Response response = problem(error, request);
    if (error.code == Code::kMethodNotAllowed) response.headers.emplace_back("Allow", error.detail);
    return response;
  }

  Result<std::shared_ptr<SocketHandler>> upgrade(const Request& request) override {
    if (request.path != "/ws") return fail(Code::kUnknownPath, "{}", request.path);
    CX_TRY(check_origin(request));
    static const Pairs kNone;
    Call call{.request = request,
              .params = kNone,
              .app = app_,
              .telemetry = telemetry_,
              .grant = {},
              .session = {}};
    CX_TRY(authorise(call, "any"));
    return live_.make_client(call.grant);
  }

  app::App& app_;
  StaticFiles files_;
  Router router_;
  Handlers handlers_;
  Telemetry telemetry_;
  Idempotency idempotency_;
  std::size_t body_bytes_max_;
  Live live_;
  WorkerPool pool_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(app::App& app) {
  CX_TRY(const auto web, app::find_web(app.config(), app.data()));
  CX_TRY(auto files, StaticFiles::load(web));
  auto server = std::make_unique<HttpServer>(app, std::move(files));
  CX_TRY(server->listen());
  return server;
}

}  // namespace zhike::server
