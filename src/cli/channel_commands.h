// The commands of channels (see commands.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/console.h"

namespace zhike::cli {

struct ChannelCommand {
  std::string file;                     ///< empty: the store
  std::string path, conversions, lost;  ///< columns; `lost` empty: every journey converted
  std::string separator = ">";
  double half_life = 1;  ///< touches
  double confidence = 0.95;
  int resamples = 500;  ///< 0: no intervals
  std::uint64_t seed = 1;
  // Of the store alone:
  std::string conversion,
      property;  ///< name of the event, empty: orders; what names a touch, empty: its channel
  int window_days = 30;
  bool each = false;
  std::vector<std::string> filters;
};
/// Conversions shared out among channels by seven models: paths of a file, or of the store's customers.
[[nodiscard]] int channel_attribution(Console& console, const ChannelCommand& command);
/// The store's part of it.
[[nodiscard]] int channel_attribution_of_store(Console& console, const ChannelCommand& command);

struct ChannelStoreCommand {
  std::vector<std::string> filters;
  int retention_days = 30;
  std::vector<std::string> costs;  ///< "web=1200.50"
};
/// Each channel with its volume, cost, conversion, service, satisfaction and retention.
[[nodiscard]] int channel_scorecard(Console& console, const ChannelStoreCommand& command);
/// Switches between channels inside journeys, and the hand-offs that lost the context.
[[nodiscard]] int channel_switching(Console& console, const ChannelStoreCommand& command);

struct ChannelBestCommand {
  std::string customer;  ///< empty: many
  std::string purpose;
  std::vector<std::string> filters;
  std::vector<std::string> costs;  ///< of one trial: "sms=0.05"
  double worth = 0;                ///< of one hit; 0: not told
  double sure = 0.8;
  std::uint64_t sample = 1000;  ///< customers to draw
  std::string out;              ///< CSV, a customer a line; empty: none
};
/// By which channel to meet a customer for a purpose; without one, how many customers each channel is best
/// for.
[[nodiscard]] int channel_best(Console& console, const ChannelBestCommand& command);

struct ChannelBudgetCommand {
  std::string file;                              ///< empty: the store
  std::string period, channel, spend, currency;  ///< columns; empty: as named, currency: none
  std::vector<std::string> columns;              ///< each the spend of a channel, in place of the two
  std::string outcome;                           ///< column, or metric of the store; empty: outcome, revenue
  std::string conversion;                        ///< of the store: name of the events that are the outcome
  std::string grain;                             ///< empty: as the file has it; week
  std::vector<std::string> filters;
  double confidence = 0.95;
  int resamples = 400;  ///< 0: no intervals
  std::uint64_t seed = 1;
};
/// How an outcome answers to the spend of channels, what the next unit of money brings, a better division.
[[nodiscard]] int channel_budget(Console& console, const ChannelBudgetCommand& command);

struct ChannelSpendingCommand {
  std::string file, channel;
  bool replaces_all = false;
  std::uint64_t limit = 50;
};
[[nodiscard]] int channel_spending_import(Console& console, const ChannelSpendingCommand& command);
[[nodiscard]] int channel_spending_list(Console& console, const ChannelSpendingCommand& command);

}  // namespace zhike::cli
