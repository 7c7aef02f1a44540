// How far matching is, as a bar; and whether somebody wants it to end.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "cli/console.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "match/resolve.h"

namespace zhike::cli {

/// One at a time: it listens to the signals of the process.
class MatchProgress {
 public:
  explicit MatchProgress(const Console& console) : console_(console), bar_(console.on_terminal(), {}) {}

  /// False: it is to stop.
  bool operator()(match::Stage stage, double share) {
    struct Part {
      double from, to;  // of the whole, of a million records
      std::string_view en, zh;
    };
    static constexpr std::array<Part, 5> kParts{{{0, 0.15, "preparing", "准备"},
                                                 {0.15, 0.25, "blocking rules", "分块规则"},
                                                 {0.25, 0.4, "learning", "学习"},
                                                 {0.4, 0.95, "comparing", "比较"},
                                                 {0.95, 1, "clusters", "聚类"}}};
    const Part& part = kParts[static_cast<std::size_t>(stage)];
    bar_.update(part.from + share * (part.to - part.from), 0, console_.pick(part.en, part.zh));
    return !Signals::arrived();
  }

 private:
  const Console& console_;
  Signals signals_;
  Progress bar_;
};

}  // namespace zhike::cli
