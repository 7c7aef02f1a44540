import { describe, expect, it } from 'vitest';
import type { Blueprint } from '../../api/generated';
import { bodyOf, cellAt, withCell } from './blueprint_shape';

const data: Blueprint = {
  definition: 'purchase', version: 3, journeys: 9, steps: [{ key: 'consider', is: 'stage' }],
  cells: [{ lane: 'customer', step: 'consider', text_en: 'Looks', text_zh: '', owner: '', bindings: [{ key: 'nps' }], values: [{ value: 1, low: null, high: null, n: 9, unit: 'points', currency: '' }] }],
};

describe('a service blueprint', () => {
  it('goes back without its numbers', () => {
    expect(bodyOf(data)).toEqual({ version: 3, steps: data.steps, cells: [{ lane: 'customer', step: 'consider', text_en: 'Looks', text_zh: '', owner: '', bindings: [{ key: 'nps' }] }] });
  });
  it('has a cell replaced, added and taken away', () => {
    expect(withCell(data, { lane: 'customer', step: 'consider', text_en: 'Compares', bindings: [] }).cells).toEqual([{ lane: 'customer', step: 'consider', text_en: 'Compares', bindings: [] }]);
    expect(withCell(data, { lane: 'support', step: 'consider', owner: 'IT', bindings: [] }).cells).toHaveLength(2);
    expect(withCell(data, { lane: 'customer', step: 'consider', text_en: '', bindings: [] }).cells).toEqual([]);
    expect(cellAt(data, 'support', 'consider')).toBeUndefined();
  });
});
