// Surveys in the stand-in: one that is open, with answers.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'catalog', 'surveys');
const templates = readdirSync(kFolder).filter((name) => name.endsWith('.json')).sort()
  .map((name) => ({ key: name.replace('.json', ''), document: JSON.parse(readFileSync(join(kFolder, name), 'utf8')) }));
const kAt = new Date(Date.now() - 86_400_000).toISOString();
const kDocument = templates.find((one) => one.key === 'nps').document;

const head = (more = {}) => ({ id: '1', key: 'nps', state: 'open', version: 1, title: kDocument.title, unit: '', created: kAt, changed: kAt, ...more });
const detail = (more = {}) => ({ ...head(more), document: kDocument, versions: [{ version: 1, by: '1', at: kAt }], ...more });
const link = { revoked: null, id: '1', kind: 'public', path: '/s/AAAAAAAAAAAAAAAAAAAAAA', channel: 'web', expires: null, opened: 140, created: kAt };
const rate = (value, low, high) => ({ value, low, high });
const funnel = { sent: 500, opened: 320, started: 260, completed: 210, opened_rate: rate(0.64, 0.597, 0.681), started_rate: rate(0.52, 0.476, 0.564), completed_rate: rate(0.42, 0.378, 0.464) };
const round = {
  id: '1', key: 'december', created: kAt, by: '1', channel: 'email', connector: '3', expires: null, told: null, filter: '{}', silent_days: 90, sample: 500, reminders: 2, remind_days: 3,
  outcome: { population: 2400, looked_at: 512, asked: 500, seed: 7, left: [{ why: 'spoke', count: 900 }, { why: 'quarantined', count: 120 }, { why: 'refused', count: 12 }, { why: 'not_drawn', count: 868 }] },
  funnel, waiting: 0, reminded: 310, given_up: 4,
};
const kCounts = [2, 0, 1, 1, 2, 4, 6, 14, 20, 27, 23];

const text = (zh, en) => ({ zh, en });
const column = (key, words, more = {}) => ({ key, text: words, of: text('', ''), type: 'stars', instrument: '', least: 1, most: 5, items: [key], ...more });
const kOutcome = column('recommend', kDocument.pages[0].questions[0].text, { type: 'nps', instrument: 'nps', least: 0, most: 10 });
const kStaff = { of: text('对员工', 'Our staff'), type: 'matrix' };
const kDrivers = [
  { column: column('delivery', text('送达速度', 'How fast it came')), weight: [0.21, 0.16, 0.26], slope: [0.9, 0.7, 1.1], performance: [3.1, 3.0, 3.2], quadrant: 'concentrate', kind: 'must_be' },
  { column: column('staff.polite', text('礼貌', 'Polite'), kStaff), weight: [0.12, 0.08, 0.17], slope: [0.5, 0.3, 0.7], performance: [4.2, 4.1, 4.3], quadrant: 'keep_up', kind: 'attractive' },
  { column: column('staff.able', text('专业', 'Able'), kStaff), weight: [0.04, 0.02, 0.07], slope: [0.2, 0.05, 0.35], performance: [3.9, 3.8, 4.0], quadrant: 'overkill', kind: 'linear' },
  { column: column('price', text('价格', 'Price')), weight: [0.01, 0.001, 0.03], slope: [0.05, -0.1, 0.2], performance: [3.3, 3.2, 3.4], quadrant: 'low_priority', kind: 'cannot_tell' },
];
const slope = ([value, low, high]) => ({ value, interval: [low, high] });
const coefficient = ([value, low, high]) => ({ value, error: (high - low) / 3.92, interval: [low, high], p_value: low > 0 ? 0.001 : 0.5 });
const score = (mean, half, n = 100) => ({ n, enough: true, mean, interval: [mean - half, mean + half] });
const driverAnswers = () => ({
  outcome: kOutcome, responses: 400, cut: false, complete: 360, needed: 40, ample: 82, unit: 'points', least: 1, most: 5, resamples: 1000, confidence: 0.95, r2: 0.38, r2_adjusted: 0.373, condition: 14.2, collinear: false,
  intercept: coefficient([1.2, 0.6, 1.8]),
  drivers: kDrivers.map((one) => ({
    column: one.column, alpha: null, coefficient: coefficient(one.slope), standardised: one.slope[0] / 2, vif: 1.4, relative_weight: slope(one.weight), lmg: slope(one.weight), performance: slope(one.performance),
    quadrant: one.quadrant, quadrant_clear: one.column.key !== 'staff.able', kind: one.kind, low_rows: 110, high_rows: 130, penalty: slope(one.slope), reward: slope(one.slope),
  })),
  matrix: { importance_line: 0.095, performance_line: 3.625 }, no_matrix: null,
});
const indexAnswers = () => ({
  responses: 100, cut: false,
  servqual: {
    dimensions: ['tangibles', 'reliability', 'responsiveness', 'assurance', 'empathy'].map((dimension, d) => ({ dimension, ...score(0.2 - d / 4, 0.15), perceived: 5.9 - d / 4, expected: 5.7 })),
    weighted: score(-0.41, 0.1), weights: 'respondents', least: 1, most: 7,
    items: ['equipment', 'premises'].map((key, i) => ({ column: column(`perceived-tangibles.${key}`, text(key, key), { type: 'matrix', most: 7 }), ...score(-i / 3, 0.2) })),
  },
  gap: { unit: 'points', gaps: [{ gap: 5, name: 'service', ...score(2.1, 0.3), apart: true }, { gap: 4, name: 'communication', ...score(1.2, 0.3), apart: false }, { gap: 1, name: 'knowledge', n: 4, enough: false, mean: null, interval: null, apart: false }] },
  pyramid: {
    needs_met: { n: 100, hits: 80, enough: true, share: 0.8, interval: [0.711, 0.867] }, easy: { n: 100, hits: 55, enough: true, share: 0.55, interval: [0.452, 0.644] }, delight: { n: 100, hits: 20, enough: true, share: 0.2, interval: [0.133, 0.289] }, out_of_order: 3,
    limits: ['needs', 'ease', 'delight'].map((key) => ({ column: column(key, text(key, key), { type: 'scale' }), from: 4 })),
  },
});

