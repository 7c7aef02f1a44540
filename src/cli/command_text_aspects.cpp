// zhike text aspects: what texts speak of, whether well or badly, and why.
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/text_files.h"
#include "cli/text_readings.h"
#include "text/aspects.h"
#include "text/normalize.h"
#include "text/shipped.h"

namespace zhike::cli {
namespace {

using text::Mention;

Result<text::AspectCatalogue> catalogue_of(const TextCommand& command) {
  if (command.aspects.empty()) return text::shipped_aspects(command.domain);
  CX_TRY(const std::string bytes, read_file(command.aspects));
  auto own = text::parse_aspects(bytes);
  if (!own) return fail(own.error().code, "{}: {}", command.aspects, own.error().detail);
  return own;
}

std::string_view part(std::string_view text, const text::Range& range) {
  return text.substr(range.begin, range.end - range.begin);
}

/// One row of the file for each mention; with --term one for each text that has the term.
void write(Reading& reading, std::size_t i, std::string_view text, std::string_view aspect,
           const Mention& found) {
  CsvFile& row = reading.begin_row(i);
  row.cell(aspect);
  row.cell(text::kSentimentClasses[static_cast<std::size_t>(found.polarity)]);
  row.cell(fmt::format("{:.4f}", found.positive));
  row.cell(part(text, found.word));
  row.cell(fmt::format("{}", found.word.begin));
  row.cell(fmt::format("{}", found.word.end));
  row.cell(part(text, found.clause));
  std::string why;
  for (const text::Opinion& at : found.opinions)
    why += fmt::format("{}{}-{} {:+.2f} {}", why.empty() ? "" : "; ", at.where.begin, at.where.end, at.value,
                       part(text, at.where));
  row.cell(why);
  for (const float sign : found.signs) row.cell(fmt::format("{:.4f}", sign));
  reading.end_row();
}

/// How often each aspect is spoken of, by polarity.
class Counts {
 public:
  explicit Counts(const text::AspectCatalogue& catalogue)
      : catalogue_(catalogue), counts_(catalogue.aspects.size()) {}
  void add(const Mention& found) { ++counts_[found.aspect][static_cast<std::size_t>(found.polarity)]; }

  [[nodiscard]] json::array to_json() const {
    json::array out;
    for (std::size_t a = 0; a < counts_.size(); ++a) {
      const text::Aspect& aspect = catalogue_.aspects[a];
      out.push_back(json::object{{"aspect", aspect.key},
                                 {"name_en", aspect.name_en},
                                 {"name_zh", aspect.name_zh},
                                 {"negative", counts_[a][0]},
                                 {"neutral", counts_[a][1]},
                                 {"positive", counts_[a][2]}});
    }
    return out;
  }

  [[nodiscard]] std::string shown(const Console& console) const {
    std::vector<std::vector<std::string>> rows{{"aspect", "negative", "neutral", "positive"}};
    for (std::size_t a = 0; a < counts_.size(); ++a) {
      const text::Aspect& aspect = catalogue_.aspects[a];
      rows.push_back({std::string(console.pick(aspect.name_en, aspect.name_zh))});
      for (const std::uint64_t count : counts_[a]) rows.back().push_back(fmt::format("{}", count));
    }
    return table(rows);
  }

 private:
  const text::AspectCatalogue& catalogue_;
  std::vector<std::array<std::uint64_t, 3>> counts_;
};

constexpr std::array<std::string_view, 11> kColumns{"aspect",   "sentiment",    "positive",  "word",
                                                    "begin",    "end",          "clause",    "why",
                                                    "opinions", "clause_model", "text_model"};

Result<int> aspects(Console& console, const TextCommand& command) {
  CX_TRY(const text::AspectCatalogue catalogue, catalogue_of(command));
  CX_TRY(const std::vector<std::u32string> own, words_of(command));
  CX_TRY(const text::ShippedModels* const models, text::shipped_sentiment());
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  const text::AspectWords words(catalogue, own);
  text::AspectReader reader(words, *models);
  Reading reading(console, command, texts);
  reading.head({kColumns.begin(), kColumns.end()});
  Counts counts(catalogue);
  std::uint64_t mentions = 0, silent = 0;
  for (std::size_t i = 0; i < texts.texts.size(); ++i) {
    const std::string& text = texts.texts[i];
    const auto found = reader.read(text::normalized_with_places(text));
    silent += found.empty() ? 1 : 0;
    mentions += found.size();
    for (const Mention& at : found) {
      counts.add(at);
      if (reading.writes()) write(reading, i, text, catalogue.aspects[at.aspect].key, at);
    }
  }
  console.say(counts.shown(console));
  return reading.end({{"domain", catalogue.key},
                      {"mentions", mentions},
                      {"texts_without", silent},
                      {"aspects", counts.to_json()}});
}

/// The aspects are the values of a column.
Result<int> terms(Console& console, const TextCommand& command) {
  CX_TRY(const std::vector<std::u32string> own, words_of(command));
  CX_TRY(const text::ShippedModels* const models, text::shipped_sentiment());
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  const text::AspectWords words({}, own);
  text::AspectReader reader(words, *models);
  Reading reading(console, command, texts);
  reading.head({kColumns.begin(), kColumns.end()});
  std::array<std::uint64_t, 3> counts{};
  std::uint64_t absent = 0;
  for (std::size_t i = 0; i < texts.texts.size(); ++i) {
    const std::string& text = texts.texts[i];
    const std::string& term = texts.names[texts.labels[i]];
    const Mention* const found = reader.read_term(text::normalized_with_places(text), text::normalized(term));
    if (found == nullptr) {
      ++absent;
      continue;
    }
    ++counts[static_cast<std::size_t>(found->polarity)];
    if (reading.writes()) write(reading, i, text, term, *found);
  }
  json::object by_class;
  std::vector<std::vector<std::string>> shown{{"sentiment", "texts"}};
  for (std::size_t c = 0; c < counts.size(); ++c) {
    by_class[text::kSentimentClasses[c]] = counts[c];
    shown.push_back({std::string(text::kSentimentClasses[c]), fmt::format("{}", counts[c])});
  }
  console.say(table(shown));
  return reading.end({{"counts", std::move(by_class)}, {"texts_without", absent}});
}

}  // namespace

int text_aspects(Console& console, const TextCommand& command) {
  const auto done = command.label.empty() ? aspects(console, command) : terms(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
