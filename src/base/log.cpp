#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "base/time.h"

namespace zhike::log {
namespace {

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("zhike", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *instance;
}

constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::debug, spdlog::level::info,
                                                 spdlog::level::warn, spdlog::level::err};
constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};

std::string as_json(std::string_view text) { return boost::json::serialize(boost::json::string(text)); }

}  // namespace

void set_level(Level least) { logger().set_level(kLevels[static_cast<int>(least)]); }

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  const auto rank = kLevels[static_cast<int>(level)];
  if (!logger().should_log(rank)) return;
  std::string line = fmt::format(R"({{"at":"{}","level":"{}","event":{})", format_utc(Clock::system().now()),
                                 kNames[static_cast<int>(level)], as_json(event));
  for (const Field& field : fields) line += fmt::format(",{}:{}", as_json(field.key), as_json(field.value));
  logger().log(rank, line + "}");
}

}  // namespace zhike::log
