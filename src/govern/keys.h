// Keys: one master key per installation (keys/master.key, mode 0600, or $ZHIKE_MASTER_KEY in base64), from
// which all others are derived or under which they are wrapped. Losing it loses the sensitive values; it is
// backed up apart from the data. Thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/ids.h"
#include "base/time.h"

namespace zhike::govern {

class Keys {
 public:
  /// Reads the master key, or makes one in an empty folder. Errors: kKeyMissing, kFileFailed.
  [[nodiscard]] static Result<std::unique_ptr<Keys>> open(const std::filesystem::path& folder);

  /// Journal and quarantine of a UTC day.
  [[nodiscard]] crypto::Key day(std::int32_t utc_day) const;
  /// Keyed hashes of identifiers. Versioned, so that it can be rotated.
  [[nodiscard]] crypto::Key identifiers() const;
  /// Keyed hashes of names, for the search index.
  [[nodiscard]] crypto::Key search() const;
  /// The chain of the audit log.
  [[nodiscard]] crypto::Key audit() const;
  /// Hashes and sealed forms of the sources' write keys.
  [[nodiscard]] crypto::Key write_keys() const;
  /// Answers to writes, kept for their repeats.
  [[nodiscard]] crypto::Key idempotency() const;
  /// Secrets of connectors, and what they could not deliver.
  [[nodiscard]] crypto::Key connectors() const;
  /// Hashes of the links of surveys, and what is kept of answers.
  [[nodiscard]] crypto::Key surveys() const;
  /// Wraps the keys of complaints, under which their texts are sealed.
  [[nodiscard]] crypto::Key complaints() const;
  /// A fresh key for one subject's sensitive values, and its wrapped form for the ledger (destroying the
  /// wrapped form destroys the values).
  struct SubjectKey {
    crypto::Key key;
    std::string wrapped;
  };
  [[nodiscard]] SubjectKey make_subject_key(SubjectId subject) const;
  [[nodiscard]] Result<crypto::Key> unwrap_subject_key(SubjectId subject, std::string_view wrapped) const;

 private:
  explicit Keys(const crypto::Key& master)
      : master_(master), wrapping_(crypto::derive(master, "subjects/1")) {}
  crypto::Key master_;
  crypto::Key wrapping_;
};

}  // namespace zhike::govern
