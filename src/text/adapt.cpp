#include "text/adapt.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <unordered_map>

#include "text/features.h"
#include "text/language.h"
#include "text/minimise.h"
#include "text/model.h"

namespace zhike::text {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::string_view kMagic = "ZKOWN1\n";
constexpr std::uint32_t kFolds = 5;
constexpr unsigned kSteps = 80;
constexpr double kStill = 1e-3;  // a sum over the labels: their third digit changes no reading
constexpr double kLoose = 0.1;   // how firmly trust and bias are held
constexpr std::array kStrengths{std::numeric_limits<double>::infinity(), 30.0, 10.0, 3.0, 1.0, 0.3};
constexpr std::size_t kClasses = 3;
constexpr std::size_t kFixed = 1 + kClasses;  // trust and bias come before the weights
constexpr float kLargest = 1e4F;              // of any number of the file

std::uint64_t hash_of(std::u32string_view text) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a
  for (const char32_t c : text)
    if (c != U' ') hash = (hash ^ c) * 0x100000001B3ULL;
  hash = (hash ^ hash >> 33U) * 0xFF51AFD7ED558CCDULL;
  return hash ^ hash >> 33U;
}

std::array<double, kClasses> logs_of(const std::array<float, 3>& prior) {
  std::array<double, kClasses> out{};
  for (std::size_t c = 0; c < kClasses; ++c)
    out[c] = std::log(double{std::max(prior[c], Adaptation::kLeastPrior)});
  return out;
}

void softmax(std::array<double, kClasses>& scores) {
  const double most = std::ranges::max(scores);
  double sum = 0;
  for (double& score : scores) sum += score = std::exp(score - most);
  for (double& score : scores) score /= sum;
}

void buckets_of(std::u32string_view normalized, std::vector<std::uint32_t>& out) {
  extract(normalized, grams_for(language_of(normalized)), out);
  to_buckets(out, Adaptation::kBits);
}

/// A label as numbers: the columns of its words that have a weight.
struct Row {
  std::array<double, kClasses> logs{};
  std::vector<std::uint32_t> columns;
  double scale = 1;  ///< of each word
  std::uint32_t label = 0;
  std::uint32_t fold = 0;
};

struct Design {
  std::vector<Row> rows;
  std::vector<std::uint32_t> buckets;  ///< by column, ascending
};

Design design_of(std::span<const OwnLabel> labels, std::uint64_t seed) {
  Design out;
  std::vector<std::vector<std::uint32_t>> features;
  std::unordered_map<std::uint32_t, std::uint32_t> texts;
  for (const OwnLabel& label : labels) {
    if (label.held_out) continue;
    std::vector<std::uint32_t>& of = features.emplace_back();
    buckets_of(label.text, of);
    for (const std::uint32_t bucket : of) ++texts[bucket];
    const std::uint64_t fold = (hash_of(label.text) >> 8U) * (2 * seed + 1);
    out.rows.push_back({.logs = logs_of(label.prior),
                        .columns = {},
                        .scale = of.empty() ? 1 : 1 / std::sqrt(static_cast<double>(of.size())),
                        .label = label.label,
                        .fold = static_cast<std::uint32_t>((fold >> 32U) % kFolds)});
  }
  for (const auto& [bucket, count] : texts)
    if (count > 1) out.buckets.push_back(bucket);
  std::ranges::sort(out.buckets);
  for (std::size_t i = 0; i < out.rows.size(); ++i) {
    for (const std::uint32_t bucket : features[i]) {
      const auto at = std::ranges::lower_bound(out.buckets, bucket);
      if (at != out.buckets.end() && *at == bucket)
        out.rows[i].columns.push_back(static_cast<std::uint32_t>(at - out.buckets.begin()));
    }
  }
  return out;
}

std::array<double, kClasses> chances_of(const Row& row, std::span<const double> at) {
  std::array<double, kClasses> scores{};
  for (std::size_t c = 0; c < kClasses; ++c) scores[c] = at[0] * row.logs[c] + at[1 + c];
  if (at.size() > kFixed)
    for (const std::uint32_t column : row.columns)
      for (std::size_t c = 0; c < kClasses; ++c) scores[c] += at[kFixed + column * kClasses + c] * row.scale;
  softmax(scores);
  return scores;
}

