#include "connector/kafka.h"

#include <librdkafka/rdkafka.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/ascii.h"
#include "base/encoding.h"
#include "base/log.h"
#include "connector/kinds.h"
#include "connector/payload.h"
#include "connector/worker.h"

namespace zhike::connector {
namespace {

constexpr std::string_view kPosition = "position";
constexpr std::size_t kReadAtOnce = 500, kSentAtOnce = 500;

using Conf = std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)>;
using Client = std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)>;
using List =
    std::unique_ptr<rd_kafka_topic_partition_list_t, decltype(&rd_kafka_topic_partition_list_destroy)>;
using Message = std::unique_ptr<rd_kafka_message_t, decltype(&rd_kafka_message_destroy)>;

Error failed(rd_kafka_resp_err_t code) { return {Code::kConnectorFailed, rd_kafka_err2str(code)}; }

std::string host_of(std::string_view broker) {
  return std::string(broker.substr(0, std::min(broker.rfind(':'), broker.size())));
}

/// What the library's threads are told of a client: it outlives it.
struct Watch {
  const Hosts* hosts = nullptr;
  std::shared_ptr<Activity> activity;
  std::atomic<bool> refused{false};
};

/// Every connection, also to brokers that others named, goes where the operator allows.
int on_connect(int socket, const sockaddr* address, int length, const char* id, void* opaque) {
  auto& watch = *static_cast<Watch*>(opaque);
  const std::string host = host_of(id);
  if (!watch.hosts->check(host) || !watch.hosts->may_lie_at(host, address)) {
    watch.refused = true;
    return EACCES;
  }
  if (::connect(socket, address, static_cast<socklen_t>(length)) == 0 || errno == EINPROGRESS) return 0;
  return errno;
}

void on_error(rd_kafka_t*, int code, const char*, void* opaque) {
  auto& watch = *static_cast<Watch*>(opaque);
  if (!watch.activity) return;
  watch.activity->failed("failed", watch.refused ? Error{Code::kHostNotAllowed, "a broker's address"}
                                                 : failed(static_cast<rd_kafka_resp_err_t>(code)));
  watch.activity->set_state("failing");
}

Result<void> set(rd_kafka_conf_t* conf, const char* key, const std::string& value) {
  char wrong[256];
  if (rd_kafka_conf_set(conf, key, value.c_str(), wrong, sizeof wrong) == RD_KAFKA_CONF_OK) return {};
  return fail(Code::kBadConnector, "{}", key);
}

Result<Conf> conf_of(const Connector& c, const Ports& ports, Watch& watch) {
  watch.hosts = &ports.hosts;
  Conf conf(rd_kafka_conf_new(), &rd_kafka_conf_destroy);
  const auto brokers = c.list("brokers");
  if (brokers.empty()) return fail(Code::kBadConnector, "'brokers' is needed");
  std::string joined;
  for (const std::string& broker : brokers) {
    CX_TRY(ports.hosts.check(host_of(broker)));
    joined += (joined.empty() ? "" : ",") + broker;
  }
  CX_TRY(set(conf.get(), "bootstrap.servers", joined));
  CX_TRY(set(conf.get(), "client.id", "zhike"));
  CX_TRY(set(conf.get(), "log_level", "0"));
  CX_TRY(set(conf.get(), "socket.connection.setup.timeout.ms", "10000"));
  const std::string security = c.text("security");
  CX_TRY(set(conf.get(), "security.protocol", security));
  if (security.starts_with("sasl")) {
    CX_TRY(set(conf.get(), "sasl.mechanisms", c.text("mechanism")));
    CX_TRY(set(conf.get(), "sasl.username", c.text("username")));
    CX_TRY(set(conf.get(), "sasl.password", c.text("password")));
  }
  rd_kafka_conf_set_opaque(conf.get(), &watch);
  rd_kafka_conf_set_connect_cb(conf.get(), on_connect);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  return conf;
}

/// Takes the configuration over.
Result<Client> client_of(rd_kafka_type_t type, Conf conf) {
  char wrong[256];
  rd_kafka_t* made = rd_kafka_new(type, conf.get(), wrong, sizeof wrong);
  if (made == nullptr) return fail(Code::kBadConnector, "{}", wrong);
  conf.release();
  return Client(made, &rd_kafka_destroy);
}

