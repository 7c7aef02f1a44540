#include "journey/step_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <utility>

#include "base/ascii.h"
#include "ingest/bytes.h"
#include "ingest/file_format.h"
#include "ingest/row_reader.h"
#include "journey/log_file.h"
#include "mining/xes.h"

namespace zhike::journey {
namespace {

constexpr std::size_t kHeaderShown = 600;  // bytes

/// What is read of an event beside case, activity and time; in this order.
enum Field : std::size_t { kStartTime, kResource, kTransition, kCost, kGroup, kMachine, kFailure, kFields };

struct Wanted {
  std::string name;
  bool is_named = false;  ///< by somebody: it must be there
};

std::array<Wanted, kFields> wanted(const StepOptions& options) {
  const auto pick = [](const std::string& given, std::string_view usual) {
    return Wanted{given.empty() ? std::string(usual) : given, !given.empty()};
  };
  const StepColumns& columns = options.columns;
  return {pick(columns.start, "start_timestamp"),
          pick(columns.resource, "org:resource"),
          pick(columns.transition, "lifecycle:transition"),
          pick(columns.cost, ""),
          pick(columns.group, ""),
          pick(options.machine ? options.machine->column : "", ""),
          pick(options.failure ? options.failure->column : "", "")};
}

/// Makes steps of the texts of an event's fields.
class Steps {
 public:
  explicit Steps(const StepOptions& options) : options_(options), builder_(options.bytes_max) {}

  template <class Texts>
  RawStep step(std::string_view activity, std::int64_t time, const Texts& text) {
    RawStep out{.activity = activity, .resource = text(kResource), .end = time};
    out.begin = mining::parse_log_time(text(kStartTime));
    out.phase = parse_phase(text(kTransition));
    if (const std::string_view cost = text(kCost); !cost.empty()) {
      const auto value = ascii::parse_number<double>(cost);
      if (value)
        out.cost = *value;
      else
        builder_.count_bad_cost();
    }
    if (options_.machine) out.machine = options_.machine->of(text(kMachine));
    if (options_.failure) out.failed = options_.failure->of(text(kFailure));
    return out;
  }
  StepBuilder& builder() { return builder_; }

  Result<StepLog> finish(std::string_view what) {
    CX_TRY(StepLog out, builder_.finish(what));
    out.machines_said = options_.machine.has_value();
    out.failures_said = options_.failure.has_value();
    return out;
  }

 private:
  const StepOptions& options_;
  StepBuilder builder_;
};

/// Traces of XES. A trace may name its group after its events.
class Traces final : public mining::XesSink {
 public:
  explicit Traces(const StepOptions& options) : steps_(options) {}

  Result<void> event(std::string_view activity, std::int64_t time,
                     std::span<const std::string> more) override {
    for (std::size_t field = 0; field < kFields; ++field) seen_[field] = seen_[field] || !more[field].empty();
    if (group_.empty()) group_ = more[kGroup];
    return steps_.builder().add(
        steps_.step(activity, time, [&](Field field) { return std::string_view(more[field]); }));
  }
  Result<void> end_case(std::string_view /*name*/, std::span<const std::string> more) override {
    seen_[kGroup] = seen_[kGroup] || !more[kGroup].empty();
    const std::string group = std::exchange(group_, {});
    return steps_.builder().end_case(more[kGroup].empty() ? group : more[kGroup]);
  }
  void event_outside() override { steps_.builder().leave_out_without_case(); }

  Result<StepLog> finish(std::string_view what, std::span<const Wanted> fields) {
    for (std::size_t field = 0; field < kFields; ++field)
      if (fields[field].is_named && !seen_[field])
        return fail(Code::kDriverColumnMissing, "{}: no event has the attribute {}", what,
                    fields[field].name);
    return steps_.finish(what);
  }

