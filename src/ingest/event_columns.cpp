#include "ingest/event_columns.h"

#include <algorithm>

namespace zhike::ingest {

void EventColumns::add(const RawEvent& e, const Clean& clean, const Ids& ids) {
  event_id_.number(ids.event_id);
  block_id_.number(ids.block.value);
  received_at_.instant(e.received_at);
  occurred_at_.instant(e.occurred_at);
  source_id_.number(static_cast<std::uint32_t>(e.source.value));
  kind_.number(ids.kind);
  subject_id_.number(ids.subject.value);
  unit_.text(e.unit);
  session_id_.text(e.session_id);
  case_id_.text(e.case_id);
  amount_.number(e.amount ? e.amount->minor : std::int64_t{0});
  currency_.text(e.amount ? e.amount->currency.str() : std::string_view{});
  instrument_.text(e.instrument);
  score_.optional(e.score ? &*e.score : nullptr);
  text_.text(clean.text);
  for (const CleanValue& p : clean.properties) properties_.pair(p.key, p.value);
  pairs_ += clean.properties.size();
  properties_.end_map(pairs_);
  ++rows_;
}

std::string EventColumns::take() {
  std::array<const Column*, 16> columns{};
  std::ranges::copy(all_, columns.begin());
  std::string out = rows_ == 0 ? std::string() : warehouse::write_native(rows_, columns);
  clear();
  return out;
}

void EventColumns::clear() {
  for (Column* c : all_) c->clear();
  rows_ = pairs_ = 0;
}

}  // namespace zhike::ingest
