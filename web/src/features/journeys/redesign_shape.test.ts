import { describe, expect, it } from 'vitest';
import { isWhole, kChangeKinds, kNoRedesign, kOffice, newChange, wishOf, type Change } from './redesign_shape';

const change = (kind: Change['kind'], subject: string, value = 0, second = ''): Change => ({ kind, subject, value, second, hours: kOffice });

describe('a redesign', () => {
  it('becomes what is asked', () => {
    expect(wishOf({
      minutes: 12, pauses: true, target: { kind: 'p90', hours: 48, minutes: 0, share: 0 },
      costs: [{ of: 'hour', subject: 'desk', amount: 32 }, { of: 'step', subject: 'order', amount: 1.5 }, { of: 'step', subject: '', amount: 9 }],
      groups: [{ name: ' desk ', steps: ['order'], people: 2, office: true }, { name: '', steps: ['cart'], people: 1, office: false }],
      changes: [change('people', 'desk', -1), change('faster', 'order', 20), change('minutes', 'cart', 5), change('automate', 'cart', 70), change('remove', 'coupon'),
        change('routing', 'contact', 12.5), change('parallel', 'cart', 0, 'order'), change('arrivals', '', 10), { ...change('hours', 'desk'), hours: { days: 'six', from: 7, to: 20 } }],
    })).toEqual({
      service: [{ step: '*', minutes: 12 }], customer_waits: ['*'], target: { p90_minutes: 2880 }, hourly_cost: [{ group: 'desk', amount: 32 }], step_cost: [{ step: 'order', amount: 1.5 }],
      groups: [{ name: 'desk', steps: ['order'], people: 2, hours: { days: [1, 2, 3, 4, 5], from: 9, to: 17 } }],
      change: {
        people: [{ group: 'desk', add: -1 }], duration: [{ step: 'order', factor: 0.8 }, { step: 'cart', minutes: 5 }], automate: [{ step: 'cart', share: 0.7 }], remove: ['coupon'],
        routing: [{ step: 'contact', share: 0.125 }], parallel: [['cart', 'order']], arrivals: 1.1, hours: [{ group: 'desk', days: [1, 2, 3, 4, 5, 6], from: 7, to: 20 }],
      },
    });
  });
  it('asks for what the events tell when nothing is said', () => {
    expect(wishOf({ ...kNoRedesign, pauses: false })).toEqual({ change: {} });
  });
  it('asks for the fewest people for a wait', () => {
    expect(wishOf({ ...kNoRedesign, target: { kind: 'wait', hours: 1, minutes: 15, share: 90 } }).target).toEqual({ wait_minutes: 15, share: 0.9 });
  });
  it('leaves out rows that are not whole', () => {
    for (const kind of kChangeKinds) expect(isWhole(newChange(kind))).toBe(kind === 'arrivals');
    expect(isWhole(change('parallel', 'a', 0, 'a'))).toBe(false);
    expect(isWhole({ ...change('hours', 'desk'), hours: { days: 'all', from: 9, to: 9 } })).toBe(false);
    expect(wishOf({ ...kNoRedesign, changes: kChangeKinds.filter((kind) => kind !== 'arrivals').map(newChange) }).change).toEqual({});
  });
});
