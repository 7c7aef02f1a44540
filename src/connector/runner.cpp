#include "connector/runner.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/crypto.h"
#include "connector/email_in.h"
#include "connector/email_out.h"
#include "connector/kafka.h"
#include "connector/kinds.h"
#include "connector/mqtt.h"
#include "connector/webhook_out.h"
#include "connector/wechat.h"
#include "connector/wechat_kf.h"

namespace zhike::connector {
namespace {

struct Maker {
  std::string_view kind;
  Result<std::unique_ptr<Runner>> (*make)(const Store::Entry&, const std::shared_ptr<Activity>&,
                                          const Ports&);
  Result<std::string> (*try_out)(const Connector&, const Ports&);
  std::unique_ptr<Writer> (*write)(const Connector&, const Ports&, const std::atomic<bool>&);
};
constexpr std::array kMakers{Maker{"webhook_out", make_webhook_out, try_webhook_out, nullptr},
                             Maker{"message_out", nullptr, try_webhook_out, make_message_writer},
                             Maker{"wechat", nullptr, try_wechat, make_wechat_writer},
                             Maker{"wechat_kf", make_wechat_kf, try_wechat_kf, nullptr},
                             Maker{"email_in", make_email_in, try_email_in, nullptr},
                             Maker{"email_out", make_email_out, try_email_out, make_email_writer},
                             Maker{"mqtt", make_mqtt, try_mqtt, nullptr},
                             Maker{"kafka_in", make_kafka_in, try_kafka, nullptr},
                             Maker{"kafka_out", make_kafka_out, try_kafka, nullptr}};

const Maker* maker_of(const Connector& c) {
  const auto at = std::ranges::find(kMakers, c.kind->key, &Maker::kind);
  return at == kMakers.end() ? nullptr : &*at;
}

}  // namespace

Result<std::unique_ptr<Runner>> make_runner(const Store::Entry& c, const std::shared_ptr<Activity>& activity,
                                            const Ports& ports) {
  const Maker* maker = maker_of(*c);
  if (maker == nullptr || maker->make == nullptr) return std::unique_ptr<Runner>();
  return maker->make(c, activity, ports);
}

Result<std::string> try_out(const Connector& c, const Ports& ports) {
  const Maker* maker = maker_of(c);
  if (maker == nullptr) return fail(Code::kBadConnector, "this kind waits for calls");
  return maker->try_out(c, ports);
}

std::unique_ptr<Writer> make_writer(const Connector& c, const Ports& ports,
                                    const std::atomic<bool>& stopping) {
  const Maker* maker = maker_of(c);
  if (maker == nullptr || maker->write == nullptr) return nullptr;
  return maker->write(c, ports, stopping);
}

Millis back_off(unsigned failures, Millis first, Millis most) {
  std::int64_t wait = first.value;
  for (unsigned i = 1; i < failures && wait < most.value; ++i) wait *= 2;
  wait = std::min(wait, most.value);
  unsigned char bytes[4];
  crypto::random_bytes(bytes);
  std::uint32_t chance = 0;
  std::memcpy(&chance, bytes, sizeof chance);
  return {wait / 2 +
          static_cast<std::int64_t>(static_cast<std::uint64_t>(wait - wait / 2) * chance / UINT32_MAX)};
}

}  // namespace zhike::connector
