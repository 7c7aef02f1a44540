// A day's file is a row of sealed rejects; the index knows where each begins and how long it is. Bytes that
// no index entry names (of an append whose block did not finish) are waste, not damage.
#include "ingest/quarantine.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "base/encoding.h"
#include "base/file.h"
#include "event/codec.h"
#include "ingest/classify.h"
#include "ingest/detect.h"
#include "ingest/record.h"
#include "ingest/segment.h"

namespace zhike::ingest {
namespace {

constexpr std::string_view kSealContext = "quarantine";
// Which of a filter's conditions hold is decided in SQL, so that one text serves all.
constexpr std::string_view kWhere =
    " FROM quarantine WHERE state = $1 AND ($2 < 0 OR reason = $2) AND ($3 < 0 OR source = $3) "
    "AND received >= $4 AND received < $5 AND ($6 = '' OR name = $6) AND ($7 = '' OR name LIKE $7 ESCAPE '!' "
    "OR "
    "detail LIKE $7 ESCAPE '!' OR origin LIKE $7 ESCAPE '!')";

/// Of a text that may stand anywhere.
std::string like(std::string_view text) {
  if (text.empty()) return {};
  std::string out = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') out.push_back('!');
    out.push_back(c);
  }
  return out + "%";
}

void bind_filter(ledger::Statement& s, const QuarantineFilter& f) {
  s.bind(1, static_cast<std::int64_t>(f.state));
  s.bind(2, f.reason ? static_cast<std::int64_t>(*f.reason) : std::int64_t{-1});
  s.bind(3, f.source ? static_cast<std::int64_t>(f.source->value) : std::int64_t{-1});
  s.bind(4, f.from ? f.from->ms : std::int64_t{0});
  s.bind(5, f.to ? f.to->ms : INT64_MAX);
  s.bind(6, f.name);
  s.bind(7, like(f.text));
}

bool fits(const QuarantineFilter& f, const QuarantineEntry& e, std::int64_t state) {
  return state == static_cast<std::int64_t>(f.state) && (!f.reason || e.reason == *f.reason) &&
         (!f.source || e.source == *f.source) && (!f.from || e.received_at >= *f.from) &&
         (!f.to || e.received_at < *f.to);
}

/// The input as a person can read it: of an event that was parsed already, its parts as JSON, masked.
std::string readable(const Reject& reject) {
  if (reject.form != Form::kEvent) return reject.raw;
  const auto events = decode(reject.raw);
  if (!events || events->empty()) return {};
  const RawEvent& e = events->front();
  const auto object = [&](const Properties& all, bool are_traits) {
    boost::json::object out;
    for (const Property& p : all) {
      const KeyClass is = classify_key(p.key, are_traits);
      const std::string text = zhike::to_string(p.value);
      if (is_sensitive(is)) {
        out[p.key] = mask(is, text);
      } else if (std::holds_alternative<std::string>(p.value)) {
        out[p.key] = scrub(text);
      } else {  // numbers and booleans read the same in JSON
        boost::system::error_code wrong;
        out[p.key] = boost::json::parse(text.empty() ? "null" : text, wrong);
      }
    }
    return out;
  };
  boost::json::object out{{"type", to_string(e.type)}, {"event", scrub(e.name)}};
  if (!e.properties.empty()) out["properties"] = object(e.properties, false);
  if (!e.traits.empty()) out["traits"] = object(e.traits, true);
  out["timestamp"] = format_utc(e.occurred_at);
  return boost::json::serialize(out);
}

constexpr std::string_view kColumns =
    "SELECT id, source, reason, received, detail, origin, day, place, bytes, state, name, note";

}  // namespace

std::string message_id_of(const Reject& reject) {
  switch (reject.form) {
    case Form::kSegment:
      return SegmentParser::message_id_of(reject.raw);
    case Form::kEvent: {
      const auto events = decode(reject.raw);
      return events && !events->empty() ? events->front().message_id : std::string{};
    }
    case Form::kCsv:
    case Form::kSensors:  // its id is made of all of the record
    case Form::kMapped:
      break;
  }
  return {};
}

std::string name_of(const Reject& reject) {
  if (reject.form == Form::kEvent) {
    const auto events = decode(reject.raw);
    return events && !events->empty() ? events->front().name : std::string{};
  }
  if (reject.form == Form::kCsv) return {};
  boost::system::error_code wrong;
  const boost::json::value parsed = boost::json::parse(reject.raw, wrong);
  if (wrong || !parsed.is_object()) return {};
  for (const std::string_view key : {"event", "name"})
    if (const auto* name = parsed.as_object().if_contains(key); name != nullptr && name->is_string())
      return std::string(name->as_string());
  return {};
}

