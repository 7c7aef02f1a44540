// Figures of others, and one's own indices beside them.
#include <string>
#include <vector>

#include "feedback/benchmarks.h"
#include "feedback/surveys.h"
#include "server/analysis_json.h"
#include "server/index_json.h"
#include "server/survey_rounds.h"

namespace zhike::server {
namespace {

constexpr std::size_t kCsvBytesMax = 1 << 20;
constexpr std::size_t kBadShown = 100;

Result<Response> list_benchmarks(Call& call) {
  CX_TRY(const auto known, call.app.surveys().benchmarks().list(call.grant, call.param("metric")));
  json::array items;
  for (const auto& one : known) items.push_back(benchmark_json(one));
  return answer(json::object{{"items", std::move(items)}});
}

Result<Response> import_benchmarks(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  const json::value* csv = fields.object().if_contains("csv");
  if (csv == nullptr || !csv->is_string() || csv->get_string().size() > kCsvBytesMax)
    return fail(Code::kBadField, "'csv' is not a text of up to {} bytes", kCsvBytesMax);
  CX_TRY(const auto file, feedback::parse_benchmarks(csv->get_string()));
  CX_TRY(call.app.surveys().benchmarks().put(call.grant, file.good));
  json::array rejected;
  for (const auto& one : file.bad)
    if (rejected.size() < kBadShown) rejected.push_back(json::object{{"line", one.line}, {"what", one.what}});
  return answer(json::object{
      {"stored", file.good.size()}, {"rejected_count", file.bad.size()}, {"rejected", std::move(rejected)}});
}

Result<Response> remove_benchmark(Call& call) {
  CX_TRY(const auto fields, Fields::parse(call.request.body));
  feedback::Benchmark named;
  CX_TRY(named.metric, fields.text("metric", 200));
  CX_TRY(named.period, fields.text("period", 200));
  CX_TRY(named.source, fields.text("source", 200));
  CX_TRY(call.app.surveys().benchmarks().remove(call.grant, named));
  return no_content();
}

Result<Response> compare_benchmarks(Call& call) {
  static constexpr std::string_view kOwn[] = {"metric"};
  CX_TRY(const auto filter, call.filter(kOwn));
  CX_TRY(const auto compared,
         call.app.surveys().benchmarks().compare(call.grant, call.param("metric"), filter));
  json::array items;
  for (const auto& one : compared) {
    json::object own{{"value", number_or_null(one.own.value)},
                     {"low", number_or_null(one.own.low)},
                     {"high", number_or_null(one.own.high)},
                     {"n", one.own.n},
                     {"enough", one.own.enough}};
    items.push_back(json::object{{"benchmark", benchmark_json(one.benchmark)},
                                 {"measure", feedback::to_string(one.measure)},
                                 {"own", std::move(own)},
                                 {"theirs", interval_json(one.theirs)},
                                 {"difference", difference_json(one.difference)}});
  }
  return answer(json::object{{"items", std::move(items)}});
}

}  // namespace

void add_benchmark_handlers(Handlers& handlers) {
  handlers["listBenchmarks"] = list_benchmarks;
  handlers["importBenchmarks"] = import_benchmarks;
  handlers["removeBenchmark"] = remove_benchmark;
  handlers["compareBenchmarks"] = compare_benchmarks;
}

}  // namespace zhike::server
