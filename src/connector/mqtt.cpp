// libmosquitto in its threaded mode, but driven from one thread of ours: it then queues the acknowledgements
// of what it read, and they leave with loop_write(). Between reading and writing stands the journal.
#include "connector/mqtt.h"

#include <mosquitto.h>
#include <poll.h>
#include <sys/socket.h>

#include <mutex>

#include "base/crypto.h"
#include "connector/payload.h"
#include "connector/resolve.h"
#include "connector/worker.h"

namespace zhike::connector {
namespace {

constexpr std::size_t kBatchMax = 500, kPayloadMax = 256 * 1024;
constexpr int kKeepAliveSeconds = 30;

struct Broker {
  std::string host, username, password, client_id;
  int port = 1883, qos = 1;
  bool tls = false;
  std::vector<std::string> topics;

  static Result<Broker> of(const Connector& c, const Ports& ports) {
    Broker out{.host = c.text("host"),
               .username = c.text("username"),
               .password = c.text("password"),
               .client_id = c.text("client_id"),
               .port = static_cast<int>(c.number("port")),
               .qos = static_cast<int>(c.number("qos")),
               .tls = c.flag("tls"),
               .topics = c.list("topics")};
    if (out.client_id.empty()) out.client_id = "zhike-" + c.key;
    if (out.topics.empty()) return fail(Code::kBadConnector, "'topics' is needed");
    for (const std::string& topic : out.topics)
      if (mosquitto_sub_topic_check(topic.c_str()) != MOSQ_ERR_SUCCESS)
        return fail(Code::kBadConnector, "'topics': {} is no topic filter", topic.substr(0, 100));
    CX_TRY(ports.hosts.check(out.host));
    return out;
  }
};

Error failed(int code) { return {Code::kConnectorFailed, mosquitto_strerror(code)}; }

/// One connection. What it reads waits in `messages` until it is taken.
class Session {
 public:
  Session(const Broker& broker, bool keep) : broker_(broker) {
    static std::once_flag once;
    std::call_once(once, [] { mosquitto_lib_init(); });
    const std::string id = keep ? broker.client_id : broker.client_id + "-" + crypto::random_token(6);
    mosq_ = mosquitto_new(id.c_str(), !keep, this);
    cx_check(mosq_ != nullptr, "libmosquitto starts");
    mosquitto_threaded_set(mosq_, true);
    mosquitto_int_option(mosq_, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V311);
    mosquitto_connect_callback_set(
        mosq_, [](mosquitto*, void* self, int code) { static_cast<Session*>(self)->connected_ = code; });
    mosquitto_message_callback_set(mosq_, [](mosquitto*, void* self, const mosquitto_message* message) {
      static_cast<Session*>(self)->take(*message);
    });
    mosquitto_subscribe_callback_set(mosq_, [](mosquitto*, void* self, int, int count, const int* granted) {
      for (int i = 0; i < count; ++i)
        if (granted[i] == 128) static_cast<Session*>(self)->refused_ = true;
    });
  }
  ~Session() { mosquitto_destroy(mosq_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Connected and signed in; the subscriptions leave with the next write(). What the broker kept may be
  /// among the messages already, and is not acknowledged before that.
  Result<void> open(const Hosts& hosts, const std::atomic<bool>& stopping, bool subscribe) {
    if (!broker_.username.empty())
      mosquitto_username_pw_set(mosq_, broker_.username.c_str(), broker_.password.c_str());
    if (broker_.tls &&
        mosquitto_tls_set(mosq_, nullptr, "/etc/ssl/certs", nullptr, nullptr, nullptr) != MOSQ_ERR_SUCCESS)
      return fail(Code::kConnectorFailed, "TLS cannot be set up");
    // Without a certificate that proves the name, the address that was checked is the one to connect to.
    CX_TRY(const std::string address, resolve_allowed(hosts, broker_.host, broker_.port));
    CX_TRY(check_reachable(address, broker_.port, seconds(10), stopping));
    const std::string& target = broker_.tls ? broker_.host : address;
    if (const int code = mosquitto_connect(mosq_, target.c_str(), broker_.port, kKeepAliveSeconds);
        code != MOSQ_ERR_SUCCESS)
      return std::unexpected(failed(code));
    Result<void> said;
    for (int waited = 0; said && connected_ < 0 && waited < 100 && !stopping; ++waited) said = step(100);
    if (connected_ < 0 && !said) return said;
    if (connected_ < 0) return fail(Code::kConnectorFailed, "no answer to the sign-in");
    if (connected_ > 0) return fail(Code::kConnectorRefused, "{}", mosquitto_connack_string(connected_));
    if (!subscribe) return {};
    for (const std::string& topic : broker_.topics)
      if (const int code = mosquitto_subscribe(mosq_, nullptr, topic.c_str(), broker_.qos);
          code != MOSQ_ERR_SUCCESS)
        return std::unexpected(failed(code));
    return {};
  }

  /// Waits up to `ms` for something to read, and reads; acknowledges nothing. Errors: the connection has
  /// ended.
  Result<void> read(int ms) {
    pollfd waiting{.fd = mosquitto_socket(mosq_), .events = POLLIN, .revents = 0};
    if (waiting.fd < 0) return fail(Code::kConnectorFailed, "the broker has hung up");
    while (::poll(&waiting, 1, ms) > 0) {
      if (const int code = mosquitto_loop_read(mosq_, 1); code != MOSQ_ERR_SUCCESS)
        return std::unexpected(failed(code));
      if (messages.size() >= kBatchMax) break;
      ms = 0;
      waiting.fd = mosquitto_socket(mosq_);
    }
    if (refused_) return fail(Code::kConnectorRefused, "a subscription");
    return {};
  }

  /// Sends what is queued, acknowledgements too, and keeps the connection alive.
  Result<void> write() {
    while (mosquitto_want_write(mosq_)) {
      pollfd waiting{.fd = mosquitto_socket(mosq_), .events = POLLOUT, .revents = 0};
      if (waiting.fd < 0 || ::poll(&waiting, 1, 5000) <= 0)
        return fail(Code::kConnectorFailed, "the broker takes nothing");
      if (const int code = mosquitto_loop_write(mosq_, 1); code != MOSQ_ERR_SUCCESS)
        return std::unexpected(failed(code));
    }
    if (const int code = mosquitto_loop_misc(mosq_); code != MOSQ_ERR_SUCCESS)
      return std::unexpected(failed(code));
    return {};
  }

  void close() {
    mosquitto_disconnect(mosq_);
    [[maybe_unused]] const auto sent = write();
  }
  /// Without acknowledging what was read.
  void drop() {
    if (const int socket = mosquitto_socket(mosq_); socket >= 0) ::shutdown(socket, SHUT_RDWR);
  }

  std::vector<Inbound> messages;
  std::size_t too_large = 0;

 private:
  Result<void> step(int ms) {
    CX_TRY(write());
    return read(ms);
  }
  void take(const mosquitto_message& message) {
    const auto size = static_cast<std::size_t>(message.payloadlen);
    if (size > kPayloadMax) {
      ++too_large;
      return;
    }
    messages.push_back(mqtt_message(message.topic, {static_cast<const char*>(message.payload), size},
                                    fmt::format("{}:{}", run_, ++count_)));
  }

  const Broker& broker_;
  mosquitto* mosq_ = nullptr;
  int connected_ = -1;
  bool refused_ = false;
  const std::string run_ = crypto::random_token(9);
  std::uint64_t count_ = 0;
};

class Mqtt final : public Worker {
 public:
  Mqtt(Store::Entry connector, std::shared_ptr<Activity> activity, const Ports& ports, Broker broker)
      : c_(std::move(connector)), activity_(std::move(activity)), ports_(ports), broker_(std::move(broker)) {}
  ~Mqtt() override { end(); }

 private:
  void run() override {
    for (unsigned failures = 0; !stopping();) {
      activity_->set_state("connecting");
      const auto began = ports_.clock.now();
      const auto ended = session();
      if (ended || stopping()) continue;
      activity_->failed("failed", ended.error());
      activity_->set_state("failing");
      // A connection that held for a while begins anew with short waits.
      failures = ports_.clock.now() - began > minutes(1) ? 1 : failures + 1;
      wait(back_off(failures, ports_.retry_first, ports_.retry_most));
    }
    activity_->set_state("");
  }

  Result<void> session() {
    Session session(broker_, true);
    CX_TRY(session.open(ports_.hosts, stopping_, true));
    activity_->set_state("working");
    activity_->note(Level::kInfo, "connected");
    while (!stopping()) {
      if (session.too_large != 0) {
        activity_->note(Level::kWarning, "too_large", fmt::format("{} bytes at most", kPayloadMax));
        session.too_large = 0;
      }
      if (!session.messages.empty()) {
        const auto taken = ports_.inlet.take(*c_, session.messages);
        if (!taken) {
          session.drop();
          return std::unexpected(taken.error());
        }
        session.messages.clear();
      }
      CX_TRY(session.write());
      CX_TRY(session.read(500));
    }
    // What was read and not handed on is not acknowledged.
    if (session.messages.empty())
      session.close();
    else
      session.drop();
    return {};
  }

  const Store::Entry c_;
  const std::shared_ptr<Activity> activity_;
  const Ports ports_;
  const Broker broker_;
};

}  // namespace

Inbound mqtt_message(std::string_view topic, std::string_view payload, std::string_view message_id) {
  Inbound out;
  out.body = json_of_payload(payload);
  out.transport = {{"message_id", std::string(message_id)}, {"topic", std::string(topic)}};
  for (std::size_t level = 1; level <= 20; ++level) {
    const auto end = std::min(topic.find('/'), topic.size());
    out.transport.emplace_back(fmt::format("topic/{}", level), topic.substr(0, end));
    if (end == topic.size()) break;
    topic.remove_prefix(end + 1);
  }
  return out;
}

Result<std::unique_ptr<Runner>> make_mqtt(const Store::Entry& c, const std::shared_ptr<Activity>& activity,
                                          const Ports& ports) {
  CX_TRY(auto broker, Broker::of(*c, ports));
  return std::unique_ptr<Runner>(std::make_unique<Mqtt>(c, activity, ports, std::move(broker)));
}

Result<std::string> try_mqtt(const Connector& c, const Ports& ports) {
  CX_TRY(const auto broker, Broker::of(c, ports));
  const std::atomic<bool> never{false};
  Session session(broker, false);
  CX_TRY(session.open(ports.hosts, never, false));
  session.close();
  return std::string("MQTT 3.1.1");
}

}  // namespace zhike::connector
