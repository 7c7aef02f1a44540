#include "reputation/burst_messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/log.h"
#include "base/thread.h"

namespace zhike::reputation {
namespace {

constexpr std::size_t kAtOnce = 20;
constexpr Millis kWaitFirst = minutes(1), kWaitMost = hours(6);
constexpr std::array<std::string_view, 3> kStates{"waiting", "sent", "given_up"};

Result<void> demand(const Grant& grant, Permission needed) {
  if (grant.may(needed)) return {};
  return fail(Code::kPermissionMissing, "{}", to_string(needed));
}

/// "2026-03-02 10:00", by the clock of the zone.
std::string local_text(Instant at, const Zone& zone) {
  std::string out = format_utc({zone.to_local_ms(at)}).substr(0, 16);
  std::ranges::replace(out, 'T', ' ');
  return out;
}

}  // namespace

std::string_view to_string(BurstMessageState state) noexcept {
  return kStates[static_cast<std::size_t>(state)];
}

void BurstMessages::start() {
  thread_ = std::thread([this] {
    name_thread("bursts");
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      called_ = false;
      lock.unlock();
      if (const auto done = look(); !done) log::error("bursts_not_looked_for", done.error());
      if (const auto done = send_due(); !done) log::error("burst_messages_not_sent", done.error());
      lock.lock();
      changed_.wait_for(lock, std::chrono::milliseconds(kStep.value),
                        [this] { return stopping_ || called_; });
    }
  });
}

void BurstMessages::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<std::optional<BurstRecipient>> BurstMessages::read_recipient() {
  std::optional<BurstRecipient> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.reset();
    ledger::Statement& row =
        tx.sql("SELECT connector, recipient, language, negative_only, since FROM burst_recipients");
    CX_TRY(const bool there, row.step());
    if (!there) return {};
    out = BurstRecipient{.connector = row.u64(0),
                         .to = std::string(row.text(1)),
                         .language = std::string(row.text(2)),
                         .negative_only = row.i64(3) != 0,
                         .since = {row.i64(4)}};
    return {};
  }));
  return out;
}

Result<std::optional<BurstRecipient>> BurstMessages::recipient(const Grant& grant) {
  CX_TRY(demand(grant, Permission::kViewMetrics));
  CX_TRY(auto out, read_recipient());
  if (out && !grant.may(Permission::kManageData)) out->to.clear();
  return out;
}

Result<void> BurstMessages::put(const Grant& grant, const std::optional<BurstRecipient>& wanted) {
  CX_TRY(demand(grant, Permission::kManageData));
  // A message counts posts of all units.
  if (!grant.all_units) return fail(Code::kPermissionMissing, "all units");
  if (wanted) {
    if (wanted->language != "zh" && wanted->language != "en")
      return fail(Code::kBadField, "'language': zh or en");
    const bool has_control =
        std::ranges::any_of(wanted->to, [](char c) { return static_cast<unsigned char>(c) < ' '; });
    if (wanted->to.size() > kToBytesMax || has_control)
      return fail(Code::kBadField, "'to': an address of up to {} bytes", kToBytesMax);
    CX_TRY(parts_.check_connector(wanted->connector));
  }
  const Instant now = parts_.clock.now();
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("DELETE FROM burst_recipients").run());
    if (wanted) {
      CX_TRY(tx.sql("INSERT INTO burst_recipients (id, connector, recipient, language, negative_only, since) "
                    "VALUES (1, $1, $2, $3, $4, $5)")
                 .bind(1, wanted->connector)
                 .bind(2, wanted->to)
                 .bind(3, wanted->language)
                 .bind(4, wanted->negative_only)
                 .bind(5, now)
                 .run());
    }
    // What still waits was meant for whoever was named before.
    CX_TRY(tx.sql("UPDATE burst_messages SET state = 2 WHERE state = 0").run());
    // The address is personal and stays out of the audit.
    return parts_.audit.append(
        tx, {.seq = 0,
             .at = now,
             .actor = grant.user,
             .action = "burst_recipient_changed",
             .target = "burst_recipient",
             .detail = wanted ? fmt::format("connector/{}", wanted->connector) : "nobody"});
  }));
  {
    const std::lock_guard lock(mutex_);
    called_ = true;
  }
  changed_.notify_all();
  return {};
}

