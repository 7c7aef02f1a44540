// The way to a mail server, by libcurl: the connection, TLS (from the start or STARTTLS, never given up), the
// certificate, and the sign-in. Only to allowed hosts; no proxies of the environment.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connector/connector.h"
#include "connector/hosts.h"
#include "connector/imap.h"

namespace zhike::connector {

struct MailServer {
  std::string scheme;  ///< "imap" or "smtp"
  std::string host, security, username, password, ca;
  int port = 0;

  /// From the settings host, port, security, username, password, ca_certificate. Errors: kBadConnector,
  /// kHostNotAllowed.
  [[nodiscard]] static Result<MailServer> of(const Connector& connector, std::string_view scheme,
                                             const Hosts& hosts);
};

/// A signed-in connection to read and write. One thread; `stopping` ends a wait.
class MailLink final : public Stream {
 public:
  MailLink(const Hosts& hosts, const std::atomic<bool>& stopping);
  ~MailLink() override;
  /// Errors: kConnectorFailed, kConnectorRefused (the sign-in), kHostNotAllowed.
  [[nodiscard]] Result<void> open(const MailServer& server);
  Result<std::size_t> read(char* to, std::size_t room) override;
  Result<void> write(std::string_view bytes) override;

 private:
  struct Impl;
  Result<void> wait(bool to_write);
  std::unique_ptr<Impl> impl_;
};

/// Sends mails. Keeps its connection from mail to mail. One thread; `stopping` ends a call.
class MailSender {
 public:
  MailSender(MailServer server, const Hosts& hosts, const std::atomic<bool>& stopping);
  ~MailSender();
  struct Said {
    int status = 0;      ///< of SMTP; 0: nobody answered
    std::string detail;  ///< "SMTP 550 5.1.1": no words, which may hold an address
  };
  /// All recipients or none. Said.status 250: taken. Errors: kConnectorFailed (no connection, no answer, its
  /// certificate), kHostNotAllowed; kConnectorRefused (the sign-in).
  [[nodiscard]] Result<Said> send(const std::string& from, const std::vector<std::string>& to,
                                  const std::string& mail);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zhike::connector
