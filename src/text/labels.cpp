#include "text/labels.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "clean/width.h"
#include "text/model_file.h"

namespace zhike::text {
namespace {

constexpr std::size_t kNamed = 5;  // labels that an error names
constexpr std::size_t kNameMax = 40;

std::string key_of(std::string_view label) { return ascii::lower(clean::half_width(label)); }

/// The class that a word names; empty: none.
std::string_view class_of_word(std::string_view word) {
  constexpr std::array kPositiveWords{
      std::string_view("positive"), std::string_view("pos"),  std::string_view("+"),
      std::string_view("good"),     std::string_view("正"),   std::string_view("正面"),
      std::string_view("正向"),     std::string_view("积极"), std::string_view("好评"),
      std::string_view("满意"),     std::string_view("褒义")};
  constexpr std::array kNegativeWords{
      std::string_view("negative"), std::string_view("neg"),  std::string_view("-"),
      std::string_view("bad"),      std::string_view("负"),   std::string_view("负面"),
      std::string_view("负向"),     std::string_view("消极"), std::string_view("差评"),
      std::string_view("不满意"),   std::string_view("贬义")};
  constexpr std::array kNeutralWords{std::string_view("neutral"), std::string_view("neu"),
                                     std::string_view("中"),      std::string_view("中性"),
                                     std::string_view("中立"),    std::string_view("中评"),
                                     std::string_view("一般")};
  if (std::ranges::find(kPositiveWords, word) != kPositiveWords.end()) return kPositive;
  if (std::ranges::find(kNegativeWords, word) != kNegativeWords.end()) return kNegative;
  if (std::ranges::find(kNeutralWords, word) != kNeutralWords.end()) return kNeutral;
  return {};
}

/// The class that a number stands for among all numbers of the file; empty: no usual scale.
std::string_view class_of_number(double value, std::span<const double> all) {
  const auto within = [&](std::initializer_list<double> scale) {
    return std::ranges::all_of(all, [&](double at) { return std::ranges::find(scale, at) != scale.end(); });
  };
  const auto has = [&](double at) { return std::ranges::find(all, at) != all.end(); };
  const auto by = [&](double middle) {
    return value < middle ? kNegative : value > middle ? kPositive : kNeutral;
  };
  if (within({0, 1})) return by(0.5);
  if (within({-1, 0, 1})) return by(0);
  if (within({1, 2})) return by(1.5);  // of the two-class sets of reviews: 1 negative, 2 positive
  if (within({0, 1, 2})) return by(1);
  if (within({0, 2, 4}) && has(4)) return by(2);
  if (within({1, 2, 3, 4, 5})) return by(3);
  return {};
}

/// The classes of labels that all have a usual spelling of sentiment.
std::optional<std::vector<std::string_view>> as_sentiment(std::span<const std::string> labels) {
  std::vector<std::string_view> out;
  std::vector<double> numbers;
  for (const std::string& label : labels)
    if (const auto number = ascii::parse_number<double>(key_of(label))) numbers.push_back(*number);
  if (!numbers.empty() && numbers.size() != labels.size()) return std::nullopt;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    out.push_back(numbers.empty() ? class_of_word(key_of(labels[i])) : class_of_number(numbers[i], numbers));
    if (out.back().empty()) return std::nullopt;
  }
  return out;
}

std::string named(std::span<const std::string> labels) {
  std::string out;
  for (std::size_t i = 0; i < std::min(labels.size(), kNamed); ++i) {
    if (i > 0) out += ", ";
    out += labels[i].size() > kNameMax ? "..." : labels[i];
  }
  return labels.size() > kNamed ? out + ", ..." : out;
}

Result<void> check_positive(std::span<const std::string> labels, std::string_view positive) {
  if (std::ranges::find(labels, positive) == labels.end())
    return fail(Code::kBadTextLabels, "no row has the label {}; there are {}", positive, named(labels));
  return {};
}

std::uint32_t place_of(std::vector<std::string>& classes, std::string_view name) {
  const auto found = std::ranges::find(classes, name);
  if (found != classes.end()) return static_cast<std::uint32_t>(found - classes.begin());
  classes.emplace_back(name);
  return static_cast<std::uint32_t>(classes.size() - 1);
}

}  // namespace

Result<LabelMap> classes_of(std::span<const std::string> labels, std::string_view positive) {
  LabelMap out;
  if (!positive.empty()) {
    CX_TRY(check_positive(labels, positive));
    out.classes = {std::string(kNegative), std::string(kPositive)};
    for (const std::string& label : labels) out.of[label] = label == positive ? 1 : 0;
  } else if (const auto sentiment = as_sentiment(labels)) {
    for (const std::string_view name : {kNegative, kNeutral, kPositive})
      if (std::ranges::find(*sentiment, name) != sentiment->end()) out.classes.emplace_back(name);
    for (std::size_t i = 0; i < labels.size(); ++i)
      out.of[labels[i]] = place_of(out.classes, (*sentiment)[i]);
  } else {
    out.classes.assign(labels.begin(), labels.end());
    std::ranges::sort(out.classes);
    for (std::uint32_t c = 0; c < out.classes.size(); ++c) out.of[out.classes[c]] = c;
  }
  if (out.classes.size() < 2 || (!positive.empty() && labels.size() < 2))
    return fail(Code::kBadTextLabels, "two different labels are needed; there are: {}", named(labels));
  if (out.classes.size() > kClassesMax)
    return fail(Code::kBadTextLabels, "{} different labels, at most {}: {}", out.classes.size(), kClassesMax,
                named(labels));
  return out;
}

Result<LabelMap> match_labels(std::span<const std::string> labels, std::span<const std::string> classes,
                              std::string_view positive) {
  LabelMap out;
  out.classes.assign(classes.begin(), classes.end());
  const auto known = [&](std::string_view name) { return std::ranges::find(classes, name) != classes.end(); };
  if (!positive.empty()) {
    CX_TRY(check_positive(labels, positive));
    if (!known(kPositive) || !known(kNegative))
      return fail(Code::kBadTextLabels, "--positive goes with a model of sentiment; its classes are {}",
                  named(classes));
    for (const std::string& label : labels)
      out.of[label] = place_of(out.classes, label == positive ? kPositive : kNegative);
    return out;
  }
  if (std::ranges::all_of(labels, known)) {
    for (const std::string& label : labels) out.of[label] = place_of(out.classes, label);
    return out;
  }
  const auto sentiment = as_sentiment(labels);
  if (!sentiment || !known(kPositive) || !known(kNegative))
    return fail(Code::kBadTextLabels, "{}: the model has {}", named(labels), named(classes));
  for (std::size_t i = 0; i < labels.size(); ++i) out.of[labels[i]] = place_of(out.classes, (*sentiment)[i]);
  return out;
}

}  // namespace zhike::text
