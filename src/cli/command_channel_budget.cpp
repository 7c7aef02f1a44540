// zhike channel budget: what the spend of channels brings, from a file or from the store.
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/app.h"
#include "base/ascii.h"
#include "base/day_range.h"
#include "base/time.h"
#include "clean/width.h"
#include "cli/channel_commands.h"
#include "cli/number_files.h"
#include "cli/opened.h"
#include "cli/progress.h"
#include "ingest/row_reader.h"
#include "journey/budget.h"
#include "server/budget_json.h"

namespace zhike::cli {
namespace {

using Row = std::vector<std::string>;
using stats::BudgetIssue;
using stats::BudgetNote;

// ---- what is found, in words ------------------------------------------------------------------------------

std::string_view issue_words(const Console& console, BudgetIssue issue) {
  switch (issue) {
    case BudgetIssue::kNoOutcome:
      return console.pick("the outcome is 0 in every period", "各周期的结果均为 0");
    case BudgetIssue::kNoSpending:
      return console.pick("nothing was spent", "没有任何花费");
    case BudgetIssue::kSeveralMoneys:
      return console.pick("amounts are of several currencies", "金额含多种币种");
    case BudgetIssue::kGap:
      return console.pick("days without any entry; enter 0 where nothing was spent",
                          "有日期没有任何花费记录；未花费请填 0");
    case BudgetIssue::kCoarse:
      return console.pick("an entry is longer than a period; ask for longer ones",
                          "有记录长于所选周期；请选择更长的周期");
    case BudgetIssue::kTooFewPeriods:
      return console.pick("too few periods for so many channels", "周期数不足以估计这么多渠道");
    case BudgetIssue::kMoveTogether:
      return console.pick("two channels rise and fall together: which of them it was cannot be told",
                          "两个渠道的花费同涨同落，无法区分是谁的作用");
    case BudgetIssue::kNothingVaries:
      return console.pick("no channel's spend varies enough", "没有渠道的花费变化足够大");
    case BudgetIssue::kConstant:
      return console.pick("spend never changes", "花费从不变化");
    case BudgetIssue::kSeldom:
      return console.pick("spent in too few periods", "有花费的周期过少");
    case BudgetIssue::kFollowsTrend:
      return console.pick("spend is all but a trend and a season", "花费几乎只随趋势和季节变化");
    case BudgetIssue::kFewPeriods:
      return console.pick("few periods: intervals are wide", "周期偏少，区间较宽");
    case BudgetIssue::kNearlyTogether:
      return console.pick("two channels nearly move together", "两个渠道的花费接近同涨同落");
    case BudgetIssue::kNoYear:
      return console.pick("shorter than two years: a season of the year counts as spend's",
                          "不足两年：年度季节变化会算到花费头上");
    case BudgetIssue::kSpendFollowsOutcome:
      return console.pick("spend is more after periods that went well: figures may be too high",
                          "业绩好之后花费更多：数值可能偏高");
    case BudgetIssue::kRestDrifts:
      return console.pick("what is left over drifts: something else moves the outcome",
                          "剩余部分持续漂移：另有因素影响结果");
    case BudgetIssue::kGainUnsure:
      break;
  }
  return console.pick("the gain may be none: its interval holds 0", "增益可能为零：区间包含 0");
}

std::string note_text(const Console& console, const BudgetNote& note) {
  std::string out;
  if (!note.channel.empty()) out += note.channel;
  if (!note.other.empty()) out += (out.empty() ? "" : ", ") + note.other;
  if (!out.empty()) out += ": ";
  out += issue_words(console, note.issue);
  if (note.needed > 0)
    out += fmt::format(" ({:.4g}, {} {:.4g})", note.value, console.pick("bound", "界限"), note.needed);
  return out;
}

std::string shown(const stats::Ranged& ranged) {
  if (!ranged.interval) return fmt::format("{:.4g}", ranged.value);
  return fmt::format("{:.4g} [{:.4g}, {:.4g}]", ranged.value, ranged.interval->low, ranged.interval->high);
}

void say(Console& console, const journey::SpendTable& table, const stats::BudgetResponse& found) {
  if (!table.periods.empty())
    console.say(fmt::format("{} … {}: {} {}", format_day(table.periods.front().from),
                            format_day(table.periods.back().to), table.periods.size(),
                            console.pick("periods", "个周期")));
  for (const BudgetNote& one : found.refused)
    console.say(fmt::format("{} {}", console.pick("No answer:", "无法回答："), note_text(console, one)));
  if (!found.is_answered()) return;
  std::vector<Row> rows{
      {std::string(console.pick("channel", "渠道")), std::string(console.pick("spent", "花费")),
       std::string(console.pick("share of outcome", "占结果")),
       std::string(console.pick("per unit spent", "每单位花费")),
       std::string(console.pick("of the next unit", "再加一单位")),
       std::string(console.pick("left next period", "延续到下期")), std::string(console.pick("now", "现在")),
       std::string(console.pick("better", "更优"))}};
  for (const stats::ChannelResponse& one : found.channels) {
    Row& row = rows.emplace_back(Row{one.name, fmt::format("{:.4g}", one.spent)});
    if (one.why) {
      row.push_back(note_text(console, {.issue = one.why->issue}));
      continue;
    }
    row.insert(row.end(), {shown(one.share), shown(one.average), shown(one.marginal),
                           fmt::format("{:.0f} %", 100 * one.carry), fmt::format("{:.4g}", one.present),
                           fmt::format("{:.4g}", one.better)});
  }
  console.say(cli::table(rows));
  console.say(fmt::format("{} {}   R² {:.3f}",
                          console.pick("gain of the better division, each period:", "更优分配每周期的增益："),
                          shown(found.gain), found.r2));
  for (const BudgetNote& one : found.notes) console.say("- " + note_text(console, one));
  console.say(
      console.pick("What went together over time is no experiment: test a change before all of it is made.",
                   "随时间一同变化并非实验：全面调整前请先做试验。"));
}

// ---- a file -----------------------------------------------------------------------------------------------

/// A date with a time, or with strokes, is its day.
std::optional<DayRange> read_period(std::string_view cell) {
  if (auto found = parse_day_range(cell)) return found;
  std::string date(cell);
  for (char& c : date)
    if (c == '/') c = '-';
  const auto at = parse_time(date, Zone::utc());
  if (!at) return std::nullopt;
  const std::int32_t day = utc_day(*at);
  return DayRange{day, day};
}

/// An empty cell is 0, and counted.
class BudgetReader {
 public:
  BudgetReader(const ChannelBudgetCommand& command, ingest::RowReader& rows)
      : command_(command), rows_(rows) {}

