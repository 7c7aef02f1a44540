// What it costs to make one value comparable.
#include <benchmark/benchmark.h>

#include "clean/address.h"
#include "clean/email.h"
#include "clean/name.h"
#include "clean/phone.h"

namespace zhike::clean {
namespace {

void phone_mainland(benchmark::State& state) {
  std::uint64_t n = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(phone("139" + std::to_string(10'000'000 + n++ % 80'000'000), "CN"));
}
void phone_by_library(benchmark::State& state) {
  std::uint64_t n = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(phone("(415) 55" + std::to_string(10'000 + n++ % 80'000), "US"));
}
void phone_again(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(phone("(415) 555-2671", "US"));
}
void email_plain(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(email("li.hua+shop@gmail.com"));
}
void name_chinese(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(name_key("張偉"));
}
void address(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(divide("广东省深圳市南山区科技园南路5号"));
}
BENCHMARK(phone_mainland);
BENCHMARK(phone_by_library);
BENCHMARK(phone_again);
BENCHMARK(email_plain);
BENCHMARK(name_chinese);
BENCHMARK(address);

}  // namespace
}  // namespace zhike::clean

BENCHMARK_MAIN();
