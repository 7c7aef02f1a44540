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
  /// `reading`: which part of the whole it is to read (match/resolve.h).
  MatchProgress(const Console& console, double reading)
      : console_(console), reading_(reading), bar_(console.on_terminal(), {}) {}

  /// False: it is to stop.
  bool operator()(match::Stage stage, double share) {
    struct Name {
      std::string_view en, zh;
    };
    static constexpr std::array<Name, 6> kNames{{{"reading records", "读取记录"},
                                                 {"preparing", "准备"},
                                                 {"blocking rules", "分块规则"},
                                                 {"learning", "学习"},
                                                 {"comparing", "比较"},
                                                 {"clusters", "聚类"}}};
    const Name& name = kNames[static_cast<std::size_t>(stage)];
    bar_.update(match::share_of_whole(stage, share, reading_), 0, console_.pick(name.en, name.zh));
    return !Signals::arrived();
  }

 private:
  const Console& console_;
  const double reading_;
  Signals signals_;
  Progress bar_;
};

}  // namespace zhike::cli
