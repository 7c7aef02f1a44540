// How long one point of a series should be, where the server's choice leaves most points without enough answers.
import type { Point } from '../api/generated';

export type Grain = 'day' | 'week' | 'month';

const kDays: Record<Grain, number> = { day: 1, week: 7, month: 30 };
/** About what an interval needs to be worth showing. */
const kAnswersPerPoint = 10;
/** Fewer do not make a line. */
const kPointsMin = 4;

/**
 * The next longer grain at which a point has enough observations on average; undefined when the series is dense
 * enough as it is, or nothing longer exists. `n`: observations behind the whole series.
 */
export function coarserGrain(series: Point[], n: number, grain: Grain): Grain | undefined {
  const known = series.filter((point) => point.value !== null).length;
  if (n === 0 || known * 3 >= series.length) return undefined;
  const days = series.length * kDays[grain];
  const longer = (['week', 'month'] as const).filter((candidate) => kDays[candidate] > kDays[grain] && days / kDays[candidate] >= kPointsMin);
  return longer.find((candidate) => (n * kDays[candidate]) / days >= kAnswersPerPoint) ?? longer.at(-1);
}
