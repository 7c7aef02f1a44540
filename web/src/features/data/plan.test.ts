import { expect, test } from 'vitest';
import type { Plan } from '../../api/generated';
import { withDrift } from './plan_tab';
import { cleanRule } from './quarantine_fix';

const inferred: Plan = { mode: 'observe', unplanned: 'allow', events: [
  { type: 'track', name: 'Paid', schema: { type: 'object', properties: { total: { type: 'number' }, gift: { type: 'boolean' } }, required: ['total'] } },
  { type: 'page', name: 'Home' },
] };
const plan: Plan = { mode: 'enforce', unplanned: 'refuse', events: [{ name: 'Paid', schema: { type: 'object', properties: { total: { type: 'number', minimum: 1 } }, required: ['total'] } }] };

test('a new event is taken in as it was learnt, and the rest of the plan stays', () => {
  const next = withDrift(plan, inferred, { kind: 'new_event', type: 'page', event: 'Home', path: '' });
  expect(next).toEqual({ ...plan, events: [...plan.events, inferred.events[1]] });
});

test('a new property joins the schema that is there', () => {
  const next = withDrift(plan, inferred, { kind: 'new_property', type: 'track', event: 'Paid', path: 'gift' });
  expect(next?.events[0]?.schema).toEqual({ type: 'object', properties: { total: { type: 'number', minimum: 1 }, gift: { type: 'boolean' } }, required: ['total'] });
});

test('what was not learnt, or is no news, changes nothing', () => {
  expect(withDrift(plan, inferred, { kind: 'new_event', type: 'track', event: 'Unheard', path: '' })).toBeNull();
  expect(withDrift(plan, inferred, { kind: 'missing', type: 'track', event: 'Paid', path: 'total' })).toBeNull();
});

test('a rule keeps only the fields of its kind', () => {
  expect(cleanRule({ rule: 'drop', path: ' a ', to: 'b', value: 'c' })).toEqual({ rule: 'drop', path: 'a' });
  expect(cleanRule({ rule: 'time', path: 'a', format: '%Y', zone: '' })).toEqual({ rule: 'time', path: 'a', format: '%Y' });
  expect(cleanRule({ rule: 'map', path: 'a' })).toEqual({ rule: 'map', path: 'a', from: '', value: '' });
});
