#include "text/train.h"

#include <algorithm>
#include <array>
#include <future>

#include "text/calibrate.h"
#include "text/model_file.h"
#include "text/normalize.h"

namespace zhike::text {
namespace {

constexpr std::uint64_t kTextsMin = 10;     // of each class
constexpr std::size_t kPictureMax = 13;     // characters with their brackets
constexpr std::uint32_t kHeldOutEach = 10;  // one text in ten

/// FNV-1a: which part a text falls into, whatever its place in the file. Blanks and names of pictures ([怒])
/// do not count: a text with them and the same without are on one side.
std::uint64_t hash_of(std::u32string_view text) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t end = text[at] == U'[' ? text.find(U']', at) : at;
    if (end != at && end != std::u32string_view::npos && end - at <= kPictureMax)
      at = end;
    else if (text[at] != U' ')
      hash = (hash ^ text[at]) * 0x100000001B3ULL;
  }
  return hash ^ hash >> 32U;
}

struct Parts {
  Rows learned, held_out, all;
  std::vector<bool> strong;          ///< by bucket
  std::vector<std::uint64_t> texts;  ///< by class
  std::uint64_t empty = 0;
};

Language language_of_most(std::span<const Example> examples) {
  std::array<std::size_t, 3> counts{};
  for (const Example& example : examples)
    ++counts[static_cast<std::size_t>(language_of(normalized(example.text)))];
  return static_cast<Language>(std::ranges::max_element(counts) - counts.begin());
}

Parts parts_of(std::span<const Example> examples, std::size_t classes, const Model& model) {
  Parts out;
  out.texts.resize(classes);
  out.strong.resize(std::size_t{1} << model.bits);
  std::vector<std::uint32_t> features;
  for (const Example& example : examples) {
    const std::u32string text = normalized(example.text);
    extract(text, model.grams, features);
    if (features.empty()) {
      ++out.empty;
      continue;
    }
    for (const std::uint32_t feature : features)
      if (is_strong(feature)) out.strong[feature >> (32U - model.bits)] = true;
    to_buckets(features, model.bits);
    ++out.texts[example.label];
    (hash_of(text) % kHeldOutEach == 0 ? out.held_out : out.learned)
        .append(features, example.label, example.weight);
    out.all.append(features, example.label, example.weight);
  }
  return out;
}

Evaluation evaluate_rows(const Model& model, const Rows& rows) {
  Reader reader(model);
  Evaluator out(model.shape().classes);
  std::vector<float> chances(model.classes.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    to_probabilities(reader.score(rows.row(i)), model.temperature, chances);
    out.add(i, rows.labels[i], chances);
  }
  return out.result();
}

void write_card(Model& model, const Parts& parts, const Evaluation& held_out, const TrainOptions& options) {
  boost::json::object texts;
  for (std::size_t c = 0; c < model.classes.size(); ++c) texts[model.classes[c]] = parts.texts[c];
  model.card["rows"] = parts.all.size();
  model.card["texts"] = std::move(texts);
  model.card["language"] = to_string(model.language);
  model.card["algorithm"] = "logistic regression on hashed n-grams, scaled by log-count ratios and rarity";
  model.card["seed"] = options.seed;
  model.card["held_out"] = boost::json::object{{"rows", held_out.rows},
                                               {"accuracy", held_out.accuracy},
                                               {"macro_f1", held_out.macro_f1},
                                               {"ece", held_out.ece}};
}

}  // namespace

Result<Trained> train(std::span<const Example> examples, const std::vector<std::string>& classes,
                      const TrainOptions& options) {
  Trained out;
  Model& model = out.model;
  model.classes = classes;
  model.bits = std::clamp(options.bits, kBitsMin, kBitsMax);
  model.language = language_of_most(examples);
  model.grams = grams_for(model.language);
  const LinearShape shape = model.shape();
  if (shape.weights() > kWeightsMax)
    return fail(Code::kBadTextLabels, "{} classes are too many for 2^{} buckets", classes.size(), model.bits);
  Parts parts = parts_of(examples, classes.size(), model);
  out.empty = parts.empty;
  for (std::size_t c = 0; c < classes.size(); ++c)
    if (parts.texts[c] < kTextsMin)
      return fail(Code::kBadTextLabels, "{} texts of the label {}, at least {} are needed", parts.texts[c],
                  classes[c], kTextsMin);
  const LinearOptions settings{.seed = options.seed};
  // Both at once: neither needs the other.
  auto whole = std::async(std::launch::async, [&] { return fit(parts.all, parts.strong, shape, settings); });
  const Linear early = fit(parts.learned, parts.strong, shape, settings);
  model.temperature = fit_temperature(score_all(early, parts.held_out), parts.held_out.labels, shape.classes);
  quantise(early, model);
  out.held_out = evaluate_rows(model, parts.held_out);
  quantise(whole.get(), model);
  write_card(model, parts, out.held_out, options);
  return out;
}

}  // namespace zhike::text
