#include "journey/case_stream.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string_view>
#include <tuple>

#include "journey/cases.h"
#include "journey/customer_rows.h"
#include "journey/reaches.h"
#include "journey/sql.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kKindsMax = 1 << 22;

/// An event in 40 bytes.
struct Kept {
  std::uint64_t customer = 0;
  std::int64_t ms = 0;
  std::uint64_t event_id = 0, matter = 0;
  std::uint32_t kind = 0;  // and in the highest bit, whether it is an answer
  float answer = 0;

  static constexpr std::array<std::string_view, 7> kColumns{"UInt64", "Int64", "UInt64", "UInt64",
                                                            "UInt32", "UInt8", "Float32"};
  static constexpr std::uint32_t kIsAnswer = 1U << 31U;
  friend bool operator<(const Kept& a, const Kept& b) {
    return std::tie(a.customer, a.ms, a.event_id) < std::tie(b.customer, b.ms, b.event_id);
  }
};

}  // namespace

std::uint32_t CaseKinds::number(std::string_view name) const {
  const auto at = std::ranges::lower_bound(names, name);
  return at != names.end() && *at == name ? static_cast<std::uint32_t>(at - names.begin()) : 0;
}

CaseKinds case_kinds(std::span<const NamedKind> listed, const Definition& definition) {
  CaseKinds out;
  std::set<std::string_view> names{""};
  for (const NamedKind& one : listed)
    for (const std::string* name : {&one.name, &one.touchpoint, &one.channel, &one.stage})
      names.insert(*name);
  out.names.assign(names.begin(), names.end());
  const auto among = [](const std::vector<std::string>& places, const std::string& place) {
    return std::ranges::find(places, place) != places.end();
  };
  for (const NamedKind& one : listed) {
    if (out.kinds.size() <= one.kind) out.kinds.resize(one.kind + 1);
    out.kinds[one.kind] = {.name = out.number(one.name),
                           .touchpoint = out.number(one.touchpoint),
                           .channel = out.number(one.channel),
                           .stage = out.number(one.stage),
                           .is_failure = one.is_failure,
                           .is_start = among(definition.starts, one.touchpoint),
                           .is_end = among(definition.ends, one.touchpoint)};
  }
  return out;
}

CaseCutter::CaseCutter(const CaseKinds& kinds, const Definition& definition)
    : kinds_(kinds), pause_ms_(pause_of(definition)), has_starts_(!definition.starts.empty()) {}

void CaseCutter::cut(std::uint64_t customer, std::span<const CaseEvent> events, const EachCase& each) {
  reaches_.clear();
  for (const CaseEvent& event : events) reaches_.add(event.matter, event.ms);
  reaches_.settle();
  std::int64_t reached = std::numeric_limits<std::int64_t>::min();
  std::size_t from = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i > from && events[i].ms - reached > pause_ms_) {
      cut_run(customer, events.subspan(from, i - from), each);
      from = i;
    }
    reached = std::max(reached, reaches_.of(events[i].matter, events[i].ms));
  }
  cut_run(customer, events.subspan(from), each);
}

/// A step after one of the ends begins another case; answers after it belong to the one before.
void CaseCutter::cut_run(std::uint64_t customer, std::span<const CaseEvent> run, const EachCase& each) const {
  bool has_ended = false;
  std::size_t from = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (run[i].is_answer) continue;
    if (has_ended) {
      give(customer, run.subspan(from, i - from), each);
      from = i;
    }
    has_ended = kinds_.of(run[i]).is_end;
  }
  give(customer, run.subspan(from), each);
}

void CaseCutter::give(std::uint64_t customer, std::span<const CaseEvent> piece, const EachCase& each) const {
  if (has_starts_) {
    const auto start = std::ranges::find_if(
        piece, [&](const CaseEvent& event) { return !event.is_answer && kinds_.of(event).is_start; });
    piece = piece.subspan(static_cast<std::size_t>(start - piece.begin()));
  }
  if (std::ranges::any_of(piece, [](const CaseEvent& event) { return !event.is_answer; }))
    each(customer, piece);
}

Result<CaseStream> CaseStream::open(warehouse::Client& client, const Grant& grant,
                                    const query::Filter& filter, const Definition& definition,
                                    std::string_view instrument) {
  CX_TRY(query::Prepared asked, query::prepare(grant, Permission::kViewMetrics, filter, sql::kCaseEvents));
  asked.params.set("stages", definition.stages).set("instrument", instrument);
  CaseStream out(client, std::move(asked), definition);
  CX_TRY(const warehouse::Table table, client.select({.sql = sql::kCaseKinds}));
  std::vector<NamedKind> listed;
  for (const auto& row : table.rows) {
    const std::uint64_t kind = warehouse::as_u64(row[0]);
    if (kind > kKindsMax) return fail(Code::kQueryTooLarge, "more than {} kinds of events", kKindsMax);
    listed.push_back({.kind = static_cast<std::uint32_t>(kind),
                      .name = warehouse::as_text(row[1]),
                      .touchpoint = warehouse::as_text(row[2]),
                      .channel = warehouse::as_text(row[3]),
                      .stage = warehouse::as_text(row[4]),
                      .is_failure = warehouse::as_u64(row[5]) != 0});
  }
  out.kinds_ = case_kinds(listed, definition);
  return out;
}

Result<void> CaseStream::each(std::span<const EachCase> workers, std::uint64_t held) {
  struct Worker {
    CaseCutter cutter;
    std::vector<CaseEvent> events;
  };
  std::vector<Worker> cutting;
  for (std::size_t i = 0; i < workers.size(); ++i) cutting.push_back({CaseCutter(kinds_, definition_), {}});
  return each_customer<Kept>(
      client_, asked_, {.rows = held, .workers = workers.size()},
      [&](warehouse::NativeRow& row, Kept& out) {
        std::uint8_t is_answer = 0;
        row.number(out.customer);
        row.number(out.ms);
        row.number(out.event_id);
        row.number(out.matter);
        row.number(out.kind);
        row.number(is_answer);
        row.number(out.answer);
        // A kind that came since.
        if (is_answer == 0 && (out.kind >= kinds_.kinds.size() || kinds_.kinds[out.kind].touchpoint == 0))
          return RowRead::kPassed;
        if (is_answer != 0) out.kind |= Kept::kIsAnswer;
        return RowRead::kTaken;
      },
      [&](std::size_t number, std::span<const Kept> rows) {
        Worker& worker = cutting[number];
        worker.events.clear();
        for (const Kept& row : rows)
          worker.events.push_back({.ms = row.ms,
                                   .event_id = row.event_id,
                                   .matter = row.matter,
                                   .kind = row.kind & ~Kept::kIsAnswer,
                                   .is_answer = (row.kind & Kept::kIsAnswer) != 0,
                                   .answer = row.answer});
        worker.cutter.cut(rows.front().customer, worker.events, workers[number]);
      });
}

}  // namespace zhike::journey
