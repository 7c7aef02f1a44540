// Who works on which steps, and when: the groups of a simulation (journey/simulation.h).
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "journey/simulation_model.h"

namespace zhike::journey::simulated {

/// Whether somebody that is known did it.
[[nodiscard]] inline bool by_person(const Step& step) {
  return step.resource != kNoName && step.machine != Said::kYes;
}

/// Fills `groups` and `group` of the model. Errors: kBadSimulation.
[[nodiscard]] Result<void> fit_people(const StepLog& log, const SimulationOptions& options, Model* model);

/// The place of each name in `activities`. Errors: kBadSimulation, naming `what` and the name.
[[nodiscard]] Result<std::vector<mining::Activity>> places_of(const StepLog& log,
                                                              const std::vector<std::string>& names,
                                                              std::string_view what);

/// By activity: whether the pause before it is the customer's; "*" of `names`: all. Errors: kBadSimulation.
[[nodiscard]] Result<std::vector<bool>> paused_of(const StepLog& log, std::vector<std::string> names);

}  // namespace zhike::journey::simulated
