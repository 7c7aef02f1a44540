// Where feelings lie on the curve of the journey map.

export const curveHeight = 120;
const kEdge = 10;

/** Pixels from the top of a feeling from -1 to 1; what lies beyond stays on the edge. */
export function curveLevel(value: number): number {
  const inside = Math.max(-1, Math.min(1, value));
  return kEdge + ((1 - inside) / 2) * (curveHeight - 2 * kEdge);
}

/** Two digits with a true minus; what rounds to nothing has no sign. */
export function signed(value: number): string {
  return (Math.abs(value) < 0.005 ? 0 : value).toFixed(2).replace('-', '−');
}
