// Answers about kept lists, drawn processes, blueprints and the digital experience.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kExperience = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'catalog', 'experience', 'default.json');
const kAt = '2026-11-01T00:00:00.000Z';

const step = (key) => ({ op: 'step', key, children: [] });
const sequence = (...children) => ({ op: 'sequence', key: '', children });
const design = () => ({
  id: '1', name: 'Purchase', version: 2, latest: 2, level: 'touchpoint', actor: 'demo', changed: kAt,
  block: sequence(step('product'), { op: 'xor', key: '', children: [step('cart'), { op: 'silent', key: '', children: [] }] }, step('order')),
});

const value = (of, spread, unit) => ({ value: of, low: of - spread, high: of + spread, n: 300, unit, currency: '' });
const cell = (lane, step, text, bindings, values) => ({ lane, step, text_en: text, text_zh: '', owner: lane === 'frontstage' ? 'Service' : '', bindings, values });
const blueprint = () => ({
  definition: 'purchase', version: 0, journeys: 900, steps: [{ key: 'consider', is: 'stage' }, { key: 'purchase', is: 'stage' }],
  cells: [
    cell('customer', 'consider', 'Looks at products', [{ key: 'map.reach', touchpoint: '', channel: '' }], [value(0.9, 0.02, 'share')]),
    cell('frontstage', 'purchase', 'Confirms the order', [{ key: 'map.wait', touchpoint: '', channel: '' }], [value(5_400_000, 600_000, 'ms')]),
  ],
});

const figure = (of, spread, refused = '') => ({ n: 400, customers: 310, value: of, low: of === null ? null : of - spread, high: of === null ? null : of + spread, refused });
const kNone = figure(null, 0, 'no_data');
const score = () => ({
  cases: 420, customers: 310, complete: 180, score: figure(71.4, 2.1), weight: 0.9,
  parts: [['steps', 0.25, 64], ['load', 0.2, 81], ['findability', 0.2, 58], ['errors', 0.15, 93], ['interface', 0.1, 70]].map(([part, weight, of]) => ({ part, figure: figure(of, 3), weight, counts: weight / 0.9 }))
    .concat([{ part: 'personalisation', figure: kNone, weight: 0.1, counts: 0 }]),
  effort: figure(2.6, 0.2), step_count: figure(7.1, 0.4), load_seconds: figure(0.9, 0.1),
});
const whole = () => ({ ...score(), shortest: 4, channels: [{ channel: 'web', ...score() }] });

const persona = (key, name_en, name_zh, where) => ({
  key, name_en, name_zh, where, description: 'Compares before buying.', goals: 'The lowest price', frustrations: 'Costs that show up late', quote: 'I can wait for the sale.', position: 0, version: 1, actor: 'demo', changed: kAt,
});
const size = (key, customers) => ({ key, customers, share: customers / 1000, problem: '' });

export const journeyEditorAnswers = {
  listCustomerLists: () => ({ items: [{ id: '1', name: 'Stopped at the cart', size: 120, origin: { from: 'funnel' }, all_units: true, units: [], actor: 'demo', made: kAt, expires: '2027-01-30T00:00:00.000Z', removable: true }] }),
  listPersonas: () => ({ items: [persona('hunter', 'Bargain hunter', '比价客', 'trait.tier = basic'), persona('regular', 'Regular', '熟客', 'did(touchpoint = order)')] }),
  getPersonaSizes: ({ params }) => ({
    from: kAt, to: '2026-12-01T00:00:00.000Z', customers: 1000, in_none: 520, in_several: 60,
    items: params.condition ? [size('', 210)] : [size('hunter', 300), size('regular', 240)],
  }),
  listProcessDesigns: () => ({ items: [design()] }),
  getProcessDesign: design,
  getBlueprint: blueprint,
  getExperience: ({ params }) => ({
    compare: params.compare ?? '', weight_least: 0.5, customers_least: 10,
    items: [{
      definition: 'purchase', name_en: 'Purchase', name_zh: '购买', found: whole(), other: params.compare ? whole() : null,
      changes: params.compare ? [{ what: 'score', other: 60.1, this: 71.4, difference: 11.3, low: 8.2, high: 14.4, holds: true }] : [],
    }],
  }),
  getExperienceSettings: () => ({ version: 0, ...JSON.parse(readFileSync(kExperience, 'utf8')) }),
};
