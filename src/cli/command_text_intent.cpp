// zhike text intent: what each text wants and feels, and what needs a person at once, by words.
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "cli/text_files.h"
#include "cli/text_readings.h"
#include "text/intents.h"
#include "text/normalize.h"

namespace zhike::cli {
namespace {

using text::IntentLabel;
using text::IntentWord;

constexpr std::array<std::string_view, 3> kGroups{"emotion", "intent", "flag"};

/// Labels of each group in one cell, each once, then the words that say so.
void write(Reading& reading, std::size_t i, std::string_view text, const std::vector<IntentLabel>& labels,
           const std::vector<IntentWord>& found) {
  CsvFile& row = reading.begin_row(i);
  std::uint32_t bits = 0;
  std::string why;
  for (const IntentWord& at : found) {
    bits |= std::uint32_t{1} << at.label;
    why += fmt::format("{}{}-{} {} {}", why.empty() ? "" : "; ", at.begin, at.end, labels[at.label].key,
                       text.substr(at.begin, at.end - at.begin));
  }
  for (const std::string_view group : kGroups) {
    std::string cell;
    for (std::size_t label = 0; label < labels.size(); ++label)
      if ((bits >> label & 1U) != 0 && labels[label].group == group)
        cell += (cell.empty() ? "" : " ") + labels[label].key;
    row.cell(cell);
  }
  row.cell(why);
  reading.end_row();
}

Result<int> intent(Console& console, const TextCommand& command) {
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  Reading reading(console, command, texts);
  const text::Intents& intents = text::Intents::shipped();
  const std::vector<IntentLabel>& labels = intents.labels();
  reading.head({"emotions", "intents", "flags", "why"});
  std::vector<std::uint64_t> counts(labels.size());
  std::uint64_t without = 0;
  for (std::size_t i = 0; i < texts.texts.size(); ++i) {
    const std::vector<IntentWord> found = intents.find(text::normalized_with_places(texts.texts[i]));
    std::uint32_t seen = 0;
    for (const IntentWord& at : found) {
      if ((seen >> at.label & 1U) == 0) ++counts[at.label];
      seen |= std::uint32_t{1} << at.label;
    }
    without += found.empty() ? 1 : 0;
    if (reading.writes()) write(reading, i, texts.texts[i], labels, found);
  }
  std::vector<std::vector<std::string>> shown{{"label", "texts"}};
  json::array listed;
  for (std::size_t label = 0; label < labels.size(); ++label) {
    const IntentLabel& at = labels[label];
    shown.push_back({std::string(console.pick(at.name_en, at.name_zh)), fmt::format("{}", counts[label])});
    listed.push_back(json::object{{"group", at.group},
                                  {"label", at.key},
                                  {"name_en", at.name_en},
                                  {"name_zh", at.name_zh},
                                  {"texts", counts[label]}});
  }
  console.say(table(shown));
  return reading.end({{"labels", std::move(listed)}, {"texts_without", without}});
}

}  // namespace

int text_intent(Console& console, const TextCommand& command) {
  const auto done = intent(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
