// The live channel /ws: counters every second, and each arriving event with its fate and reason.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "app/app.h"
#include "server/http.h"

namespace zhike::server {

class LiveClient;

/// Thread-safe.
class Live final : public ingest::Feed {
 public:
  explicit Live(app::App& app);
  ~Live() override;

  /// A client that may see what `grant` allows.
  [[nodiscard]] std::shared_ptr<SocketHandler> make_client(const Grant& grant);
  /// Closes every socket and lets go of it. Before the listener stops.
  void close_all();

  [[nodiscard]] bool listening() const noexcept override { return event_listeners_ != 0; }
  void on_events(std::span<const ingest::FeedItem> items) override;
  void on_counts(std::span<const ingest::SourceCounts>) override {}

 private:
  friend class LiveClient;
  void run();
  [[nodiscard]] std::string counters_text() const;

  app::App& app_;
  std::atomic<int> event_listeners_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::shared_ptr<LiveClient>> clients_;
  bool ending_ = false;
  std::thread ticker_;
};

}  // namespace zhike::server
