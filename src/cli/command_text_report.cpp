// zhike text report: what the comments in the store say.
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/opened.h"
#include "feedback/comments.h"
#include "feedback/readings.h"

namespace zhike::cli {
namespace {

constexpr std::uint64_t kWords = 20;

json::value number(const std::optional<double>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

json::object sentiments_json(const feedback::Sentiments& of) {
  json::object out{{"n", of.n}, {"unknown", of.unknown}, {"enough", of.enough}};
  for (const auto& [name, portion] : {std::pair("negative", &of.negative), std::pair("neutral", &of.neutral),
                                      std::pair("positive", &of.positive)})
    out[name] = json::object{{"count", portion->count},
                             {"value", number(portion->value)},
                             {"low", number(portion->low)},
                             {"high", number(portion->high)}};
  return out;
}

std::string shown(const feedback::Portion& portion) {
  if (!portion.value) return fmt::format("{}", portion.count);
  return fmt::format("{} {:.1f} % [{:.1f}, {:.1f}]", portion.count, 100 * *portion.value, 100 * *portion.low,
                     100 * *portion.high);
}

Result<void> report(Console& console, app::App& app, const TextCommand& command) {
  feedback::Readings& readings = app.readings();
  CX_TRY(wait_read(console, app));
  const feedback::CommentStore store{.client = app.warehouse(), .reading = readings.status().reading};
  feedback::CommentQuestion question{
      .filter = {.events = {}}, .grain = query::Grain::kNone, .by = query::By::kNone};
  CX_TRY(question.filter.events, filter_of(app, command.filters));
  const Grant owner = Grant::owner();
  CX_TRY(const auto summary, feedback::summarise(store, owner, question));
  CX_TRY(const auto aspects, feedback::aspects(store, owner, readings.setup()->aspects, question));
  CX_TRY(const auto words,
         feedback::typical_words(store, owner, question.filter, text::Polarity::kNegative, kWords));
  const std::vector<std::string> head{"", "negative", "neutral", "positive", "n"};
  const auto row = [](std::string_view name, const feedback::Sentiments& of) {
    return std::vector<std::string>{std::string(name), shown(of.negative), shown(of.neutral),
                                    shown(of.positive), fmt::format("{}", of.n)};
  };
  std::vector<std::vector<std::string>> rows{head,
                                             row(console.pick("all comments", "全部留言"), summary.whole)};
  json::array aspects_json, words_json;
  for (const auto& use : aspects.aspects) {
    rows.push_back(row(console.pick(use.name_en, use.name_zh), use.sentiments));
    json::object entry = sentiments_json(use.sentiments);
    entry["aspect"] = use.key;
    aspects_json.push_back(std::move(entry));
  }
  console.say(table(rows));
  std::string typical;
  for (const auto& word : words.words) {
    typical += fmt::format("{}{} ({}/{})", typical.empty() ? "" : ", ", word.word, word.n, word.others);
    words_json.push_back(
        json::object{{"word", word.word}, {"n", word.n}, {"others", word.others}, {"score", word.score}});
  }
  if (!typical.empty())
    console.say(fmt::format("{}: {}", console.pick("typical of negative ones", "负面典型用词"), typical));
  if (summary.whole.unknown > 0)
    console.say(
        fmt::format("{} {}", summary.whole.unknown,
                    console.pick("not judged: no model for the language", "条未判断：没有该语言的模型")));
  json::object out = sentiments_json(summary.whole);
  out["read"] = readings.status().comments;
  out["catalogue"] = readings.setup()->aspects.key;
  out["aspects"] = std::move(aspects_json);
  out["words"] = std::move(words_json);
  console.result(out);
  return {};
}

}  // namespace

int text_report(Console& console, const TextCommand& command) {
  return with_app(console, [&](app::App& app) { return report(console, app, command); });
}

}  // namespace zhike::cli
