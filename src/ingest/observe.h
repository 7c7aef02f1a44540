// What a source's events look like: names, properties, types, and how they differ from the tracking plan,
// learnt from the events that the mover stores. Bounded: so many names a source, properties an event and
// values a property, whatever arrives; what is beyond is counted. The cost is flat: of each event the first
// 1,000 are looked at, then every 8th, from 10,000 on every 64th, and each stands for those it was chosen
// from.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ingest/day_counts.h"
#include "ingest/kinds.h"
#include "ingest/plan.h"
#include "ingest/sources.h"

namespace zhike::ingest {

struct SeenProperty {
  std::uint64_t count = 0;   ///< events that had it (weighted)
  std::uint64_t before = 0;  ///< events looked at before its first
  std::array<std::uint64_t, kValueTypeCount> types{};
  std::array<Instant, kValueTypeCount> type_first{};
  Instant first, last;
  std::optional<double> least, most;
  std::vector<std::string> values;  ///< the distinct ones, while they are few, short and nobody's
  bool has_few_values = true;

  [[nodiscard]] ValueType main_type() const;
  [[nodiscard]] double type_share(ValueType type) const;
};

struct SeenViolation {
  std::uint64_t count = 0;
  Instant first, last;
};

struct SeenEvent {
  EventType type = EventType::kTrack;
  std::string name;  ///< scrubbed
  Instant first, last;
  std::uint64_t count = 0;   ///< events stored
  std::uint64_t looked = 0;  ///< weighted number of those looked at; about count
  std::map<std::string, SeenProperty, std::less<>> properties;
  std::uint64_t properties_beyond = 0;  ///< values of properties above the limit
  std::map<std::pair<Fault, std::string>, SeenViolation> violations;  ///< of the plan in force
  std::uint64_t plan = 0;  ///< version that `violations` were counted under
};

struct SeenSource {
  Instant first;
  std::uint64_t names_beyond = 0;  ///< events whose names are above the limit
  std::vector<SeenEvent> events;
};

/// One difference between what is and what should be.
struct Drift {
  enum class Kind : std::uint8_t { kNewEvent, kNewProperty, kTypeChanged, kMissing, kViolation, kNotSeen };
  Kind kind{};
  EventType type = EventType::kTrack;
  std::string event, path;
  Fault fault = Fault::kUnplanned;  ///< of kViolation
  double share = 0;                 ///< of the events of that name
  std::uint64_t count = 0;
  Instant first, last;
  std::string from, to;  ///< of kTypeChanged: types
};
[[nodiscard]] std::string_view to_string(Drift::Kind kind) noexcept;  ///< "new_event"

/// Against the plan; without one (null) against what was usual before. The worst first.
[[nodiscard]] std::vector<Drift> drift(const SeenSource& seen, const Plan* plan, Instant now);

/// A plan that what was seen so far fits, in observe mode, as a document.
[[nodiscard]] std::string infer(const SeenSource& seen);

/// One thread calls see(); any thread the others. Borrows everything.
class Observer {
 public:
  static constexpr std::size_t kNamesMax = 500, kPropertiesMax = 200, kValuesMax = 12, kViolationsMax = 100;
  static constexpr std::size_t kValueBytesMax = 40;

  [[nodiscard]] static Result<std::unique_ptr<Observer>> open(ledger::Db& ledger, const Plans& plans,
                                                              const Sources& sources, DayCounts& days);
  struct Stored {
    std::uint32_t kind = 0;
    const RawEvent* event = nullptr;
  };
  /// Events of one block, once they are committed.
  void see(std::span<const Stored> events);

  /// What is known of the source; nothing of one that has sent nothing.
  [[nodiscard]] SeenSource of(SourceId source) const;
  /// Forgets it, so that the schema is learnt anew.
  [[nodiscard]] Result<void> forget(SourceId source);
  /// Writes down what changed. To be called every few seconds.
  [[nodiscard]] Result<void> save();

 private:
  struct Known {
    SeenEvent event;
    bool is_dirty = false;
  };
  struct OfSource {
    Instant first;
    std::uint64_t names_beyond = 0;
    std::map<std::pair<EventType, std::string>, std::unique_ptr<Known>> events;
    bool is_dirty = false;
    std::string kind;
    Zone zone = Zone::utc();
  };
  /// What a kind of events leads to; its pointers live as long as the source's entry.
  struct Way {
    OfSource* source = nullptr;
    Known* known = nullptr;  // null: beyond the limit
    bool is_set = false;
  };
  Observer(ledger::Db& ledger, const Plans& plans, const Sources& sources, DayCounts& days)
      : ledger_(ledger), plans_(plans), sources_(sources), days_(days) {}
  Result<void> load();
  OfSource& source_of(SourceId id);
  Way& way_of(std::uint32_t kind, const RawEvent& event);
  void look(OfSource& source, Known& known, const RawEvent& event, std::uint64_t weight);
  void look_at(OfSource& source, SeenEvent& seen, const Property& property, bool is_trait, Instant at,
               std::uint64_t weight);
  void count_quality(const OfSource& source, const RawEvent& event, std::uint64_t weight);

  ledger::Db& ledger_;
  const Plans& plans_;
  const Sources& sources_;
  DayCounts& days_;
  mutable std::mutex mutex_;
  std::mutex saving_;  // one save at a time; taken before mutex_
  std::map<SourceId, OfSource> by_source_;
  std::vector<Way> ways_;  // by kind
  // Of the block being seen.
  struct Quality {
    std::uint64_t looked = 0, expected = 0, filled = 0, values = 0, invalid = 0, timed = 0, late = 0,
                  typed = 0, mistyped = 0, scrubbed = 0;
  };
  std::map<std::pair<SourceId, std::int64_t>, Quality> block_;
  Quality* now_ = nullptr;
  std::vector<Violation> violations_;
};

}  // namespace zhike::ingest
