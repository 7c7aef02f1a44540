// zhike indices: SERVQUAL, the five gaps and the pyramid of experience, from the columns of a file.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/indices_output.h"
#include "cli/number_files.h"
#include "server/analysis_json.h"
#include "stats/pyramid.h"
#include "stats/servqual.h"

namespace zhike::cli {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// "1:7". None where it is no scale.
std::optional<stats::Scale> parse_scale(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto low = parse_number(text.substr(0, colon));
  const auto high = parse_number(text.substr(std::min(colon + 1, text.size())));
  if (!low || !high || *low >= *high) return std::nullopt;
  return stats::Scale{.low = *low, .high = *high};
}

/// Columns of a file, read once: each part of an index asks for its own.
class Reader {
 public:
  Reader(const IndicesCommand& command, std::optional<stats::Scale> scale)
      : command_(command), scale_(scale) {}

  /// Where the columns begin in read().columns.
  Result<std::pair<std::size_t, std::size_t>> want(std::span<const std::string> words, bool scaled) {
    CX_TRY(const auto names, expand_columns(command_.file, words));
    const std::size_t first = wanted_.size();
    for (const std::string& name : names) wanted_.push_back({name, scaled ? scale_ : std::nullopt});
    return std::pair{first, names.size()};
  }
  Result<void> read(Console& console, Missing missing) {
    CX_TRY(read_, read_numbers(command_.file, wanted_, missing));
    for (const std::string& note : read_.notes) console.note(note);
    return {};
  }
  [[nodiscard]] const NumberColumns& columns() const { return read_; }
  [[nodiscard]] std::span<const double> column(std::size_t at) const { return read_.columns[at].values; }
  [[nodiscard]] std::size_t rows() const { return read_.columns.empty() ? 0 : column(0).size(); }

  /// By row, the columns side by side.
  [[nodiscard]] std::vector<double> side_by_side(std::size_t first, std::size_t count) const {
    std::vector<double> out;
    out.reserve(rows() * count);
    for (std::size_t i = 0; i < rows(); ++i)
      for (std::size_t c = first; c < first + count; ++c) out.push_back(column(c)[i]);
    return out;
  }
  /// By row, the mean of the columns that have a value; NaN where none has.
  [[nodiscard]] std::vector<double> mean(std::size_t first, std::size_t count) const {
    std::vector<double> out;
    for (std::size_t i = 0; i < rows(); ++i) {
      double sum = 0, n = 0;
      for (std::size_t c = first; c < first + count; ++c)
        if (!std::isnan(column(c)[i])) {
          sum += column(c)[i];
          ++n;
        }
      out.push_back(n > 0 ? sum / n : kNone);
    }
    return out;
  }

