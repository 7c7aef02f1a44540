#include "app/notices.h"

#include <algorithm>
#include <array>

#include "app/app.h"

namespace zhike::app {
namespace {

constexpr std::array<std::string_view, 5> kKinds{"journal_full", "journal_filling", "mover_waits",
                                                 "clock_jumped", "names_full"};
constexpr std::uint64_t kRecordRoom = 1ULL << 20;  // a record of a batch takes as much at most

}  // namespace

std::string_view to_string(Notice::Kind kind) noexcept { return kKinds[static_cast<std::size_t>(kind)]; }

bool App::takes_events() {
  const std::uint64_t limit = config().bytes("journal.bytes_max");
  return journal_->bytes_waiting() + std::min(kRecordRoom, limit / 10) <= limit;
}

std::vector<Notice> App::notices() {
  std::vector<Notice> out;
  const auto limit = static_cast<std::int64_t>(config().bytes("journal.bytes_max"));
  const auto waiting = static_cast<std::int64_t>(journal_->bytes_waiting());
  if (!takes_events())
    out.push_back({.kind = Notice::Kind::kJournalFull, .value = waiting, .limit = limit});
  else if (waiting > limit / 2)
    out.push_back({.kind = Notice::Kind::kJournalFilling, .value = waiting, .limit = limit});
  if (auto error = mover_->status().error; !error.empty())
    out.push_back({.kind = Notice::Kind::kMoverWaits, .subject = std::move(error)});
  if (const auto ahead = age_.disagreement())
    out.push_back({.kind = Notice::Kind::kClockJumped, .value = ahead->value / 1000});
  const auto most = static_cast<std::int64_t>(kinds_->limits().source);
  for (const auto& source : sources_->list())
    if (const auto room = kinds_->room_of(source.id); room.is_full)
      out.push_back({.kind = Notice::Kind::kNamesFull,
                     .subject = source.name,
                     .value = static_cast<std::int64_t>(room.used),
                     .limit = most});
  return out;
}

}  // namespace zhike::app
