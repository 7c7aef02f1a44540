#include "connector/email_out.h"

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "connector/kinds.h"
#include "connector/mail_server.h"
#include "connector/mail_write.h"

namespace zhike::connector {
namespace {

constexpr std::size_t kRecipientsMax = 50;

struct Sender {
  MailServer server;
  MailAddress from;
  std::vector<std::string> to;
  std::string unsubscribe, subject, language;
  std::string seed;  // of message ids: another connector, or the same made anew, has others

  static Result<Sender> of(const Connector& c, const Ports& ports) {
    CX_TRY(auto server, MailServer::of(c, "smtp", ports.hosts));
    CX_TRY(auto from, parse_mail_sender(c.text("from")));
    Sender out{.server = std::move(server),
               .from = std::move(from),
               .to = c.list("to"),
               .unsubscribe = c.text("unsubscribe"),
               .subject = c.text("subject"),
               .language = c.text("language"),
               .seed = c.key + "/" + std::to_string(c.created.ms)};
    if (out.to.size() > kRecipientsMax)
      return fail(Code::kBadConnector, "'to' must be at most {} addresses", kRecipientsMax);
    for (const std::string& one : out.to)
      if (!is_mail_address(one))
        return fail(Code::kBadConnector, "'to' must be addresses, separated by commas");
    const bool plain = std::ranges::all_of(
        out.unsubscribe, [](char ch) { return ch > ' ' && ch < '\x7f' && ch != '<' && ch != '>'; });
    if (!out.unsubscribe.empty() &&
        (!plain || !(out.unsubscribe.starts_with("https://") || out.unsubscribe.starts_with("mailto:"))))
      return fail(Code::kBadConnector, "'unsubscribe' must begin with https:// or mailto:");
    return out;
  }

  [[nodiscard]] MailDraft draft(std::string_view id, Instant now) const {
    const crypto::Hash128 hash = crypto::fingerprint(seed + "/" + std::string(id));
    return {.from = from,
            .to = to,
            .subject = {},
            .text = {},
            .message_id = fmt::format("{:016x}{:016x}@{}", hash.high, hash.low,
                                      from.address.substr(from.address.find('@') + 1)),
            .unsubscribe = unsubscribe,
            .date = now};
  }
};

Error refused(const MailSender::Said& said) { return {Code::kConnectorRefused, said.detail}; }

class ToPeople final : public Destination {
 public:
  ToPeople(Sender sender, const Ports& ports, const std::atomic<bool>& stopping)
      : sender_(std::move(sender)), mail_(sender_.server, ports.hosts, stopping), clock_(ports.clock) {}

  Attempt send(std::string_view id, const std::string& body) override {
    MailDraft draft = sender_.draft(id, clock_.now());
    EventMail words = mail_of_events(body, sender_.subject, sender_.language);
    draft.subject = std::move(words.subject);
    draft.text = std::move(words.text);
    const auto said = mail_.send(draft.from.address, draft.to, write_mail(draft));
    if (!said) return {.outcome = Outcome::kHold, .why = said.error(), .answered = false};
    const Outcome outcome = smtp_outcome(said->status);
    if (outcome == Outcome::kUnwanted) return {.outcome = outcome, .why = refused(*said)};
    return {.outcome = outcome, .why = {Code::kConnectorFailed, said->detail}};
  }

 private:
  const Sender sender_;
  MailSender mail_;
  const Clock& clock_;
};

std::unique_ptr<Destination> make_destination(const Connector& c, const Ports& ports,
                                              const std::atomic<bool>& stopping) {
  auto sender = Sender::of(c, ports);
  cx_check(sender.has_value(), "a connector whose settings were read before");
  return std::make_unique<ToPeople>(std::move(*sender), ports, stopping);
}

class EmailWriter final : public Writer {
 public:
  EmailWriter(Sender sender, const Ports& ports, const std::atomic<bool>& stopping)
      : sender_(std::move(sender)), mail_(sender_.server, ports.hosts, stopping), clock_(ports.clock) {}

  Result<void> write(const Message& message) override {
    if (!is_mail_address(message.to)) return fail(Code::kBadField, "'to' must be an e-mail address");
    if (message.subject.empty()) return fail(Code::kBadField, "'subject' is needed");
    MailDraft draft = sender_.draft(crypto::random_token(16), clock_.now());
    draft.to = {message.to};
    draft.subject = message.subject;
    draft.text = message.text;
    CX_TRY(const auto said, mail_.send(draft.from.address, draft.to, write_mail(draft)));
    if (smtp_outcome(said.status) == Outcome::kTaken) return {};
    if (smtp_outcome(said.status) == Outcome::kHold) return fail(Code::kConnectorFailed, "{}", said.detail);
    return std::unexpected(refused(said));
  }

 private:
  const Sender sender_;
  MailSender mail_;
  const Clock& clock_;
};

}  // namespace

Outcome smtp_outcome(int status) noexcept {
  // Of the sender and its sign-in, not of these events (RFC 4954).
  constexpr std::array kOfTheSender{500, 502, 503, 530, 534, 535, 538};
  if (status >= 200 && status < 300) return Outcome::kTaken;
  if (status < 500 || std::ranges::find(kOfTheSender, status) != kOfTheSender.end()) return Outcome::kHold;
  return Outcome::kUnwanted;
}

Result<std::unique_ptr<Runner>> make_email_out(const Store::Entry& c,
                                               const std::shared_ptr<Activity>& activity,
                                               const Ports& ports) {
  CX_TRY(const auto sender, Sender::of(*c, ports));
  if (sender.to.empty()) return std::unique_ptr<Runner>();
  return make_delivery(c, activity, ports, make_destination);
}

Result<std::string> try_email_out(const Connector& c, const Ports& ports) {
  CX_TRY(auto sender, Sender::of(c, ports));
  const std::atomic<bool> never{false};
  if (sender.to.empty()) {
    MailLink link(ports.hosts, never);
    CX_TRY(link.open(sender.server));
    return std::string("SMTP");
  }
  MailDraft draft = sender.draft(crypto::random_token(16), ports.clock.now());
  draft.subject = sender.language == "zh" ? "知客测试邮件" : "Test mail of Zhike";
  draft.text = sender.language == "zh" ? "这是连接器的测试邮件，收到即表示发送可用。\n"
                                       : "This is a test of the connector. Mails to this address work.\n";
  MailSender mail(sender.server, ports.hosts, never);
  CX_TRY(const auto said, mail.send(draft.from.address, draft.to, write_mail(draft)));
  if (smtp_outcome(said.status) != Outcome::kTaken) return std::unexpected(refused(said));
  return fmt::format("SMTP {}", said.status);
}

std::unique_ptr<Writer> make_email_writer(const Connector& c, const Ports& ports,
                                          const std::atomic<bool>& stopping) {
  auto sender = Sender::of(c, ports);
  if (!sender) return nullptr;
  return std::make_unique<EmailWriter>(std::move(*sender), ports, stopping);
}

}  // namespace zhike::connector
