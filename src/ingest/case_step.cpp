#include "ingest/case_step.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace zhike::ingest {
namespace {

using identity::CaseStep;

constexpr std::array<std::string_view, 4> kService{"contact", "ticket", "complaint", "recovery"};

struct Word {
  std::string_view text;
  CaseStep step;
};
// Closing comes first: "Reopened" is a word of its own, but "处理结束后重新打开" would name both.
constexpr std::array kWords = {
    Word{"reopened", CaseStep::kOpens},   Word{"resolved", CaseStep::kCloses},
    Word{"solved", CaseStep::kCloses},    Word{"closed", CaseStep::kCloses},
    Word{"ended", CaseStep::kCloses},     Word{"completed", CaseStep::kCloses},
    Word{"withdrawn", CaseStep::kCloses}, Word{"cancelled", CaseStep::kCloses},
    Word{"canceled", CaseStep::kCloses},  Word{"opened", CaseStep::kOpens},
    Word{"created", CaseStep::kOpens},    Word{"started", CaseStep::kOpens},
    Word{"submitted", CaseStep::kOpens},  Word{"received", CaseStep::kOpens},
    Word{"filed", CaseStep::kOpens},      Word{"raised", CaseStep::kOpens},
};
constexpr std::array kWordsZh = {
    Word{"重新打开", CaseStep::kOpens}, Word{"重开", CaseStep::kOpens},  Word{"解决", CaseStep::kCloses},
    Word{"关闭", CaseStep::kCloses},    Word{"结束", CaseStep::kCloses}, Word{"完结", CaseStep::kCloses},
    Word{"办结", CaseStep::kCloses},    Word{"撤回", CaseStep::kCloses}, Word{"撤销", CaseStep::kCloses},
    Word{"打开", CaseStep::kOpens},     Word{"创建", CaseStep::kOpens},  Word{"新建", CaseStep::kOpens},
    Word{"提交", CaseStep::kOpens},     Word{"发起", CaseStep::kOpens},  Word{"受理", CaseStep::kOpens},
};

/// "ticket closed": closed; "disclosed" has no such word.
bool has_word(std::string_view name, std::string_view word) {
  for (auto at = name.find(word); at != std::string_view::npos; at = name.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !ascii::is_letter(name[at - 1])) && (end == name.size() || !ascii::is_letter(name[end])))
      return true;
  }
  return false;
}

}  // namespace

std::optional<CaseStep> case_step(const RawEvent& event, const Placement& placement) {
  if (event.case_id.empty() || std::ranges::find(kService, placement.touchpoint) == kService.end())
    return std::nullopt;
  if (const Value* resolved = find(event.properties, "resolved")) {
    const std::string is = ascii::lower(to_string(*resolved));
    if (is == "true" || is == "yes" || is == "1" || is == "是") return CaseStep::kCloses;
    if (is == "false" || is == "no" || is == "0" || is == "否") return CaseStep::kOpens;
  }
  const std::string name = ascii::lower(event.name);
  for (const Word& word : kWords)
    if (has_word(name, word.text)) return word.step;
  for (const Word& word : kWordsZh)
    if (name.contains(word.text)) return word.step;
  return CaseStep::kContinues;
}

}  // namespace zhike::ingest