// ---- in ---------------------------------------------------------------------------------------------------

Inbound inbound_of(const rd_kafka_message_t& message) {
  const std::string topic = rd_kafka_topic_name(message.rkt);
  const std::string_view payload(static_cast<const char*>(message.payload),
                                 message.payload == nullptr ? 0 : message.len);
  Inbound out;
  out.body = json_of_payload(payload);
  out.transport = {{"message_id", fmt::format("{}/{}/{}", topic, message.partition, message.offset)},
                   {"topic", topic},
                   {"partition", std::to_string(message.partition)},
                   {"offset", std::to_string(message.offset)}};
  if (message.key != nullptr)
    out.transport.emplace_back("key",
                               to_valid_utf8({static_cast<const char*>(message.key), message.key_len}));
  if (const std::int64_t at = rd_kafka_message_timestamp(&message, nullptr); at > 0)
    out.transport.emplace_back("time", std::to_string(at));
  return out;
}

class KafkaIn final : public Worker {
 public:
  KafkaIn(Store::Entry connector, std::shared_ptr<Activity> activity, const Ports& ports)
      : c_(std::move(connector)), activity_(std::move(activity)), ports_(ports) {
    watch_.activity = activity_;
  }
  ~KafkaIn() override { end(); }

 private:
  void run() override {
    for (unsigned failures = 0; !stopping();) {
      activity_->set_state("connecting");
      const auto ended = session();
      if (ended || stopping()) continue;
      activity_->failed("failed", ended.error());
      activity_->set_state("failing");
      wait(back_off(++failures, ports_.retry_first, ports_.retry_most));
    }
    activity_->set_state("");
  }

  /// Until it is to end, or the journal does not take what was read: the next session reads it again, because
  /// its offsets were not committed.
  Result<void> session() {
    CX_TRY(auto conf, conf_of(*c_, ports_, watch_));
    CX_TRY(set(conf.get(), "group.id", c_->text("group").empty() ? "zhike-" + c_->key : c_->text("group")));
    CX_TRY(set(conf.get(), "session.timeout.ms", "10000"));
    CX_TRY(set(conf.get(), "enable.auto.commit", "false"));
    CX_TRY(set(conf.get(), "enable.auto.offset.store", "false"));
    CX_TRY(set(conf.get(), "auto.offset.reset", c_->text("begin") == "beginning" ? "earliest" : "latest"));
    CX_TRY(set(conf.get(), "queued.max.messages.kbytes", "16384"));
    CX_TRY(const auto client, client_of(RD_KAFKA_CONSUMER, std::move(conf)));
    rd_kafka_poll_set_consumer(client.get());
    const auto topics = c_->list("topics");
    const List wanted(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())),
                      &rd_kafka_topic_partition_list_destroy);
    for (const std::string& topic : topics)
      rd_kafka_topic_partition_list_add(wanted.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    if (const auto code = rd_kafka_subscribe(client.get(), wanted.get()); code != RD_KAFKA_RESP_ERR_NO_ERROR)
      return std::unexpected(failed(code));
    const auto ended = consume(client.get());
    rd_kafka_consumer_close(client.get());
    return ended;
  }

  Result<void> consume(rd_kafka_t* client) {
    rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(client);
    const std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)> owned(queue,
                                                                                     &rd_kafka_queue_destroy);
    std::vector<rd_kafka_message_t*> read(kReadAtOnce);
    while (!stopping()) {
      const ssize_t count = rd_kafka_consume_batch_queue(queue, 300, read.data(), read.size());
      if (count <= 0) {
        note_assigned(client);
        continue;
      }
      std::vector<Message> messages;
      for (ssize_t i = 0; i < count; ++i)
        messages.emplace_back(read[static_cast<std::size_t>(i)], &rd_kafka_message_destroy);
      CX_TRY(hand_on(client, messages));
    }
    return {};
  }

  void note_assigned(rd_kafka_t* client) {
    rd_kafka_topic_partition_list_t* assigned = nullptr;
    if (rd_kafka_assignment(client, &assigned) != RD_KAFKA_RESP_ERR_NO_ERROR) return;
    const List owned(assigned, &rd_kafka_topic_partition_list_destroy);
    if (assigned->cnt > 0 && activity_->state() != "working") {
      activity_->set_state("working");
      activity_->note(Level::kInfo, "connected");
    }
  }

  Result<void> hand_on(rd_kafka_t* client, const std::vector<Message>& messages) {
    std::vector<Inbound> inbound;
    const List offsets(rd_kafka_topic_partition_list_new(1), &rd_kafka_topic_partition_list_destroy);
    for (const Message& message : messages) {
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        activity_->failed("failed", failed(message->err));
        continue;
      }
      inbound.push_back(inbound_of(*message));
      const char* topic = rd_kafka_topic_name(message->rkt);
      auto* at = rd_kafka_topic_partition_list_find(offsets.get(), topic, message->partition);
      if (at == nullptr) at = rd_kafka_topic_partition_list_add(offsets.get(), topic, message->partition);
      at->offset = std::max(at->offset, message->offset + 1);
    }
    if (inbound.empty()) return {};
    CX_TRY(const bool taken, keep(inbound));
    if (!taken) return {};
    activity_->set_state("working");
    // A commit that fails is made good by the next; what is read twice is told by its message id.
    if (const auto code = rd_kafka_commit(client, offsets.get(), 0); code != RD_KAFKA_RESP_ERR_NO_ERROR)
      activity_->failed("failed", failed(code));
    return {};
  }

  /// Tries until the journal takes it, for as long as the group waits for a member. False: it is to end.
  Result<bool> keep(const std::vector<Inbound>& inbound) {
    const auto began = std::chrono::steady_clock::now();
    for (unsigned failures = 0; !stopping();) {
      const auto taken = ports_.inlet.take(*c_, inbound);
      if (taken) return true;
      activity_->failed("failed", taken.error());
      activity_->set_state("failing");
      if (std::chrono::steady_clock::now() - began > kPatience) return std::unexpected(taken.error());
      wait(back_off(++failures, ports_.retry_first, std::min(ports_.retry_most, seconds(30))));
    }
    return false;
  }

  static constexpr std::chrono::minutes kPatience{4};  // max.poll.interval.ms is five
  const Store::Entry c_;
  const std::shared_ptr<Activity> activity_;
  const Ports ports_;
  Watch watch_;
};

