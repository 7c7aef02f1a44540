// Reading what lies elsewhere: one connection to one virtual source. Nothing is kept, nothing is written
// there.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "connector/hosts.h"
#include "external/source.h"

namespace zhike::external {

/// What the administrator allowed.
struct Reach {
  connector::Hosts hosts{"", ""};
  std::vector<std::filesystem::path> folders{};  ///< resolved
  std::filesystem::path engine{};                ///< zhike-engine; empty: beside this program
  std::string authorities = "/etc/ssl/certs/ca-certificates.crt";  ///< that verify-full trusts
};

using Deadline = std::chrono::steady_clock::time_point;
using Cell = std::optional<std::string_view>;  ///< none: null. Lives during the call
/// False: enough.
using RowSink = std::function<Result<bool>(std::span<const Cell>)>;

/// One thread. Every call ends soon after its deadline, whatever the other side does.
/// Errors of every call: kVirtualUnreachable, kVirtualRefused, kVirtualTableMissing, kVirtualFailed,
/// kVirtualTooSlow. Their details hold no secret and no value of a row.
class Reader {
 public:
  virtual ~Reader() = default;
  [[nodiscard]] virtual Result<std::vector<query::OutsideColumn>> describe(Deadline deadline) = 0;
  /// For OutsideQuestion::relation.
  [[nodiscard]] virtual Result<std::string> relation() const = 0;
  [[nodiscard]] virtual Result<void> read(const query::OutsideSql& sql, Deadline deadline,
                                          const RowSink& sink) = 0;
};

/// Checks the address against `reach` and connects to what was checked. Both are borrowed. Errors: as
/// above, kVirtualHostNotAllowed, kVirtualFolderNotAllowed.
[[nodiscard]] Result<std::unique_ptr<Reader>> open_reader(const Source& source, const Reach& reach,
                                                          Deadline deadline);

/// The address of settings "host" and "port", every one of whose addresses is allowed. Blocks for the
/// look-up. Errors: kVirtualHostNotAllowed, kVirtualUnreachable (no such name).
[[nodiscard]] Result<std::string> allowed_address(const Source& source, const Reach& reach);

/// `text` of another system as the detail of an error: its first line, without the source's secrets.
[[nodiscard]] std::string without_secrets(std::string_view text, const Source& source);

/// Milliseconds left; 0 after the deadline.
[[nodiscard]] int left_ms(Deadline deadline);

[[nodiscard]] Result<std::unique_ptr<Reader>> open_postgres(const Source& source, const Reach& reach,
                                                            Deadline deadline);
[[nodiscard]] Result<std::unique_ptr<Reader>> open_mysql(const Source& source, const Reach& reach,
                                                         Deadline deadline);
[[nodiscard]] Result<std::unique_ptr<Reader>> open_files(const Source& source, const Reach& reach,
                                                         Deadline deadline);

}  // namespace zhike::external
