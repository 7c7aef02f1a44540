// When people are at work, of a log that shows only when they began something. That nobody began anything in
// an hour says that they had left only where there was something to do: who had nothing to do and stayed is
// seen as little as who had gone. So presence is inferred, as the availability of Martin, Depaire, Caris and
// Schepers (2020), Retrieving the resource availability calendars of a process from an event log, Information
// Systems 88:101463, with chances instead of yes and no (Lopez-Pintado and Dumas 2023, Discovery and
// Simulation of Business Processes with Probabilistic Resource Availability Calendars, ICPM):
//
//   session    what a person did between two long pauses; they were there from its first begin to its last
//   refusal    work that waited for their group while they were free, or that a colleague took
//   hazard     how fast they begin while they are there and free: counted between their steps
//   break      a quarter of an hour in which they begin nothing on most days though they are asked to
//   came, left the likelihood of having been there earlier or later is exp(-refusals); its chances by quarter
//              of an hour are those of greatest likelihood for data that are censored (Turnbull 1976, J. R.
//              Stat. Soc. B 38:290), by EM. What one day does not tell the others do: a day of the week leans
//              on all days of the person, and they on all of their group, with the weight of one session
#pragma once

#include <cstddef>
#include <vector>

#include "base/time.h"
#include "journey/simulation_model.h"

namespace zhike::journey::simulated {

/// Fills `at_work` of the groups from `given` on: mean number of people by quarter of an hour of the week.
/// `share`: of each resource's steps, by group. `paused`: by activity, those before which people are not what
/// is waited for.
void fit_calendar(const StepLog& log, const Zone& zone, const std::vector<std::vector<GroupShare>>& shares,
                  const std::vector<bool>& paused, std::size_t given, Model* model);

}  // namespace zhike::journey::simulated
