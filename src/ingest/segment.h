// The Segment protocol: bodies of /v1/batch, track, identify, page, screen, group and alias become RawEvents;
// what cannot be one becomes a reject with its reason, the rest of the batch goes on.
//
// Identifiers: userId, anonymousId, previousId (of alias); of traits and context.traits: email, phone, and
// the well-known unionid, openid, loyalty_id, card_no, national_id; device ids of context. groupId is none:
// it names an organisation. Well-known properties become fields: revenue, total, value, price with currency;
// channel; unit, store, branch; sessionId; orderId, ticketId, caseId; instrument, score, comment.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/parsed.h"

namespace zhike::ingest {

struct SegmentOptions {
  Instant now;  ///< time of arrival; what a call without times happened at
  /// Message id of a call that brings none: the seed and the place in the batch. Empty: a random one, so a
  /// retry of such a call is not detected; the SDKs always bring one.
  std::string seed{};
  std::optional<EventType> type{};  ///< of the path (/v1/track); nothing: the call names it
  /// A device whose clock is wrong is corrected by what it says it sent at. Off for files: they are old.
  bool correct_clock = true;
};

/// Reuses its buffers. One thread.
class SegmentParser {
 public:
  SegmentParser();
  ~SegmentParser();

  /// A body with "batch", or a single call. A call above EventLimits::kBytesMax of JSON becomes a reject;
  /// where the body has no other, the whole is refused. Errors: kBadJson (not a JSON object: nothing was
  /// read), kBatchTooLarge, kEventTooLarge.
  [[nodiscard]] Result<Parsed> parse_body(std::string_view body, const SegmentOptions& options);
  /// How many calls a body holds, where all that can still be wrong is wrong with single calls, so that
  /// parse_body() will read it whatever it finds in them. Nothing: what is wrong with the body as a whole
  /// only parse_body() tells; also a body without calls.
  [[nodiscard]] std::optional<std::size_t> calls_in(std::string_view body);
  /// One call, appended to `out` as an event or a reject.
  void parse_call(std::string_view call, const SegmentOptions& options, Parsed& out);
  /// The write key that a browser puts into the body when it cannot send headers; empty: none.
  [[nodiscard]] static std::string write_key_of(std::string_view body);
  /// The message id of one call; empty: it brings none, or is not JSON.
  [[nodiscard]] static std::string message_id_of(std::string_view call);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace zhike::ingest
