#include "cli/opened.h"

#include "base/log.h"

namespace zhike::cli {

Result<std::unique_ptr<app::App>> open_app(Console& console, std::string write_key) {
  CX_TRY(auto config, console.config());
  log::set_level(log::Level::kWarning);
  return open_app(console, std::move(config), std::move(write_key));
}

Result<std::unique_ptr<app::App>> open_app(Console& console, Config config, std::string write_key) {
  app::Options options;
  options.data = console.data_folder();
  options.config = std::move(config);
  options.write_key = std::move(write_key);
  return app::App::open(std::move(options));
}

}  // namespace zhike::cli
