// zhike text sentiment: the probabilities of each text.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/text_files.h"
#include "cli/text_models.h"
#include "cli/text_readings.h"
#include "text/normalize.h"

namespace zhike::cli {
namespace {

Result<int> sentiment(Console& console, const TextCommand& command) {
  CX_TRY(Judging model, judging(command));
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  Reading reading(console, command, texts);
  std::vector<std::string_view> names{"sentiment"};
  names.insert(names.end(), model.classes.begin(), model.classes.end());
  reading.head(names);
  std::vector<std::uint64_t> counts(model.classes.size());
  std::uint64_t empty = 0;
  for (std::size_t i = 0; i < texts.texts.size(); ++i) {
    const std::u32string plain = text::normalized(texts.texts[i]);
    if (plain.empty()) {
      ++empty;
      if (reading.writes()) {
        CsvFile& row = reading.begin_row(i);
        for (std::size_t c = 0; c < names.size(); ++c) row.cell("");
        reading.end_row();
      }
      continue;
    }
    const std::span<const float> chances = model.read(plain);
    const auto best = static_cast<std::size_t>(std::ranges::max_element(chances) - chances.begin());
    ++counts[best];
    if (!reading.writes()) continue;
    CsvFile& row = reading.begin_row(i);
    row.cell(model.classes[best]);
    for (const float chance : chances) row.cell(fmt::format("{:.4f}", chance));
    reading.end_row();
  }
  std::vector<std::vector<std::string>> shown{{"sentiment", "texts"}};
  json::object by_class;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    shown.push_back({model.classes[c], fmt::format("{}", counts[c])});
    by_class[model.classes[c]] = counts[c];
  }
  console.say(table(shown));
  return reading.end({{"counts", std::move(by_class)}, {"empty", empty}});
}

}  // namespace

int text_sentiment(Console& console, const TextCommand& command) {
  const auto done = sentiment(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
