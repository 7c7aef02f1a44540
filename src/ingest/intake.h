// The intake: the one door into the journal. What it has accepted is durable.
#pragma once

#include <functional>

#include "ingest/feed.h"
#include "ingest/gate.h"
#include "ingest/parsed.h"
#include "ingest/sources.h"
#include "journal/journal.h"

namespace zhike::ingest {

struct Accepted {
  std::size_t events = 0, rejects = 0;  ///< items count as events, and calls that are not read yet
  journal::Position at;                 ///< where the record begins
};

/// What happens to parsed input before it is stored: source and time of arrival, the source's unit and
/// channel where it names none, the gate. Once: a second call changes nothing. `gate` may be null.
void stamp(const Source& source, Instant received_at, const Gate* gate, Parsed& parsed);

/// Thread-safe. Borrows the journal, the clock and the feed (which may be null).
class Intake {
 public:
  Intake(journal::Journal& journal, const Clock& clock, Feed* feed = nullptr, const Gate* gate = nullptr)
      : journal_(journal), clock_(clock), feed_(feed), gate_(gate) {}

  /// What accept() does first, for those who need to know before what will be refused.
  void stamp(const Source& source, Parsed& parsed) const;

  using Done = std::function<void(Result<Accepted>)>;
  /// Stamps what was parsed (source, time of arrival, the source's unit and channel where the event names
  /// none) and appends it as one record. `done` runs on the journal's commit thread. Rejects are as durable
  /// as events. Errors: those of journal::Journal::append.
  void accept(const Source& source, Parsed parsed, Done done);
  /// Appends the body of a request as it is: `count` calls (SegmentParser::calls_in) that the mover will
  /// read.
  void accept_calls(const Source& source, std::optional<EventType> type, std::string_view body,
                    std::size_t count, Done done);
  /// The same, waiting.
  [[nodiscard]] Result<Accepted> accept(const Source& source, Parsed parsed);

 private:
  void append(std::string record, const Accepted& counts, Done done);
  journal::Journal& journal_;
  const Clock& clock_;
  Feed* feed_;
  const Gate* gate_;
};

}  // namespace zhike::ingest
