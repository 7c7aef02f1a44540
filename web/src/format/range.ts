// From one point of a series to the days of the events behind it.
import { addDays, isoDay } from './numbers';

/**
 * The point's day, week or month as days, the last excluded. Days rather than moments: branches with clocks of their
 * own begin them at different moments. `zone`: that of the series.
 */
export function pointRange(at: string, grain: string, zone: string | undefined): { from: string; to: string } {
  const from = isoDay(new Date(at), zone);
  if (grain !== 'month') return { from, to: addDays(from, grain === 'week' ? 7 : 1) };
  const year = Number(from.slice(0, 4));
  const month = Number(from.slice(5, 7));
  return { from, to: `${month === 12 ? year + 1 : year}-${String(month === 12 ? 1 : month + 1).padStart(2, '0')}-01` };
}
