// What is asked of a simulation, put together from the form. Pure.
import type { Redesign, SimulationWish } from '../../api/generated';

export type ChangeKind = 'people' | 'hours' | 'faster' | 'minutes' | 'automate' | 'remove' | 'routing' | 'parallel' | 'arrivals';
export const kChangeKinds: ChangeKind[] = ['people', 'hours', 'faster', 'minutes', 'automate', 'remove', 'routing', 'parallel', 'arrivals'];

export type Days = 'work' | 'six' | 'all';
export const kDays: Record<Days, number[]> = { work: [1, 2, 3, 4, 5], six: [1, 2, 3, 4, 5, 6], all: [1, 2, 3, 4, 5, 6, 7] };
/** On so many days of the week, from an hour to another, which is not included. */
export interface Hours { days: Days; from: number; to: number }
export const kOffice: Hours = { days: 'work', from: 9, to: 17 };

/** `subject`: a step, of people and hours a group, of arrivals nothing. `value`: people, minutes, or percent. */
export interface Change { kind: ChangeKind; subject: string; second: string; value: number; hours: Hours }
/** What an hour of a person of a group costs, or a step each time it is done; in a unit of the user's own. */
export interface Cost { of: 'hour' | 'step'; subject: string; amount: number }
/** What the fewest people are sought for: nine in ten cases done within hours, or a share of cases that wait no longer than minutes. */
export interface Target { kind: 'none' | 'p90' | 'wait'; hours: number; minutes: number; share: number }
/** `office`: Monday to Friday, 9 to 17 o'clock; else always. */
export interface Given { name: string; steps: string[]; people: number; office: boolean }
export interface RedesignForm {
  minutes: number | null;
  pauses: boolean;
  groups: Given[];
  changes: Change[];
  costs: Cost[];
  target: Target;
}
export const kNoRedesign: RedesignForm = { minutes: null, pauses: true, groups: [], changes: [], costs: [], target: { kind: 'none', hours: 48, minutes: 10, share: 80 } };

const kStart: Record<ChangeKind, number> = { people: 1, hours: 0, faster: 20, minutes: 10, automate: 50, remove: 0, routing: 20, parallel: 0, arrivals: 10 };
export const newChange = (kind: ChangeKind): Change => ({ kind, subject: '', second: '', value: kStart[kind], hours: kOffice });

const areHours = ({ from, to }: Hours) => from < to;
/** Whether it says enough to be simulated. */
export const isWhole = (change: Change) => (change.kind === 'arrivals' || change.subject !== '')
  && (change.kind !== 'parallel' || (change.second !== '' && change.second !== change.subject)) && (change.kind !== 'hours' || areHours(change.hours));
export const isPriced = (cost: Cost) => cost.subject !== '';
export const isStaffed = (group: Given) => group.name.trim() !== '' && group.steps.length > 0 && group.people > 0;

/** Percent without the dust of binary fractions. */
const share = (percent: number) => Math.round(percent * 1000) / 100_000;

const hoursOf = ({ days, from, to }: Hours) => ({ days: kDays[days], from, to });

function add(into: Redesign, { kind, subject: step, second, value, hours }: Change) {
  if (kind === 'hours') (into.hours ??= []).push({ group: step, ...hoursOf(hours) });
  if (kind === 'people') (into.people ??= []).push({ group: step, add: value });
  if (kind === 'faster') (into.duration ??= []).push({ step, factor: share(100 - value) });
  if (kind === 'minutes') (into.duration ??= []).push({ step, minutes: value });
  if (kind === 'automate') (into.automate ??= []).push({ step, share: share(value) });
  if (kind === 'remove') (into.remove ??= []).push(step);
  if (kind === 'routing') (into.routing ??= []).push({ step, share: share(value) });
  if (kind === 'parallel') (into.parallel ??= []).push([step, second]);
  if (kind === 'arrivals') into.arrivals = share(100 + value) * (into.arrivals ?? 1);
}

function targetOf({ kind, hours, minutes, share: of }: Target): Pick<SimulationWish, 'target'> {
  if (kind === 'p90') return { target: { p90_minutes: hours * 60 } };
  if (kind === 'wait') return { target: { wait_minutes: minutes, share: share(of) } };
  return {};
}

/** Rows that are not whole are left out. */
export function wishOf(form: RedesignForm): SimulationWish {
  const change: Redesign = {};
  form.changes.filter(isWhole).forEach((one) => add(change, one));
  const costs = (of: Cost['of']) => form.costs.filter((one) => one.of === of && isPriced(one));
  return {
    ...(form.minutes !== null && { service: [{ step: '*', minutes: form.minutes }] }),
    ...(form.pauses && { customer_waits: ['*'] }),
    ...(form.groups.some(isStaffed) && {
      groups: form.groups.filter(isStaffed).map(({ name, steps, people, office }) => ({ name: name.trim(), steps, people, ...(office && { hours: hoursOf(kOffice) }) })),
    }),
    ...(costs('hour').length > 0 && { hourly_cost: costs('hour').map(({ subject, amount }) => ({ group: subject, amount })) }),
    ...(costs('step').length > 0 && { step_cost: costs('step').map(({ subject, amount }) => ({ step: subject, amount })) }),
    ...targetOf(form.target),
    change,
  };
}
