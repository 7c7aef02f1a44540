// A mail as it was received (RFC 5322, MIME), read: who wrote, what, in which conversation, and whether a
// person did. MIME by GMime. Any bytes are a mail: what cannot be read is empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace zhike::connector {

struct MailAddress {
  std::string address;  ///< lower-case host; empty: none
  std::string name;     ///< as it is shown
};

/// kAutoReply: out-of-office notices, receipts (RFC 3834, RFC 8098). kBounce: a delivery that failed or waits
/// (RFC 3464). kBulk: mailing lists and newsletters. Of none of these are the words a customer's.
enum class MailKind : std::uint8_t { kMessage, kAutoReply, kBounce, kBulk };
[[nodiscard]] std::string_view to_string(MailKind kind) noexcept;  ///< "auto_reply"

struct MailFailure {
  std::string recipient, action, status;  ///< "failed" or "delayed"; "5.1.1"
};

struct Mail {
  MailKind kind = MailKind::kMessage;
  std::string message_id, in_reply_to;  ///< without angle brackets; empty: none
  std::string thread;                   ///< the message id of the mail that began the conversation
  MailAddress from, reply_to;
  std::vector<MailAddress> to;  ///< and cc
  std::optional<Instant> date;  ///< as its writer's machine says
  std::string subject;
  std::string text;  ///< what was written this time, without history and signature
  std::size_t attachments = 0;
  std::vector<MailFailure> failures;  ///< of a bounce
};

inline constexpr std::size_t kMailTextMax = 7 * 1024, kMailSubjectMax = 500, kMailAddressesMax = 50;

/// Pure, so safe from any thread.
[[nodiscard]] Mail read_mail(std::string_view bytes);

}  // namespace zhike::connector
