#include "external/reader.h"

#include <algorithm>

#include "base/ascii.h"
#include "connector/resolve.h"
#include "external/files.h"

namespace zhike::external {

Result<std::unique_ptr<Reader>> open_reader(const Source& source, const Reach& reach, Deadline deadline) {
  switch (source.kind->dialect) {
    case query::Dialect::kPostgres:
      return open_postgres(source, reach, deadline);
    case query::Dialect::kEngine:
      return source.kind->key == "s3" ? open_s3(source, reach, deadline)
                                      : open_files(source, reach, deadline);
    case query::Dialect::kMysql:
      return open_mysql(source, reach, deadline);
  }
  return fail(Code::kBadVirtualSource, "'kind' cannot be read");
}

Result<std::string> allowed_address(const Source& source, const Reach& reach) {
  const int port = ascii::parse_number<std::uint16_t>(source.setting("port")).value_or(0);
  auto found = connector::resolve_allowed(reach.hosts, source.setting("host"), port);
  if (found) return found;
  const Code code =
      found.error().code == Code::kHostNotAllowed ? Code::kVirtualHostNotAllowed : Code::kVirtualUnreachable;
  return std::unexpected(Error{code, found.error().detail});
}

std::string without_secrets(std::string_view text, const Source& source) {
  constexpr std::size_t kShown = 300;
  std::string out(text.substr(0, std::min(text.find_first_of("\r\n"), text.size())));
  for (const auto& [key, secret] : source.secrets) {
    if (secret.empty()) continue;
    for (std::size_t at = 0; (at = out.find(secret, at)) != out.npos;) out.replace(at, secret.size(), "***");
  }
  if (out.size() > kShown) out.resize(kShown);
  while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0U) == 0x80U) out.pop_back();
  return out;
}

int left_ms(Deadline deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

}  // namespace zhike::external
