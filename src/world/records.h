// The files of the company's systems: turns stories into their rows.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "world/output.h"
#include "world/story.h"
#include "world/world.h"

namespace zhike::world {

/// Owns the open files. One thread.
class Records {
 public:
  /// Errors: kFileFailed.
  [[nodiscard]] static Result<Records> create(const std::filesystem::path& folder, const Options& options);

  /// All rows of one customer, the truth included. Customers must come in the order of their numbers.
  void add(const Person& person, const Story& story);
  /// Closes every file. Errors: kFileFailed, kDiskFull.
  [[nodiscard]] Result<Summary> finish();

 private:
  explicit Records(const Options& options) : options_(options) {}
  void add_calls(const Person& person, const Story& story, Chance& chance);
  void add_order(const Person& person, const Order& order, Chance& chance);
  void add_sale(const Person& person, const Order& order, Chance& chance);
  void add_delivery(const Person& person, const Order& order);
  void add_call(const Person& person, const Contact& contact, Chance& chance);
  void add_conversation(const Person& person, const Contact& contact);
  void add_answer(const Person& person, const Answer& answer, Chance& chance);
  void add_crm(const Person& person, Chance& chance);
  void add_truth(const Person& person, const Story& story);
  [[nodiscard]] bool breaks(Chance& chance) const { return chance.happens(options_.parameters.broken_share); }
  [[nodiscard]] bool past(const std::optional<Instant>& at) const { return at && *at < options_.end; }
  /// Local time of the company, "2026-09-01 12:30:11", or nothing for what has not happened yet.
  [[nodiscard]] std::string local(const std::optional<Instant>& at, char date_mark = '-') const;

  const Options options_;
  Summary sums_;
  std::uint64_t answers_ = 0, calls_ = 0, crm_ = 0;
  enum : std::size_t {
    kWebApp,
    kOrders,
    kDeliveries,
    kPos,
    kCalls,
    kConversations,
    kSurveys,
    kCrm,
    kPeople,
    kIdentifiers,
    kAnswers,
    kCrmTruth
  };
  std::vector<RowFile> files_;
};

/// How many of the files are to be imported; the rest is truth.
inline constexpr std::size_t kImported = 8;

}  // namespace zhike::world