std::filesystem::path Quarantine::file_of(std::int32_t day) const {
  return folder_ / fmt::format("{:06}.quarantine", day);
}

SealedReject Quarantine::seal(const Reject& reject) const {
  return {reject.source,
          reject.reason,
          reject.received_at,
          reject.detail,
          reject.origin,
          crypto::seal(keys_.day(utc_day(reject.received_at)), encode_reject(reject), kSealContext),
          scrub(to_valid_utf8(name_of(reject)).substr(0, EventLimits::kNameMax))};
}

Result<std::vector<Quarantine::Place>> Quarantine::append(std::span<const SealedReject> rejects) {
  std::vector<Place> places(rejects.size());
  std::map<std::int32_t, std::vector<std::size_t>> by_day;
  for (std::size_t i = 0; i < rejects.size(); ++i) by_day[utc_day(rejects[i].received_at)].push_back(i);
  for (const auto& [day, all] : by_day) {
    const std::filesystem::path path = file_of(day);
    std::error_code wrong;
    std::filesystem::create_directories(folder_, wrong);
    const bool is_new = !std::filesystem::exists(path, wrong);
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!fd.is_open()) return std::unexpected(file_error("open", path, errno));
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0) return std::unexpected(file_error("look at", path, errno));
    auto at = static_cast<std::uint64_t>(info.st_size);
    std::string bytes;
    for (const std::size_t i : all) {
      places[i] = {day, at, 0};
      if (at + rejects[i].sealed.size() > kDayBytesMax) continue;
      places[i].bytes = rejects[i].sealed.size();
      bytes += rejects[i].sealed;
      at += rejects[i].sealed.size();
    }
    CX_TRY(write_all(fd.get(), bytes, path));
    if (::fsync(fd.get()) != 0) return std::unexpected(file_error("sync", path, errno));
    if (is_new) CX_TRY(sync_folder(folder_));
  }
  return places;
}

Result<void> Quarantine::index(ledger::Tx& tx, BlockId block, std::span<const SealedReject> rejects,
                               std::span<const Place> places) {
  for (std::size_t i = 0; i < rejects.size(); ++i) {
    const SealedReject& r = rejects[i];
    CX_TRY(tx.sql("INSERT INTO quarantine (id, source, reason, received, detail, origin, day, place, bytes, "
                  "state, changed, name) "
                  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $4, $10) ON CONFLICT (id) DO NOTHING")
               .bind(1, (block.value << 20) + i)
               .bind(2, r.source)
               .bind(3, static_cast<std::int64_t>(r.reason))
               .bind(4, r.received_at)
               .bind(5, r.detail)
               .bind(6, r.origin)
               .bind(7, static_cast<std::int64_t>(places[i].day))
               .bind(8, places[i].at)
               .bind(9, places[i].bytes)
               .bind(10, r.name)
               .run());
  }
  return {};
}

Result<std::vector<Quarantine::Indexed>> Quarantine::find(const QuarantineFilter& filter,
                                                          std::uint64_t before, std::size_t count) {
  std::vector<Indexed> out;
  const auto take = [&](ledger::Statement& s) {
    Indexed found;
    found.entry = {s.u64(0),
                   {s.u64(1)},
                   static_cast<Reason>(s.i64(2)),
                   {s.i64(3)},
                   std::string(s.text(4)),
                   std::string(s.text(5)),
                   s.u64(8) > 0,
                   {},
                   {},
                   std::string(s.text(10)),
                   static_cast<QuarantineState>(s.i64(9)),
                   std::string(s.text(11))};
    found.place = {static_cast<std::int32_t>(s.i64(6)), s.u64(7), s.u64(8)};
    if (fits(filter, found.entry, s.i64(9))) out.push_back(std::move(found));
  };
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    if (!filter.ids.empty()) {
      for (const std::uint64_t id : filter.ids) {
        ledger::Statement& s = tx.sql(std::string(kColumns) + " FROM quarantine WHERE id = $1").bind(1, id);
        CX_TRY(const bool found, s.step());
        if (found && (before == 0 || id < before)) take(s);
        if (out.size() == count) return {};
      }
      return {};
    }
    ledger::Statement& s =
        tx.sql(std::string(kColumns) + std::string(kWhere) + " AND id < $8 ORDER BY id DESC LIMIT $9");
    bind_filter(s, filter);
    s.bind(8, before == 0 ? INT64_MAX : static_cast<std::int64_t>(before))
        .bind(9, static_cast<std::int64_t>(count));
    for (;;) {
      CX_TRY(const bool found, s.step());
      if (!found) return {};
      take(s);
    }
  }));
  return out;
}