/// Loss and its gradient over the rows outside `fold` (kFolds: over all).
double loss_of(const Design& design, std::uint32_t fold, double strength, std::span<const double> at,
               std::span<double> gradient) {
  double loss = kLoose / 2 * (at[0] - 1) * (at[0] - 1);
  gradient[0] = kLoose * (at[0] - 1);
  for (std::size_t i = 1; i < at.size(); ++i) {
    const double held = i < kFixed ? kLoose : strength;
    loss += held / 2 * at[i] * at[i];
    gradient[i] = held * at[i];
  }
  for (const Row& row : design.rows) {
    if (row.fold == fold) continue;
    std::array<double, kClasses> wrong = chances_of(row, at);
    loss -= std::log(std::max(wrong[row.label], 1e-300));
    wrong[row.label] -= 1;
    for (std::size_t c = 0; c < kClasses; ++c) {
      gradient[0] += wrong[c] * row.logs[c];
      gradient[1 + c] += wrong[c];
    }
    if (at.size() == kFixed) continue;
    for (const std::uint32_t column : row.columns)
      for (std::size_t c = 0; c < kClasses; ++c)
        gradient[kFixed + column * kClasses + c] += wrong[c] * row.scale;
  }
  return loss;
}

std::vector<double> learn(const Design& design, std::uint32_t fold, double strength) {
  const bool words = std::isfinite(strength);
  std::vector<double> at(kFixed + (words ? design.buckets.size() * kClasses : 0));
  at[0] = 1;
  minimise(at,
           [&](std::span<const double> where, std::span<double> gradient) {
             return loss_of(design, fold, strength, where, gradient);
           },
           {.steps_max = kSteps, .still = kStill});
  return at;
}

/// Sum of the log loss on the rows of a fold.
double loss_on(const Design& design, std::uint32_t fold, std::span<const double> at) {
  double loss = 0;
  for (const Row& row : design.rows)
    if (row.fold == fold) loss -= std::log(std::max(chances_of(row, at)[row.label], 1e-300));
  return loss;
}

template <class Number>
void append(std::string& out, Number value) {
  std::array<char, sizeof value> bytes{};
  std::memcpy(bytes.data(), &value, sizeof value);
  out.append(bytes.data(), bytes.size());
}

template <class Number>
bool take(std::string_view& from, Number& value) {
  if (from.size() < sizeof value) return false;
  std::memcpy(&value, from.data(), sizeof value);
  from.remove_prefix(sizeof value);
  return true;
}

bool take_number(std::string_view& from, float& value) {
  return take(from, value) && std::abs(value) <= kLargest;  // false of what is no number too
}

}  // namespace

void Adaptation::apply(std::u32string_view normalized, std::array<float, 3>& chances,
                       std::vector<std::uint32_t>& scratch) const {
  buckets_of(normalized, scratch);
  const std::array<double, kClasses> logs = logs_of(chances);
  const double scale = scratch.empty() ? 1 : 1 / std::sqrt(static_cast<double>(scratch.size()));
  std::array<double, kClasses> scores{};
  for (std::size_t c = 0; c < kClasses; ++c) scores[c] = double{trust} * logs[c] + double{bias[c]};
  for (const std::uint32_t bucket : scratch) {
    const auto at = std::ranges::lower_bound(buckets, bucket);
    if (at == buckets.end() || *at != bucket) continue;
    const std::array<float, 3>& weight = weights[static_cast<std::size_t>(at - buckets.begin())];
    for (std::size_t c = 0; c < kClasses; ++c) scores[c] += double{weight[c]} * scale;
  }
  softmax(scores);
  for (std::size_t c = 0; c < kClasses; ++c) chances[c] = static_cast<float>(scores[c]);
}

crypto::Hash128 Adaptation::fingerprint() const { return crypto::fingerprint(to_bytes(*this)); }

std::string to_bytes(const Adaptation& own) {
  std::string out(kMagic);
  append(out, kFeatureVersion);
  append(out, own.trust);
  for (const float value : own.bias) append(out, value);
  append(out, static_cast<std::uint32_t>(own.buckets.size()));
  for (std::size_t i = 0; i < own.buckets.size(); ++i) {
    append(out, own.buckets[i]);
    for (const float value : own.weights[i]) append(out, value);
  }
  return out;
}