  Result<std::vector<journey::BudgetRow>> read() {
    CX_TRY(find_columns());
    for (;;) {
      CX_TRY(const auto next, rows_.next());
      if (next == ingest::RowReader::Next::kEnd) return std::move(out_);
      if (next == ingest::RowReader::Next::kBad) return bad(rows_.problem());
      CX_TRY(add_row());
      if (out_.size() > kRowsMax) return bad(fmt::format("more than {} rows", kRowsMax));
    }
  }
  [[nodiscard]] std::uint64_t empty() const { return empty_; }

 private:
  static constexpr std::size_t kRowsMax = 500'000;

  std::unexpected<Error> bad(std::string_view what) const {
    return fail(Code::kBadField, "{} line {}: {}", command_.file, rows_.line(), what);
  }
  static std::string_view named(const std::string& name, std::string_view otherwise) {
    return name.empty() ? otherwise : std::string_view(name);
  }
  Result<void> find_columns() {
    const auto place = [&](std::string_view name) {
      return place_of_column(rows_.header(), name, command_.file);
    };
    CX_TRY(period_, place(named(command_.period, "period")));
    CX_TRY(outcome_, place(named(command_.outcome, "outcome")));
    if (!command_.currency.empty()) {
      CX_TRY(currency_, place(command_.currency));
    }
    if (command_.columns.empty()) {
      CX_TRY(channel_, place(named(command_.channel, "channel")));
      CX_TRY(const std::size_t spend, place(named(command_.spend, "spend")));
      spends_.push_back(spend);
      return {};
    }
    CX_TRY(const auto names, expand_columns(command_.file, command_.columns));
    for (const std::string& name : names) {
      CX_TRY(const std::size_t spend, place(name));
      spends_.push_back(spend);
    }
    return {};
  }

  Result<void> add_row() {
    const auto cells = rows_.cells();
    const auto cell = [&](std::size_t at) { return clean::trim(cells[at]); };
    journey::BudgetRow row{.line = rows_.line()};
    const auto days = read_period(cell(period_));
    if (!days) return bad(fmt::format("period: {}", std::string_view(cell(period_)).substr(0, 60)));
    row.spending.days = *days;
    if (currency_) row.spending.currency = cell(*currency_);
    if (const auto text = cell(outcome_); !text.empty()) {
      row.outcome = ascii::parse_number<double>(text);
      if (!row.outcome) return bad(fmt::format("outcome: {}", std::string_view(text).substr(0, 60)));
    }
    for (const std::size_t spend : spends_) {
      row.spending.channel = channel_ ? cell(*channel_) : clean::trim(rows_.header()[spend]);
      if (row.spending.channel.empty()) return bad("channel");
      const auto text = cell(spend);
      const auto amount = text.empty() ? std::optional(0.0) : ascii::parse_number<double>(text);
      if (!amount || !(*amount >= 0 && *amount <= journey::kSpendingMost))
        return bad(fmt::format("spend: {}", std::string_view(text).substr(0, 60)));
      if (text.empty()) ++empty_;
      row.spending.amount = *amount;
      out_.push_back(row);
    }
    return {};
  }