Result<Reject> Quarantine::open_at(const Place& place) const {
  if (place.bytes == 0)
    return fail(Code::kNotReplayable,
                "the input was not kept: the day's limit of the quarantine was reached");
  const std::filesystem::path path = file_of(place.day);
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::unexpected(file_error("open", path, errno));
  std::string bytes(place.bytes, '\0');
  const ssize_t got = ::pread(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(place.at));
  if (got < 0) return std::unexpected(file_error("read", path, errno));
  bytes.resize(static_cast<std::size_t>(got));
  CX_TRY(const std::string plain, crypto::open(keys_.day(place.day), bytes, kSealContext));
  return decode_reject(plain);
}

Result<std::vector<QuarantineEntry>> Quarantine::list(const QuarantineFilter& filter, std::uint64_t before,
                                                      std::size_t count) {
  CX_TRY(std::vector<Indexed> found, find(filter, before, count));
  std::vector<QuarantineEntry> out;
  for (Indexed& item : found) {
    if (const auto reject = open_at(item.place)) {
      const std::string head = readable(*reject).substr(0, kPreviewMax * 4);
      item.entry.preview = to_valid_utf8(scrub(to_valid_utf8(head)).substr(0, kPreviewMax));
      item.entry.message_id =
          to_valid_utf8(scrub(to_valid_utf8(message_id_of(*reject))).substr(0, kPreviewMax));
    }
    out.push_back(std::move(item.entry));
  }
  return out;
}

Result<std::uint64_t> Quarantine::count(const QuarantineFilter& filter) {
  if (!filter.ids.empty()) {
    CX_TRY(const auto found, find(filter, 0, filter.ids.size()));
    return found.size();
  }
  std::uint64_t n = 0;
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql("SELECT COUNT(*)" + std::string(kWhere));
    bind_filter(s, filter);
    CX_TRY(s.step());
    n = s.u64(0);
    return {};
  }));
  return n;
}

Result<Reject> Quarantine::read(std::uint64_t id) {
  for (const auto state : {QuarantineState::kOpen, QuarantineState::kReplayed, QuarantineState::kDiscarded}) {
    QuarantineFilter filter;
    filter.ids = {id};
    filter.state = state;
    CX_TRY(const auto found, find(filter, 0, 1));
    if (!found.empty()) return open_at(found.front().place);
  }
  return fail(Code::kNotReplayable, "no entry {}", id);
}

Result<void> Quarantine::mark(std::span<const std::uint64_t> ids, QuarantineState state,
                              std::string_view note) {
  return ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    for (const std::uint64_t id : ids)
      CX_TRY(tx.sql("UPDATE quarantine SET state = $2, changed = $3, note = $4 WHERE id = $1 AND state = 0")
                 .bind(1, id)
                 .bind(2, static_cast<std::int64_t>(state))
                 .bind(3, clock_.now())
                 .bind(4, note)
                 .run());
    return {};
  });
}

Quarantine::Read Quarantine::read_again(const Indexed& item, const Intake& intake, const Sources& sources,
                                        const Reparse& reparse, const Fix* fix) const {
  Read out;
  const auto stay = [&](const Error& why) {
    out.problem = why.detail.empty() ? std::string(info(why.code).text_en) : why.detail;
    return std::move(out);
  };
  auto reject = open_at(item.place);
  if (!reject) return stay(reject.error());
  auto source = sources.find(item.entry.source);
  if (!source) return stay(source.error());
  out.before = reject->raw;
  if (fix != nullptr) {
    reject = fix->apply(*std::move(reject));
    if (!reject) return stay(reject.error());
  }
  out.after = reject->raw;
  auto parsed = reparse(*reject, fmt::format("replay:{}", item.entry.id));
  if (!parsed) return stay(parsed.error());
  intake.stamp(*source, *parsed);
  if (!parsed->rejects.empty()) return stay(Error{Code::kNotReplayable, parsed->rejects.front().detail});
  if (parsed->events.empty() && parsed->items.empty())
    return stay(Error{Code::kNotReplayable, "nothing in it"});
  out.source = *std::move(source);
  out.parsed = *std::move(parsed);
  return out;
}

Result<std::vector<FixPreview>> Quarantine::preview(const QuarantineFilter& filter, std::size_t count,
                                                    const Intake& intake, const Sources& sources,
                                                    const Reparse& reparse, const Fix& fix) {
  const auto shown = [](const Reject& as, const std::string& raw) {
    Reject one = as;
    one.raw = raw;
    return to_valid_utf8(
        scrub(to_valid_utf8(readable(one).substr(0, kPreviewMax * 8))).substr(0, kPreviewMax * 4));
  };
  CX_TRY(const std::vector<Indexed> found, find(filter, 0, count));
  std::vector<FixPreview> out;
  for (const Indexed& item : found) {
    const Read read = read_again(item, intake, sources, reparse, &fix);
    Reject form;
    if (const auto reject = open_at(item.place)) form.form = reject->form;
    out.push_back({item.entry.id, shown(form, read.before), shown(form, read.after), read.source.has_value(),
                   scrub(read.problem)});
  }
  return out;
}

