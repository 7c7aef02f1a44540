#include "ingest/replay.h"

#include <algorithm>

#include "event/codec.h"
#include "ingest/admit.h"
#include "ingest/csv.h"
#include "ingest/presets.h"
#include "ingest/segment.h"
#include "ingest/sensors.h"

namespace zhike::ingest {
namespace {

Result<Parsed> again_segment(const Reject& reject, const std::string& seed) {
  SegmentParser parser;
  return parser.parse_body(reject.raw,
                           {.now = reject.received_at, .seed = seed, .type = {}, .correct_clock = false});
}

Result<Parsed> again_sensors(const Reject& reject) {
  SensorsParser parser;
  return parser.parse(reject.raw, {.now = reject.received_at, .correct_clock = false});
}

Result<Parsed> again_event(const Reject& reject) {
  Parsed out;
  CX_TRY(out.events, decode(reject.raw));
  for (RawEvent& event : out.events)
    if (auto refusal = admit(event)) return fail(Code::kNotReplayable, "{}", refusal->detail);
  return out;
}

Result<Parsed> again_csv(ledger::Db& ledger, const Reject& reject) {
  const std::size_t slash = reject.mapping.find('/');
  if (slash == std::string::npos) return fail(Code::kNotReplayable, "the mapping is not known");
  CX_TRY(const Mapping mapping, kept_mapping(ledger, std::string_view(reject.mapping).substr(0, slash)));
  const auto rule = std::ranges::find(mapping.files, reject.mapping.substr(slash + 1), &FileRule::name);
  if (rule == mapping.files.end())
    return fail(Code::kNotReplayable, "the mapping has no file {}", reject.mapping.substr(slash + 1));
  CX_TRY(const auto csv, CsvReader::open(TextSource::of(reject.raw), {.delimiter = rule->delimiter}));
  CX_TRY(const auto mapper, RowMapper::bind(mapping, *rule, csv->header(), {}));
  Parsed out;
  CX_TRY(const CsvReader::Next found, csv->next());
  if (found != CsvReader::Next::kRow) return fail(Code::kNotReplayable, "{}", csv->problem());
  if (auto refusal = mapper->apply(csv->cells(), reject.received_at, out.events))
    return fail(Code::kNotReplayable, "{}", refusal->detail);
  return out;
}

}  // namespace

Reparse reparse_by_form(ledger::Db& ledger, FindMapping find_mapping, const Clock& clock) {
  return [&ledger, &clock, find_mapping = std::move(find_mapping)](
             const Reject& refused, const std::string& seed) -> Result<Parsed> {
    // Only an event that states its time was refused for it, so the time of arrival is a bound here and
    // nothing else.
    Reject reject = refused;
    if (reject.reason == Reason::kBadTime) reject.received_at = std::max(reject.received_at, clock.now());
    switch (reject.form) {
      case Form::kSegment:
        return again_segment(reject, seed);
      case Form::kCsv:
        return again_csv(ledger, reject);
      case Form::kEvent:
        return again_event(reject);
      case Form::kSensors:
        return again_sensors(reject);
      case Form::kMapped: {
        if (!find_mapping) return fail(Code::kNotReplayable, "the mapping is not known");
        CX_TRY(const auto mapping, find_mapping(reject.mapping));
        return mapping->again(reject);
      }
    }
    return fail(Code::kNotReplayable);
  };
}

}  // namespace zhike::ingest
