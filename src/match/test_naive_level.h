// The level of two values as a book would have it: each distance whole, by its table, from the texts
// themselves, whatever the pair. What compare.cpp must come to, and what its speed is held against.
#pragma once

#include <charconv>
#include <cmath>
#include <map>
#include <string>

#include "match/test_naive.h"
#include "match/values.h"
#include "match/words.h"

namespace zhike::match {

/// One column; borrows both.
class NaiveComparer {
 public:
  NaiveComparer(const Values& values, const Dictionary& texts) : values_(values), texts_(texts) {
    if (has_words(values.kind)) weigh();
  }

  /// Of two different values that are both there.
  [[nodiscard]] Level level(std::uint32_t a, std::uint32_t b) const {
    const Pair pair{values_.text(a), values_.text(b)};
    switch (values_.kind) {
      case Kind::kGivenName:
      case Kind::kSurname:
        return name(a, b, pair);
      case Kind::kFullName:
        return full_name(a, b, pair);
      case Kind::kDate:
        return date(a, b, pair);
      case Kind::kYear:
        return edits(pair) == 1 ? 3 : std::abs(number(a) - number(b)) <= 10 ? 2 : kElse;
      case Kind::kSmallNumber:
        return edits(pair) == 1 ? 2 : kElse;
      case Kind::kNumber:
        return amount(number(a), number(b));
      case Kind::kEmail:
        return email(user(a), user(b));
      case Kind::kPhone:
        return same_view(View::kSound, a, b) ? 4 : code(pair);
      case Kind::kPostcode:
        return edits(pair) == 1 ? 3 : same_view(View::kPrefix, a, b) ? 2 : kElse;
      case Kind::kIdNumber:
        return code(pair);
      case Kind::kPhrase:
        return phrase(a, b, pair);
      case Kind::kText:
        return text(cosine(a, b));
      case Kind::kCategory:
        return texts_.text(a) == texts_.text(b) ? 2 : kElse;
      case Kind::kIgnored:
        break;
    }
    return kElse;
  }

  /// Of the words of two values; those of a kind that has words.
  [[nodiscard]] double cosine(std::uint32_t a, std::uint32_t b) const {
    double sum = 0;
    for (const auto& [word, weight] : weights_[a])
      if (const auto it = weights_[b].find(word); it != weights_[b].end()) sum += weight * it->second;
    return sum;
  }

 private:
  struct Pair {
    std::u16string_view x, y;
    [[nodiscard]] std::size_t shorter() const { return std::min(x.size(), y.size()); }
  };
  static unsigned edits(const Pair& pair) { return naive_damerau_levenshtein(pair.x, pair.y); }
  static double likeness(const Pair& pair) { return naive_jaro_winkler(pair.x, pair.y); }
  [[nodiscard]] bool same_view(View view, std::uint32_t a, std::uint32_t b) const {
    const auto& of = values_.views[static_cast<std::size_t>(view)];
    return of[a] != 0 && of[a] == of[b];
  }
  [[nodiscard]] bool is_alias(std::uint32_t a, std::uint32_t b) const {
    const auto &sorted = values_.sorted, &straight = values_.straight, &turned = values_.turned;
    return sorted[a] != 0 && (sorted[a] == sorted[b] || straight[a] == straight[b] ||
                              straight[a] == turned[b] || turned[a] == straight[b]);
  }
  [[nodiscard]] double number(std::uint32_t a) const {
    const std::string& text = texts_.text(a);
    double out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
  }
  [[nodiscard]] std::u16string_view user(std::uint32_t a) const {
    const auto whole = values_.text(a);
    return whole.substr(0, whole.find(u'@'));
  }

  [[nodiscard]] Level name(std::uint32_t a, std::uint32_t b, const Pair& pair) const {
    if (is_alias(a, b)) return 5;
    const double jaro = likeness(pair);
    const unsigned apart = edits(pair);
    if (jaro < 0.5) return kElse;
    if (jaro >= 0.92 || (apart == 1 && pair.shorter() >= 4)) return 4;
    if (jaro >= 0.88 || (apart == 1 && pair.shorter() > 2)) return 3;
    return jaro >= 0.75 || (apart == 2 && pair.shorter() >= 4) ? 2 : kElse;
  }

