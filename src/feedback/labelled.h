// What labels of comments and of their aspects share: the comment that they are of, and its text kept sealed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/ids.h"
#include "base/result.h"
#include "event/grant.h"
#include "warehouse/client.h"

namespace zhike::feedback {

/// A comment to be labelled.
struct Labelled {
  SubjectId subject;
  std::string unit;
  std::string text;  ///< scrubbed, as the warehouse has it
};
/// Permission: kViewCustomers. Thread-safe. Errors: kPermissionMissing, kNotFound (no such event, or of a
/// unit that the Grant does not see), and the client's.
[[nodiscard]] Result<Labelled> labelled(warehouse::Client& client, const Grant& grant, std::uint64_t event);

/// A text under a key of its own, and that key under the master's: destroying the key destroys the text.
struct SealedText {
  std::string wrapped, said;
};
/// `context` says whose the text is; a text opens in its own alone. Pure but for the key drawn by chance.
[[nodiscard]] SealedText seal_text(const crypto::Key& master, std::string_view text,
                                   std::string_view context);
/// Errors: kSealBroken.
[[nodiscard]] Result<std::string> open_text(const crypto::Key& master, std::string_view wrapped,
                                            std::string_view said, std::string_view context);

/// Errors: kPermissionMissing.
[[nodiscard]] Result<void> demand(const Grant& grant, std::initializer_list<Permission> needed);
[[nodiscard]] bool sees(const Grant& grant, std::string_view unit);

}  // namespace zhike::feedback