const figure = (value, n = 100, half = 0.2) => ({ value: n < 10 ? null : value, interval: n < 10 ? null : [value - half, value + half], n, effective: n, enough: n >= 10 });
const indexFigures = () => ({
  responses: 100, cut: false,
  figures: [['servqual', 'mean', -0.41], ['servqual.empathy', 'mean', -0.9], ['gap.service', 'mean', 2.1], ['pyramid.ease', 'share', 0.55]].map(([key, measure, value], place) => ({
    key, measure, least: measure === 'share' ? 0 : -6, most: measure === 'share' ? 1 : 6, score: figure(value), before: place === 3 ? null : figure(value - 0.3), change: place === 3 ? null : { difference: 0.3, interval: [0.05, 0.55], p: 0.02, significant: true },
    series: ['2026-09', '2026-10', '2026-11'].map((month, i) => ({ at: `${month}-01T00:00:00Z`, ...figure(value + i / 10, i === 0 ? 4 : 40) })), groups: [{ key: 'web', ...figure(value, 80) }, { key: 'store', ...figure(value, 4) }],
    benchmarks: place === 0 ? [{ benchmark: { ...benchmark, metric: 'servqual', value: -0.2 }, own: figure(value), theirs: [-0.3, -0.1], difference: { value: value + 0.2, interval: [-0.4, 0], standing: 'no_difference' } }] : [],
  })),
});

const benchmark = { metric: 'nps', period: '2026', source: 'Industry report', from: '2026-01-01', to: '2026-12-31', value: 30, n: 2000, sd: null };
const trigger = {
  id: '1', key: 'after_call', state: 'on', created: '2026-11-20T08:00:00Z', by: '1', filter: { name: 'Call Ended' }, properties: {}, delay_minutes: 30, within_hours: 24, share: 0.5, quiet: { from: '21:00', to: '08:00' },
  expires_days: 14, reminders: 1, remind_days: 3, channel: 'email', connector: 'mail', events: 400, waiting: 3, asked: 180, left: [{ why: 'quarantined', count: 20 }], funnel, unsent: 0, reminded: 40, given_up: 0, error: '',
};
const weights = () => {
  const mean = (value, n, effective) => ({ value, interval: [value - 8, value + 8], n, effective });
  return {
    invited: 500, answered: 210, unmatched: 4, cut: false, effective: 182, design: 1.15, largest: 2.1, trimmed: 0, gap: 0.0001,
    margins: [{ by: 'channel', levels: [['web', 300, 150], ['store', 200, 60]].map(([level, invited, answered]) => ({ level, invited, answered, invited_share: invited / 500, answered_share: answered / 210, weighted_share: invited / 500 })) }],
    scores: [{ column: kOutcome, measure: 'nps', plain: mean(34, 210, 210), weighted: mean(30, 210, 182) }],
    indices: [{ key: 'servqual', measure: 'mean', plain: mean(-0.4, 210, 210), weighted: mean(-0.5, 210, 182) }],
  };
};

