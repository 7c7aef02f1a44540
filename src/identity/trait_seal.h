// How a sensitive trait is sealed: under its subject's key, bound to subject and key of the trait.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/crypto.h"
#include "govern/keys.h"
#include "ledger/db.h"

namespace zhike::identity {

[[nodiscard]] inline std::string seal_context(SubjectId subject, std::string_view key) {
  return fmt::format("trait/{}/{}", subject.value, key);
}

/// Errors: kNotFound (no such subject, or its key was destroyed), those of the ledger.
[[nodiscard]] inline Result<crypto::Key> seal_key(ledger::Tx& tx, const govern::Keys& keys,
                                                  SubjectId subject) {
  ledger::Statement& row = tx.sql("SELECT wrapped FROM subjects WHERE id = $1").bind(1, subject);
  CX_TRY(const bool there, row.step());
  if (!there || row.is_null(0)) return fail(Code::kNotFound, "subject {}", subject.value);
  return keys.unwrap_subject_key(subject, row.blob(0));
}

}  // namespace zhike::identity