Result<void> Quarantine::note_fix(UserId author, const Fix& fix, const ReplayOutcome& outcome) {
  return ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    CX_TRY(tx.sql("INSERT INTO fixes (id, at, author, body, matched, replayed, still) SELECT "
                  "COALESCE(MAX(id), 0) "
                  "+ 1, $1, $2, $3, $4, $5, $6 FROM fixes")
               .bind(1, clock_.now())
               .bind(2, author)
               .bind(3, fix.body())
               .bind(4, outcome.replayed + outcome.still_quarantined)
               .bind(5, outcome.replayed)
               .bind(6, outcome.still_quarantined)
               .run());
    return {};
  });
}

Result<std::vector<Quarantine::Applied>> Quarantine::fixes(std::size_t count) {
  std::vector<Applied> out;
  CX_TRY(ledger_.read([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s =
        tx.sql("SELECT id, at, author, body, matched, replayed, still FROM fixes ORDER BY id DESC LIMIT $1");
    s.bind(1, static_cast<std::uint64_t>(count));
    for (;;) {
      CX_TRY(const bool more, s.step());
      if (!more) return {};
      out.push_back({s.u64(0), {s.i64(1)}, {s.u64(2)}, std::string(s.text(3)), s.u64(4), s.u64(5), s.u64(6)});
    }
  }));
  return out;
}

Result<ReplayOutcome> Quarantine::replay(const QuarantineFilter& filter, Intake& intake,
                                         const Sources& sources, const Reparse& reparse, const Fix* fix) {
  constexpr std::size_t kAtOnce =
      200;  // entries of a source in one record: one by one the disk would set the pace
  struct Held {
    Source source;
    Parsed parsed;
    std::vector<std::uint64_t> ids;
  };
  ReplayOutcome outcome;
  const auto hand_on = [&](Held& held) -> Result<void> {
    if (held.ids.empty()) return {};
    CX_TRY(intake.accept(held.source, std::exchange(held.parsed, {})));
    CX_TRY(mark(held.ids, QuarantineState::kReplayed));
    outcome.replayed += held.ids.size();
    outcome.still_quarantined -= held.ids.size();
    held.ids.clear();
    return {};
  };
  CX_TRY(const std::vector<Indexed> found, find(filter, 0, kReplayMax));
  std::map<SourceId, Held> by_source;
  for (const Indexed& item : found) {
    ++outcome.still_quarantined;
    Read read = read_again(item, intake, sources, reparse, fix);
    if (!read.source) continue;
    Held& held = by_source[read.source->id];
    held.source = *std::move(read.source);
    held.parsed.is_stamped = true;
    std::ranges::move(read.parsed.events, std::back_inserter(held.parsed.events));
    std::ranges::move(read.parsed.items, std::back_inserter(held.parsed.items));
    held.ids.push_back(item.entry.id);
    if (held.ids.size() >= kAtOnce) CX_TRY(hand_on(held));
  }
  for (auto& [source, held] : by_source) CX_TRY(hand_on(held));
  return outcome;
}

Result<std::uint64_t> Quarantine::discard(const QuarantineFilter& filter, std::string_view note) {
  std::uint64_t discarded = 0;
  for (;;) {
    CX_TRY(const std::vector<Indexed> found, find(filter, 0, kReplayMax));
    if (found.empty()) return discarded;
    std::vector<std::uint64_t> ids;
    for (const Indexed& item : found) ids.push_back(item.entry.id);
    CX_TRY(mark(ids, QuarantineState::kDiscarded, note));
    discarded += ids.size();
  }
}

Result<std::uint64_t> Quarantine::drop_before(Instant before) {
  const std::int32_t first_kept = utc_day(before);
  std::uint64_t open = 0;
  CX_TRY(ledger_.write([&](ledger::Tx& tx) -> Result<void> {
    ledger::Statement& s = tx.sql("SELECT COUNT(*) FROM quarantine WHERE day < $1 AND state = 0")
                               .bind(1, static_cast<std::int64_t>(first_kept));
    CX_TRY(s.step());
    open = s.u64(0);
    CX_TRY(
        tx.sql("DELETE FROM quarantine WHERE day < $1").bind(1, static_cast<std::int64_t>(first_kept)).run());
    return {};
  }));
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".quarantine") && std::atoi(name.c_str()) < first_kept)
      std::filesystem::remove(entry.path(), ignored);
  }
  return open;
}

}  // namespace zhike::ingest