 private:
  const IndicesCommand& command_;
  std::optional<stats::Scale> scale_;
  std::vector<WantedColumn> wanted_;
  NumberColumns read_;
};

/// What every index of a file says of the file.
json::object file_json(const IndicesCommand& command, std::string_view index, const NumberColumns& read) {
  json::array columns;
  for (const NumberColumn& column : read.columns)
    columns.push_back(json::object{{"name", column.name},
                                   {"empty", column.empty},
                                   {"not_numbers", column.not_numbers},
                                   {"outside_scale", column.outside}});
  return {{"index", index},
          {"rows", read.rows},
          {"unreadable", read.unreadable},
          {"confidence", command.confidence},
          {"minimum", command.minimum},
          {"columns", std::move(columns)},
          {"notes", json::array(read.notes.begin(), read.notes.end())}};
}

// ---- servqual ---------------------------------------------------------------------------------------------

/// Five numbers that sum to something, none negative.
std::optional<std::vector<double>> five(std::span<const std::string> words) {
  std::vector<double> out;
  for (const std::string& word : words) {
    const auto value = parse_number(word);
    if (!value || *value < 0) return std::nullopt;
    out.push_back(*value);
  }
  const bool good =
      out.size() == stats::kServqualDimensions && std::ranges::any_of(out, [](double v) { return v > 0; });
  return good ? std::optional(std::move(out)) : std::nullopt;
}

std::string wrong_with(const IndicesCommand& command) {
  if (!command.weights.empty() && !five(command.weights))
    return "--weights: write five numbers, one for each dimension, as 11,32,22,19,16";
  if (!command.weights.empty() && !command.weight_columns.empty())
    return "either --weights or --weight-columns";
  if (!command.items.empty()) {
    const auto items = five(command.items);
    if (!items ||
        std::ranges::any_of(*items, [](double n) { return n < 1 || n > 100 || n != std::floor(n); }))
      return "--items: write five whole numbers, one for each dimension, as 4,5,4,4,5";
  }
  return {};
}

Result<int> run_servqual(Console& console, const IndicesCommand& command, std::optional<stats::Scale> scale) {
  stats::ServqualAnswers answers;
  if (!command.items.empty())
    std::ranges::transform(*five(command.items), answers.items_of.begin(),
                           [](double n) { return static_cast<std::size_t>(n); });
  const std::size_t items = std::accumulate(answers.items_of.begin(), answers.items_of.end(), std::size_t{0});
  Reader reader(command, scale);
  CX_TRY(const auto perceived, reader.want(command.perceived, true));
  CX_TRY(const auto expected, reader.want(command.expected, true));
  CX_TRY(const auto weights, reader.want(command.weight_columns, false));
  for (const auto& [option, count] :
       {std::pair{"--perceived", perceived.second}, {"--expected", expected.second}})
    if (count != items)
      return console.usage(
          fmt::format("{} names {} columns; {} are needed (see --items)", option, count, items));
  if (!command.weight_columns.empty() && weights.second != stats::kServqualDimensions)
    return console.usage(fmt::format("--weight-columns names {} columns; 5 are needed", weights.second));
  CX_TRY(reader.read(console, Missing::kKeep));
  const auto perceptions = reader.side_by_side(perceived.first, items),
             expectations = reader.side_by_side(expected.first, items);
  answers.perceptions = perceptions;
  answers.expectations = expectations;
  std::vector<double> weighed = reader.side_by_side(weights.first, weights.second);
  if (const auto same = five(command.weights)) weighed = *same;
  answers.weights = weighed;
  const auto found = stats::servqual(answers, command.confidence);
  if (!found) return fail(Code::kTooFewRows, "{}: no row has both sides of an item", command.file);
  say_servqual(console, *found, command.minimum);
  json::object out = file_json(command, "servqual", reader.columns());
  for (auto& [key, value] : server::servqual_json(*found, command.minimum)) out[key] = std::move(value);
  console.result(out);
  return kDone;
}

// ---- gap --------------------------------------------------------------------------------------------------

/// "N=WANTED" or "N=WANTED/GOT", each columns separated by commas.
struct AskedGap {
  stats::ServiceGap gap = stats::ServiceGap::kKnowledge;
  std::vector<std::string> wanted, got;  ///< got empty: wanted is the shortfall itself
};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  for (;;) {
    const std::size_t comma = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, comma));
    if (comma == text.size()) return out;
    text.remove_prefix(comma + 1);
  }
}

std::optional<AskedGap> parse_gap(std::string_view text) {
  if (text.size() < 3 || text[0] < '1' || text[0] > '5' || text[1] != '=') return std::nullopt;
  AskedGap out{.gap = static_cast<stats::ServiceGap>(text[0] - '0'), .wanted = {}, .got = {}};
  const std::string_view columns = text.substr(2);
  const std::size_t slash = columns.find('/');
  out.wanted = split(columns.substr(0, slash));
  if (slash != std::string_view::npos) out.got = split(columns.substr(slash + 1));
  const auto missing = [](const std::string& name) { return name.empty(); };
  if (std::ranges::any_of(out.wanted, missing) || std::ranges::any_of(out.got, missing)) return std::nullopt;
  return out;
}

/// By respondent; who lacks a side is left out.
std::vector<double> shortfalls(const Reader& reader, std::pair<std::size_t, std::size_t> wanted,
                               std::pair<std::size_t, std::size_t> got) {
  const auto should = reader.mean(wanted.first, wanted.second);
  const auto is = got.second > 0 ? reader.mean(got.first, got.second) : std::vector<double>(should.size(), 0);
  std::vector<double> out;
  for (std::size_t i = 0; i < should.size(); ++i)
    if (const double gap = should[i] - is[i]; !std::isnan(gap)) out.push_back(gap);
  return out;
}

Result<int> run_gaps(Console& console, const IndicesCommand& command, std::optional<stats::Scale> scale,
                     std::span<const AskedGap> asked) {
  Reader reader(command, scale);
  std::vector<std::pair<std::size_t, std::size_t>> wanted, got;
  for (const AskedGap& gap : asked) {
    CX_TRY(wanted.emplace_back(), reader.want(gap.wanted, true));
    CX_TRY(got.emplace_back(), reader.want(gap.got, true));
  }
  CX_TRY(reader.read(console, Missing::kKeep));
  std::vector<std::vector<double>> kept;
  for (std::size_t g = 0; g < asked.size(); ++g) kept.push_back(shortfalls(reader, wanted[g], got[g]));
  std::vector<stats::GapAnswers> answers;
  for (std::size_t g = 0; g < asked.size(); ++g) answers.push_back({asked[g].gap, kept[g]});
  const auto found = stats::rank_gaps(answers, command.confidence, command.minimum);
  if (found.empty()) return fail(Code::kTooFewRows, "{}: no row has both sides of a gap", command.file);
  say_gaps(console, found, command.minimum);
  json::object out = file_json(command, "gap", reader.columns());
  out["gaps"] = server::gaps_json(found, command.minimum);
  console.result(out);
  return kDone;
}

