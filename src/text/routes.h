// Where comments go: rules over what a comment wants, feels and speaks of, each giving a tag and a team.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "text/aspect_catalogue.h"
#include "text/aspects.h"
#include "text/intents.h"

namespace zhike::text {

struct CommentReading;

/// A rule. Each list that is not empty must be met by one of its entries; a rule without any is refused.
struct Route {
  std::string key, name_en, name_zh;
  std::string team_en, team_zh;                       ///< may be empty: a tag alone
  std::vector<std::string> intents, emotions, flags;  ///< keys of catalog/intents
  std::vector<std::string> aspects;                   ///< keys of a catalogue of aspects
  std::vector<Polarity> aspect_sentiments;            ///< of such an aspect, or, without aspects, of any
  std::vector<Polarity> sentiments;                   ///< of the comment
};

inline constexpr std::string_view kRouteGroup = "route";  ///< as labels go: "route.after_sales"

/// The rules in their order, at most kRoutesMax. All that are met give their tag; the team is that of the
/// first. Immutable once made; may be shared between threads.
struct Routes {
  static constexpr std::size_t kRoutesMax = 32, kKeyBytesMax = 40, kNameBytesMax = 120;
  std::vector<Route> rules;
  [[nodiscard]] const Route* find(std::string_view key) const;
};

/// JSON as catalog/routes has it; {"routes": []} is valid. Errors: kBadCatalogue (the detail says which rule,
/// and what of it: a key twice or not of a-z, 0-9 and _, a label that there is not, no condition). Aspects
/// may be of any catalogue: one that is not in use is never met.
[[nodiscard]] Result<Routes> parse_routes(std::string_view text);
/// Those that come with the program. Aborts when they are not valid.
[[nodiscard]] const Routes& shipped_routes();
[[nodiscard]] std::string_view shipped_routes_text();

/// Rules looked up in the catalogue of aspects, so that a comment is compared by numbers. Borrows nothing.
class Router {
 public:
  Router(const Routes& routes, const AspectCatalogue& aspects);
  /// Replaces `out` by the rules that the reading meets, in their order.
  void find(const CommentReading& reading, std::vector<std::uint32_t>& out) const;

 private:
  struct Rule {
    std::uint32_t intents = 0, emotions = 0, flags = 0;  ///< bits of Intents::shipped(); 0: any
    std::uint32_t aspects = 0;                           ///< bits of the catalogue
    bool asks_aspects = false, never = false;
    std::uint8_t aspect_sentiments = 0, sentiments = 0;  ///< bits of Polarity; 0: any
  };
  std::vector<Rule> rules_;
};

}  // namespace zhike::text
