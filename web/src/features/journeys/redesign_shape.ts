// What is asked of a simulation, put together from the form. Pure.
import type { Redesign, SimulationWish } from '../../api/generated';

export type ChangeKind = 'people' | 'faster' | 'minutes' | 'automate' | 'remove' | 'routing' | 'parallel' | 'arrivals';
export const kChangeKinds: ChangeKind[] = ['people', 'faster', 'minutes', 'automate', 'remove', 'routing', 'parallel', 'arrivals'];

/** `subject`: a step, of people a group, of arrivals nothing. `value`: people, minutes, or percent. */
export interface Change { kind: ChangeKind; subject: string; second: string; value: number }
/** `office`: Monday to Friday, 9 to 17 o'clock; else always. */
export interface Given { name: string; steps: string[]; people: number; office: boolean }
export interface RedesignForm {
  minutes: number | null;
  pauses: boolean;
  groups: Given[];
  changes: Change[];
  p90Hours: number | null;
}
export const kNoRedesign: RedesignForm = { minutes: null, pauses: true, groups: [], changes: [], p90Hours: null };

const kStart: Record<ChangeKind, number> = { people: 1, faster: 20, minutes: 10, automate: 50, remove: 0, routing: 20, parallel: 0, arrivals: 10 };
export const newChange = (kind: ChangeKind): Change => ({ kind, subject: '', second: '', value: kStart[kind] });

/** Whether it says enough to be simulated. */
export const isWhole = (change: Change) => (change.kind === 'arrivals' || change.subject !== '') && (change.kind !== 'parallel' || (change.second !== '' && change.second !== change.subject));
export const isStaffed = (group: Given) => group.name.trim() !== '' && group.steps.length > 0 && group.people > 0;

/** Percent without the dust of binary fractions. */
const share = (percent: number) => Math.round(percent * 1000) / 100_000;

function add(into: Redesign, { kind, subject: step, second, value }: Change) {
  if (kind === 'people') (into.people ??= []).push({ group: step, add: value });
  if (kind === 'faster') (into.duration ??= []).push({ step, factor: share(100 - value) });
  if (kind === 'minutes') (into.duration ??= []).push({ step, minutes: value });
  if (kind === 'automate') (into.automate ??= []).push({ step, share: share(value) });
  if (kind === 'remove') (into.remove ??= []).push(step);
  if (kind === 'routing') (into.routing ??= []).push({ step, share: share(value) });
  if (kind === 'parallel') (into.parallel ??= []).push([step, second]);
  if (kind === 'arrivals') into.arrivals = share(100 + value) * (into.arrivals ?? 1);
}

/** Rows that are not whole are left out. */
export function wishOf(form: RedesignForm): SimulationWish {
  const change: Redesign = {};
  form.changes.filter(isWhole).forEach((one) => add(change, one));
  return {
    ...(form.minutes !== null && { service: [{ step: '*', minutes: form.minutes }] }),
    ...(form.pauses && { customer_waits: ['*'] }),
    ...(form.groups.some(isStaffed) && {
      groups: form.groups.filter(isStaffed).map(({ name, steps, people, office }) => ({ name: name.trim(), steps, people, ...(office && { hours: { days: [1, 2, 3, 4, 5], from: 9, to: 17 } }) })),
    }),
    ...(form.p90Hours !== null && { target: { p90_minutes: form.p90Hours * 60 } }),
    change,
  };
}