Result<std::vector<BurstMessage>> BurstMessages::read(std::string_view where, std::int64_t value) {
  std::vector<BurstMessage> out;
  CX_TRY(parts_.ledger.read([&](ledger::Tx& tx) -> Result<void> {
    out.clear();
    const std::string sql = fmt::format(
        "SELECT id, brand, negative, begins, ends, noticed, mentions, expected, state, attempts, error, sent "
        "FROM burst_messages {}",
        where);
    ledger::Statement& row = tx.sql(sql).bind(1, value);
    for (;;) {
      CX_TRY(const bool more, row.step());
      if (!more) return {};
      BurstMessage one{.id = row.u64(0),
                       .brand = std::string(row.text(1)),
                       .of_negative = row.i64(2) != 0,
                       .from = {row.i64(3)},
                       .to = {row.i64(4)},
                       .noticed = {row.i64(5)},
                       .mentions = row.u64(6),
                       .expected = row.real(7),
                       .state = static_cast<BurstMessageState>(row.i64(8)),
                       .attempts = row.u64(9),
                       .error = std::string(row.text(10))};
      if (row.i64(11) != 0) one.sent = Instant{row.i64(11)};
      out.push_back(std::move(one));
    }
  }));
  return out;
}

Result<std::vector<BurstMessage>> BurstMessages::list(const Grant& grant) {
  CX_TRY(demand(grant, Permission::kViewMetrics));
  if (!grant.all_units) return std::vector<BurstMessage>{};
  return read("ORDER BY id DESC LIMIT $1", static_cast<std::int64_t>(kListMax));
}

Result<std::size_t> BurstMessages::look() {
  const std::lock_guard turn(working_);
  CX_TRY(const auto to, read_recipient());
  if (!to) return std::size_t{0};
  const Instant since = std::max(to->since, parts_.clock.now() - kFresh);
  CX_TRY(auto found, parts_.bursts(since));
  // Oldest first, so that what grew is met before what it grew into.
  std::ranges::sort(found, {}, [](const FoundBurst& one) { return one.burst.from; });
  std::size_t out = 0;
  for (const FoundBurst& one : found) {
    if (one.burst.noticed < since || (to->negative_only && !one.burst.of_negative)) continue;
    CX_TRY(const bool is_new, note(one));
    out += is_new ? 1 : 0;
  }
  return out;
}

/// False: it was known.
Result<bool> BurstMessages::note(const FoundBurst& found) {
  bool is_new = false;
  const BrandBurst& burst = found.burst;
  CX_TRY(parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& known =
        tx.sql(
              "SELECT id, begins, ends, mentions FROM burst_messages WHERE brand = $1 AND begins <= $3 AND "
              "ends >= $2 ORDER BY id DESC LIMIT 1")
            .bind(1, found.brand)
            .bind(2, burst.from)
            .bind(3, burst.to);
    CX_TRY(const bool there, known.step());
    is_new = !there;
    if (there) {
      const std::uint64_t id = known.u64(0), mentions = known.u64(3);
      const std::int64_t begins = known.i64(1), ends = known.i64(2);
      CX_TRY(tx.sql("UPDATE burst_messages SET begins = $2, ends = $3, mentions = $4 WHERE id = $1")
                 .bind(1, id)
                 .bind(2, std::min(burst.from.ms, begins))
                 .bind(3, std::max(burst.to.ms, ends))
                 .bind(4, std::max(burst.mentions, mentions))
                 .run());
      return {};
    }
    ledger::Statement& newest = tx.sql("SELECT COALESCE(MAX(id), 0) FROM burst_messages");
    CX_TRY(newest.step());
    CX_TRY(tx.sql("INSERT INTO burst_messages (id, brand, negative, begins, ends, noticed, mentions, "
                  "expected, state, attempts, due, error, sent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, "
                  "0, $9, '', 0)")
               .bind(1, newest.u64(0) + 1)
               .bind(2, found.brand)
               .bind(3, burst.of_negative)
               .bind(4, burst.from)
               .bind(5, burst.to)
               .bind(6, burst.noticed)
               .bind(7, burst.mentions)
               .bind(8, burst.expected)
               .bind(9, parts_.clock.now())
               .run());
    return {};
  }));
  return is_new;
}

