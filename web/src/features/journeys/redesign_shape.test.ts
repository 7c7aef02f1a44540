import { describe, expect, it } from 'vitest';
import { isWhole, kChangeKinds, kNoRedesign, newChange, wishOf, type Change } from './redesign_shape';

const change = (kind: Change['kind'], subject: string, value = 0, second = ''): Change => ({ kind, subject, value, second });

describe('a redesign', () => {
  it('becomes what is asked', () => {
    expect(wishOf({
      minutes: 12, pauses: true, p90Hours: 48,
      groups: [{ name: ' desk ', steps: ['order'], people: 2, office: true }, { name: '', steps: ['cart'], people: 1, office: false }],
      changes: [change('people', 'desk', -1), change('faster', 'order', 20), change('minutes', 'cart', 5), change('automate', 'cart', 70), change('remove', 'coupon'),
        change('routing', 'contact', 12.5), change('parallel', 'cart', 0, 'order'), change('arrivals', '', 10)],
    })).toEqual({
      service: [{ step: '*', minutes: 12 }], customer_waits: ['*'], target: { p90_minutes: 2880 },
      groups: [{ name: 'desk', steps: ['order'], people: 2, hours: { days: [1, 2, 3, 4, 5], from: 9, to: 17 } }],
      change: {
        people: [{ group: 'desk', add: -1 }], duration: [{ step: 'order', factor: 0.8 }, { step: 'cart', minutes: 5 }], automate: [{ step: 'cart', share: 0.7 }], remove: ['coupon'],
        routing: [{ step: 'contact', share: 0.125 }], parallel: [['cart', 'order']], arrivals: 1.1,
      },
    });
  });
  it('asks for what the events tell when nothing is said', () => {
    expect(wishOf({ ...kNoRedesign, pauses: false })).toEqual({ change: {} });
  });
  it('leaves out rows that are not whole', () => {
    for (const kind of kChangeKinds) expect(isWhole(newChange(kind))).toBe(kind === 'arrivals');
    expect(isWhole(change('parallel', 'a', 0, 'a'))).toBe(false);
    expect(wishOf({ ...kNoRedesign, changes: kChangeKinds.filter((kind) => kind !== 'arrivals').map(newChange) }).change).toEqual({});
  });
});
