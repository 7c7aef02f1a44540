// Kept lists of customers in words: how one came about, and the filter that names it.
import type { CustomerList } from '../../api/generated';

interface FunnelOrigin {
  kind: 'funnel';
  steps: { touchpoint: string; name: string }[];
  step: number;
  converted: boolean;
  from: string;
  to: string;
  conditions: Record<string, string>;
}

/** Null: of an origin that this console does not know. */
export function funnelOrigin(list: CustomerList): FunnelOrigin | null {
  const origin = list.origin as Partial<FunnelOrigin>;
  if (origin.kind !== 'funnel' || !Array.isArray(origin.steps) || typeof origin.step !== 'number') return null;
  return { kind: 'funnel', steps: origin.steps, step: origin.step, converted: origin.converted ?? false, from: origin.from ?? '', to: origin.to ?? '', conditions: origin.conditions ?? {} };
}

/** list = 'Stopped at ''cart''' */
export const listFilter = (name: string) => `list = '${name.replaceAll("'", "''")}'`;
