// Service quality as perception less expectation. Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "stats/interval.h"

namespace zhike::stats {

inline constexpr std::size_t kServqualItems = 22, kServqualDimensions = 5;

enum class ServqualDimension { kTangibles, kReliability, kResponsiveness, kAssurance, kEmpathy };

/// How many of the 22 items each dimension has, in the order of the questionnaire: items 1-4 are tangibles,
/// 5-9 reliability, 10-13 responsiveness, 14-17 assurance, 18-22 empathy. Parasuraman, Zeithaml and Berry
/// (1988), Journal of Retailing 64:12-40.
inline constexpr std::array<std::size_t, kServqualDimensions> kServqualItemsOf{4, 5, 4, 4, 5};

[[nodiscard]] std::string_view to_string(ServqualDimension dimension) noexcept;  ///< "tangibles"

/// Fewer respondents than these make no index: its interval would hold nearly everything.
inline constexpr std::size_t kRespondentsMin = 10;

/// By respondent, one number for each item, in the order of the dimensions; NaN: no answer. Borrowed for the
/// call. `weights`: 5 for each respondent, or 5 for all, none negative, whose sum need not be 100; empty: all
/// dimensions count alike.
struct ServqualAnswers {
  std::span<const double> perceptions, expectations, weights;
  std::array<std::size_t, kServqualDimensions> items_of = kServqualItemsOf;  ///< else: an adapted form
};

/// Scale points, perception less expectation: negative where the service falls short.
struct ServqualScore {
  std::size_t respondents = 0;
  double mean = 0;
  std::optional<Interval> interval;  ///< Student's t over respondents; none for fewer than two
};

struct Servqual {
  std::array<ServqualScore, kServqualDimensions> dimensions;  ///< mean over its items that have both answers
  /// Of the same answers: their difference is the dimension's mean. 0 without respondents.
  std::array<double, kServqualDimensions> perceived{}, expected{};
  std::vector<ServqualScore> items;  ///< of each pair of items alone
  /// Over respondents with all five dimensions and a positive sum of weights.
  ServqualScore weighted;
};
/// None where nobody answered both sides of an item, or the spans do not have the lengths said.
[[nodiscard]] std::optional<Servqual> servqual(const ServqualAnswers& answers,
                                               double confidence = kConfidence);

/// The same, respondent by respondent; NaN where a dimension has no item with both answers, and in the whole
/// where a dimension or the weights are missing.
struct ServqualRows {
  std::array<std::vector<double>, kServqualDimensions> dimensions;
  std::vector<double> weighted;
};
/// None where there is nobody, or the spans do not have the lengths said.
[[nodiscard]] std::optional<ServqualRows> servqual_rows(const ServqualAnswers& answers);

/// One of the five gaps of service: Parasuraman, Zeithaml and Berry (1985), Journal of Marketing 49(4):41-50.
enum class ServiceGap {
  kKnowledge = 1,      ///< what customers expect, and what managers think that they expect
  kStandards = 2,      ///< what managers think, and what the standards say
  kDelivery = 3,       ///< the standards, and what is delivered
  kCommunication = 4,  ///< what is delivered, and what is promised
  kService = 5,        ///< what customers expect, and what they perceive
};
[[nodiscard]] std::string_view to_string(ServiceGap gap) noexcept;  ///< "knowledge"

struct GapAnswers {
  ServiceGap gap = ServiceGap::kKnowledge;
  std::span<const double> shortfalls;  ///< by respondent, one scale for all gaps; more is worse
};
struct RankedGap {
  ServiceGap gap = ServiceGap::kKnowledge;
  ServqualScore shortfall;
  /// It differs from the next one (Welch's test at the confidence); false for the last, and where a test
  /// cannot be made: then their order is chance.
  bool is_apart = false;
};
/// The widest first; gaps without answers are left out. Ties keep the order of the gaps as given. Gaps of
/// fewer than `least` respondents come last, in the order given, and are compared with none.
[[nodiscard]] std::vector<RankedGap> rank_gaps(std::span<const GapAnswers> gaps,
                                               double confidence = kConfidence, std::size_t least = 1);

}  // namespace zhike::stats