feedback::Postman::Letter BurstMessages::letter_of(const BurstMessage& message,
                                                   const BurstRecipient& to) const {
  std::string name = parts_.name_of(message.brand, to.language);
  if (name.empty()) name = message.brand;
  const std::string from = local_text(message.from, parts_.zone);
  const std::string until = local_text(message.to, parts_.zone);
  feedback::Postman::Letter out{.id = fmt::format("burst-{}", message.id),
                                .channel = "email",
                                .to = to.to,
                                .subject = {},
                                .text = {},
                                .link = {}};
  if (!parts_.public_url.empty()) out.link = parts_.public_url + "/reputation?view=bursts";
  if (to.language == "zh") {
    out.subject = fmt::format("{}：{}声量爆发", name, message.of_negative ? "负面" : "");
    out.text =
        fmt::format("{} 至 {}（{}），{} {} 条{}提及，预期约 {:.1f} 条。\n", from, until, parts_.zone.name(),
                    name, message.mentions, message.of_negative ? "负面" : "", message.expected);
  } else {
    out.subject = fmt::format("{}: burst of {}posts", name, message.of_negative ? "negative " : "");
    out.text = fmt::format("From {} to {} ({}), {} {}mentions of {}, where about {:.1f} were expected.\n",
                           from, until, parts_.zone.name(), message.mentions,
                           message.of_negative ? "negative " : "", name, message.expected);
  }
  if (!out.link.empty()) out.text += out.link + "\n";
  return out;
}

Result<void> BurstMessages::settle(const BurstMessage& message, const Result<void>& outcome) {
  const Instant now = parts_.clock.now();
  std::int64_t state = 1;
  std::string error;
  Instant due = now;
  if (!outcome) {
    const Code why = outcome.error().code;
    const bool is_final =
        why == Code::kConnectorRefused || why == Code::kBadField || message.attempts + 1 >= kAttemptsMax;
    state = is_final ? 2 : 0;
    error = info(why).id;
    due = now + Millis{std::min(kWaitMost.value,
                                kWaitFirst.value << std::min<std::uint64_t>(message.attempts, 20))};
  }
  return parts_.ledger.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("UPDATE burst_messages SET state = $2, attempts = attempts + 1, error = $3, due = $4, sent "
                  "= $5 WHERE id = $1 AND state = 0")
               .bind(1, message.id)
               .bind(2, state)
               .bind(3, error)
               .bind(4, due)
               .bind(5, state == 1 ? now.ms : std::int64_t{0})
               .run());
    return {};
  });
}

Result<std::size_t> BurstMessages::send_due() {
  const std::lock_guard turn(working_);
  CX_TRY(const auto to, read_recipient());
  if (!to) return std::size_t{0};
  CX_TRY(const auto due, read(fmt::format("WHERE state = 0 AND due <= $1 ORDER BY id LIMIT {}", kAtOnce),
                              parts_.clock.now().ms));
  std::size_t out = 0;
  for (const BurstMessage& one : due) {
    const auto outcome = parts_.postman->write(to->connector, letter_of(one, *to));
    out += outcome ? 1 : 0;
    CX_TRY(settle(one, outcome));
  }
  return out;
}

}  // namespace zhike::reputation
