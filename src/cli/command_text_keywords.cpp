// zhike text keywords: what a file of texts is about, and each of its texts.
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/text_files.h"
#include "cli/text_readings.h"
#include "text/keywords.h"
#include "text/normalize.h"
#include "text/own_words.h"

namespace zhike::cli {
namespace {

using text::Keyword;
using text::Terms;

constexpr std::size_t kTextsForIdf = 20;  // below, how many texts have a word says little

/// Texts as the numbers of their words, one after another.
struct Numbered {
  Terms terms;
  std::vector<std::uint32_t> words;
  std::vector<std::size_t> begins{0};
  [[nodiscard]] std::size_t size() const { return begins.size() - 1; }
  [[nodiscard]] std::span<const std::uint32_t> text(std::size_t i) const {
    return std::span(words).subspan(begins[i], begins[i + 1] - begins[i]);
  }
};

Numbered numbered(const std::vector<std::string>& texts, text::WordTable own) {
  Numbered out;
  text::Segmenter segmenter(own);
  std::vector<text::Token> tokens;
  std::vector<std::uint32_t> words;
  for (const std::string& at : texts) {
    const std::u32string plain = text::normalized(at);
    segmenter.cut(plain, tokens);
    out.terms.add(plain, tokens, words);
    out.words.insert(out.words.end(), words.begin(), words.end());
    out.begins.push_back(out.words.size());
  }
  return out;
}

std::vector<Keyword> of_all(const Numbered& texts, std::span<const double> idf, bool by_rank) {
  if (!by_rank) return text::tf_idf(texts.words, idf);
  text::TextRank rank;
  for (std::size_t i = 0; i < texts.size(); ++i) rank.add(texts.text(i));
  return rank.rank(texts.terms.size());
}

/// Reads one text after another by TextRank: its own words get numbers of their own.
class RankEach {
 public:
  explicit RankEach(std::size_t terms) : places_(terms, Terms::kNone) {}
  std::vector<Keyword> of(std::span<const std::uint32_t> text) {
    local_.clear();
    words_.clear();
    for (const std::uint32_t term : text) {
      if (term != Terms::kNone && places_[term] == Terms::kNone) {
        places_[term] = static_cast<std::uint32_t>(words_.size());
        words_.push_back(term);
      }
      local_.push_back(term == Terms::kNone ? term : places_[term]);
    }
    rank_.clear();
    rank_.add(local_);
    std::vector<Keyword> out = rank_.rank(words_.size());
    for (Keyword& at : out) at.term = words_[at.term];
    for (const std::uint32_t term : words_) places_[term] = Terms::kNone;
    return out;
  }

 private:
  text::TextRank rank_;
  std::vector<std::uint32_t> places_, local_, words_;
};

void write_each(Reading& reading, const Numbered& texts, std::span<const double> idf,
                const TextCommand& command) {
  if (!reading.writes()) return;
  reading.head({"keywords", "scores"});
  RankEach ranks(texts.terms.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::vector<Keyword> found =
        command.method == "textrank" ? ranks.of(texts.text(i)) : text::tf_idf(texts.text(i), idf);
    if (found.size() > command.each) found.resize(command.each);
    std::string words, scores;
    for (const Keyword& at : found) {
      words += (words.empty() ? "" : " ") + text::to_utf8(texts.terms.word(at.term));
      scores += fmt::format("{}{:.4f}", scores.empty() ? "" : " ", at.score);
    }
    CsvFile& row = reading.begin_row(i);
    row.cell(words);
    row.cell(scores);
    reading.end_row();
  }
}

Result<int> keywords(Console& console, const TextCommand& command) {
  CX_TRY(const std::vector<std::u32string> words, words_of(command));
  const text::OwnWords own(words);
  CX_TRY(const LabelledTexts texts, read_labelled(command));
  Reading reading(console, command, texts);
  const Numbered read = numbered(texts.texts, own.table());
  const bool by_file = command.idf.empty() ? read.size() >= kTextsForIdf : command.idf == "file";
  std::vector<double> idf;
  for (std::uint32_t term = 0; term < read.terms.size(); ++term)
    idf.push_back(by_file ? read.terms.idf(term) : read.terms.idf_at_large(term));
  write_each(reading, read, idf, command);
  std::vector<Keyword> found = of_all(read, idf, command.method == "textrank");
  if (found.size() > command.top) found.resize(command.top);
  std::vector<std::vector<std::string>> shown{{"keyword", "score", "times", "texts"}};
  json::array listed;
  for (const Keyword& at : found) {
    const std::string word = text::to_utf8(read.terms.word(at.term));
    shown.push_back({word, fmt::format("{:.4f}", at.score), fmt::format("{}", read.terms.count(at.term)),
                     fmt::format("{}", read.terms.texts_with(at.term))});
    listed.push_back(json::object{{"keyword", word},
                                  {"score", at.score},
                                  {"times", read.terms.count(at.term)},
                                  {"texts", read.terms.texts_with(at.term)}});
  }
  console.say(table(shown));
  return reading.end(
      {{"method", command.method},
       {"idf", command.method == "textrank" ? json::value(nullptr) : json::value(by_file ? "file" : "large")},
       {"words", read.terms.size()},
       {"keywords", std::move(listed)}});
}

}  // namespace

int text_keywords(Console& console, const TextCommand& command) {
  const auto done = keywords(console, command);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
