#include "app/import_report.h"

#include "base/money.h"

namespace zhike::app {
namespace json = boost::json;
namespace {

std::uint64_t number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr ? 0 : value->to_number<std::uint64_t>();
}

std::string text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value == nullptr || !value->is_string() ? std::string() : std::string(value->get_string());
}

std::optional<Reason> reason_of(std::string_view name) {
  for (std::size_t i = 0; i < kReasonCount; ++i)
    if (to_string(static_cast<Reason>(i)) == name) return static_cast<Reason>(i);
  return std::nullopt;
}

ingest::FileReport report_from(const json::object& object) {
  ingest::FileReport report;
  report.file = text(object, "file");
  report.rule = text(object, "rule");
  report.reference = object.contains("reference") && object.at("reference").as_bool();
  report.rows = number(object, "rows");
  report.stored = number(object, "stored");
  report.rejected = number(object, "rejected");
  report.duplicates = number(object, "duplicates");
  report.events = number(object, "events");
  for (const auto& [name, count] : object.at("reasons").as_object())
    if (const auto reason = reason_of(name)) report.reasons[*reason] = count.to_number<std::uint64_t>();
  for (const auto& entry : object.at("first_rejects").as_array()) {
    const json::object& reject = entry.as_object();
    report.first_rejects.push_back({number(reject, "line"),
                                    reason_of(text(reject, "reason")).value_or(Reason::kUnreadable),
                                    text(reject, "detail")});
  }
  for (const auto& note : object.at("notes").as_array()) report.notes.emplace_back(note.as_string());
  report.seconds = object.at("seconds").to_number<double>();
  return report;
}

}  // namespace

json::object to_json(const ingest::FileReport& file) {
  json::object reasons;
  for (const auto& [reason, count] : file.reasons) reasons[to_string(reason)] = count;
  json::array first, notes;
  for (const auto& reject : file.first_rejects)
    first.push_back(
        json::object{{"line", reject.line}, {"reason", to_string(reject.reason)}, {"detail", reject.detail}});
  for (const auto& note : file.notes) notes.push_back(json::string(note));
  return {{"file", file.file},
          {"rule", file.rule},
          {"reference", file.reference},
          {"rows", file.rows},
          {"stored", file.stored},
          {"rejected", file.rejected},
          {"duplicates", file.duplicates},
          {"events", file.events},
          {"reasons", std::move(reasons)},
          {"first_rejects", std::move(first)},
          {"notes", std::move(notes)},
          {"seconds", file.seconds}};
}

std::vector<ingest::FileReport> reports_from_json(std::string_view text) {
  std::vector<ingest::FileReport> reports;
  boost::system::error_code error;
  const json::value all = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !all.is_array()) return reports;
  try {
    for (const json::value& entry : all.as_array()) reports.push_back(report_from(entry.as_object()));
  } catch (const std::exception&) {  // written by another version: the report is not worth a failed start
    reports.clear();
  }
  return reports;
}

std::string describe(const RawEvent& event) {
  std::string out = fmt::format("{} {} {}", format_utc(event.occurred_at), to_string(event.type), event.name);
  if (!event.channel.empty()) out += " channel=" + event.channel;
  if (!event.case_id.empty()) out += " case=" + event.case_id;
  if (event.amount)
    out += fmt::format(" amount={} {}", format_amount(*event.amount), event.amount->currency.str());
  if (event.score) out += fmt::format(" {}={}", event.instrument, *event.score);
  for (const auto& id : event.identifiers) out += fmt::format(" +{}", to_string(id.kind));
  return out;
}

}  // namespace zhike::app
