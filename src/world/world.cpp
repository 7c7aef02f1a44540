#include "world/world.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/file.h"
#include "world/records.h"

namespace zhike::world {
namespace {

std::string truth_of(const Options& options, const Summary& sums) {
  const Parameters& p = options.parameters;
  std::string out = fmt::format("{{\n  \"customers\": {}, \"days\": {}, \"seed\": {}, \"end\": \"{}\",\n",
                                options.customers, options.days, options.seed, format_utc(options.end));
  const std::pair<std::string_view, double> kShown[] = {{"days_between_visits", p.days_between_visits},
                                                        {"consider_share", p.consider_share},
                                                        {"buy_share", p.buy_share},
                                                        {"checkout_left_share", p.checkout_left_share},
                                                        {"cancel_share", p.cancel_share},
                                                        {"promise_days", p.promise_days},
                                                        {"late_share", p.late_share},
                                                        {"late_days", p.late_days},
                                                        {"incident_late_share", p.incident_late_share},
                                                        {"incident_from", p.incident_from},
                                                        {"incident_to", p.incident_to},
                                                        {"defect_share", p.defect_share},
                                                        {"question_share", p.question_share},
                                                        {"contact_after_late", p.contact_after_late},
                                                        {"contact_after_defect", p.contact_after_defect},
                                                        {"abandoned_share", p.abandoned_share},
                                                        {"resolved_share", p.resolved_share},
                                                        {"complaint_share", p.complaint_share},
                                                        {"base_mean", p.base_mean},
                                                        {"base_sd", p.base_sd},
                                                        {"per_late_day", p.per_late_day},
                                                        {"cancelled", p.cancelled},
                                                        {"defect", p.defect},
                                                        {"per_doubled_wait", p.per_doubled_wait},
                                                        {"abandoned", p.abandoned},
                                                        {"unresolved", p.unresolved},
                                                        {"recovered", p.recovered},
                                                        {"answer_sd", p.answer_sd},
                                                        {"memory", p.memory},
                                                        {"review_share", p.review_share},
                                                        {"csat_share", p.csat_share},
                                                        {"ces_share", p.ces_share},
                                                        {"nps_share", p.nps_share},
                                                        {"nps_days", p.nps_days},
                                                        {"comment_share", p.comment_share},
                                                        {"leak_share", p.leak_share},
                                                        {"leave_per_point", p.leave_per_point},
                                                        {"duplicate_share", p.duplicate_share},
                                                        {"shared_phone_share", p.shared_phone_share},
                                                        {"broken_share", p.broken_share}};
  out += "  \"parameters\": {\n";
  for (const auto& [key, value] : kShown) out += fmt::format("    \"{}\": {},\n", key, value);
  out.resize(out.size() - 2);
  out += "\n  },\n  \"files\": {\n";
  for (const FileSummary& file : sums.files)
    out += fmt::format("    \"{}\": {{\"rows\": {}, \"broken\": {}}},\n", file.name, file.rows, file.broken);
  out.resize(out.size() - 2);
  return out + fmt::format(
                   "\n  }},\n  \"orders\": {}, \"late_deliveries\": {}, \"contacts\": {}, \"complaints\": "
                   "{}, \"answers\": {}\n}}\n",
                   sums.orders, sums.late_deliveries, sums.contacts, sums.complaints, sums.answers);
}

}  // namespace

Instant last_midnight(Instant now) noexcept {
  constexpr std::int64_t kOffset = 8 * 3'600'000, kDay = 86'400'000;
  const std::int64_t local = now.ms + kOffset;
  return {local - local % kDay - kOffset};
}

Result<Summary> simulate(const Options& options, const std::filesystem::path& folder,
                         const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
  if (options.customers < 1 || options.customers > 100'000'000 || options.days < 1 || options.days > 3650)
    return fail(Code::kBadWorld, "{} customers, {} days", options.customers, options.days);
  const Period period{.start = options.end - days(options.days), .end = options.end};
  CX_TRY(Records records, Records::create(folder, options));
  const std::uint64_t step = std::max<std::uint64_t>(1, options.customers / 100);
  for (std::uint64_t id = 1; id <= options.customers; ++id) {
    const Person person = make_person(options.seed, id, options.parameters);
    records.add(person, live(person, period, options.seed, options.parameters));
    if (progress && (id % step == 0 || id == options.customers) && !progress(id, options.customers))
      return fail(Code::kSimulationStopped, "{} of {} customers", id, options.customers);
  }
  CX_TRY(const Summary sums, records.finish());
  CX_TRY(write_file(folder / "truth/parameters.json", truth_of(options, sums), 0644));
  return sums;
}

}  // namespace zhike::world
