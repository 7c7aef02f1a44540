// What people teach the reading of comments, in the stand-in: one model, the catalogues as they come along.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kCatalog = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'catalog');
const kBodies = { aspects: readFileSync(join(kCatalog, 'aspects', 'retail.json'), 'utf8'), routes: readFileSync(join(kCatalog, 'routes', 'default.json'), 'utf8'), words: '' };
const kIntents = JSON.parse(readFileSync(join(kCatalog, 'intents', 'default.json'), 'utf8'));
const kMade = new Date(Date.now() - 3_600_000).toISOString();

const by = { id: '1', name: 'Li' };
const figure = (value) => ({ value, low: value - 0.05, high: value + 0.05 });
const side = (value) => ({ accuracy: figure(value), macro_f1: figure(value - 0.02), ece: figure(0.06), confusion: [10, 1, 1, 1, 5, 1, 1, 1, 20] });
const model = {
  version: 1, made: kMade, by, in_use: false, labels: 160, learned_from: 120, held_out: 40, compared_with: 'shipped', before: side(0.7), after: side(0.85),
  only_before: 1, only_after: 7, p_value: 0.0703, better: false, worse: false, trust: 0.8, features: 420, strength: 3,
};
const label = { event_id: '11', sentiment: 'negative', heard: 'positive', by, at: kMade, text: '等了三天才到' };
const aspectLabel = { event_id: '11', aspect: 'delivery', sentiment: 'negative', heard: 'positive', by, at: kMade, text: label.text };
const run = { state: 'done', part: 'model', progress: 1, detail: '', version: 1, begun: kMade, ended: kMade };
const choice = ({ key, name_en, name_zh }) => ({ key, name_en, name_zh });
const choices = {
  ...Object.fromEntries(kIntents.groups.map((group) => [group.key, group.labels.map(choice)])), aspect: JSON.parse(kBodies.aspects).aspects.map(choice),
};

export const learningAnswers = {
  putCommentLabel: () => label,
  removeCommentLabel: () => undefined,
  listTextLabels: () => ({ items: [label], next_cursor: null }),
  putAspectLabel: () => aspectLabel,
  removeAspectLabel: () => undefined,
  listAspectLabels: () => ({ items: [aspectLabel], next_cursor: null }),
  getTextLearning: () => ({ labels: { n: 160, negative: 60, neutral: 20, positive: 80, absent: 0, agreeing: 110 }, needed: 80, run, in_use: 0, models: [model] }),
  startTextLearning: () => run,
  stopTextLearning: () => undefined,
  getTextModel: () => ({
    model, worst: [{ event_id: '11', aspect: null, text: label.text, label: 'negative', predicted: 'positive', confidence: 0.9 }],
    changed: [{ event_id: '12', aspect: null, text: null, label: 'neutral', before: 'positive', after: 'neutral' }],
  }),
  getTextPart: ({ params }) => {
    const part = params.key in kBodies ? params.key : 'aspects';
    return { part, in_use: 0, version: 0, body: kBodies[part], versions: [{ version: 1, made: kMade, by, note: 'first', in_use: false }], choices };
  },
  useTextVersion: () => ({ part: 'model', in_use: 1 }),
  previewTextPart: () => ({ comments: 200, aspects: [{ key: 'delivery', name_en: 'Delivery', name_zh: '物流', now: 20, then: 24, examples: [label.text] }], routes: [] }),
};
