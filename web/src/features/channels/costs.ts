// Costs of channels in the address: web:1200.5,store:900, as the API takes them.
export type Costs = Record<string, number>;

export function costsOf(text: string | null): Costs {
  const out: Costs = {};
  for (const part of (text ?? '').split(',')) {
    const mark = part.lastIndexOf(':');
    const cost = Number(part.slice(mark + 1));
    if (mark > 0 && part.length > mark + 1 && Number.isFinite(cost) && cost >= 0) out[part.slice(0, mark)] = cost;
  }
  return out;
}

export function writeCosts(costs: Costs): string {
  return Object.entries(costs).map(([channel, cost]) => `${channel}:${cost}`).join(',');
}
