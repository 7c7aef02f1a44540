// Where things of the digital-experience score stand, and how differences are written.

/** With a sign and a true minus; what rounds to nothing has no sign. */
export function signedBy(value: number, digits: number): string {
  const shown = value.toFixed(digits);
  if (Number(shown) === 0) return (0).toFixed(digits);
  return value > 0 ? `+${shown}` : shown.replace('-', '−');
}

/** The whisker of an interval on a bar from 0 to 100, in percent of its length. */
export function span(low: number | null, high: number | null): { from: number; width: number } | null {
  if (low === null || high === null) return null;
  const cut = (value: number) => Math.min(100, Math.max(0, value));
  return { from: cut(low), width: cut(high) - cut(low) };
}

/** What is missing to, or too much for, 100; 0 where rounding alone is left. */
export function lacking(weights: Record<string, number | null | undefined>): number {
  const sum = Object.values(weights).reduce<number>((total, one) => total + (one ?? 0), 0);
  const rest = 100 - sum;
  return Math.abs(rest) < 1e-6 ? 0 : Number(rest.toFixed(6));
}