  const ChannelBudgetCommand& command_;
  ingest::RowReader& rows_;
  std::size_t period_ = 0, outcome_ = 0;
  std::optional<std::size_t> currency_, channel_;
  std::vector<std::size_t> spends_;
  std::uint64_t empty_ = 0;
  std::vector<journey::BudgetRow> out_;
};

stats::BudgetOptions options_of(const ChannelBudgetCommand& command, Progress& progress) {
  return {.seed = command.seed,
          .resamples = command.resamples,
          .confidence = command.confidence,
          .progress = [&progress, draws = command.resamples](double share) {
            progress.update(share, static_cast<std::uint64_t>(share * draws + 0.5), "");
          }};
}

Result<int> run_file(Console& console, const ChannelBudgetCommand& command,
                     const std::optional<stats::Period>& grain) {
  const ingest::FileRule rule;
  CX_TRY(const auto rows, open_table(command.file, rule));
  BudgetReader reader(command, *rows);
  CX_TRY(auto read, reader.read());
  if (reader.empty() > 0)
    console.note(fmt::format(
        fmt::runtime(console.pick("{} empty cells of spend count as 0", "{} 个空的花费单元格按 0 计")),
        reader.empty()));
  CX_TRY(const auto file, journey::file_budget(std::move(read), grain));
  stats::BudgetResponse found;
  if (file.table.refused.empty()) {
    Progress progress(console.on_terminal(), std::string(console.pick("draws", "次抽样")));
    found = stats::budget_response(
        {.period = file.kind.period, .outcome = file.outcome, .channels = file.table.channels},
        options_of(command, progress));
    progress.clear();
  } else {
    found.refused = file.table.refused;
  }
  say(console, file.table, found);
  json::object out = server::budget_json(file.table, found);
  out["file"] = command.file;
  out["grain"] = stats::to_string(file.kind.period);
  out["empty_spend"] = reader.empty();
  out["seed"] = command.seed;
  console.result(out);
  return kDone;
}

// ---- the store --------------------------------------------------------------------------------------------

Result<void> run_store(Console& console, app::App& app, const ChannelBudgetCommand& command,
                       stats::Period period) {
  journey::BudgetQuestion question{.conversion = command.conversion, .period = period};
  if (!command.outcome.empty()) question.outcome = command.outcome;
  CX_TRY(question.filter, filter_of(app, command.filters));
  const bool has_range = std::ranges::any_of(command.filters, [](std::string_view text) {
    return text.starts_with("from=") || text.starts_with("to=");
  });
  if (!has_range) question.filter.range = journey::kAllTime;
  Progress progress(console.on_terminal(), std::string(console.pick("draws", "次抽样")));
  question.options = options_of(command, progress);
  CX_TRY(const auto found, journey::stored_budget(app.warehouse(), server::spending_book(app), app.clock(),
                                                  Grant::owner(), question));
  progress.clear();
  say(console, found.table, found.found);
  console.result(server::budget_json(found, question));
  return {};
}

}  // namespace

int channel_budget(Console& console, const ChannelBudgetCommand& command) {
  const auto grain = journey::parse_budget_period(command.grain);
  if (!command.grain.empty() && !grain) return console.usage("--grain is day, week or month");
  if (command.file.empty()) {
    if (!command.period.empty() || !command.channel.empty() || !command.spend.empty() ||
        !command.currency.empty() || !command.columns.empty())
      return console.usage("--period, --channel, --spend, --currency and --columns name columns of a file");
    return with_app(console, [&](app::App& app) {
      return run_store(console, app, command, grain.value_or(stats::Period::kWeek));
    });
  }
  if (!command.conversion.empty() || !command.filters.empty())
    return console.usage("--conversion and --where are of the store, without a file");
  if (!command.columns.empty() && (!command.channel.empty() || !command.spend.empty()))
    return console.usage("--columns stands in place of --channel and --spend");
  const auto done = run_file(console, command, grain);
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
