import { describe, expect, it } from 'vitest';
import { blockOf, newPart, partsOf, type Part } from './designs';

const step = (key: string) => ({ op: 'step' as const, key, children: [] });
const silent = { op: 'silent' as const, key: '', children: [] };

describe('designed processes', () => {
  it('become blocks', () => {
    expect(blockOf([newPart('step', ['a'])])).toEqual(step('a'));
    expect(blockOf([newPart('step', ['a']), { ...newPart('step', ['b']), optional: true }, { ...newPart('choice', ['c', 'd']), repeat: true }])).toEqual({
      op: 'sequence', key: '', children: [
        step('a'),
        { op: 'xor', key: '', children: [step('b'), silent] },
        { op: 'loop', key: '', children: [{ op: 'xor', key: '', children: [step('c'), step('d')] }, silent] },
      ],
    });
  });
  it('come back as they were drawn', () => {
    const flags = [false, true];
    const parts: Part[] = flags.flatMap((optional) => flags.flatMap((repeat) => [
      { kind: 'step' as const, steps: ['a'], optional, repeat }, { kind: 'choice' as const, steps: ['b', 'c'], optional, repeat }, { kind: 'parallel' as const, steps: ['d', 'e', 'f'], optional, repeat },
    ]));
    expect(partsOf(blockOf(parts)!)).toEqual(parts);
    for (const part of parts) expect(partsOf(blockOf([part])!)).toEqual([part]);
  });
  it('need steps, and say when blocks are more than a list', () => {
    expect(blockOf([])).toBeNull();
    expect(blockOf([newPart('choice', [])])).toBeNull();
    expect(blockOf([newPart('step', [''])])).toBeNull();
    expect(partsOf({ op: 'parallel', key: '', children: [step('a'), { op: 'sequence', key: '', children: [step('b'), step('c')] }] })).toBeNull();
    expect(partsOf({ op: 'loop', key: '', children: [step('a'), step('b')] })).toBeNull();
  });
});
