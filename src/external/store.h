// Virtual sources as they are kept in ledger.db: settings in clear, secrets sealed.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "external/source.h"
#include "ledger/db.h"

namespace zhike::external {

/// Thread-safe. Borrows the ledger and the clock. Sources are cached whole: there are few.
class Store {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Store>> open(ledger::Db& ledger, const crypto::Key& sealing,
                                                           const Clock& clock);

  using Entry = std::shared_ptr<const Source>;
  [[nodiscard]] std::vector<Entry> list() const;  ///< by id
  /// By its key, or its id as text. Errors: kUnknownVirtualSource.
  [[nodiscard]] Result<Entry> find(std::string_view key) const;
  /// Gives it its id. Errors: kBadVirtualSource (see check(); the key is taken; too many).
  [[nodiscard]] Result<Entry> make(Source source);
  /// All but the id; secrets that `source` does not have stay as they are, unless its address changes: a
  /// secret goes only where it was entered for. Errors: as make(), kUnknownVirtualSource.
  [[nodiscard]] Result<Entry> replace(SourceId id, Source source);
  [[nodiscard]] Result<void> remove(SourceId id);

 private:
  Store(ledger::Db& ledger, const crypto::Key& sealing, const Clock& clock)
      : ledger_(ledger), sealing_(sealing), clock_(clock) {}
  Result<void> load();
  Result<void> write(const Source& source);

  ledger::Db& ledger_;
  const crypto::Key sealing_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Entry> all_;  // guarded by mutex_
};

}  // namespace zhike::external
