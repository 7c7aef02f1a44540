#include "server/live.h"

#include <chrono>

#include "server/json.h"

namespace zhike::server {
namespace {

/// A person cannot read more; the counters still count everything.
constexpr int kEventsPerSecondMax = 100;

}  // namespace

class LiveClient final : public SocketHandler, public std::enable_shared_from_this<LiveClient> {
 public:
  LiveClient(Live& live, const Grant& grant) : live_(live), grant_(grant) {}

  void opened(std::shared_ptr<Socket> socket) override {
    const std::lock_guard lock(live_.mutex_);
    if (live_.ending_) return;
    socket_ = std::move(socket);
    live_.clients_.insert(shared_from_this());
  }

  void received(std::string_view text) override {
    auto fields = Fields::parse(text);
    if (!fields) return;
    auto topics = fields->list_or_empty("subscribe", 10);
    auto source = fields->text_or("source", "", 20);
    if (!topics || !source) return;
    const std::lock_guard lock(live_.mutex_);
    forget_events();
    counters_ = false;
    for (const auto& topic : *topics) {
      if (topic == "counters") counters_ = true;
      if (topic == "event" && grant_.may(Permission::kManageData) && !events_) {
        events_ = true;
        ++live_.event_listeners_;
      }
    }
    source_ = source->empty() ? SourceId{} : parse_id<SourceId>(*source).value_or(SourceId{});
  }

  void closed() override {
    const std::lock_guard lock(live_.mutex_);
    forget_events();
    socket_.reset();
    live_.clients_.erase(shared_from_this());
  }

 private:
  friend class Live;
  void forget_events() {
    if (events_) --live_.event_listeners_;
    events_ = false;
  }

  Live& live_;
  const Grant grant_;
  // Guarded by live_.mutex_.
  std::shared_ptr<Socket> socket_;
  bool events_ = false, counters_ = false;
  SourceId source_;
  int sent_this_second_ = 0;
};

Live::Live(app::App& app) : app_(app), ticker_([this] { run(); }) { app_.feed().set_listener(this); }

Live::~Live() {
  app_.feed().set_listener(nullptr);
  close_all();
  ticker_.join();
}

void Live::close_all() {
  std::set<std::shared_ptr<LiveClient>> clients;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    clients.swap(clients_);
    for (const auto& client : clients) {
      client->forget_events();
      if (client->socket_) client->socket_->close();
      client->socket_.reset();
    }
  }
  wake_.notify_all();
}

std::shared_ptr<SocketHandler> Live::make_client(const Grant& grant) {
  return std::make_shared<LiveClient>(*this, grant);
}

void Live::on_events(std::span<const ingest::FeedItem> items) {
  const std::lock_guard lock(mutex_);
  for (const auto& item : items) {
    std::string text;
    for (const auto& client : clients_) {
      if (!client->events_ || !client->socket_ || client->sent_this_second_ >= kEventsPerSecondMax) continue;
      if (client->source_.is_set() && client->source_ != item.source) continue;
      if (text.empty())
        text = json::serialize(json::object{{"topic", "event"},
                                            {"at", time_text(item.received_at)},
                                            {"source", item.source.str()},
                                            {"type", to_string(item.type)},
                                            {"name", item.name},
                                            {"channel", item.channel},
                                            {"fate", to_string(item.fate)},
                                            {"reason", to_string(item.reason)},
                                            {"message_id", item.message_id}});
      ++client->sent_this_second_;
      client->socket_->send(text);
    }
  }
}

std::string Live::counters_text() const {
  const auto counters = app_.feed().counters();
  const auto totals = app_.totals();
  return json::serialize(json::object{{"topic", "counters"},
                                      {"at", time_text(app_.clock().now())},
                                      {"received", counters.received},
                                      {"stored", counters.stored},
                                      {"dropped", counters.dropped},
                                      {"quarantined", counters.quarantined},
                                      {"per_second", counters.per_second},
                                      {"journal_waiting", totals.waiting_events},
                                      {"customers", totals.customers},
                                      {"events", totals.events}});
}

void Live::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::seconds(1), [this] { return ending_; })) {
    bool wanted = false;
    for (const auto& client : clients_) {
      client->sent_this_second_ = 0;
      wanted = wanted || client->counters_;
    }
    if (!wanted) continue;
    lock.unlock();
    const std::string text = counters_text();
    lock.lock();
    for (const auto& client : clients_)
      if (client->counters_ && client->socket_) client->socket_->send(text);
  }
}

}  // namespace zhike::server
