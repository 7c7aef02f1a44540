// zhike serve.
#include "base/log.h"
#include "cli/commands.h"
#include "cli/opened.h"
#include "cli/serving.h"
#include "cli/signals.h"
#include "server/server.h"

namespace zhike::cli {
namespace {

std::string base_url(const Config& config, std::uint16_t port) {
  if (const auto& named = config.text("server.public_url"); !named.empty()) return named;
  std::string host = config.text("server.address");
  if (host == "0.0.0.0" || host == "::") host = "localhost";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return fmt::format("http://{}:{}", host, port);
}

}  // namespace

Result<Config> serve_config(Console& console, const ServeOptions& options) {
  CX_TRY(auto config, console.config());
  if (options.port) {
    CX_TRY(config.set("server.port", std::to_string(*options.port), "--port"));
  }
  if (!options.address.empty()) {
    CX_TRY(config.set("server.address", options.address, "--address"));
  }
  return config;
}

Result<int> run_server(Console& console, app::App& app) {
  const Signals signals;
  CX_TRY(const auto server, server::Server::start(app));
  const std::string url = base_url(app.config(), server->port());
  CX_TRY(const auto link, app.setup_token());
  json::object out{{"url", url}, {"port", server->port()}, {"data", app.data().string()}};
  console.say(fmt::format("Zhike  {}", url));
  if (link) {
    const std::string first = url + "/setup?token=" + *link;
    out["setup_url"] = first;
    console.say(fmt::format("{} {}", console.pick("First sign-in, once:  ", "首次登录（仅一次）："), first));
  }
  if (!app.first_write_key().empty()) {
    out["write_key"] = app.first_write_key();
    console.say(fmt::format("{} {}",
                            console.pick("Write key of the default source: ", "默认数据源的写入密钥："),
                            app.first_write_key()));
  }
  console.result(out);
  log::info("serving", {{"port", server->port()}});
  signals.wait();
  log::info("stopping");
  server->stop();
  return kDone;
}

int serve(Console& console, const ServeOptions& options) {
  auto config = serve_config(console, options);
  if (!config) return console.failed(config.error());
  auto app = open_app(console, std::move(*config), options.write_key);
  if (!app) return console.failed(app.error());
  const auto done = run_server(console, **app);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
