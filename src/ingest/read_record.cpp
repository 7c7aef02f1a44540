#include "ingest/read_record.h"

#include "base/log.h"
#include "ingest/calls.h"
#include "ingest/intake.h"
#include "ingest/record.h"

namespace zhike::ingest {

// A call without a message id gets one that names its place in the journal and the moment: the same whenever
// it is read, and of no other call, even where the journal's numbers begin anew.
Result<Parsed> RecordReader::read_calls(const journal::Record& record) {
  CX_TRY(const Calls calls, decode_calls(record.payload, body_));
  CX_TRY(const Source source, sources_.find(calls.source));
  CX_TRY(Parsed parsed, parser_.parse_body(body_, {.now = calls.received_at,
                                                   .seed = fmt::format("none:{}-{}-{}", calls.received_at.ms,
                                                                       record.at.segment, record.at.offset),
                                                   .type = calls.type}));
  stamp(source, calls.received_at, gate_, parsed);
  return parsed;
}

Parsed RecordReader::read(const journal::Record& record) {
  auto parsed = holds_calls(record.payload) ? read_calls(record) : decode_record(record.payload);
  if (parsed) return *std::move(parsed);
  log::error(
      "record_not_decoded",
      {{"segment", record.at.segment}, {"offset", record.at.offset}, {"error", to_string(parsed.error())}});
  Parsed whole;
  whole.rejects.push_back({Reason::kUnreadable,
                           Form::kEvent,
                           "a journal record that cannot be decoded",
                           "journal",
                           {},
                           record.payload.substr(0, kRawMax),
                           {},
                           clock_.now()});
  return whole;
}

}  // namespace zhike::ingest
