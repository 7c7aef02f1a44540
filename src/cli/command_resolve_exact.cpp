// zhike resolve --by: records that have an identifier in common, in two passes over the files, so that what
// is kept in memory are identifiers' hashes and not the records.
#include <chrono>

#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/resolve_files.h"
#include "cli/resolve_output.h"
#include "cli/signals.h"
#include "match/exact.h"
#include "match/profile.h"

namespace zhike::cli {
namespace {

using WallClock = std::chrono::steady_clock;

/// What the columns hold, by the first rows.
Result<std::vector<match::Identifying>> kinds_of(const ResolveCommand& command) {
  constexpr std::size_t kSample = 20'000;
  match::Table sample;
  for (const std::string& column : command.by)
    sample.columns.push_back({.name = column, .values = {}, .codes = {}});
  CX_TRY(
      each_row(command.files.front(), command.by, [&](std::span<const std::string_view> cells, std::size_t) {
        for (std::size_t c = 0; c < cells.size(); ++c)
          sample.columns[c].codes.push_back(
              match::is_missing(cells[c]) ? 0 : sample.columns[c].values.add(cells[c]));
        sample.ids.emplace_back();
        sample.sources.push_back(0);
        return sample.ids.size() < kSample;
      }));
  std::vector<match::Identifying> out;
  for (const match::ColumnProfile& at : match::profile(sample)) {
    const bool known = at.kind == match::Kind::kPhone || at.kind == match::Kind::kEmail;
    out.push_back({.kind = known ? at.kind : match::Kind::kIdNumber, .day_order = at.day_order});
  }
  return out;
}

Result<int> run(Console& console, const ResolveCommand& command) {
  const auto start = WallClock::now();
  CX_TRY(auto kinds, kinds_of(command));
  json::array columns;
  for (std::size_t c = 0; c < kinds.size(); ++c)
    columns.push_back(json::object{{"column", command.by[c]}, {"kind", match::to_string(kinds[c].kind)}});
  match::ExactClusters exact(std::move(kinds), {.shared_after = command.shared_after});
  const Signals signals;
  Progress bar(console.on_terminal(), std::string(console.pick("records", "条记录")));
  std::uint64_t rows = 0;
  // Each file is read twice, first for what its records have in common and then for their ids.
  const auto watching = [&](std::size_t before, std::string_view en, std::string_view zh) {
    return [&, before, en, zh](double share) {
      const double times = command.out.empty() ? 1 : 2;
      bar.update((static_cast<double>(before) + share) / times / static_cast<double>(command.files.size()),
                 rows, console.pick(en, zh));
      return !Signals::arrived();
    };
  };
  for (std::size_t n = 0; n < command.files.size(); ++n)
    CX_TRY(each_row(
        command.files[n], command.by,
        [&](std::span<const std::string_view> cells, std::size_t) {
          exact.add(cells);
          ++rows;
          return true;
        },
        watching(n, "reading records", "读取记录")));
  const auto found = exact.finish();
  if (!command.out.empty()) {
    CsvFile out(command.out);
    for (const std::string_view name : {"id", "source", "cluster_id"}) out.cell(name);
    out.end_row();
    const std::vector<std::string> id{command.id};
    std::size_t row = 0;
    for (std::size_t n = 0; n < command.files.size(); ++n) {
      const std::string& file = command.files[n];
      const std::string source = std::filesystem::path(file).filename().string();
      CX_TRY(each_row(
          file, id,
          [&](std::span<const std::string_view> cells, std::size_t number) {
            out.cell(command.id.empty() ? std::to_string(number) : std::string(cells[0]));
            out.cell(source);
            out.cell(std::to_string(found.of[row++] + 1));
            out.end_row();
            ++rows;
            return true;
          },
          watching(command.files.size() + n, "writing clusters", "写出聚类")));
    }
    CX_TRY(out.close());
  }
  const double seconds = std::chrono::duration<double>(WallClock::now() - start).count();
  console.say(table(
      {{"records", "identifiers", "shared by many", "clusters", "seconds", "peak_mib"},
       {std::to_string(found.of.size()), std::to_string(found.identifiers), std::to_string(found.shared),
        std::to_string(found.count), fmt::format("{:.1f}", seconds), fmt::format("{:.0f}", peak_mib())}}));
  console.result({{"records", found.of.size()},
                  {"identifiers", found.identifiers},
                  {"shared", found.shared},
                  {"clusters", found.count},
                  {"columns", std::move(columns)},
                  {"seconds", seconds},
                  {"peak_mib", peak_mib()}});
  return kDone;
}

}  // namespace

int resolve_exact(Console& console, const ResolveCommand& command) {
  auto done = run(console, command);
  if (!done && done.error().code == Code::kStopping) done.error().detail = "interrupted; nothing was written";
  return done ? *done : console.failed(done.error());
}

}  // namespace zhike::cli