Result<Adaptation> parse_adaptation(std::string_view bytes) {
  Adaptation out;
  std::uint32_t version = 0, count = 0;
  if (!bytes.starts_with(kMagic)) return fail(Code::kBadTextModel, "not a model of own labels");
  bytes.remove_prefix(kMagic.size());
  if (!take(bytes, version) || version != kFeatureVersion)
    return fail(Code::kBadTextModel, "made for other features: learn it anew");
  bool whole = take_number(bytes, out.trust);
  for (float& value : out.bias) whole = whole && take_number(bytes, value);
  whole = whole && take(bytes, count) && bytes.size() == std::size_t{count} * 16;
  for (std::uint32_t i = 0; whole && i < count; ++i) {
    std::uint32_t bucket = 0;
    whole = take(bytes, bucket) && bucket >> Adaptation::kBits == 0 &&
            (out.buckets.empty() || bucket > out.buckets.back());
    out.buckets.push_back(bucket);
    std::array<float, 3>& weight = out.weights.emplace_back();
    for (float& value : weight) whole = whole && take_number(bytes, value);
  }
  if (!whole) return fail(Code::kBadTextModel, "a model of own labels that is not whole");
  return out;
}

bool is_held_out(std::u32string_view normalized) noexcept { return hash_of(normalized) % 4 == 0; }

Result<void> enough_labels(std::span<const OwnLabel> labels) {
  if (labels.size() < kOwnLabelsMin)
    return fail(Code::kBadTextLabels, "{} labels of your own, at least {} are needed", labels.size(),
                kOwnLabelsMin);
  std::array<std::size_t, kClasses> learned{};
  std::size_t held_out = 0;
  for (const OwnLabel& label : labels) {
    held_out += label.held_out ? 1 : 0;
    if (!label.held_out) ++learned[label.label];
  }
  if (held_out < kHeldOutMin)
    return fail(Code::kBadTextLabels, "{} labels are held out to measure with, at least {} are needed",
                held_out, kHeldOutMin);
  const auto classes = std::ranges::count_if(learned, [](std::size_t n) { return n >= kOwnClassMin; });
  if (classes < 2)
    return fail(
        Code::kBadTextLabels,
        "of two classes at least {} labels are needed to learn from; there are {} negative, {} neutral "
        "and {} positive",
        kOwnClassMin, learned[0], learned[1], learned[2]);
  return {};
}

Result<std::optional<Adapted>> adapt(std::span<const OwnLabel> labels, const AdaptOptions& options) {
  CX_TRY(enough_labels(labels));
  const Design design = design_of(labels, options.seed);
  Adapted out;
  out.learned_from = design.rows.size();
  constexpr double kFits = kStrengths.size() * kFolds + 1;
  double done = 0;
  for (const double strength : kStrengths) {
    double loss = 0;
    for (std::uint32_t fold = 0; fold < kFolds; ++fold) {
      if (options.progress && !options.progress(done++ / kFits)) return std::nullopt;
      loss += loss_on(design, fold, learn(design, fold, strength));
    }
    out.tried.push_back({.strength = strength, .loss = loss / static_cast<double>(design.rows.size())});
  }
  // The strongest come first: of equals the plainest model is kept.
  out.strength = std::ranges::min_element(out.tried, {}, &TriedStrength::loss)->strength;
  if (options.progress && !options.progress(done / kFits)) return std::nullopt;
  const std::vector<double> at = learn(design, kFolds, out.strength);
  out.own.trust = static_cast<float>(at[0]);
  for (std::size_t c = 0; c < kClasses; ++c) out.own.bias[c] = static_cast<float>(at[1 + c]);
  for (std::size_t column = 0; at.size() > kFixed && column < design.buckets.size(); ++column) {
    std::array<float, 3> weight{};
    for (std::size_t c = 0; c < kClasses; ++c)
      weight[c] = static_cast<float>(at[kFixed + column * kClasses + c]);
    out.own.buckets.push_back(design.buckets[column]);
    out.own.weights.push_back(weight);
  }
  return out;
}

}  // namespace zhike::text