// ---- pyramid ----------------------------------------------------------------------------------------------

/// "COLUMN:4.." (4 and more) or "COLUMN:..2" (2 and less).
struct AskedLevel {
  std::string column;
  double limit = 0;
  bool from = true;
  [[nodiscard]] bool holds(double value) const { return from ? value >= limit : value <= limit; }
};

std::optional<AskedLevel> parse_level(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  AskedLevel out{.column = std::string(text.substr(0, colon)), .limit = 0, .from = true};
  std::string_view limit = text.substr(colon + 1);
  if (limit.starts_with("..")) {
    out.from = false;
    limit.remove_prefix(2);
  } else if (limit.ends_with("..")) {
    limit.remove_suffix(2);
  } else {
    return std::nullopt;
  }
  const auto value = parse_number(limit);
  if (!value) return std::nullopt;
  out.limit = *value;
  return out;
}

Result<int> run_pyramid(Console& console, const IndicesCommand& command, std::optional<stats::Scale> scale,
                        std::span<const AskedLevel, 3> levels) {
  Reader reader(command, scale);
  for (const AskedLevel& level : levels) {
    CX_TRY(reader.want(std::span(&level.column, 1), true));
  }
  CX_TRY(reader.read(console, Missing::kLeaveOut));
  std::vector<stats::PyramidAnswer> answers;
  for (std::size_t i = 0; i < reader.rows(); ++i)
    answers.push_back({.needs_met = levels[0].holds(reader.column(0)[i]),
                       .easy = levels[1].holds(reader.column(1)[i]),
                       .delight = levels[2].holds(reader.column(2)[i])});
  if (answers.empty()) return fail(Code::kTooFewRows, "{}: no row has all three columns", command.file);
  const auto found = stats::pyramid(answers, command.confidence);
  say_pyramid(console, found, command.minimum);
  json::object out = file_json(command, "pyramid", reader.columns());
  out["complete"] = answers.size();
  for (auto& [key, value] : server::pyramid_json(found, command.minimum)) out[key] = std::move(value);
  console.result(out);
  return kDone;
}

int ended(Console& console, const Result<int>& done) { return done ? *done : console.failed(done.error()); }

/// The scale asked for, or what is wrong with it.
std::optional<std::string> read_scale(const IndicesCommand& command, std::optional<stats::Scale>& out) {
  if (command.scale.empty()) return std::nullopt;
  out = parse_scale(command.scale);
  if (out) return std::nullopt;
  return fmt::format("--scale {}: write LOW:HIGH, as 1:7", command.scale);
}

}  // namespace

int indices_servqual(Console& console, const IndicesCommand& command) {
  std::optional<stats::Scale> scale;
  if (const auto wrong = read_scale(command, scale)) return console.usage(*wrong);
  if (const std::string wrong = wrong_with(command); !wrong.empty()) return console.usage(wrong);
  return ended(console, run_servqual(console, command, scale));
}

int indices_gap(Console& console, const IndicesCommand& command) {
  std::optional<stats::Scale> scale;
  if (const auto wrong = read_scale(command, scale)) return console.usage(*wrong);
  std::vector<AskedGap> asked;
  for (const std::string& text : command.gaps) {
    const auto gap = parse_gap(text);
    if (!gap)
      return console.usage(fmt::format("--gap {}: write N=WANTED/GOT or N=SHORTFALL, N from 1 to 5", text));
    if (std::ranges::count(asked, gap->gap, &AskedGap::gap) > 0)
      return console.usage(fmt::format("--gap {}: this gap is named twice", text));
    asked.push_back(*gap);
  }
  return ended(console, run_gaps(console, command, scale, asked));
}

int indices_pyramid(Console& console, const IndicesCommand& command) {
  std::optional<stats::Scale> scale;
  if (const auto wrong = read_scale(command, scale)) return console.usage(*wrong);
  std::vector<AskedLevel> levels;
  for (const auto& [option, text] :
       {std::pair{"--needs", &command.needs}, {"--ease", &command.ease}, {"--delight", &command.delight}}) {
    const auto level = parse_level(*text);
    if (!level)
      return console.usage(
          fmt::format("{} {}: write COLUMN:4.. (4 and more) or COLUMN:..2 (2 and less)", option, *text));
    levels.push_back(*level);
  }
  return ended(console, run_pyramid(console, command, scale, std::span<const AskedLevel, 3>(levels)));
}

}  // namespace zhike::cli