 private:
  Steps steps_;
  std::string group_;
  std::array<bool, kFields> seen_{};
};

Result<StepLog> read_xes(const std::filesystem::path& file, const StepOptions& options) {
  const auto fields = wanted(options);
  mining::XesKeys keys;
  const auto use = [](std::string& key, const std::string& given) {
    if (!given.empty()) key = given;
  };
  use(keys.case_name, options.columns.case_name);
  use(keys.activity, options.columns.activity);
  use(keys.time, options.columns.time);
  for (const Wanted& field : fields) keys.more.push_back(field.name);
  CX_TRY(const auto source, ingest::TextSource::open(file));
  Traces traces(options);
  mining::XesEvents reader(file.filename().string(), std::move(keys), traces);
  for (;;) {
    CX_TRY(const bool more, source->more(reader.room()));
    if (!more) break;
    CX_TRY(reader.read());
    if (options.progress && source->bytes_total() > 0)
      options.progress(static_cast<double>(source->bytes_read()) /
                       static_cast<double>(source->bytes_total()));
  }
  CX_TRY(reader.finish());
  return traces.finish(reader.what(), fields);
}

/// The place of a column; the header's size where it is not there and need not be.
Result<std::size_t> column(const std::vector<std::string>& header, const Wanted& wanted,
                           const std::filesystem::path& file) {
  const std::string name = ascii::lower(wanted.name);
  const auto found =
      std::ranges::find(header, name, [](const std::string& cell) { return ascii::lower(cell); });
  if (wanted.name.empty() || (found == header.end() && !wanted.is_named)) return header.size();
  if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  std::string there = fmt::format("{}", fmt::join(header, ", "));
  if (there.size() > kHeaderShown) there = fmt::format("others, {} in all", header.size());
  return fail(Code::kDriverColumnMissing, "{}: {}; there are {}", file.filename().string(), wanted.name,
              there);
}

Result<StepLog> read_table(ingest::RowReader& rows, const std::filesystem::path& file,
                           const StepOptions& options) {
  const auto& header = rows.header();
  const auto needed = [&](const std::string& given, std::string_view usual) {
    return column(header, {given.empty() ? std::string(usual) : given, true}, file);
  };
  CX_TRY(const std::size_t case_at, needed(options.columns.case_name, "case:concept:name"));
  CX_TRY(const std::size_t activity_at, needed(options.columns.activity, "concept:name"));
  CX_TRY(const std::size_t time_at, needed(options.columns.time, "time:timestamp"));
  const auto fields = wanted(options);
  std::array<std::size_t, kFields> at{};
  for (std::size_t field = 0; field < kFields; ++field) {
    CX_TRY(at[field], column(header, fields[field], file));
  }
  Steps steps(options);
  for (std::uint64_t row = 0;; ++row) {
    CX_TRY(const auto next, rows.next());
    if (next == ingest::RowReader::Next::kEnd) return steps.finish(file.filename().string());
    if (next == ingest::RowReader::Next::kBad) {
      steps.builder().leave_out_without_case();
      continue;
    }
    const auto cells = rows.cells();
    const auto text = [&](Field field) {
      return at[field] < cells.size() ? std::string_view(cells[at[field]]) : std::string_view();
    };
    const RawStep step = steps.step(cells[activity_at], mining::parse_log_time(cells[time_at]), text);
    CX_TRY(steps.builder().add_row(cells[case_at], step, text(kGroup)));
    if (options.progress && row % 4096 == 0 && rows.bytes_total() > 0)
      options.progress(static_cast<double>(rows.bytes_read()) / static_cast<double>(rows.bytes_total()));
  }
}

}  // namespace

Said StepRule::of(std::string_view value) const {
  if (value.empty()) return Said::kUnknown;
  return std::ranges::find(values, value) != values.end() ? Said::kYes : Said::kNo;
}

Result<StepRule> parse_step_rule(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return fail(Code::kBadFilter, "{}: COLUMN=VALUE,VALUE", text.substr(0, 60));
  StepRule out{.column = std::string(text.substr(0, equals)), .values = {}};
  std::string_view rest = text.substr(equals + 1);
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (comma > 0) out.values.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (out.values.empty()) return fail(Code::kBadFilter, "{}: COLUMN=VALUE,VALUE", text.substr(0, 60));
  return out;
}

Result<StepLog> read_steps(const std::filesystem::path& file, const StepOptions& options) {
  CX_TRY(const auto rows, rows_of_log(file));
  return rows ? read_table(*rows, file, options) : read_xes(file, options);
}

}  // namespace zhike::journey
