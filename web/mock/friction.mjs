// Answers of the mock server on friction, funnels and kinds of journeys.
const definitions = () => ({
  version: 0,
  items: [{ key: 'purchase', name_en: 'Purchase', name_zh: '购买', starts: ['product'], ends: ['order'], stages: [], steps: ['product', 'cart', 'checkout', 'order'], moments: ['checkout'], gap_days: 7, owners: [] }],
});
const kCounts = [900, 430, 260, 210];

function funnel({ params }) {
  const steps = (params.steps ?? 'product,cart,checkout,order').split(',').map((step) => ({ touchpoint: step, name: '' }));
  const levels = steps.map((_, at) => {
    const customers = kCounts[at] ?? 100;
    const share = customers / kCounts[0];
    return { customers, of_first: share, low: share * 0.95, high: Math.min(1, share * 1.05), of_before: at === 0 ? null : customers / (kCounts[at - 1] ?? 100), median_ms: at === 0 ? null : at * 600_000, p90_ms: at === 0 ? null : at * 3_600_000 };
  });
  const by = params.by ?? 'none';
  return { steps, order: params.order ?? 'ordered', window_hours: Number(params.window_hours ?? 168), by, all: { key: '', levels }, groups: by === 'none' ? [] : [{ key: 'web', levels }] };
}

export const frictionAnswers = {
  listJourneyDefinitions: definitions,
  putJourneyDefinitions: definitions,
  getFunnel: funnel,
  listFunnelCustomers: () => ({ items: [] }),
  listFrictionCustomers: () => ({ items: [] }),
  getFriction: () => ({
    journeys: 900, customers: 640, complete: 0, median_ms: 86_400_000, instrument: 'nps', answers: 310, currency: 'CNY', found: 2,
    items: [
      {
        detector: 'rage', place: 'checkout', other: 'Checkout Started', journeys: 120, customers: 101, value: { minor: '1200000', currency: 'CNY' }, moment: true,
        loss: { value: 2.1, low: 1.2, high: 3, with: 44, without: 230, unmatched: 3, p_value: 0.0001 }, holds: true, harm: { value: 0.28, low: 0.16, high: 0.4 }, examples: [],
      },
      { detector: 'channel_bounce', place: 'app', other: 'web', journeys: 9, customers: 9, value: null, moment: false, loss: null, holds: false, harm: null, examples: [] },
    ],
  }),
};
