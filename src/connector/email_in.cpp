#include "connector/email_in.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/ascii.h"
#include "base/crypto.h"
#include "connector/kinds.h"
#include "connector/mail_server.h"
#include "connector/worker.h"

namespace zhike::connector {
namespace {

namespace json = boost::json;

constexpr std::string_view kPlace = "place";
constexpr std::size_t kBatchMax = 50, kBatchBytes = 4 << 20;
constexpr std::uint32_t kWindow = 100'000;

/// How far it has come. Kept as four numbers. Days are counted from 1970.
struct Place {
  std::uint32_t validity = 0, uid = 0;
  std::int32_t newest_day = 0;  ///< of a mail that was taken
  std::int32_t since_day = 0;   ///< while a mailbox that was built anew is read: older ones are left out

  [[nodiscard]] std::string text() const {
    return fmt::format("{} {} {} {}", validity, uid, newest_day, since_day);
  }
  static std::optional<Place> of(std::string_view text) {
    std::array<std::int64_t, 4> numbers{};
    for (std::int64_t& number : numbers) {
      const auto end = std::min(text.find(' '), text.size());
      const auto one = ascii::parse_number<std::int64_t>(text.substr(0, end));
      if (!one) return std::nullopt;
      number = *one;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return Place{static_cast<std::uint32_t>(numbers[0]), static_cast<std::uint32_t>(numbers[1]),
                 static_cast<std::int32_t>(numbers[2]), static_cast<std::int32_t>(numbers[3])};
  }
};

std::string hash_of(std::string_view text) {
  const crypto::Hash128 hash = crypto::fingerprint(text);
  return fmt::format("{:016x}{:016x}", hash.high, hash.low);
}

/// "17-Jul-2026 02:44:25 +0800"; the day may have a blank in front.
Instant received_at(std::string_view text, Instant otherwise) {
  if (text.starts_with(' ')) text.remove_prefix(1);
  return parse_time_as(text, "%d-%b-%Y %H:%M:%S %z", Zone::utc()).value_or(otherwise);
}

/// "2-Jan-2026", for SINCE.
std::string imap_day(std::int32_t day) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string iso = format_utc({std::int64_t{day} * 86'400'000});
  const auto month = ascii::parse_number<std::size_t>(std::string_view(iso).substr(5, 2)).value_or(1);
  return fmt::format("{}-{}-{}", iso.substr(8, 2), kMonths[month - 1], iso.substr(0, 4));
}

bool is_own(const std::string& address, const std::vector<std::string>& own) {
  const std::string low = ascii::lower(address);
  return std::ranges::any_of(own, [&](const std::string& one) {
    return one == low || (one.starts_with('@') && low.ends_with(one));
  });
}

json::object address_json(const MailAddress& one) { return {{"address", one.address}, {"name", one.name}}; }

struct Settled {
  MailServer server;
  std::string folder;
  std::vector<std::string> own;
  bool from_beginning = false;
  std::size_t bytes_max = 0;
  Millis interval;

  static Result<Settled> of(const Connector& c, const Ports& ports) {
    CX_TRY(auto server, MailServer::of(c, "imap", ports.hosts));
    Settled out{.server = std::move(server),
                .folder = c.text("folder"),
                .own = c.list("own_addresses"),
                .from_beginning = c.text("begin") == "beginning",
                .bytes_max = static_cast<std::size_t>(c.number("size_kib")) * 1024,
                .interval = seconds(c.number("poll_seconds"))};
    if (out.server.username.empty()) return fail(Code::kBadConnector, "'username' is needed");
    for (std::string& one : out.own) one = ascii::lower(one);
    return out;
  }
};

class EmailIn final : public Worker {
 public:
  EmailIn(Store::Entry connector, std::shared_ptr<Activity> activity, const Ports& ports, Settled settled)
      : c_(std::move(connector)),
        activity_(std::move(activity)),
        ports_(ports),
        settled_(std::move(settled)) {}
  ~EmailIn() override { end(); }

