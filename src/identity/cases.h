// Conversations and tickets of customers, and which of them are open, as events tell: one is open while its
// newest opening is later than its newest closing. Kept by subject, so joins and splits of customers take
// them along. The order in which events arrive makes no difference, but beyond kCasesMax.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "ledger/db.h"

namespace zhike::identity {

/// What an event does to its case.
enum class CaseStep : std::uint8_t { kOpens, kContinues, kCloses };

struct CaseEvent {
  std::string_view id;     ///< of the conversation or ticket, as its system names it
  std::uint32_t kind = 0;  ///< of the event (ingest/kinds.h)
  CaseStep step{};
  Instant at;
};

struct OpenCase {
  std::string id;
  std::uint32_t kind = 0;  ///< of its newest event
  Instant opened_at, last_at;
};

/// Of a subject; those without news for longest go first, so that no visitor can fill the store.
inline constexpr std::size_t kCasesMax = 100;

/// Errors: the ledger's.
[[nodiscard]] Result<void> put_case(ledger::Tx& tx, SubjectId subject, const CaseEvent& event);
/// The open ones of a customer, latest news first, at most `count_max`. Errors: the ledger's.
[[nodiscard]] Result<std::vector<OpenCase>> open_cases(ledger::Tx& tx, CustomerId customer,
                                                       std::size_t count_max);

}  // namespace zhike::identity
