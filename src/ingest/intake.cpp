#include "ingest/intake.h"

#include "ingest/calls.h"
#include "ingest/record.h"

namespace zhike::ingest {

void stamp(const Source& source, Instant received_at, const Gate* gate, Parsed& parsed) {
  if (parsed.is_stamped) return;
  parsed.is_stamped = true;
  for (RawEvent& e : parsed.events) {
    e.source = source.id;
    e.received_at = received_at;
    if (e.unit.empty()) e.unit = source.unit;
    if (e.channel.empty()) e.channel = source.channel;
  }
  if (gate != nullptr) gate->pass(source, parsed);
  for (Item& item : parsed.items) {
    item.source = source.id;
    item.received_at = received_at;
  }
  for (Reject& r : parsed.rejects) {
    r.source = source.id;
    r.received_at = received_at;
    if (r.raw.size() > kRawMax) {
      r.raw.resize(kRawMax);
      r.detail += fmt::format(" (only the first {} bytes were kept)", kRawMax);
    }
  }
}

void Intake::stamp(const Source& source, Parsed& parsed) const {
  ingest::stamp(source, clock_.now(), gate_, parsed);
}

void Intake::append(std::string record, const Accepted& counts, Done done) {
  journal_.append(std::move(record),
                  [counts, feed = feed_, done = std::move(done)](Result<journal::Position> at) {
                    if (!at) return done(std::unexpected(std::move(at).error()));
                    Accepted accepted = counts;
                    accepted.at = *at;
                    if (feed != nullptr) feed->on_accepted(counts.events + counts.rejects);
                    done(accepted);
                  });
}

void Intake::accept(const Source& source, Parsed parsed, Done done) {
  stamp(source, parsed);
  const Accepted counts{parsed.events.size() + parsed.items.size(), parsed.rejects.size(), {}};
  if (parsed.size() == 0) return done(counts);
  append(encode_record(parsed), counts, std::move(done));
}

void Intake::accept_calls(const Source& source, std::optional<EventType> type, std::string_view body,
                          std::size_t count, Done done) {
  append(encode_calls({source.id, clock_.now(), type, count}, body), {count, 0, {}}, std::move(done));
}

Result<Accepted> Intake::accept(const Source& source, Parsed parsed) {
  stamp(source, parsed);
  Accepted accepted{parsed.events.size() + parsed.items.size(), parsed.rejects.size(), {}};
  if (parsed.size() == 0) return accepted;
  CX_TRY(accepted.at, journal_.append(encode_record(parsed)));
  if (feed_ != nullptr) feed_->on_accepted(accepted.events + accepted.rejects);
  return accepted;
}

}  // namespace zhike::ingest
