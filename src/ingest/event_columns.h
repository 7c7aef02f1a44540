// The rows of `events` of one block, in columns.
#pragma once

#include <array>
#include <string>

#include "ingest/classify.h"
#include "warehouse/native.h"

namespace zhike::ingest {

/// Keeps its room from block to block: tens of megabytes. One thread.
class EventColumns {
 public:
  struct Ids {
    std::uint64_t event_id = 0;
    BlockId block;
    std::uint32_t kind = 0;
    SubjectId subject;
  };
  void add(const RawEvent& event, const Clean& clean, const Ids& ids);
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  /// The block in Native; empties the columns.
  [[nodiscard]] std::string take();
  void clear();

 private:
  using Column = warehouse::NativeColumn;
  std::uint64_t rows_ = 0, pairs_ = 0;
  Column event_id_{"event_id", "UInt64"}, block_id_{"block_id", "UInt64"};
  Column received_at_{"received_at", "DateTime64(3, 'UTC')"},
      occurred_at_{"occurred_at", "DateTime64(3, 'UTC')"};
  Column source_id_{"source_id", "UInt32"}, kind_{"kind", "UInt32"}, subject_id_{"subject_id", "UInt64"};
  Column unit_{"unit", "String"}, session_id_{"session_id", "String"}, case_id_{"case_id", "String"};
  Column amount_{"amount_minor", "Int64"}, currency_{"currency", "String"},
      instrument_{"instrument", "String"};
  Column score_{"score", "Nullable(Float32)"}, text_{"text", "String"};
  Column properties_{"properties", "Map(String, String)"};
  std::array<Column*, 16> all_{&event_id_,   &block_id_, &received_at_, &occurred_at_,
                               &source_id_,  &kind_,     &subject_id_,  &unit_,
                               &session_id_, &case_id_,  &amount_,      &currency_,
                               &instrument_, &score_,    &text_,        &properties_};
};

/// The columns of `events` that it writes.
inline constexpr std::string_view kEventColumns =
    "event_id, block_id, received_at, occurred_at, source_id, kind, subject_id, unit, session_id, case_id, "
    "amount_minor, currency, instrument, score, text, properties";

}  // namespace zhike::ingest
