// What the modules ask of each other through ports, supplied here.
#pragma once

#include "external/externals.h"
#include "govern/audit.h"
#include "ingest/kinds.h"
#include "ledger/db.h"
#include "profile/profile.h"

namespace zhike::app {

/// Borrows everything. Thread-safe.
class Ports final : public profile::Kinds, public profile::Audit, public external::Scrub {
 public:
  Ports(const ingest::Kinds& kinds, ledger::Db& ledger, const govern::Audit& audit, const Clock& clock)
      : kinds_(kinds), ledger_(ledger), audit_(audit), clock_(clock) {}

  [[nodiscard]] std::optional<profile::Kind> kind(std::uint32_t number) const override;
  [[nodiscard]] Result<void> revealed(const Grant& grant, CustomerId customer,
                                      std::string_view reason) override;
  [[nodiscard]] std::string scrub(std::string_view text) const override;

 private:
  const ingest::Kinds& kinds_;
  ledger::Db& ledger_;
  const govern::Audit& audit_;
  const Clock& clock_;
};

}  // namespace zhike::app
