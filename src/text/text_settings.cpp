// text_settings FILE.tsv...: how well settings of training do on parts of the file that they did not see,
// five folds by the hash of the text. The settings of linear.h were chosen by this table, from files of
// learning parts alone (tools/text_settings.py).
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "text/features.h"
#include "text/language.h"
#include "text/linear.h"
#include "text/model.h"
#include "text/normalize.h"

namespace {

using namespace zhike::text;

constexpr unsigned kBits = 21;
constexpr std::size_t kFolds = 5;

struct Texts {
  Rows rows;
  std::vector<std::size_t> folds;  ///< of each row
  std::vector<bool> strong = std::vector<bool>(std::size_t{1} << kBits);
  std::uint32_t classes = 2;
};

/// Lines of a class (0, 1 ...), a tab and a text.
Texts read(const char* path) {
  Texts out;
  std::ifstream file(path);
  std::vector<std::uint32_t> features;
  for (std::string line; std::getline(file, line);) {
    const std::u32string text = normalized(std::string_view(line).substr(2));
    const auto label = static_cast<std::uint32_t>(line[0] - '0');
    extract(text, grams_for(language_of(text)), features);
    for (const std::uint32_t feature : features)
      if (is_strong(feature)) out.strong[feature >> (32U - kBits)] = true;
    to_buckets(features, kBits);
    out.rows.append(features, label, 1);
    out.folds.push_back(std::hash<std::u32string>{}(text) % kFolds);
    out.classes = std::max(out.classes, label + 1);
  }
  return out;
}

struct Found {
  double accuracy = 0, loss = 0;
};

Found validate(const Texts& texts, const LinearOptions& options) {
  const LinearShape shape{.bits = kBits, .classes = texts.classes};
  Found out;
  std::vector<float> scores(shape.columns()), chances(shape.classes);
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    Rows learned;
    for (std::size_t i = 0; i < texts.rows.size(); ++i)
      if (texts.folds[i] != fold) learned.append(texts.rows.row(i), texts.rows.labels[i], 1);
    const Linear linear = fit(learned, texts.strong, shape, options);
    for (std::size_t i = 0; i < texts.rows.size(); ++i) {
      if (texts.folds[i] != fold) continue;
      score(linear, texts.rows.row(i), scores);
      to_probabilities(scores, 1, chances);
      out.accuracy += std::ranges::max_element(chances) - chances.begin() == texts.rows.labels[i] ? 1 : 0;
      out.loss -= std::log(std::max(static_cast<double>(chances[texts.rows.labels[i]]), 1e-9));
    }
  }
  const auto all = static_cast<double>(texts.rows.size());
  return {.accuracy = out.accuracy / all, .loss = out.loss / all};
}

}  // namespace

int main(int count, char** words) {
  fmt::print("{:<40} {:>5} {:>6} {:>6} {:>6}  {:>8} {:>8}\n", "file", "cost", "least", "rarity", "strong",
             "accuracy", "log loss");
  for (int i = 1; i < count; ++i) {
    const Texts texts = read(words[i]);
    const LinearOptions chosen;
    std::vector<LinearOptions> tried{chosen};
    for (const double cost : {0.3, 3.0, 10.0}) tried.emplace_back(chosen).cost = cost;
    for (const double least : {0.0, 1.0}) tried.emplace_back(chosen).ratio_least = least;
    for (const double rarity : {0.0, 0.25, 1.0}) tried.emplace_back(chosen).rarity = rarity;
    for (const double strong : {1.0, 2.0, 8.0}) tried.emplace_back(chosen).strong = strong;
    for (const LinearOptions& at : tried) {
      const Found found = validate(texts, at);
      fmt::print("{:<40} {:>5} {:>6} {:>6} {:>6}  {:>8.4f} {:>8.4f}\n",
                 std::string_view(words[i]).substr(std::string_view(words[i]).rfind('/') + 1), at.cost,
                 at.ratio_least, at.rarity, at.strong, found.accuracy, found.loss);
      std::fflush(stdout);
    }
  }
}
