// From one point of a series to the range of the events behind it.

const kHour = 3_600_000;

/** The API takes instants too: the point's start up to the start of the next one. Months differ in length. */
export function pointRange(at: string, grain: string): { from: string; to: string } {
  const start = new Date(at);
  if (grain === 'month') {
    // Starts lie at local midnight, up to 14 hours away from UTC's: the next start is found at noon of the day after.
    const middle = new Date(start.getTime() + 36 * kHour);
    const days = new Date(Date.UTC(middle.getUTCFullYear(), middle.getUTCMonth() + 1, 0)).getUTCDate();
    return { from: start.toISOString(), to: new Date(start.getTime() + days * 24 * kHour).toISOString() };
  }
  return { from: start.toISOString(), to: new Date(start.getTime() + (grain === 'week' ? 7 : 1) * 24 * kHour).toISOString() };
}