 private:
  void run() override {
    for (unsigned failures = 0; !stopping();) {
      if (activity_->state() != "working") activity_->set_state("connecting");
      const auto done = round();
      if (stopping()) break;
      if (done) {
        failures = 0;
        wait(settled_.interval);
      } else {
        activity_->failed("failed", done.error());
        activity_->set_state("failing");
        wait(back_off(++failures, ports_.retry_first, ports_.retry_most));
      }
    }
    activity_->set_state("");
  }

  /// One look into the mailbox.
  Result<void> round() {
    MailLink link(ports_.hosts, stopping_);
    CX_TRY(link.open(settled_.server));
    Imap imap(link);
    CX_TRY(imap.introduce());
    CX_TRY(const Imap::Box box, imap.examine(settled_.folder));
    CX_TRY(find_place(box));
    activity_->set_state("working");
    CX_TRY(read_on(imap, box));
    [[maybe_unused]] const auto bye = imap.log_out();  // nothing hangs on it
    return {};
  }

  Result<void> find_place(const Imap::Box& box) {
    CX_TRY(const std::string kept, ports_.store.state(c_->id, kPlace));
    const auto known = Place::of(kept);
    if (known && known->validity == box.validity) {
      place_ = *known;
      return {};
    }
    if (known) {
      // Ids mean other mails now. Those of the last days are read again: what was taken has the same
      // message id, so it counts once.
      activity_->note(Level::kWarning, "mailbox_renewed");
      place_ = {box.validity, 0, known->newest_day, known->newest_day - 1};
    } else {
      place_ = {box.validity, settled_.from_beginning ? 0 : box.next - 1, utc_day(ports_.clock.now()), 0};
    }
    return keep_place();
  }

  Result<void> keep_place() { return ports_.store.set_state(c_->id, kPlace, place_.text()); }

  Result<void> read_on(Imap& imap, const Imap::Box& box) {
    const std::uint32_t newest = box.next - 1;
    const std::string since = place_.since_day == 0 ? "" : imap_day(place_.since_day);
    for (std::uint32_t width = kWindow; place_.uid < newest;) {
      const std::uint32_t first = place_.uid + 1, last = first + std::min(width - 1, newest - first);
      CX_TRY(const auto uids, imap.search(first, last, since));
      CX_TRY(take(imap, uids));
      if (stopping()) return {};
      place_.uid = last;
      CX_TRY(keep_place());
      if (uids.empty()) width = std::min(width, UINT32_MAX / 2) * 2;  // ids may be sparse
    }
    place_.since_day = 0;
    return keep_place();
  }

  Result<void> take(Imap& imap, const std::vector<std::uint32_t>& uids) {
    std::vector<Inbound> messages;
    std::size_t bytes = 0;
    Place upto = place_;
    const auto hand_on = [&]() -> Result<void> {
      if (!messages.empty()) {
        CX_TRY(ports_.inlet.take(*c_, messages));
      }
      messages.clear();
      bytes = 0;
      place_ = upto;
      return keep_place();
    };
    for (const std::uint32_t uid : uids) {
      if (stopping()) return {};
      CX_TRY(const auto found, imap.fetch(uid, settled_.bytes_max));
      upto.uid = uid;
      if (!found) continue;
      const Instant received = received_at(found->received, ports_.clock.now());
      const MailPlace place{.validity = place_.validity,
                            .uid = uid,
                            .received = received,
                            .size = found->size,
                            .whole = found->bytes.size() >= found->size};
      upto.newest_day = std::max(upto.newest_day, utc_day(received));
      if (!place.whole) activity_->note(Level::kWarning, "cut", fmt::format("{} bytes", settled_.bytes_max));
      for (Inbound& one : mail_messages(read_mail(found->bytes), place, settled_.own)) {
        bytes += one.body.size();
        messages.push_back(std::move(one));
      }
      if (messages.size() >= kBatchMax || bytes >= kBatchBytes) CX_TRY(hand_on());
    }
    return uids.empty() ? Result<void>() : hand_on();
  }

