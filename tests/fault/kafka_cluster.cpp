// A Kafka cluster for tests: librdkafka's mock brokers in a process of their own, so that they outlive the
// service that is killed. Prints the brokers' addresses; every line of its input becomes a message of the
// topic "probes", and is answered with "delivered" once the cluster has it. Ends with its input.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

namespace {

using Client = std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)>;
using Cluster = std::unique_ptr<rd_kafka_mock_cluster_t, decltype(&rd_kafka_mock_cluster_destroy)>;

struct Delivery {
  bool is_known = false;
  rd_kafka_resp_err_t wrong = RD_KAFKA_RESP_ERR_NO_ERROR;
};

void on_delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto& delivery = *static_cast<Delivery*>(message->_private);
  delivery = {true, message->err};
}

Client make_client(const char* brokers) {
  char wrong[256];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "log_level", "0", wrong, sizeof wrong);
  if (brokers != nullptr) rd_kafka_conf_set(conf, "bootstrap.servers", brokers, wrong, sizeof wrong);
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivered);
  return {rd_kafka_new(RD_KAFKA_PRODUCER, conf, wrong, sizeof wrong), &rd_kafka_destroy};
}

}  // namespace

int main() {
  constexpr int kBrokers = 1, kPartitions = 4;
  const Client host = make_client(nullptr);
  if (host == nullptr) return 1;
  const Cluster cluster(rd_kafka_mock_cluster_new(host.get(), kBrokers), &rd_kafka_mock_cluster_destroy);
  if (cluster == nullptr) return 1;
  rd_kafka_mock_topic_create(cluster.get(), "probes", kPartitions, 1);
  const char* brokers = rd_kafka_mock_cluster_bootstraps(cluster.get());
  const Client producer = make_client(brokers);
  if (producer == nullptr) return 1;
  std::cout << brokers << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    Delivery delivery;
    const auto queued = rd_kafka_producev(
        producer.get(), RD_KAFKA_V_TOPIC("probes"), RD_KAFKA_V_VALUE(line.data(), line.size()),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(&delivery), RD_KAFKA_V_END);
    if (queued != RD_KAFKA_RESP_ERR_NO_ERROR) delivery = {true, queued};
    while (!delivery.is_known) rd_kafka_poll(producer.get(), 100);
    std::cout << (delivery.wrong == RD_KAFKA_RESP_ERR_NO_ERROR ? "delivered"
                                                               : rd_kafka_err2str(delivery.wrong))
              << std::endl;
  }
}
