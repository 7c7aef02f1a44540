// zhike text topics: what a file of texts is about, as topics with their words and examples.
#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/text_files.h"
#include "cli/text_readings.h"
#include "text/agreement.h"
#include "text/keywords.h"
#include "text/normalize.h"
#include "text/own_words.h"
#include "text/topics.h"

namespace zhike::cli {
namespace {

constexpr std::size_t kShown = 60, kShownJson = 300;  // characters of an example

text::Bags bags_of(const std::vector<std::string>& texts, text::WordTable own, text::Terms& terms) {
  text::Bags out;
  text::Segmenter segmenter(own);
  std::vector<text::Token> tokens;
  std::vector<std::uint32_t> words;
  for (const std::string& at : texts) {
    const std::u32string plain = text::normalized(at);
    segmenter.cut(plain, tokens);
    terms.add(plain, tokens, words);
    std::erase(words, text::Terms::kNone);
    out.add(words);
  }
  return out;
}

std::string name_of(const text::Topic& topic, const text::Terms& terms) {
  std::string out;
  for (std::size_t w = 0; w < std::min(topic.words.size(), text::kNameWords); ++w)
    out += (w == 0 ? "" : " ") + text::to_utf8(terms.word(topic.words[w].term));
  return out;
}

json::object topic_json(const text::Topic& topic, const text::Terms& terms, const LabelledTexts& texts) {
  json::array words, examples;
  for (const text::TopicWord& word : topic.words)
    words.push_back(json::object{
        {"word", text::to_utf8(terms.word(word.term))}, {"texts", word.texts}, {"score", word.score}});
  for (const std::size_t i : topic.examples)
    examples.push_back(
        json::object{{"row", texts.numbers[i]}, {"text", shortened(texts.texts[i], kShownJson)}});
  return {{"name", name_of(topic, terms)}, {"texts", topic.texts},      {"stability", topic.stability},
          {"coherence", topic.coherence},  {"words", std::move(words)}, {"examples", std::move(examples)}};
}

void say(Console& console, const text::Topics& found, const text::Terms& terms, const LabelledTexts& texts) {
  std::vector<std::vector<std::string>> rows{
      {"topic", "texts", "stability", "coherence", "words", "example"}};
  for (const text::Topic& topic : found.topics) {
    std::string words;
    for (const text::TopicWord& word :
         std::span(topic.words).first(std::min<std::size_t>(topic.words.size(), 6)))
      words += (words.empty() ? "" : " ") + text::to_utf8(terms.word(word.term));
    rows.push_back({fmt::format("{}", rows.size()), fmt::format("{}", topic.texts),
                    fmt::format("{:.3f}", topic.stability), fmt::format("{:.3f}", topic.coherence), words,
                    topic.examples.empty() ? "" : shortened(texts.texts[topic.examples[0]], kShown)});
  }
  console.say(table(rows));
  if (found.tried.empty()) return;
  std::vector<std::vector<std::string>> tried{{"topics", "stability", "beyond chance", "coherence"}};
  for (const text::TopicTry& at : found.tried)
    tried.push_back({fmt::format("{}", at.topics), fmt::format("{:.3f}", at.stability),
                     fmt::format("{:.3f}", at.beyond_chance), fmt::format("{:.3f}", at.coherence)});
  console.say(table(tried));
}

void write_each(Reading& reading, const text::Topics& found, const text::Terms& terms) {
  if (!reading.writes()) return;
  reading.head({"topic", "name"});
  for (std::size_t i = 0; i < found.of.size(); ++i) {
    CsvFile& row = reading.begin_row(i);
    const bool is_of_one = found.of[i] != text::kNoPart;
    row.cell(is_of_one ? fmt::format("{}", found.of[i] + 1) : "");
    row.cell(is_of_one ? name_of(found.topics[found.of[i]], terms) : "");
    reading.end_row();
  }
}

Result<int> topics(Console& console, const TextCommand& command) {
  CX_TRY(const std::vector<std::u32string> words, words_of(command));
  const text::OwnWords own(words);
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  Reading reading(console, command, texts);
  text::Terms terms;
  const text::Bags bags = bags_of(texts.texts, own.table(), terms);
  CX_TRY(const text::Topics found,
         text::find_topics(bags, {.topics = command.topics, .seed = command.seed, .examples = command.each}));
  say(console, found, terms, texts);
  write_each(reading, found, terms);
  json::array listed, tried;
  for (const text::Topic& topic : found.topics) listed.push_back(topic_json(topic, terms, texts));
  for (const text::TopicTry& at : found.tried)
    tried.push_back(json::object{{"topics", at.topics},
                                 {"stability", at.stability},
                                 {"beyond_chance", at.beyond_chance},
                                 {"coherence", at.coherence}});
  json::value nmi = nullptr;
  if (!command.label.empty()) {
    nmi = text::mutual_information(texts.labels, found.of);
    console.say(fmt::format("NMI {:.4f}, {}", nmi.as_double(), command.label));
  }
  return reading.end({{"topics", std::move(listed)},
                      {"stability", found.stability},
                      {"coherence", found.coherence},
                      {"nmi", std::move(nmi)},
                      {"without", found.without},
                      {"words", found.terms},
                      {"fitted", found.fitted},
                      {"seed", command.seed},
                      {"tried", std::move(tried)}});
}

}  // namespace

int text_topics(Console& console, const TextCommand& command) {
  const auto done = topics(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
