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

export const journeyMapAnswers = {
  getJourneyMap: ({ params }) => ({
    ...whole(), definition: params.definition ?? '', scales: [{ instrument: 'nps', worst: 0, best: 10 }], compare: params.compare ?? '', other: params.compare ? whole() : null,
    differences: params.compare ? [{ stage: 'consider', measure: 'reach', other: 0.9, this: 1, difference: 0.1, low: 0.05, high: 0.15, holds: true }] : [],
  }),
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
