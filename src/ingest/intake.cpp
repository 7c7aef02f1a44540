#include "ingest/intake.h"

#include "ingest/record.h"

namespace zhike::ingest {

void Intake::stamp(const Source& source, Parsed& parsed) const {
  if (parsed.is_stamped) return;
  parsed.is_stamped = true;
  const Instant now = clock_.now();
  for (RawEvent& e : parsed.events) {
    e.source = source.id;
    e.received_at = now;
    if (e.unit.empty()) e.unit = source.unit;
    if (e.channel.empty()) e.channel = source.channel;
  }
  if (gate_ != nullptr) gate_->pass(source, parsed);
  for (Item& item : parsed.items) {
    item.source = source.id;
    item.received_at = now;
  }
  for (Reject& r : parsed.rejects) {
    r.source = source.id;
    r.received_at = now;
    if (r.raw.size() > kRawMax) {
      r.raw.resize(kRawMax);
      r.detail += fmt::format(" (only the first {} bytes were kept)", kRawMax);
    }
  }
}

void Intake::accept(const Source& source, Parsed parsed, Done done) {
  stamp(source, parsed);
  const Accepted counts{parsed.events.size() + parsed.items.size(), parsed.rejects.size(), {}};
  if (parsed.size() == 0) return done(counts);
  journal_.append(encode_record(parsed),
                  [counts, feed = feed_, done = std::move(done)](Result<journal::Position> at) {
                    if (!at) return done(std::unexpected(std::move(at).error()));
                    Accepted accepted = counts;
                    accepted.at = *at;
                    if (feed != nullptr) feed->on_accepted(counts.events + counts.rejects);
                    done(accepted);
                  });
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
