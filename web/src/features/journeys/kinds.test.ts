import { describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../api/generated';
import { changedKeys, emptyKind, faultsOf, freeKey, mergeKinds } from './kinds';

const kind = (key: string, more: Partial<JourneyDefinition> = {}): JourneyDefinition => ({ ...emptyKind(), key, name_en: key, ...more });
const fields = (of: JourneyDefinition, others: string[] = []) => faultsOf(of, others).map((fault) => `${fault.field} ${fault.why}`);

describe('faults of a kind of journey', () => {
  it('are named by field', () => {
    expect(fields(kind('loan'))).toEqual([]);
    expect(fields(kind('loan'), ['loan'])).toEqual(['key twice']);
    expect(fields(emptyKind())).toEqual(['key missing', 'name_en missing']);
    expect(fields(kind('loan', { name_en: '', name_zh: '贷款' }))).toEqual([]);
    expect(fields(kind('loan', { steps: ['a'] }))).toEqual(['steps out_of_range']);
    expect(fields(kind('loan', { steps: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }))).toEqual(['steps out_of_range']);
    expect(fields(kind('loan', { gap_days: 0 }))).toEqual(['gap_days out_of_range']);
    expect(fields(kind('loan', { gap_days: 366 }))).toEqual(['gap_days out_of_range']);
    expect(fields(kind('loan', { owners: [{ stage: 'use', owner: ' ' }] }))).toEqual(['owners missing']);
    expect(fields(kind('loan', { owners: [{ stage: 'use', owner: 'A' }, { stage: 'use', owner: 'B' }] }))).toEqual(['owners twice']);
  });
});

describe('copies', () => {
  it('get a key of their own', () => {
    expect(freeKey('loan', ['loan'])).toBe('loan_2');
    expect(freeKey('loan', ['loan', 'loan_2', 'loan_3'])).toBe('loan_4');
  });
});

describe('two people at once', () => {
  const base = [kind('a'), kind('b'), kind('c')];
  it('keep what each changed alone', () => {
    const mine = [kind('a', { gap_days: 30 }), kind('b'), kind('c'), kind('mine')];
    const theirs = [kind('c', { gap_days: 1 }), kind('theirs'), kind('a'), kind('b')];
    expect(changedKeys(base, mine)).toEqual(['a', 'mine']);
    const merged = mergeKinds(base, mine, theirs);
    expect(merged.map((item) => item.key)).toEqual(['c', 'theirs', 'a', 'b', 'mine']);
    expect(merged.find((item) => item.key === 'a')?.gap_days).toBe(30);
    expect(merged.find((item) => item.key === 'c')?.gap_days).toBe(1);
  });
  it('let mine win where both changed one, and removals count', () => {
    const merged = mergeKinds(base, [kind('a', { gap_days: 30 }), kind('c')], [kind('a', { gap_days: 60 }), kind('b'), kind('c')]);
    expect(merged.map((item) => [item.key, item.gap_days])).toEqual([['a', 30], ['c', 7]]);
    expect(mergeKinds(base, base, [kind('a')]).map((item) => item.key)).toEqual(['a']);
    expect(mergeKinds(base, [kind('a'), kind('b', { gap_days: 2 }), kind('c')], [kind('a')]).map((item) => item.key)).toEqual(['a', 'b']);
  });
});
