// The service over HTTP: routes of the contract, the collect endpoints, the live channel, the console.
#pragma once

#include <cstdint>
#include <memory>

#include "app/app.h"
#include "base/result.h"

namespace zhike::server {

class Server {
 public:
  /// Reads server.* of the app's settings. `app` is borrowed and must outlive the server.
  /// Errors: kAddressInUse, kBadSetting, kFileFailed.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(app::App& app);
  virtual ~Server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Lets running requests end, closes the others. Once.
  virtual void stop() = 0;
};

}  // namespace zhike::server
