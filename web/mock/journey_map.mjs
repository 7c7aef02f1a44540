// Answers of the mock server on journey maps and peak-end.
const figure = (n, value, spread) => ({ n, value, low: value - spread, high: value + spread });
const none = { n: 3, value: null, low: null, high: null };

function stage(key, journeys, events, feeling, pains) {
  return {
    stage: key, owner: key === 'purchase' ? 'Sales' : '', journeys, customers: Math.round(journeys * 0.8), events, ended: Math.round(journeys / 3), reach: figure(900, journeys / 900, 0.03),
    wait_ms: figure(journeys, 5_400_000, 600_000), wait_p90_ms: figure(journeys, 86_400_000, 7_200_000), effort: figure(journeys, events / journeys, 0.2), ces: none,
    touchpoints: [{ key: 'product', journeys, customers: 600, events }, { key: 'cart', journeys: 200, customers: 180, events: 240 }],
    channels: [{ key: 'web', journeys, customers: 500, events: Math.round(events * 0.7) }, { key: 'app', journeys: 300, customers: 240, events: Math.round(events * 0.3) }],
    actions: [{ key: 'Product Viewed', journeys, customers: 0, events }], moments: key === 'purchase' ? ['order'] : [],
    feelings: feeling === null ? [] : [{ source: '', level: figure(120, feeling, 0.1), marks: 150, below: 60, above: 80 }, { source: 'comment', level: none, marks: 3, below: 1, above: 2 }],
    emotions: feeling === null ? [] : [{ label: 'emotion.anger', n: 4 }], pains, verbatims: [],
  };
}

const pain = { detector: 'rage', place: 'checkout', other: 'Checkout Started', journeys: 120, customers: 101, share: figure(400, 0.3, 0.04), moment: true };
const stages = () => [stage('consider', 900, 4_200, -0.2, [pain]), stage('purchase', 400, 800, 0.4, []), stage('deliver', 360, 720, null, [])];
const whole = () => ({ journeys: 900, customers: 640, events: 5_720, complete: 210, stages: stages() });
const estimate = (value, spread) => ({ value, low: value - spread, high: value + spread });

const quiet = (n, hours) => ({ n, median_ms: n === 0 ? null : hours * 3_600_000, low_ms: n < 6 ? null : hours * 3_000_000, high_ms: n < 6 ? null : hours * 4_000_000, p90_ms: n === 0 ? null : hours * 9_000_000 });
const kCasesHead = { from: '2026-10-02T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z', as_of: '2026-10-31T22:00:00.000Z', source: 'kept' };
const cases = ({ params }) => ({
  ...kCasesHead, has_ends: Boolean(params.definition), customers: 640, cases: 900, running: 210, complete: params.definition ? 420 : 0, left: params.definition ? 270 : 690,
  completion: params.definition ? { share: 420 / 690, low: 0.571, high: 0.644 } : null, took: quiet(params.definition ? 420 : 0, 30), quiet: quiet(210, 20),
  places: [
    { stage: 'consider', touchpoint: 'cart', running: 120, complete: 0, left: 200, quiet: quiet(120, 26) },
    { stage: 'consider', touchpoint: 'product', running: 90, complete: 0, left: 70, quiet: quiet(90, 11) },
    { stage: 'purchase', touchpoint: 'order', running: 0, complete: 420, left: 0, quiet: quiet(0, 0) },
  ],
  days: Array.from({ length: 30 }, (_, at) => ({ day: `2026-10-${String(at + 2).padStart(2, '0')}`, began: 30, complete: at < 25 ? 16 : 6, left: at < 22 ? 12 : 0 })),
});
const caseList = ({ params }) => ({
  ...kCasesHead, listed: 210,
  items: Array.from({ length: Math.min(Number(params.limit ?? 50), 20) }, (_, at) => ({
    customer: String(at + 1), name: `Customer ${at + 1}`, state: params.state ?? 'running', began: `2026-10-${String(30 - at).padStart(2, '0')}T08:00:00.000Z`, stepped: '2026-10-30T09:30:00.000Z', last: '2026-10-30T09:30:00.000Z',
    stage: 'consider', touchpoint: at % 2 === 0 ? 'cart' : 'product', channel: 'app', first_channel: 'web', steps: 3 + at % 5, failures: at % 3 === 0 ? 1 : 0,
  })),
});

export const journeyMapAnswers = {
  getJourneyMap: ({ params }) => ({
    ...whole(), definition: params.definition ?? '', scales: [{ instrument: 'nps', worst: 0, best: 10 }], compare: params.compare ?? '', other: params.compare ? whole() : null,
    differences: params.compare ? [{ stage: 'consider', measure: 'reach', other: 0.9, this: 1, difference: 0.1, low: 0.05, high: 0.15, holds: true }] : [],
  }),
  getJourneyCases: cases,
  listJourneyCases: caseList,
  getJourneyMapPicture: () => ({}),
  getPeakEnd: () => ({
    instrument: 'nps', answered: 310, read: 310, used: 140, refused: '', needed_journeys: 50, needed_customers: 30,
    models: {
      journeys: 140, customers: 120, r2_peak: estimate(0.4, 0.1), r2_end: estimate(0.35, 0.1), r2_average: estimate(0.3, 0.1), r2_peak_end: estimate(0.5, 0.1), difference: estimate(0.2, 0.1),
      better: 'peak_end', peak_weight: estimate(1.8, 0.4), end_weight: estimate(1.2, 0.4),
    },
    stages: [{ stage: 'support', peak_share: 0.5, end_share: 0.4, gain: estimate(1.4, 0.3) }], examples: [],
  }),
};
