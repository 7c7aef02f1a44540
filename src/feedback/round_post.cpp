#include "feedback/round_post.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <map>
#include <optional>

#include "base/log.h"
#include "feedback/rounds.h"

namespace zhike::feedback {

namespace {

namespace json = boost::json;

constexpr std::size_t kAtOnce = 50;
constexpr Millis kWaitFirst = minutes(1), kWaitMost = hours(6);
enum State : std::int64_t { kWaiting, kSent, kGivenUp, kNotNeeded };

/// In the customer's language; where that is not known in each that the survey has.
std::string default_text(const Texts& title, bool reminder, std::optional<Tongue> tongue) {
  const bool zh = tongue == Tongue::kZh || (!tongue && !title.zh.empty());
  const bool en = tongue == Tongue::kEn || (!tongue && !title.en.empty());
  std::string out;
  if (zh)
    out += fmt::format("{}诚邀您填写问卷“{}”：\n{{link}}\n", reminder ? "提醒：" : "", title.in(Tongue::kZh));
  if (zh && en) out += "\n";
  if (en)
    out += fmt::format("{}We would like to hear from you: {}\n{{link}}\n", reminder ? "Reminder: " : "",
                       title.in(Tongue::kEn));
  return out;
}

std::string text_of(const json::object& spec, std::string_view key) {
  const json::value* value = spec.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

Message message_at(const json::object& spec, std::string_view key) {
  const json::value* value = spec.if_contains(key);
  if (value == nullptr || !value->is_object()) return {};
  return {.subject = text_of(value->get_object(), "subject"), .text = text_of(value->get_object(), "text")};
}

std::optional<Tongue> tongue_in(const json::object& needed) {
  const std::string said = text_of(needed, "language");
  if (said == to_string(Tongue::kZh)) return Tongue::kZh;
  if (said == to_string(Tongue::kEn)) return Tongue::kEn;
  return std::nullopt;
}

/// What was written for the language; for one that is not known, or that nothing was written for, what is for
/// everybody, or both one below the other. Nothing: by the survey's title.
Message message_of(const json::object& spec, std::optional<Tongue> tongue) {
  const Message zh = message_at(spec, "zh"), en = message_at(spec, "en");
  const Message everybody{.subject = text_of(spec, "subject"), .text = text_of(spec, "text")};
  if (tongue == Tongue::kZh && !zh.text.empty()) return zh;
  if (tongue == Tongue::kEn && !en.text.empty()) return en;
  if (!everybody.text.empty()) return everybody;
  if (!tongue && !zh.text.empty() && !en.text.empty())
    return {.subject = zh.subject.empty() || en.subject.empty() ? zh.subject + en.subject
                                                                : zh.subject + " / " + en.subject,
            .text = zh.text + "\n\n" + en.text};
  const Message& other = tongue == Tongue::kZh ? en : tongue == Tongue::kEn ? zh : en.text.empty() ? zh : en;
  return other.text.empty() ? everybody : other;
}

std::map<std::string, std::string, std::less<>> values_of(const json::object& needed) {
  std::map<std::string, std::string, std::less<>> out;
  if (const std::string name = text_of(needed, "name"); !name.empty()) out["name"] = name;
  const json::value* traits = needed.if_contains("traits");
  if (traits == nullptr || !traits->is_object()) return out;
  for (const auto& [name, value] : traits->get_object())
    if (value.is_string()) out[std::string(name)] = std::string(value.get_string());
  return out;
}

}  // namespace

void RoundPost::start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      if (const auto done = send_due(); !done) log::error("survey_messages_not_sent", done.error());
      lock.lock();
      changed_.wait_for(lock, std::chrono::milliseconds(kStep.value), [this] { return stopping_; });
    }
  });
}

void RoundPost::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<std::vector<RoundPost::Due>> RoundPost::due() {
  std::vector<Due> out;
  const Instant now = parts_.clock.now();
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& row =
        tx.sql(
              "SELECT m.link, m.step, m.round, m.attempts, s.connector, s.reminders, s.remind_after, "
              "s.survey, "
              "s.channel, a.sealed, l.expires, COALESCE(r.state, 0), v.state, s.spec, l.revoked FROM "
              "survey_messages m "
              "JOIN survey_rounds s ON s.id = m.round JOIN survey_asks a ON a.link = m.link "
              "JOIN survey_links l ON l.id = m.link JOIN surveys v ON v.id = s.survey "
              "LEFT JOIN survey_responses r ON r.link = m.link "
              "WHERE m.state = 0 AND m.due <= $1 ORDER BY m.due, m.link LIMIT $2")
            .bind(1, now)
            .bind(2, static_cast<std::int64_t>(kAtOnce));
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      Due one{.link = {row.u64(0)},
              .step = row.u64(1),
              .round = row.u64(2),
              .connector = row.u64(4),
              .attempts = row.u64(3),
              .reminders = row.u64(5),
              .remind_after = {row.i64(6)},
              .survey = {row.u64(7)},
              .channel = std::string(row.text(8)),
              .sealed = std::string(row.blob(9)),
              .spec = std::string(row.text(13)),
              .expires = {row.i64(10)}};
      one.over = (one.expires.ms != 0 && one.expires <= now) || row.i64(11) != 0 ||
                 static_cast<SurveyState>(row.i64(12)) != SurveyState::kOpen || row.i64(14) != 0 ||
                 one.sealed.empty();
      out.push_back(std::move(one));
    }
  }));
  return out;
}

