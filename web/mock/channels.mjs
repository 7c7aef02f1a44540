// Channels in the stand-in: four of them with a value, a reason or a verdict each.
const kMeasures = [
  ['cost', 'money', ''], ['cost_per_customer', 'money', ''], ['acquisition', 'money', ''], ['conversion', 'share', 'buy'], ['waiting', 'seconds', 'help'],
  ['abandonment', 'share', 'help'], ['handling', 'seconds', 'help'], ['first_contact', 'share', 'help'], ['satisfaction', 'share', 'please'], ['retention', 'share', 'stay'],
];
const kModels = ['first', 'last', 'linear', 'time_decay', 'position', 'markov', 'shapley'];

function row(channel, events, values, strong = '', weak = '') {
  return {
    channel, events, customers: Math.round(events / 6), orders: values.conversion === undefined ? 0 : 120, contacts: values.waiting === undefined ? 0 : 240, won: 30,
    waiting_median: values.waiting === undefined ? null : values.waiting / 2,
    measures: kMeasures.map(([key, unit, purpose]) => {
      const value = values[key] ?? null;
      const known = value !== null && unit !== 'money';
      return {
        key, unit, purpose, value, low: known ? value * 0.9 : null, high: known ? Math.min(value * 1.1, unit === 'share' ? 1 : Infinity) : null, n: value === null ? 0 : 240, young: key === 'retention' ? 12 : 0,
        why: value !== null ? '' : unit === 'money' ? 'no_cost' : purpose === 'help' ? 'no_contacts' : 'no_answers', verdict: key === strong ? 'strong' : key === weak ? 'weak' : '',
      };
    }),
  };
}

const change = (from, to, count, carried, lost_identity, lost_matter) => ({ from, to, count, customers: Math.ceil(count * 0.8), median_ms: 5_400_000, carried, lost_identity, lost_matter });
const share = (hits, n) => ({ value: hits / n, low: hits / n - 0.05, high: hits / n + 0.05, n, enough: true });
const credited = (key, part) => ({ key, removal_effect: Math.min(1, part * 1.3), models: kModels.map((model) => ({ model, conversions: 200 * part, share: part, low: part - 0.03, high: part + 0.03 })) });

const tried = (hits, n) => ({ customers: n > 0 ? Math.ceil(n / 3) : 0, n, hits });
const prospect = (channel, expected, best, own, why = '') => ({
  channel, why, expected, low: Math.max(0, expected - 0.12), high: Math.min(1, expected + 0.12), best, own, alike: tried(31, 100), all: tried(300, 1200), cost: null, cost_per_result: null, value: null,
});

const ranged = (value, width = 0.2) => ({ value, low: value * (1 - width), high: value * (1 + width) });
const answering = (channel, present, half, slope, share, better) => {
  const brings = (spend) => (slope * spend * half) / (spend + half);
  return {
    channel, why: null, spent: present * 156, present, least: 0, most: present * 2, carry: 0.3, slope, half, share: ranged(share), average: ranged(brings(present) / present), marginal: ranged(slope * (half / (present + half)) ** 2), better,
    curve: Array.from({ length: 21 }, (_, at) => ({ spend: (present * at) / 10, ...ranged(brings((present * at) / 10)) })),
  };
};
const told = (issue, channel = '', other = '', value = 0, needed = 0) => ({ issue, channel, other, value, needed });

export const channelAnswers = {
  listChannelSpending: () => ({
    items: [{ channel: 'tv', unit: '', from: '2026-03-02', to: '2026-03-08', spend: 12000, currency: 'CNY' }, { channel: 'search', unit: 'north', from: '2026-03-02', to: '2026-03-08', spend: 5000.5, currency: 'CNY' }], count: 312,
    channels: [{ channel: 'search', currency: 'CNY', entries: 156, from: '2023-03-13', to: '2026-03-08', spend: 780000 }, { channel: 'tv', currency: 'CNY', entries: 156, from: '2023-03-13', to: '2026-03-08', spend: 1872000 }],
  }),
  getChannelBudget: ({ params }) => ({
    outcome: params.outcome ?? 'revenue', conversion: params.conversion ?? '', unit: params.outcome === 'orders' ? 'count' : 'money', outcome_currency: params.outcome === 'orders' ? '' : 'CNY', grain: params.grain ?? 'week', answered: params.grain !== 'day',
    from: '2023-03-13', to: '2026-03-08', currency: 'CNY', periods: 156, parameters: 13, latest: 4, memory: 0, resamples: 200, confidence: 0.95, total_outcome: 9_400_000, r2: 0.71,
    base: ranged(0.62), total: 17_000, gain: { value: 900, low: -120, high: 2100 },
    refused: params.grain === 'day' ? [told('coarse', 'tv', '2026-03-02/2026-03-08')] : [],
    notes: [told('gain_unsure'), told('spend_follows_outcome', 'search', '', 0.002, 0.003)],
    channels: params.grain === 'day' ? [] : [answering('tv', 12_000, 20_000, 2.4, 0.24, 9_000), answering('search', 5_000, 9_000, 3.1, 0.14, 8_000), { ...answering('mail', 800, 900, 1, 0, 0), why: told('constant', 'mail'), curve: [] }],
  }),
  getBestChannel: ({ params }) => ({
    customer_id: params.id, purpose: params.purpose ?? 'buy', sure: 0.8, main: 'web', best: params.purpose === 'please' ? '' : 'app', why: params.purpose === 'please' ? 'too_close' : '',
    items: [prospect('app', 0.46, 0.93, tried(4, 5)), prospect('web', 0.24, 0.07, tried(0, 7)), prospect('wechat', 0.3, 0, tried(0, 0), 'refused')],
  }),
  getBestChannels: ({ params }) => ({
    purpose: params.purpose ?? 'buy', sure: Number(params.sure ?? 0.8), customers: 5200, drawn: 1000, unseen: 0,
    items: [{ channel: 'app', customers: 410 }, { channel: 'web', customers: 120 }], refused: [{ why: 'one_channel', customers: 90 }, { why: 'too_close', customers: 380 }],
  }),
  getChannelScorecard: ({ params }) => ({
    items: [
      row('web', 4200, { conversion: 0.31, retention: 0.62 }),
      row('app', 3100, { conversion: 0.42, retention: 0.71 }, 'retention'),
      row('call_center', 900, { waiting: 95, abandonment: 0.17, handling: 240, first_contact: 0.64, satisfaction: 0.58, retention: 0.6 }, '', 'waiting'),
      row('chat', 700, { waiting: 20, handling: 310, first_contact: 0.78, satisfaction: 0.8, retention: 0.66 }, 'first_contact'),
    ],
    satisfaction: 'csat', retention_days: Number(params.retention_days ?? 30), known_until: new Date().toISOString(),
  }),
  getChannelSwitching: () => ({
    journeys: 900, switching: 210, switches: 260, carried: 90, lost: 30, untold: 140, degree: share(90, 260), degree_told: share(90, 120), channels: 4, connected: 3,
    items: [change('web', 'app', 110, 40, 0, 0), change('app', 'web', 70, 35, 0, 0), change('chat', 'call_center', 50, 10, 8, 16), change('web', 'chat', 30, 5, 6, 0)],
  }),
  getChannelAttribution: ({ params }) => ({
    journeys: 800, conversions: 200, paths: 64, left_out: 0, by: params.property ?? 'channel', conversion: params.conversion ?? '', window_days: Number(params.window ?? 30),
    items: [credited('web', 0.5), credited('app', 0.35), credited('chat', 0.15)],
  }),
};
