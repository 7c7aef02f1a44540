// Kinds of journeys while they are edited: what is wrong with one, and two people's changes put together.
import type { JourneyDefinition, JourneyDefinitionFault } from '../../api/generated';

export const kStepsLeast = 2;
export const kStepsMax = 6;
export const kGapMost = 365;

export function emptyKind(): JourneyDefinition {
  return { key: '', name_en: '', name_zh: '', starts: [], ends: [], stages: [], steps: [], moments: [], gap_days: 7, owners: [] };
}

/** What can be told without the server; `others`: keys of the kinds beside it. */
export function faultsOf(kind: JourneyDefinition, others: string[]): JourneyDefinitionFault[] {
  const out: JourneyDefinitionFault[] = [];
  if (kind.key.trim() === '') out.push({ field: 'key', why: 'missing', value: '' });
  else if (others.includes(kind.key)) out.push({ field: 'key', why: 'twice', value: kind.key });
  if (kind.name_en === '' && kind.name_zh === '') out.push({ field: 'name_en', why: 'missing', value: '' });
  if (kind.steps.length > 0 && (kind.steps.length < kStepsLeast || kind.steps.length > kStepsMax)) out.push({ field: 'steps', why: 'out_of_range', value: '' });
  if (!Number.isInteger(kind.gap_days) || kind.gap_days < 1 || kind.gap_days > kGapMost) out.push({ field: 'gap_days', why: 'out_of_range', value: '' });
  const stages = kind.owners.map((one) => one.stage);
  const double = stages.find((stage, at) => stage !== '' && stages.indexOf(stage) !== at);
  if (kind.owners.some((one) => one.stage === '' || one.owner.trim() === '')) out.push({ field: 'owners', why: 'missing', value: '' });
  else if (double !== undefined) out.push({ field: 'owners', why: 'twice', value: double });
  return out;
}

/** A key that none of `taken` is: "loan" → "loan_2". */
export function freeKey(key: string, taken: string[]): string {
  for (let n = 2; ; ++n) {
    const next = `${key}_${n}`;
    if (!taken.includes(next)) return next;
  }
}

const same = (a: JourneyDefinition | undefined, b: JourneyDefinition | undefined) => JSON.stringify(a) === JSON.stringify(b);
const byKey = (items: JourneyDefinition[]) => new Map(items.map((item) => [item.key, item]));

/** Keys that were added, changed or removed. */
export function changedKeys(before: JourneyDefinition[], after: JourneyDefinition[]): string[] {
  const old = byKey(before), now = byKey(after);
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => !same(old.get(key), now.get(key)));
}

/** `mine` came from `base`, and so did `theirs`: theirs with my changes, mine where both changed one. */
export function mergeKinds(base: JourneyDefinition[], mine: JourneyDefinition[], theirs: JourneyDefinition[]): JourneyDefinition[] {
  const changed = new Set(changedKeys(base, mine)), own = byKey(mine), there = new Set(theirs.map((item) => item.key));
  const kept = theirs.flatMap((item) => (changed.has(item.key) ? own.get(item.key) ?? [] : item));
  return [...kept, ...mine.filter((item) => changed.has(item.key) && !there.has(item.key))];
}
