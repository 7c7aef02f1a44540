// zhike indices score: a score of those who answered, weighted to all who were asked.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "cli/number_files.h"
#include "cli/survey_commands.h"
#include "stats/drivers.h"
#include "stats/raking.h"

namespace zhike::cli {
namespace {

constexpr std::size_t kLevelsMax = 200;

/// Who was asked, and what those said who answered.
struct Asked {
  std::vector<stats::Margin> margins;
  std::vector<std::vector<std::uint32_t>> levels;  // by margin, then by respondent
  std::vector<double> answers;                     // by respondent
  std::size_t rows = 0, not_numbers = 0, outside = 0;
};

/// "1:5". Errors: kBadField.
Result<std::optional<stats::Scale>> scale_in(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto colon = std::min(text.find(':'), text.size());
  const auto low = ascii::parse_number<double>(std::string_view(text).substr(0, colon));
  const auto high =
      ascii::parse_number<double>(std::string_view(text).substr(std::min(colon + 1, text.size())));
  if (!low || !high || *low >= *high) return fail(Code::kBadField, "--scale: write LOW:HIGH, as 1:5");
  return stats::Scale{.low = *low, .high = *high};
}

double counted(const std::string& measure, double answer, double best) {
  if (measure == "nps") return answer >= 9 ? 100 : answer <= 6 ? -100 : 0;
  if (measure == "share") return answer >= best - 1 ? 1 : 0;
  return answer;
}

Result<Asked> read(const ScoreCommand& command, const std::optional<stats::Scale>& scale, Console& console) {
  std::vector<std::string> names{command.score}, notes;
  names.insert(names.end(), command.weight_by.begin(), command.weight_by.end());
  CX_TRY(const auto cells, read_cells(command.file, names, notes));
  for (const std::string& note : notes) console.note(note);
  Asked out;
  out.rows = cells[0].size();
  std::vector<std::size_t> answered;
  for (std::size_t i = 0; i < out.rows; ++i) {
    const auto value = ascii::parse_number<double>(cells[0][i]);
    if (value && scale && (*value < scale->low || *value > scale->high)) {
      ++out.outside;
    } else if (value) {
      answered.push_back(i);
      out.answers.push_back(*value);
    } else if (!cells[0][i].empty()) {
      ++out.not_numbers;
    }
  }
  for (std::size_t by = 0; by < command.weight_by.size(); ++by) {
    const std::vector<std::string>& column = cells[by + 1];
    std::map<std::string, std::uint32_t> place;
    stats::Margin margin{.name = command.weight_by[by]};
    for (const std::string& level : column) {
      const auto [at, is_new] = place.emplace(level, static_cast<std::uint32_t>(place.size()));
      if (is_new) {
        margin.levels.push_back(level);
        margin.population.push_back(0);
      }
      ++margin.population[at->second];
    }
    if (place.size() > kLevelsMax)
      return fail(Code::kBadField, "{} has {} values, and {} can be weighted by", margin.name, place.size(),
                  kLevelsMax);
    std::vector<std::uint32_t>& of = out.levels.emplace_back();
    for (const std::size_t row : answered) of.push_back(place.at(column[row]));
    out.margins.push_back(std::move(margin));
  }
  for (std::size_t by = 0; by < out.margins.size(); ++by) out.margins[by].of = out.levels[by];
  return out;
}

json::object mean_json(const stats::WeightedMean& mean) {
  json::object out{{"value", mean.value}, {"n", mean.n}, {"effective", mean.effective}};
  out["low"] = mean.interval ? json::value(mean.interval->low) : json::value(nullptr);
  out["high"] = mean.interval ? json::value(mean.interval->high) : json::value(nullptr);
  return out;
}

std::string shown(const stats::WeightedMean& mean) {
  if (!mean.interval) return fmt::format("{:.3f}", mean.value);
  return fmt::format("{:.3f} ({:.3f} … {:.3f})", mean.value, mean.interval->low, mean.interval->high);
}

Result<void> score(Console& console, const ScoreCommand& command) {
  CX_TRY(const auto scale, scale_in(command.scale));
  if (command.measure == "share" && !scale)
    return fail(Code::kBadField, "--measure share needs --scale: which are the two best answers?");
  CX_TRY(const Asked asked, read(command, scale, console));
  if (asked.answers.size() < command.minimum)
    return fail(Code::kTooFewRows, "{} of {} rows have a number in {}; {} are needed", asked.answers.size(),
                asked.rows, command.score, command.minimum);
  CX_TRY(const auto raked, stats::rake(asked.margins, asked.answers.size(),
                                       {.cell_min = command.cell_min, .weight_max = command.weight_max}));
  const double best = scale ? scale->high : 0;
  std::vector<double> values;
  for (const double answer : asked.answers) values.push_back(counted(command.measure, answer, best));
  const std::vector<double> ones(values.size(), 1.0);
  const auto of = [&](const std::vector<double>& weights) {
    return command.measure == "share" ? stats::weighted_share(values, weights, command.confidence)
                                      : stats::weighted_mean(values, weights, command.confidence);
  };
  const auto plain = of(ones), weighted = of(raked.weights);
  console.say(table(
      {{std::string(console.pick("asked", "被邀请")), std::to_string(asked.rows)},
       {std::string(console.pick("answered", "已答复")), std::to_string(asked.answers.size())},
       {std::string(console.pick("as it came", "未加权")), shown(plain)},
       {std::string(console.pick("weighted", "加权后")), shown(weighted)},
       {std::string(console.pick("effective answers", "有效样本量")), fmt::format("{:.1f}", raked.effective)},
       {std::string(console.pick("design effect", "设计效应")), fmt::format("{:.2f}", raked.design)},
       {std::string(console.pick("largest weight", "最大权重")), fmt::format("{:.2f}", raked.largest)},
       {std::string(console.pick("weights cut", "被截断的权重")), std::to_string(raked.trimmed)}}));
  console.result({{"measure", command.measure},
                  {"asked", asked.rows},
                  {"answered", asked.answers.size()},
                  {"not_numbers", asked.not_numbers},
                  {"outside_scale", asked.outside},
                  {"plain", mean_json(plain)},
                  {"weighted", mean_json(weighted)},
                  {"effective", raked.effective},
                  {"design", raked.design},
                  {"largest", raked.largest},
                  {"trimmed", raked.trimmed},
                  {"gap", raked.gap}});
  return {};
}

}  // namespace

int indices_score(Console& console, const ScoreCommand& command) {
  const auto done = score(console, command);
  return done ? kDone : console.failed(done.error());
}

}  // namespace zhike::cli
