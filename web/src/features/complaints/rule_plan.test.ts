import { describe, expect, it } from 'vitest';
import type { ComplaintRule } from '../../api/generated';
import { keptOf, planOf, rulePlanOf, valuesOf } from './rule_plan';

const kRule: ComplaintRule = {
  id: '3', name: 'Low scores', on: true,
  filter: { name: 'Survey Answered', channel: 'web,phone', instrument: 'nps', score_max: '2', stage: 'use' },
  properties: { resolved: ['false', 'no'] },
  labels: ['flag.urgent'], sentiment_max: -0.5, aspect: 'delivery', aspect_sentiment: 'negative',
  category: 'delivery.late', severity: 'high', owner: { id: '7', name: 'Lan' }, unit: 'north', quiet_days: 0, within_days: 30,
  created: '2026-01-01T00:00:00Z', changed: '2026-01-01T00:00:00Z', events: 0, opened: 0, joined: 0, error: '',
};

describe('the form of a rule', () => {
  it('gives the rule back as it was, with what it has no field for', () => {
    const values = valuesOf(kRule);
    expect(values.channels).toEqual(['web', 'phone']);
    expect(values.score_max).toBe(2);
    expect(rulePlanOf({ name: kRule.name, ...values }, keptOf(kRule))).toEqual(planOf(kRule));
    expect(keptOf(kRule)).toEqual({ stage: 'use' });
  });
  it('names only what was filled in', () => {
    const plan = rulePlanOf({ name: 'x', event: ' Call Ended ', score_max: null, quiet_days: 0 });
    expect(plan.filter).toEqual({ name: 'Call Ended' });
    expect(plan.sentiment_max).toBeNull();
    expect(plan.quiet_days).toBe(0);
    expect(plan.within_days).toBe(7);
  });
  it('takes a score of 0 and a tone of 0 as conditions', () => {
    const plan = rulePlanOf({ name: 'x', instrument: 'nps', score_max: 0, sentiment_max: 0 });
    expect(plan.filter).toEqual({ instrument: 'nps', score_max: '0' });
    expect(plan.sentiment_max).toBe(0);
  });
});
