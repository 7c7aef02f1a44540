// The commands of what is spent in channels and what it brings (see program.h).
#include "cli/program.h"

namespace zhike::cli {

void Program::add_channel_budget(CLI::App* parent) {
  ChannelBudgetCommand& of = channel_budget_;
  auto* made = command(
      parent, "budget", "What the spend of channels brings, the next unit of it, a better division",
      "zhike channel budget weeks.csv --json; zhike channel budget wide.csv --period week --columns tv "
      "search --outcome sales; of the store: zhike channel budget --data D --outcome orders --grain week",
      [this](Console& c) { return channel_budget(c, channel_budget_); });
  made->add_option(
      "file", of.file,
      "table with a row for each period and channel; without it the spending and the events of the store");
  made->add_option("--period", of.period, "column: 2026-W09, 2026-03, 2026-03-07 (period)");
  made->add_option("--channel", of.channel, "column (channel)");
  made->add_option("--spend", of.spend, "column (spend)");
  made->add_option("--currency", of.currency, "column (none)");
  made->add_option("--columns", of.columns,
                   "in place of --channel and --spend: columns, each the spend of a channel; FIRST:LAST");
  made->add_option("--outcome", of.outcome,
                   "column: what the whole period brought (outcome); of the store a metric that counts or "
                   "sums up (revenue)");
  made->add_option("--conversion", of.conversion, "store: name of the events that are the outcome");
  made->add_option("--grain", of.grain, "day, week or month (as the file has it; of the store week)");
  made->add_option("--where", of.filters,
                   "store: from=2026-01-01, units=north ...; without from and to all that is there");
  made->add_option("--confidence", of.confidence, "of the intervals (0.95)")->check(CLI::Range(0.5, 0.999));
  made->add_option("--resamples", of.resamples, "draws for the intervals (400); 0 for none")
      ->check(CLI::Range(0, 10'000));
  made->add_option("--seed", of.seed, "the same seed gives the same intervals");

  auto* spending = parent->add_subcommand("spending", "What is spent in channels, by period");
  spending->require_subcommand(1);
  auto* taken = command(spending, "import",
                        "Put spending: channel, period, spend, currency, unit; the same again is replaced",
                        "zhike channel spending import spending.csv --data D",
                        [this](Console& c) { return channel_spending_import(c, channel_spending_); });
  taken->add_option("file", channel_spending_.file, "CSV with a header")->required();
  taken->add_flag("--replace", channel_spending_.replaces_all, "take away all that is not in the file");
  auto* listed = command(spending, "list", "The newest entries, and what each channel sums up to",
                         "zhike channel spending list --channel tv --data D",
                         [this](Console& c) { return channel_spending_list(c, channel_spending_); });
  listed->add_option("--channel", channel_spending_.channel, "of this alone");
  listed->add_option("--limit", channel_spending_.limit, "entries (50)")->check(CLI::Range(1, 10'000));
}

}  // namespace zhike::cli
