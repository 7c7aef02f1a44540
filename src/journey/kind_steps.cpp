#include "journey/kind_steps.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "journey/case_stream.h"

namespace zhike::journey {
namespace {

struct Kept {
  std::uint64_t customer = 0;
  std::vector<std::pair<std::int64_t, std::uint32_t>> steps;  ///< time, touchpoint
};

}  // namespace

Result<StoredSteps> kind_steps(warehouse::Client& client, const Grant& grant, const query::Filter& filter,
                               const Definition& definition) {
  CX_TRY(CaseStream stream, CaseStream::open(client, grant, filter, definition, ""));
  const CaseKinds& kinds = stream.kinds();
  StoredSteps out;
  std::vector<Kept> kept;
  const EachCase take = [&](std::uint64_t customer, std::span<const CaseEvent> every) {
    Kept one{.customer = customer, .steps = {}};
    for (const CaseEvent& of : every)
      if (!of.is_answer && kinds.of(of).touchpoint != 0)
        one.steps.emplace_back(of.ms, kinds.of(of).touchpoint);
    ++out.cases;
    out.steps += one.steps.size();
    if (out.steps <= kStoredStepsMax) kept.push_back(std::move(one));
  };
  CX_TRY(stream.each(std::span(&take, 1)));
  if (out.steps > kStoredStepsMax)
    return fail(Code::kLogTooLarge, "{} steps, of at most {}: a shorter range is needed", out.steps,
                kStoredStepsMax);
  if (kept.empty()) return out;
  std::ranges::sort(kept, [](const Kept& a, const Kept& b) {
    return std::tie(a.steps, a.customer) < std::tie(b.steps, b.customer);
  });
  StepBuilder builder;
  for (const Kept& one : kept) {
    for (const auto& [ms, touchpoint] : one.steps) {
      CX_TRY(builder.add({.activity = kinds.names[touchpoint], .end = ms}));
    }
    CX_TRY(builder.end_case(""));
  }
  CX_TRY(out.log, builder.finish("store"));
  return out;
}

}  // namespace zhike::journey
