#include "connector/webhook_out.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/ascii.h"
#include "base/crypto.h"
#include "connector/kinds.h"

namespace zhike::connector {
namespace {

class Target {
 public:
  static Result<Target> of(const Connector& c, const Ports& ports) {
    CX_TRY(auto rule, SignatureRule::of(c));
    CX_TRY(const Address address, parse_address(c.text("url")));
    if (address.scheme != "http" && address.scheme != "https")
      return fail(Code::kBadConnector, "'url' must begin with https:// or http://");
    CX_TRY(ports.hosts.check(address.host));
    return Target{std::move(rule), c.text("url"), c.text("authorization")};
  }

  Result<HttpAnswer> send(HttpOut& http, std::string_view id, const std::string& body, Instant now) const {
    HttpCall call{.method = "POST", .url = url_, .body = body, .headers = {}};
    call.headers = sign(rule_, id, body, now);
    call.headers.emplace_back("Content-Type", "application/json");
    if (!authorization_.empty()) call.headers.emplace_back("Authorization", authorization_);
    return http.call(call);
  }

 private:
  Target(SignatureRule rule, std::string url, std::string authorization)
      : rule_(std::move(rule)), url_(std::move(url)), authorization_(std::move(authorization)) {}
  SignatureRule rule_;
  std::string url_, authorization_;
};

class Webhook final : public Destination {
 public:
  Webhook(Target target, const Ports& ports, const std::atomic<bool>& stopping)
      : target_(std::move(target)), http_(ports.hosts, stopping), clock_(ports.clock) {}

  Attempt send(std::string_view id, const std::string& body) override {
    const auto answer = target_.send(http_, id, body, clock_.now());
    if (!answer) return {.outcome = Outcome::kHold, .why = answer.error(), .answered = false};
    const Outcome outcome = outcome_of(answer->status);
    return {.outcome = outcome,
            .why = {outcome == Outcome::kUnwanted ? Code::kConnectorRefused : Code::kConnectorFailed,
                    fmt::format("HTTP {}", answer->status)},
            .retry_after = answer->retry_after};
  }

 private:
  const Target target_;
  HttpOut http_;
  const Clock& clock_;
};

std::unique_ptr<Destination> make_webhook(const Connector& c, const Ports& ports,
                                          const std::atomic<bool>& stopping) {
  auto target = Target::of(c, ports);
  cx_check(target.has_value(), "a connector whose settings were read before");
  return std::make_unique<Webhook>(std::move(*target), ports, stopping);
}

class MessageWriter final : public Writer {
 public:
  MessageWriter(Target target, const Ports& ports, const std::atomic<bool>& stopping)
      : target_(std::move(target)), http_(ports.hosts, stopping), clock_(ports.clock) {}

  Result<void> write(const Message& message) override {
    const std::string id = message.id.empty() ? crypto::random_token(16) : message.id;
    const std::string body = boost::json::serialize(boost::json::object{{"id", id},
                                                                        {"channel", message.channel},
                                                                        {"to", message.to},
                                                                        {"subject", message.subject},
                                                                        {"text", message.text},
                                                                        {"link", message.link}});
    CX_TRY(const auto answer, target_.send(http_, id, body, clock_.now()));
    const Outcome outcome = outcome_of(answer.status);
    if (outcome == Outcome::kTaken) return {};
    return fail(outcome == Outcome::kUnwanted ? Code::kConnectorRefused : Code::kConnectorFailed, "HTTP {}",
                answer.status);
  }

 private:
  const Target target_;
  HttpOut http_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Writer> make_message_writer(const Connector& c, const Ports& ports,
                                            const std::atomic<bool>& stopping) {
  auto target = Target::of(c, ports);
  if (!target) return nullptr;
  return std::make_unique<MessageWriter>(std::move(*target), ports, stopping);
}

Outcome outcome_of(int status) noexcept {
  constexpr std::array kHeld{401, 403, 404, 408, 425, 429, 502, 503, 504};
  if (status >= 200 && status < 300) return Outcome::kTaken;
  if (status < 400 || std::ranges::find(kHeld, status) != kHeld.end()) return Outcome::kHold;
  return status >= 500 ? Outcome::kRetry : Outcome::kUnwanted;
}

Result<std::unique_ptr<Runner>> make_webhook_out(const Store::Entry& c,
                                                 const std::shared_ptr<Activity>& activity,
                                                 const Ports& ports) {
  CX_TRY(Target::of(*c, ports));
  return make_delivery(c, activity, ports, make_webhook);
}

Result<std::string> try_webhook_out(const Connector& c, const Ports& ports) {
  CX_TRY(const auto target, Target::of(c, ports));
  const std::atomic<bool> never{false};
  HttpOut http(ports.hosts, never);
  CX_TRY(const auto answer, target.send(http, "test", "{\"test\":true}", ports.clock.now()));
  const std::string said = fmt::format("HTTP {}", answer.status);
  if (outcome_of(answer.status) != Outcome::kTaken) return fail(Code::kConnectorRefused, "{}", said);
  return said;
}

}  // namespace zhike::connector
