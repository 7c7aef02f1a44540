// Complaints in the stand-in: two of them, one with a remedy that waits.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const kFile = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'catalog', 'complaints', 'retail.json');
const catalogue = JSON.parse(readFileSync(kFile, 'utf8'));
const kOpened = new Date(Date.now() - 30 * 3_600_000).toISOString();
const kDue = new Date(Date.now() - 3_600_000).toISOString();

const person = (id, name) => ({ id, name });
const nobody = person(null, '');
const li = person('1', 'Li');
const head = (more = {}) => ({
  id: '1', number: 'C-000001', state: 'in_recovery', severity: 'medium', category: 'delivery.late', suggested: 'delivery.late', confidence: 0.62, chosen: false, channel: 'call_center', source: 'console', unit: '',
  customer_id: null, customer: '', owner: li, first_owner: li, opened: kOpened, accept_due: kDue, due: kDue, accepted: kOpened, resolved: null, closed: null, reopened: 0, clock: 'late', cause_class: '', cause: '', waiting: true, ...more,
});
const step = (id, kind, more = {}) => ({ id, at: kOpened, by: li, kind, detail: '', note: '', cost: null, state: 'done', why: '', decided_by: nobody, decided: null, decision: '', mine: false, ...more });
const suggestion = { category: 'delivery.late', confidence: 0.62, words: ['还没到', '物流'] };
const detail = (more = {}) => ({
  complaint: head(more), text: '快递还没到，物流太慢了', allowed: ['step', 'resolve'], suggestions: [suggestion], may_handle: true,
  steps: [step('1', 'opened', { detail: 'delivery.late' }), step('2', 'accepted'), step('3', 'refund', { cost: { minor: '30000', currency: 'CNY' }, state: 'waiting', why: 'complaint_limit' })],
});
const share = (hits, n) => ({ value: n === 0 ? null : hits / n, low: n === 0 ? null : Math.max(0, hits / n - 0.1), high: n === 0 ? null : Math.min(1, hits / n + 0.1), hits, n });
const money = (minor) => ({ minor: String(minor), currency: 'CNY' });
const improvement = { id: '1', title: 'New courier', message: 'We changed the courier.', by: li, at: kOpened, complaints: 3, told: 2 };

const rule = (more = {}) => ({
  id: '1', name: 'Low scores', on: true, filter: { instrument: 'nps', score_max: '2' }, properties: {}, labels: [], sentiment_max: null, aspect: '', aspect_sentiment: '', category: 'service', severity: '', owner: li, unit: '',
  quiet_days: 7, within_days: 7, created: kOpened, changed: kOpened, events: 12, opened: 9, joined: 3, error: '', ...more,
});
const ruleOf = ({ body }) => rule({ ...body, owner: body.owner ? li : nobody });

export const complaintAnswers = {
  listComplaintRules: () => ({ items: [rule(), rule({ id: '2', name: 'Angry comments', on: false, filter: {}, labels: ['flag.urgent'], sentiment_max: -0.5, category: '' })] }),
  previewComplaintRule: () => ({
    events: 12, customers: 9, opened: 9, joined: 3, by_day: Array.from({ length: 30 }, (_, day) => day % 2), cut: false,
    examples: [{ event_id: '9', at: kOpened, customer_id: '42', customer: '王**', channel: 'web', category: 'delivery.late', text: '我要投诉，快递太慢' }],
  }),
  createComplaintRule: ruleOf,
  putComplaintRule: ruleOf,
  deleteComplaintRule: () => null,
  listComplaints: () => ({ items: [head(), head({ id: '2', number: 'C-000002', state: 'closed', clock: 'met', waiting: false, resolved: kDue, closed: kDue, cause_class: 'system', cause: 'courier' })], next_cursor: null }),
  createComplaint: () => detail({ id: '3', number: 'C-000003', state: 'new', accepted: null, clock: 'running', waiting: false }),
  getComplaintCatalogue: () => ({
    key: catalogue.key, name_en: catalogue.name_en, name_zh: catalogue.name_zh, recurrence_days: catalogue.recurrence_days,
    categories: catalogue.categories.map((one) => ({ key: one.key, parent: one.key.includes('.') ? one.key.split('.')[0] : '', name_en: one.name_en, name_zh: one.name_zh, severity: one.severity })),
    clocks: Object.entries(catalogue.clocks).map(([severity, times]) => ({ severity, ...times })),
    hours: { days: catalogue.hours.days, from_minute: 540, to_minute: 1260 }, limits: catalogue.limits,
    steps: ['note', 'contact', 'apology', 'refund', 'compensation', 'replacement', 'repair', 'goodwill'], people: [li],
  }),
  suggestComplaintCategory: () => ({ items: [suggestion] }),
  putComplaintLimits: ({ body }) => body,
  listComplaintCandidates: () => ({ items: [{ event_id: '9', at: kOpened, customer_id: '42', customer: '王**', channel: 'web', touchpoint: 'review', text: '我要投诉，快递太慢', suggestion, complaint_id: null }], next_cursor: null }),
  getComplaintReport: () => ({
    opened: 40, open: 8, overdue: 3, reopened: 2, days: 30,
    states: [{ key: 'new', count: 8 }, { key: 'closed', count: 32 }], categories: [{ key: 'delivery.late', count: 25 }, { key: 'price', count: 15 }], channels: [{ key: 'web', count: 40 }], severities: [{ key: 'medium', count: 40 }], causes: [{ key: 'system', count: 20 }],
    pareto: [{ cause_class: 'system', cause: 'courier', count: 16, share: 0.8, cumulative: 0.8 }, { cause_class: 'people', cause: 'tone', count: 4, share: 0.2, cumulative: 1 }], without_cause: 20,
    recovery: { n: 40, ended: 32, half: { value: 20.5, low: 18, high: 24 }, three_quarters: { value: 40, low: 31, high: null }, nine_tenths: { value: null, low: 60, high: null } },
    accepted_in_time: share(30, 38), in_time: share(28, 35), first_time_right: share(20, 25), recurrence: share(3, 25), suggested_right: share(12, 15),
    costs: [{ given: money(45000), waiting: money(30000), complaints: 9 }],
    satisfaction: [{ instrument: 'csat', pairs: 14, before: 3.4, after: 4.1, difference: 0.7, low: 0.2, high: 1.2 }], satisfaction_cut: false,
  }),
  listImprovements: () => ({ items: [improvement] }),
  createImprovement: ({ body }) => ({ ...improvement, id: '2', title: body.title, message: body.message }),
  getComplaint: () => detail(),
  changeComplaint: () => detail(),
  moveComplaint: () => detail(),
  addComplaintStep: () => detail(),
  decideComplaintStep: () => detail(),
};
