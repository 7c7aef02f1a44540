// A number that opens what stands behind it.
import type { ReactNode } from 'react';
import { useDrill, type Drill } from '../state/drill';

/**
 * `behind`: what the drawer's own count must equal ("events", "customers"), or "explained" where it is another number.
 * `count`: the number in digits, for those two.
 */
export function DrillNumber({ to, behind, count, className = '', children }: {
  to: Drill; behind: 'events' | 'customers' | 'explained'; count?: number; className?: string; children: ReactNode;
}) {
  const { open } = useDrill();
  return <button type="button" className={`link num ${className}`} data-drill={behind} data-count={count} onClick={() => open(to)}>{children}</button>;
}