  const Store::Entry c_;
  const std::shared_ptr<Activity> activity_;
  const Ports ports_;
  const Settled settled_;
  Place place_;
};

}  // namespace

std::vector<Inbound> mail_messages(const Mail& mail, const MailPlace& place,
                                   const std::vector<std::string>& own) {
  // A form on the own site sends in its own name and names the customer where answers go.
  const bool by_form =
      is_own(mail.from.address, own) && !mail.reply_to.address.empty() && !is_own(mail.reply_to.address, own);
  const MailAddress& sender = by_form ? mail.reply_to : mail.from;
  const bool by_us = is_own(sender.address, own);
  const bool is_words = mail.kind == MailKind::kMessage;
  json::object root{{"kind", is_words && by_us ? std::string_view("own") : to_string(mail.kind)},
                    {"message_id", mail.message_id},
                    {"in_reply_to", mail.in_reply_to},
                    {"reply", !mail.in_reply_to.empty()},
                    {"received", format_utc(place.received)},
                    {"from", address_json(sender)},
                    {"subject", is_words ? mail.subject : std::string()},
                    {"text", is_words ? mail.text : std::string()},
                    {"attachments", mail.attachments},
                    {"size", place.size},
                    {"whole", place.whole}};
  if (!mail.thread.empty()) root["thread"] = "mail:" + hash_of(mail.thread).substr(0, 16);
  if (mail.date) root["date"] = format_utc(*mail.date);
  json::array to;
  for (const MailAddress& one : mail.to) to.push_back(address_json(one));
  const auto other =
      std::ranges::find_if(mail.to, [&](const auto& one) { return !is_own(one.address, own); });
  if (!by_us)
    root["customer"] = address_json(sender);
  else if (other != mail.to.end())
    root["customer"] = address_json(*other);
  root["to"] = std::move(to);
  // Without an id of its own, a mail is known by where it lies. With one, the sender belongs to it: machines
  // that number their mails badly are not taken for repeats of each other.
  const std::string id =
      mail.message_id.empty()
          ? fmt::format("mail:{}:{}", place.validity, place.uid)
          : "mail:" + hash_of(mail.message_id + "\n" + mail.from.address +
                              (mail.date ? "\n" + std::to_string(mail.date->ms) : std::string()));
  std::vector<Inbound> out;
  if (mail.kind != MailKind::kBounce) {
    out.push_back({json::serialize(root), {{"message_id", id}}});
    return out;
  }
  for (std::size_t i = 0; i < mail.failures.size(); ++i) {
    const MailFailure& one = mail.failures[i];
    root["bounce"] = {{"recipient", one.recipient}, {"action", one.action}, {"status", one.status}};
    out.push_back({json::serialize(root), {{"message_id", fmt::format("{}:{}", id, i)}}});
  }
  return out;
}

Result<std::unique_ptr<Runner>> make_email_in(const Store::Entry& c,
                                              const std::shared_ptr<Activity>& activity, const Ports& ports) {
  CX_TRY(auto settled, Settled::of(*c, ports));
  return std::unique_ptr<Runner>(std::make_unique<EmailIn>(c, activity, ports, std::move(settled)));
}

Result<std::string> try_email_in(const Connector& c, const Ports& ports) {
  CX_TRY(const auto settled, Settled::of(c, ports));
  const std::atomic<bool> never{false};
  MailLink link(ports.hosts, never);
  CX_TRY(link.open(settled.server));
  Imap imap(link);
  CX_TRY(imap.introduce());
  CX_TRY(const Imap::Box box, imap.examine(settled.folder));
  [[maybe_unused]] const auto bye = imap.log_out();
  return fmt::format("IMAP: {}, UIDNEXT {}", settled.folder, box.next);
}

}  // namespace zhike::connector