  [[nodiscard]] Level full_name(std::uint32_t a, std::uint32_t b, const Pair& pair) const {
    if (is_alias(a, b)) return 6;
    const double jaro = likeness(pair), words = cosine(a, b);
    const unsigned apart = edits(pair);
    if (jaro >= 0.95 || (apart == 1 && pair.shorter() > 4)) return 5;
    if (jaro >= 0.9 || (apart <= 2 && pair.shorter() > 8) || is_within(a, b)) return 4;
    if (words >= 0.5 || (apart == 1 && pair.shorter() > 2)) return 3;
    return jaro >= 0.8 || words >= 0.25 || apart == 1 ? 2 : kElse;
  }

  [[nodiscard]] Level date(std::uint32_t a, std::uint32_t b, const Pair& pair) const {
    const unsigned apart = edits(pair);
    const auto part = [](std::u16string_view day, std::size_t from, std::size_t n) {
      return day.substr(from, n);
    };
    const bool same_year = part(pair.x, 0, 4) == part(pair.y, 0, 4);
    const bool turned =
        same_year && part(pair.x, 4, 2) == part(pair.y, 6, 2) && part(pair.x, 6, 2) == part(pair.y, 4, 2);
    if (apart == 1 || turned) return 5;
    const double days = std::abs(values_.number[a] - values_.number[b]);
    if (apart == 2 || days <= 31) return 4;
    return same_year || days <= 366 ? 3 : days <= 3653 ? 2 : kElse;
  }

  static Level amount(double x, double y) {
    const double larger = std::max(std::abs(x), std::abs(y));
    for (const auto& [within, level] : {std::pair{0.03, Level{4}}, {0.15, Level{3}}, {0.4, Level{2}}})
      if (std::abs(x - y) <= within * std::max(larger, 1e-12)) return level;
    return kElse;
  }

  static Level email(std::u16string_view x, std::u16string_view y) {
    if (x == y && x.size() > 4) return 4;
    const double jaro = naive_jaro_winkler(x, y);
    const unsigned apart = naive_damerau_levenshtein(x, y);
    if (jaro < 0.6) return kElse;
    if (x.size() > 4 && apart <= 2) return 3;
    return jaro >= 0.88 ? 2 : kElse;
  }

  static Level code(const Pair& pair) {
    const unsigned apart = edits(pair);
    if (apart == 1) return 3;
    return apart == 2 && pair.shorter() > 4 ? 2 : kElse;
  }

  [[nodiscard]] Level phrase(std::uint32_t a, std::uint32_t b, const Pair& pair) const {
    const double jaro = likeness(pair), words = cosine(a, b);
    const unsigned apart = edits(pair);
    const bool alike = jaro >= 0.6;
    if (jaro >= 0.95 || (alike && apart == 1 && pair.shorter() >= 4)) return 5;
    if (jaro >= 0.9 || (alike && apart <= 2 && pair.shorter() > 8)) return 4;
    if (same_view(View::kSound, a, b)) return 4;
    if (is_within(a, b) || words >= 0.6) return 3;
    return jaro >= 0.8 || words >= 0.35 ? 2 : kElse;
  }

  static Level text(double cosine) {
    Level level = kElse;
    for (const double step : {0.2, 0.35, 0.5, 0.65, 0.8, 0.95})
      level = static_cast<Level>(level + (cosine >= step ? 1 : 0));
    return level;
  }

  /// Each value's words with their weights: inverse document frequency, length 1.
  void weigh() {
    std::map<std::string, double> values_with;
    weights_.resize(texts_.size());
    for (std::uint32_t code = 1; code < texts_.size(); ++code)
      for (const std::string& word : tokens_of(texts_.text(code)))
        if (weights_[code].emplace(word, 0).second) ++values_with[word];
    const auto values = static_cast<double>(texts_.size() - 1);
    for (auto& words : weights_) {
      double square = 0;
      for (auto& [word, weight] : words) weight = std::log(1 + values / values_with[word]);
      for (const auto& [word, weight] : words) square += weight * weight;
      for (auto& [word, weight] : words) weight /= std::sqrt(square);
    }
  }
  [[nodiscard]] bool is_within(std::uint32_t a, std::uint32_t b) const {
    const bool a_is_shorter = weights_[a].size() < weights_[b].size();
    const auto &few = weights_[a_is_shorter ? a : b], &many = weights_[a_is_shorter ? b : a];
    return !few.empty() && std::ranges::all_of(few, [&](const auto& w) { return many.contains(w.first); });
  }

  const Values& values_;
  const Dictionary& texts_;
  std::vector<std::map<std::string, double>> weights_;
};

}  // namespace zhike::match