// ---- out --------------------------------------------------------------------------------------------------

/// The outcome of a batch.
struct Delivered {
  std::size_t good = 0;
  rd_kafka_resp_err_t wrong = RD_KAFKA_RESP_ERR_NO_ERROR;
};

void on_delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto& batch = *static_cast<Delivered*>(message->_private);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
    ++batch.good;
  else
    batch.wrong = message->err;
}

class KafkaOut final : public Worker {
 public:
  KafkaOut(Store::Entry connector, std::shared_ptr<Activity> activity, const Ports& ports)
      : c_(std::move(connector)), activity_(std::move(activity)), ports_(ports), topic_(c_->text("topic")) {
    watch_.activity = activity_;
  }
  ~KafkaOut() override { end(); }

 private:
  void run() override {
    for (unsigned failures = 0; !stopping();) {
      const auto ended = session();
      if (ended || stopping()) continue;
      activity_->failed("failed", ended.error());
      activity_->set_state("failing");
      wait(back_off(++failures, ports_.retry_first, ports_.retry_most));
    }
  }

  Result<void> session() {
    CX_TRY(begin());
    CX_TRY(auto conf, conf_of(*c_, ports_, watch_));
    CX_TRY(set(conf.get(), "enable.idempotence", "true"));
    CX_TRY(set(conf.get(), "message.timeout.ms", "60000"));
    CX_TRY(set(conf.get(), "linger.ms", "20"));
    CX_TRY(set(conf.get(), "compression.codec", "lz4"));
    rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivered);
    CX_TRY(const auto client, client_of(RD_KAFKA_PRODUCER, std::move(conf)));
    const auto ended = produce(client.get());
    rd_kafka_purge(client.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(client.get(), 1000);
    return ended;
  }

  Result<void> begin() {
    CX_TRY(const std::string kept, ports_.store.state(c_->id, kPosition));
    if (const auto at = ascii::parse_number<std::uint64_t>(kept)) {
      position_ = *at;
      return {};
    }
    if (c_->text("begin") == "now") {
      CX_TRY(position_, ports_.outlet.newest());
    }
    return ports_.store.set_state(c_->id, kPosition, std::to_string(position_));
  }