const kCustomerColumns = [['csat', '满意度', 'Satisfaction', 'score'], ['contacts', '联系次数', 'Contacts', 'count'], ['delivery_days', '送达天数', 'Days to delivery', 'days']].map(([key, zh, en, unit]) => ({ key, text: text(zh, en), unit }));
const customerDrivers = () => ({
  outcome: kCustomerColumns[0], customers: 900, cut: false, currency: 'CNY', complete: 700, needed: 40, ample: 82, resamples: 1000, confidence: 0.95, r2: 0.3, r2_adjusted: 0.297, condition: 6.1, collinear: false,
  intercept: coefficient([4.6, 4.4, 4.8]),
  drivers: [[-0.3, -0.38, -0.22], [-0.08, -0.1, -0.06]].map((found, i) => ({
    column: kCustomerColumns[i + 1], coefficient: coefficient(found), standardised: found[0], vif: 1.1, relative_weight: slope([0.15, 0.1, 0.2]), lmg: slope([0.15, 0.1, 0.2]), performance: slope([2.4, 2.2, 2.6]),
    quadrant: null, kind: 'linear', low_rows: 210, high_rows: 190, penalty: slope(found), reward: slope(found),
  })),
  matrix: null, no_matrix: 'different_scales',
});
const chain = () => ({
  by: 'unit', grain: 'month', units: 15, periods: 12, first_period: '2026-01', last_period: '2026-12', confidence: 0.95, resamples: 1000,
  stages: ['on_time_share', 'csat_mean'].map((metric) => ({ metric, log: false, known: 180 })),
  links: [{
    from: 'on_time_share', to: 'csat_mean', rows: 135, units: 15, periods: 9, lag: 1, fixed: false, slope: coefficient([0.8, 0.6, 1]), standardised: 0.5, r2: 0.25, interval: [0.55, 1.05],
    lags: [0, 1, 2, 3].map((lag) => ({ lag, slope: coefficient(lag === 1 ? [0.8, 0.6, 1] : [0.1, -0.1, 0.3]), standardised: lag === 1 ? 0.5 : 0.06, r2: lag === 1 ? 0.25 : 0.01, chosen_share: lag === 1 ? 1 : 0 })),
  }],
  effects: [{ stage: 'on_time_share', lag: 1, value: 0.8, interval: [0.55, 1.05], standardised: 0.5, standardised_interval: [0.35, 0.65] }],
});

export const surveyAnswers = {
  listCustomerColumns: () => ({ customers: 900, cut: false, currency: 'CNY', columns: kCustomerColumns.map((one) => ({ column: one, customers: 800, varies: true })), outcome: 'csat', drivers: ['contacts', 'delivery_days'] }),
  getCustomerDrivers: customerDrivers,
  getDriverChain: chain,
  getSurveyWeights: weights,
  listBenchmarks: () => ({ items: [benchmark] }),
  importBenchmarks: () => ({ stored: 1, rejected_count: 0, rejected: [] }),
  compareBenchmarks: () => ({ items: [{ benchmark, measure: 'nps', own: { value: 34, low: 19.4, high: 48.6, n: 100, enough: true }, theirs: [26.5, 33.5], difference: { value: 4, interval: [-11, 19], standing: 'no_difference' } }] }),
  listSurveyTriggers: () => ({ items: [trigger], presets: [{ key: 'after_conversation', title: { en: 'After a conversation', zh: '会话之后' }, template: 'after_contact', filter: { name: 'Conversation Closed' }, delay_minutes: 30 }] }),
  listSurveyColumns: () => ({ responses: 400, columns: [kOutcome, ...kDrivers.map((one) => one.column)].map((one) => ({ column: one, answers: 390 })), outcome: 'recommend', drivers: kDrivers.map((one) => one.column.key) }),
  getSurveyDrivers: driverAnswers,
  getSurveyIndices: indexAnswers,
  getSurveyIndexFigures: indexFigures,
  listSurveys: () => ({ items: [head()] }),
  listSurveyTemplates: () => ({ items: templates }),
  checkSurvey: ({ body }) => ({ problems: body.document?.title ? [] : [{ at: '/title', what: 'is missing' }] }),
  createSurvey: ({ body }) => detail({ id: '2', key: body.key, state: 'draft' }),
  getSurvey: () => detail(),
  updateSurvey: ({ body }) => detail({ version: 2, document: body.document }),
  openSurvey: () => head(),
  closeSurvey: () => head({ state: 'closed' }),
  listSurveyLinks: () => ({ items: [link] }),
  createSurveyLinks: ({ body }) => ({ items: [{ ...link, id: '2', kind: body.kind, opened: 0 }] }),
  getSurveyResults: () => ({
    funnel: { sent: 0, sent_opened: 0, opened: 140, started: 112, completed: 100, turned_away: 0 }, source: '1',
    scores: [{ instrument: 'nps', measure: 'nps', scale_min: 0, scale_max: 10, value: 34, low: 19.4, high: 48.6, n: 100, enough: true, distribution: kCounts.map((count, score) => ({ score, count })).filter((bin) => bin.count > 0) }],
  }),
  listSurveyRounds: () => ({ items: [round], channels: [{ channel: 'email', funnel }] }),
  createSurveyRound: ({ body }) => ({ ...round, id: '2', key: body.key }),
  previewSurveyRound: () => round.outcome,
  tellRoundLinks: () => ({ items: [{ customer: '17', path: '/s/AAAAAAAAAAAAAAAAAAAAAA' }] }),
  startInterview: () => ({ path: '/s/AAAAAAAAAAAAAAAAAAAAAA', asked: null }),
  diffSurvey: () => ({ items: [{ kind: 'changed', at: '/title/en', before: 'A', after: 'B' }] }),
};