Result<Postman::Letter> RoundPost::letter_of(const Due& due) {
  const std::string context = "survey_ask/" + due.link.str();
  CX_TRY(const std::string opened, crypto::open(parts_.surveys.parts_.key, due.sealed, context));
  boost::system::error_code bad;
  const json::value needed = json::parse(opened, bad);
  if (bad || !needed.is_object()) return fail(Code::kBadRecord, "{}", context);
  const json::value spec = json::parse(due.spec, bad);
  if (bad || !spec.is_object()) return fail(Code::kBadRecord, "survey_rounds.spec");
  CX_TRY(const SurveyHead head, parts_.surveys.find(Grant::owner(), due.survey));
  const auto tongue = tongue_in(needed.get_object());
  Message message = message_of(spec.get_object(), tongue);
  if (message.subject.empty()) message.subject = head.title.in(tongue.value_or(Tongue::kZh));
  if (message.text.empty()) message.text = default_text(head.title, due.step > 0, tongue);
  Postman::Letter out{.id = fmt::format("survey-{}-{}", due.link.str(), due.step),
                      .channel = due.channel,
                      .to = text_of(needed.get_object(), "address"),
                      .subject = std::move(message.subject),
                      .text = std::move(message.text),
                      .link = parts_.public_url + "/s/" + text_of(needed.get_object(), "token")};
  // The page opens in the language of the message, whatever the telephone is set to.
  if (tongue) out.link += fmt::format("?lang={}", to_string(*tongue));
  auto values = values_of(needed.get_object());
  values["link"] = out.link;
  out.subject = pipe(out.subject, values);
  out.text = pipe(out.text, values);
  return out;
}

Result<void> RoundPost::settle(const Due& due, std::int64_t state, std::string_view error, bool more) {
  const Instant now = parts_.clock.now();
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE survey_messages SET state = $3, error = $4, at = $5, attempts = attempts + 1 "
                  "WHERE link = $1 AND step = $2 AND state = 0")
               .bind(1, due.link)
               .bind(2, due.step)
               .bind(3, state)
               .bind(4, error)
               .bind(5, now)
               .run());
    if (more) {
      CX_TRY(tx.sql("INSERT INTO survey_messages (link, step, round, due, state, attempts, error, at) VALUES "
                    "($1, "
                    "$2, $3, $4, 0, 0, '', 0) ON CONFLICT (link, step) DO NOTHING")
                 .bind(1, due.link)
                 .bind(2, due.step + 1)
                 .bind(3, due.round)
                 .bind(4, now + due.remind_after)
                 .run());
      return {};
    }
    CX_TRY(tx.sql("UPDATE survey_asks SET sealed = $2 WHERE link = $1")
               .bind(1, due.link)
               .bind(2, ledger::Blob{""})
               .run());
    return {};
  });
}

Result<void> RoundPost::sent(const Due& due) {
  const Instant next = parts_.clock.now() + due.remind_after;
  const bool more = due.step < due.reminders && (due.expires.ms == 0 || next < due.expires);
  return settle(due, kSent, "", more);
}

Result<void> RoundPost::failed(const Due& due, const Error& why) {
  const bool final =
      why.code == Code::kConnectorRefused || why.code == Code::kBadField || due.attempts + 1 >= kAttemptsMax;
  if (final) return settle(due, kGivenUp, info(why.code).id, false);
  const Millis wait{std::min(kWaitMost.value, kWaitFirst.value << std::min<std::uint64_t>(due.attempts, 20))};
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE survey_messages SET attempts = attempts + 1, error = $3, due = $4, at = $5 "
                  "WHERE link = $1 AND step = $2 AND state = 0")
               .bind(1, due.link)
               .bind(2, due.step)
               .bind(3, info(why.code).id)
               .bind(4, parts_.clock.now() + wait)
               .bind(5, parts_.clock.now())
               .run());
    return {};
  });
}

/// False: it was not sent.
Result<bool> RoundPost::send(const Due& due) {
  if (due.over) {
    CX_TRY(settle(due, kNotNeeded, "", false));
    return false;
  }
  const auto letter = letter_of(due);
  const Result<void> written =
      letter ? parts_.postman.write(due.connector, *letter) : std::unexpected(letter.error());
  if (!written) {
    CX_TRY(failed(due, written.error()));
    return false;
  }
  CX_TRY(sent(due));
  return true;
}

Result<std::size_t> RoundPost::send_due() {
  std::size_t out = 0;
  for (;;) {
    CX_TRY(const auto waiting, due());
    for (const Due& one : waiting) {
      {
        const std::lock_guard lock(mutex_);
        if (stopping_) return out;
      }
      CX_TRY(const bool left, send(one));
      out += left ? 1 : 0;
    }
    if (waiting.size() < kAtOnce) return out;
  }
}

}  // namespace zhike::feedback