  Result<void> produce(rd_kafka_t* client) {
    while (!stopping()) {
      rd_kafka_poll(client, 0);
      CX_TRY(const auto page, ports_.outlet.after(*c_, position_, kSentAtOnce));
      if (!page.events.empty()) {
        CX_TRY(send(client, page));
        if (stopping()) return {};
        activity_->sent(page.events.size());
        activity_->set_state("working");
      }
      if (page.seen != position_) {
        CX_TRY(ports_.store.set_state(c_->id, kPosition, std::to_string(page.seen)));
        position_ = page.seen;
      }
      if (page.events.empty()) wait(seconds(1));
    }
    return {};
  }

  /// Returns when the brokers have confirmed each.
  Result<void> send(rd_kafka_t* client, const Outlet::Page& page) {
    Delivered batch;
    std::size_t queued = 0;
    const std::unique_ptr<rd_kafka_topic_t, decltype(&rd_kafka_topic_destroy)> topic(
        rd_kafka_topic_new(client, topic_.c_str(), nullptr), &rd_kafka_topic_destroy);
    if (topic == nullptr) return std::unexpected(failed(rd_kafka_last_error()));
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    for (const Outbound& event : page.events) {
      // It copies key and value: MSG_F_COPY.
      if (rd_kafka_produce(topic.get(), RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                           const_cast<char*>(event.json.data()), event.json.size(), event.key.data(),
                           event.key.size(), &batch) != 0)
        code = rd_kafka_last_error();
      if (code != RD_KAFKA_RESP_ERR_NO_ERROR) break;
      ++queued;
    }
    while (rd_kafka_outq_len(client) > 0) {
      // What is given up here calls back at once: no callback may outlive the batch.
      if (stopping()) rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
      rd_kafka_poll(client, 100);
    }
    if (stopping()) return {};
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(failed(code));
    if (batch.good != queued) return std::unexpected(failed(batch.wrong));
    return {};
  }

  const Store::Entry c_;
  const std::shared_ptr<Activity> activity_;
  const Ports ports_;
  const std::string topic_;
  Watch watch_;
  std::uint64_t position_ = 0;
};

}  // namespace

Result<std::unique_ptr<Runner>> make_kafka_in(const Store::Entry& c,
                                              const std::shared_ptr<Activity>& activity, const Ports& ports) {
  Watch watch;
  CX_TRY(const auto conf, conf_of(*c, ports, watch));
  if (c->list("topics").empty()) return fail(Code::kBadConnector, "'topics' is needed");
  return std::unique_ptr<Runner>(std::make_unique<KafkaIn>(c, activity, ports));
}

Result<std::unique_ptr<Runner>> make_kafka_out(const Store::Entry& c,
                                               const std::shared_ptr<Activity>& activity,
                                               const Ports& ports) {
  Watch watch;
  CX_TRY(const auto conf, conf_of(*c, ports, watch));
  return std::unique_ptr<Runner>(std::make_unique<KafkaOut>(c, activity, ports));
}

Result<std::string> try_kafka(const Connector& c, const Ports& ports) {
  Watch watch;
  CX_TRY(auto conf, conf_of(c, ports, watch));
  CX_TRY(const auto client, client_of(RD_KAFKA_PRODUCER, std::move(conf)));
  const rd_kafka_metadata_t* found = nullptr;
  auto code = RD_KAFKA_RESP_ERR__TIMED_OUT;
  for (int second = 0; second < 15 && code != RD_KAFKA_RESP_ERR_NO_ERROR && !watch.refused; ++second)
    code = rd_kafka_metadata(client.get(), 1, nullptr, &found, 1000);
  if (watch.refused) return fail(Code::kHostNotAllowed, "a broker's address");
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return std::unexpected(failed(code));
  const std::unique_ptr<const rd_kafka_metadata_t, decltype(&rd_kafka_metadata_destroy)> owned(
      found, &rd_kafka_metadata_destroy);
  return fmt::format("Kafka: {} brokers, {} topics", found->broker_cnt, found->topic_cnt);
}

}  // namespace zhike::connector
