#include "text/train.h"

#include <algorithm>
#include <array>

#include "text/calibrate.h"
#include "text/model_file.h"
#include "text/normalize.h"

namespace zhike::text {
namespace {

constexpr std::uint64_t kTextsMin = 10;     // of each class
constexpr std::uint32_t kHeldOutEach = 10;  // one text in ten

/// FNV-1a: which part a text falls into, whatever its place in the file.
std::uint64_t hash_of(std::u32string_view text) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char32_t c : text) hash = (hash ^ c) * 0x100000001B3ULL;
  return hash ^ hash >> 32U;
}

struct Parts {
  Rows learned, held_out;
  std::vector<std::uint64_t> texts;  ///< by class
  std::uint64_t empty = 0;
};

void append(Rows& to, std::span<const std::uint32_t> buckets, std::uint32_t label) {
  to.buckets.insert(to.buckets.end(), buckets.begin(), buckets.end());
  to.begins.push_back(to.buckets.size());
  to.labels.push_back(label);
}

void append(Rows& to, const Rows& from) {
  for (std::size_t i = 0; i < from.size(); ++i) append(to, from.row(i), from.labels[i]);
}

Language language_of_most(std::span<const Example> examples) {
  std::array<std::size_t, 3> counts{};
  for (const Example& example : examples)
    ++counts[static_cast<std::size_t>(language_of(normalized(example.text)))];
  return static_cast<Language>(std::ranges::max_element(counts) - counts.begin());
}

Parts parts_of(std::span<const Example> examples, std::size_t classes, const Model& model) {
  Parts out;
  out.texts.resize(classes);
  std::vector<std::uint32_t> features;
  for (const Example& example : examples) {
    const std::u32string text = normalized(example.text);
    extract(text, model.grams, features);
    if (features.empty()) {
      ++out.empty;
      continue;
    }
    to_buckets(features, model.bits);
    ++out.texts[example.label];
    append(hash_of(text) % kHeldOutEach == 0 ? out.held_out : out.learned, features, example.label);
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

void write_card(Model& model, const Parts& parts, const Evaluation& held_out, const TrainOptions& options,
                unsigned epochs) {
  boost::json::object texts;
  for (std::size_t c = 0; c < model.classes.size(); ++c) texts[model.classes[c]] = parts.texts[c];
  model.card["rows"] = parts.learned.size();  // all: the held-out ones have joined them
  model.card["texts"] = std::move(texts);
  model.card["language"] = to_string(model.language);
  model.card["algorithm"] = "multinomial logistic regression on hashed n-grams, scaled by log-count ratios";
  model.card["seed"] = options.seed;
  model.card["passes"] = epochs;
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
  LinearOptions settings{.seed = options.seed};
  unsigned epochs = 0;
  {
    const Linear early = fit(parts.learned, parts.held_out, shape, settings, epochs);
    model.temperature =
        fit_temperature(score_all(early, parts.held_out), parts.held_out.labels, shape.classes);
    quantise(early, model);
    out.held_out = evaluate_rows(model, parts.held_out);
  }
  append(parts.learned, parts.held_out);
  settings.epochs_max = std::max(epochs, 1U);
  const Linear whole = fit(parts.learned, Rows(), shape, settings, epochs);
  quantise(whole, model);
  write_card(model, parts, out.held_out, options, epochs);
  return out;
}

}  // namespace zhike::text
