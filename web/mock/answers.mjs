// Answers of the mock server, by operationId of the contract. Each takes {params, body, state} and returns JSON.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataAnswers } from './answers_data.mjs';
import { channelAnswers } from './channels.mjs';
import { complaintAnswers } from './complaints.mjs';
import { frictionAnswers } from './friction.mjs';
import { performanceAnswers } from './performance.mjs';
import { journeyEditorAnswers } from './journey_editors.mjs';
import { journeyMapAnswers } from './journey_map.mjs';
import { identityAnswers } from './identity.mjs';
import { importAnswers } from './imports.mjs';
import { learningAnswers } from './learning.mjs';
import { channels, rules, stages, touchpoints, units } from './world.mjs';
import { counts, currencyOf, kEnough, measures, metrics } from './metrics.mjs';
import { reputationAnswers } from './reputation.mjs';
import { surveyAnswers } from './surveys.mjs';
import { textAnswers } from './texts.mjs';
import { virtualAnswers } from './virtual.mjs';

const kForms = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'catalog', 'forms', 'default.json');
const kDayMs = 86_400_000;
const kZoneMs = 8 * 3_600_000;

export class Refusal extends Error {
  constructor(status, code, title, fix = '', detail = '') {
    super(title);
    this.problem = { type: `/docs/errors/${code}`, title, status, code, detail, fix, request_id: 'mock-1' };
  }
}

const instant = (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) - kZoneMs : Date.parse(text));

function range(params, world) {
  const to = params.to ? instant(params.to) : world.now;
  return { from: params.from ? instant(params.from) : to - 30 * kDayMs, to };
}

function within(params, world, { from, to } = range(params, world)) {
  const unitSet = params.units?.split(',');
  const channelSet = params.channel?.split(',');
  return world.events.filter((event) => {
    const at = Date.parse(event.at);
    return at >= from && at < to && (!unitSet || unitSet.includes(event.unit)) && (!channelSet || channelSet.includes(event.channel));
  });
}

const grainOf = (params, { from, to }) => params.grain ?? (to - from <= 45 * kDayMs ? 'day' : to - from <= 400 * kDayMs ? 'week' : 'month');

function buckets({ from, to }, grain) {
  const starts = [];
  if (grain === 'month') {
    const first = new Date(from + kZoneMs);
    for (let month = 0; ; month += 1) {
      const start = Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + month, 1) - kZoneMs;
      if (start >= to) return starts;
      starts.push(start);
    }
  }
  const step = grain === 'week' ? 7 * kDayMs : kDayMs;
  for (let at = from; at < to; at += step) starts.push(at);
  return starts;
}

function series(key, events, span, grain) {
  const starts = buckets(span, grain);
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? span.to;
    return { at: new Date(start).toISOString(), ...measures[key](events.filter((event) => Date.parse(event.at) >= start && Date.parse(event.at) < end)) };
  });
}

function change(key, now, params, world, span) {
  if ((params.compare ?? 'previous') === 'none' || now.value === null) return null;
  const shift = params.compare === 'year' ? 365 * kDayMs : span.to - span.from;
  const before = measures[key](within(params, world, { from: span.from - shift, to: span.to - shift }));
  if (before.value === null || before.n < kEnough) return null;
  const value = now.value - before.value;
  if (now.low === null || before.low === null) return { value, low: null, high: null, significant: Math.abs(value) > 0.1 * Math.abs(before.value) };
  const half = Math.hypot((now.high - now.low) / 2, (before.high - before.low) / 2);
  return { value, low: value - half, high: value + half, significant: Math.abs(value) > half };
}

function page(items, params, extra = {}) {
  const start = Number(params.cursor ?? 0);
  const limit = Number(params.limit ?? 50);
  return { items: items.slice(start, start + limit), next_cursor: start + limit < items.length ? String(start + limit) : null, ...extra };
}

function groupsOf(events, by, key) {
  const parts = new Map();
  for (const event of events) parts.set(event[by], [...(parts.get(event[by]) ?? []), event]);
  return [...parts].map(([group, own]) => ({ group, ...measures[key](own) })).map((group) => ({ ...group, enough: group.n >= kEnough })).filter((group) => group.n > 0).sort((a, b) => b.n - a.n).slice(0, 50);
}

/** A case of events with the same order, else a customer's. */
function journeysOf(events) {
  const parts = new Map();
  for (const event of events) {
    const key = event.case_id || event.customer_id;
    if (!parts.has(key)) parts.set(key, []);
    parts.get(key).push(event);
  }
  return [...parts.values()].map((own) => own.toReversed());
}

const summary = (customer) => {
  const own = customer.events;
  const spend = own.reduce((sum, event) => sum + Number(event.amount?.minor ?? 0), 0);
  return {
    id: customer.id, name: customer.name, first_seen: own.at(-1).at, last_seen: own[0].at, events: own.length, orders: own.filter((event) => event.amount).length,
    spend: spend > 0 ? { minor: String(spend), currency: 'CNY' } : null, channels: [...new Set(own.map((event) => event.channel))], units: [customer.unit],
    nps: own.find((event) => event.instrument === 'nps')?.score ?? null,
  };
};

function findCustomer(world, id) {
  const customer = world.customers.find((candidate) => candidate.id === id);
  if (!customer) throw new Refusal(404, 'not_found', 'There is no such customer', 'Check the id.');
  return customer;
}

function lookUp(world, text) {
  return world.customers.filter((customer) => customer.id === text || customer.phone === text || customer.events.some((event) => event.case_id === text));
}

const kReasonCounts = [{ reason: 'no_identifier', count: 14 }, { reason: 'bad_time', count: 6 }];

function select(state, body) {
  if (!body.ids && !body.reason && !body.source && !body.all) throw new Refusal(400, 'empty_selection', 'Nothing is selected', 'Name entries, a reason or a source.');
  return state.quarantine.filter((entry) => (body.ids ? body.ids.includes(entry.id) : (!body.reason || body.reason === entry.reason) && (!body.source || body.source === entry.source)));
}

function newKey(state) {
  state.keys += 1;
  return { key: { id: String(state.keys), prefix: `zk_${state.keys}f3`, created_at: new Date().toISOString(), last_used_at: null }, write_key: `zk_${state.keys}f3example0000key` };
}

function scoresOf(params, world) {
  const { instrument } = params;
  if (!measures[instrument]) throw new Refusal(400, 'unknown_instrument', 'Unknown instrument', 'Use nps, csat, ces or review.');
  const span = range(params, world);
  const events = within(params, world, span);
  const grain = grainOf(params, span);
  const answers = events.filter((event) => event.instrument === instrument);
  const total = measures[instrument](events);
  const bins = new Map();
  for (const answer of answers) bins.set(answer.score, (bins.get(answer.score) ?? 0) + 1);
  const [low, high] = { nps: [0, 10] }[instrument] ?? [1, 5];
  return {
    instrument, measure: { nps: 'nps', csat: 'share' }[instrument] ?? 'mean', scale_min: low, scale_max: high, grain, ...total, enough: total.n >= kEnough,
    mean: answers.length > 0 ? answers.reduce((sum, answer) => sum + answer.score, 0) / answers.length : null,
    distribution: Array.from({ length: high - low + 1 }, (_, index) => ({ score: low + index, count: bins.get(low + index) ?? 0 })),
    series: series(instrument, events, span, grain), groups: groupsOf(answers, params.by ?? 'touchpoint', instrument),
    instruments: ['nps', 'csat', 'ces', 'review'].map((key) => ({ instrument: key, answers: events.filter((event) => event.instrument === key).length })).filter((item) => item.answers > 0),
  };
}

function stagesOf(params, world) {
  const journeys = journeysOf(within(params, world)).filter((own) => own.length > 0);
  const rows = stages.map((stage, index) => {
    const own = journeys.filter((journey) => journey.some((event) => event.stage === stage.key));
    const events = own.flat().filter((event) => event.stage === stage.key);
    const waits = own.flatMap((journey) => {
      const at = journey.findIndex((event) => event.stage === stage.key);
      return at > 0 ? [Date.parse(journey[at].at) - Date.parse(journey[at - 1].at)] : [];
    }).sort((a, b) => a - b);
    const nps = measures.csat(events);
    return {
      stage: stage.key, position: index + 1, events: events.length, customers: new Set(events.map((event) => event.customer_id)).size, journeys: own.length,
      reach: journeys.length > 0 ? own.length / journeys.length : null, wait_median_ms: waits.length > 0 ? Math.round(waits[Math.floor(waits.length / 2)]) : null,
      wait_p90_ms: waits.length > 0 ? Math.round(waits[Math.floor(waits.length * 0.9)]) : null, satisfaction: nps.n > 0 ? { ...nps, enough: nps.n >= kEnough } : null, instrument: nps.n > 0 ? 'csat' : '',
    };
  });
  return { journeys: journeys.length, stages: rows };
}

function pathsOf(params, world) {
  const level = params.level ?? 'touchpoint';
  const steps = Number(params.steps ?? 6);
  const top = Number(params.top ?? 8);
  const journeys = journeysOf(within(params, world)).map((own) => own.map((event) => event[level]).filter((key, index, all) => key !== all[index - 1]));
  const kept = Array.from({ length: steps }, (_, position) => {
    const found = new Map();
    for (const keys of journeys) if (keys[position]) found.set(keys[position], (found.get(keys[position]) ?? 0) + 1);
    return new Set([...found].sort((a, b) => b[1] - a[1]).slice(0, top).map(([key]) => key));
  });
  const nodes = new Map();
  const links = new Map();
  for (const keys of journeys) {
    const walk = keys.slice(0, steps).map((key, position) => (kept[position].has(key) ? key : 'other'));
    if (keys.length < steps) walk.push('end');
    walk.forEach((key, position) => {
      const id = `${position}:${key}`;
      const node = nodes.get(id) ?? { id, key, position, count: 0 };
      node.count += 1;
      nodes.set(id, node);
      if (position === 0) return;
      const from = `${position - 1}:${walk[position - 1]}`;
      const link = links.get(`${from}>${id}`) ?? { source: from, target: id, count: 0 };
      link.count += 1;
      links.set(`${from}>${id}`, link);
    });
  }
  return { journeys: journeys.length, shown: journeys.length, level, nodes: [...nodes.values()], links: [...links.values()] };
}

function graphOf(params, world) {
  const level = params.level ?? 'touchpoint';
  const journeys = journeysOf(within(params, world));
  const edges = new Map();
  const found = new Map();
  const follow = (from, to, ms) => {
    const edge = edges.get(`${from}>${to}`) ?? { from, to, count: 0, waits: [] };
    edge.count += 1;
    if (ms !== null) edge.waits.push(ms);
    edges.set(`${from}>${to}`, edge);
  };
  for (const own of journeys) {
    own.forEach((event, index) => {
      found.set(event[level], (found.get(event[level]) ?? 0) + 1);
      if (index === 0) follow('start', event[level], null);
      else follow(own[index - 1][level], event[level], Date.parse(event.at) - Date.parse(own[index - 1].at));
    });
    follow(own.at(-1)[level], 'end', null);
  }
  const kept = [...found].sort((a, b) => b[1] - a[1]).slice(0, Number(params.nodes ?? 20));
  const ids = new Set([...kept.map(([id]) => id), 'start', 'end']);
  const median = (waits) => (waits.length > 0 ? Math.round(waits.sort((a, b) => a - b)[Math.floor(waits.length / 2)]) : null);
  return {
    journeys: journeys.length, level, nodes: [...kept.map(([id, count]) => ({ id, count })), { id: 'start', count: journeys.length }, { id: 'end', count: journeys.length }],
    edges: [...edges.values()].filter((edge) => ids.has(edge.from) && ids.has(edge.to)).sort((a, b) => b.count - a.count).slice(0, Number(params.edges ?? 60)).map(({ waits, ...edge }) => ({ ...edge, median_ms: median(waits) })),
  };
}

export const answers = {
  getSetup: ({ state }) => ({ needed: state.setupNeeded }),
  getSession: ({ state }) => state.session,
  getOverview: ({ params, world }) => {
    const span = range(params, world);
    const events = within(params, world, span);
    const grain = grainOf(params, span);
    const mix = channels.map(({ key }) => ({ key, own: events.filter((event) => event.channel === key) })).filter(({ own }) => own.length > 0);
    return {
      from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString(), grain,
      cards: metrics.map(({ key }) => {
        const total = measures[key](events);
        return { metric: key, ...total, enough: total.n >= kEnough, change: change(key, total, params, world, span), currency: currencyOf(key), series: series(key, events, span, grain) };
      }),
      channel_mix: mix.map(({ key, own }) => ({ channel: key, events: own.length, customers: new Set(own.map((event) => event.customer_id)).size, share: own.length / events.length })).sort((a, b) => b.events - a.events),
      totals: { events: events.length, customers: new Set(events.map((event) => event.customer_id)).size, orders: events.filter((event) => event.amount).length },
      data_as_of: new Date().toISOString(), data_from: world.events.at(-1).at, data_to: world.events[0].at,
    };
  },
  listMetrics: () => ({ items: metrics }),
  getMetric: ({ params, world }) => {
    const { key } = params;
    if (!measures[key]) throw new Refusal(404, 'unknown_metric', 'There is no such metric', 'See /api/metrics.');
    const span = range(params, world);
    const events = within(params, world, span);
    const grain = grainOf(params, span);
    const total = measures[key](events);
    return {
      key, version: 1, unit: metrics.find((metric) => metric.key === key)?.unit ?? 'count', from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString(), grain, ...total, enough: total.n >= kEnough,
      change: change(key, total, params, world, span), currency: currencyOf(key), series: series(key, events, span, grain), groups: params.by ? groupsOf(events, params.by, key) : [],
    };
  },
  listCustomers: ({ params, world }) => page((params.q ? lookUp(world, params.q) : world.customers).filter((customer) => !params.units || params.units.split(',').includes(customer.unit)).map(summary), params),
  getCustomer: ({ params, world }) => {
    const customer = findCustomer(world, params.id);
    const own = customer.events;
    const latest = (instrument) => own.find((event) => event.instrument === instrument)?.score ?? null;
    const { nps: _nps, ...facts } = summary(customer);
    return {
      ...facts, traits: [{ key: 'name', value: customer.name, source: '1', at: own[0].at }, { key: 'city', value: customer.unit, source: '2', at: own[0].at }, { key: 'member_level', value: 'gold', source: '1', at: own[0].at }],
      consent: [{ key: 'marketing', value: 'true', source: '1', at: own[0].at }], stage: own.find((event) => event.stage)?.stage ?? '', average_order: null,
      journey: null, labels: [{ key: 'active', group: 'lifecycle', name_en: 'Active in 30 days', name_zh: '近30天活跃' }],
      open_conversations: [],
      identifiers: [{ kind: 'phone', value: customer.phone, verified: true }, { kind: 'email', value: `${customer.home[0]}***@example.com`, verified: false }].map((one) => ({ ...one, first_seen: own.at(-1).at })),
      scores: { nps: latest('nps'), csat: latest('csat'), ces: latest('ces') },
      recent: own.slice(0, 50).map(({ at, event_id, name, channel, touchpoint, stage, amount, score }) => ({ at, event_id, name, channel, touchpoint, stage, amount, score })),
    };
  },
  ...identityAnswers(findCustomer),
  getTimeline: ({ params, world }) => page(findCustomer(world, params.id).events.filter((event) => !params.channel || params.channel.split(',').includes(event.channel)), params),
  revealCustomer: ({ params, world }) => {
    const customer = findCustomer(world, params.id);
    const seen = { first_seen: customer.events.at(-1).at };
    return { identifiers: [{ kind: 'phone', value: customer.phone.replace('****', '0000'), ...seen }, { kind: 'email', value: 'customer@example.com', ...seen }], traits: [{ key: 'name', value: customer.name.replace('**', '小明') }] };
  },
  listEvents: ({ params, world }) => {
    const found = within(params, world).filter((event) =>
      ['touchpoint', 'stage', 'name', 'instrument', 'source', 'type'].every((key) => !params[key] || event[key] === params[key]) && (!params.metric || counts(event, params.metric)) && (!params.case || event.case_id === params.case)
      && (!params.customer || event.customer_id === params.customer)
      && (params.score_min === undefined || event.score >= Number(params.score_min)) && (params.score_max === undefined || (event.score !== null && event.score <= Number(params.score_max))));
    const total = { events: found.length, customers: new Set(found.map((event) => event.customer_id)).size };
    return page(found, params, params.count === 'true' ? { total } : {});
  },
  getStages: ({ params, world }) => stagesOf(params, world),
  getPaths: ({ params, world }) => pathsOf(params, world),
  getGraph: ({ params, world }) => graphOf(params, world),
  ...textAnswers({ within, range, page, grainOf, buckets }),
  getVoiceScores: ({ params, world }) => scoresOf(params, world),
  listVerbatims: ({ params, world }) => page(within(params, world).filter((event) => event.text && (!params.instrument || event.instrument === params.instrument) && (!params.touchpoint || event.touchpoint === params.touchpoint)
    && (params.score_min === undefined || event.score >= Number(params.score_min)) && (params.score_max === undefined || event.score <= Number(params.score_max)))
    .map(({ event_id, at, customer_id, channel, touchpoint, stage, unit, instrument, score, text }) => ({ event_id, at, customer_id, customer: world.customers.find((customer) => customer.id === customer_id)?.name ?? '', channel, touchpoint, stage, unit, instrument, score, text })), params),
  listConnectorKinds: () => ({ items: [{ key: 'webhook_in', takes: true, sends: false, called: true, testable: false, writes: false, mapping: '{"rules": []}', fields: [{ key: 'secret', type: 'secret', default: '', required: true, choices: [] }] }] }),
  listConnectors: ({ state }) => ({ items: state.connectors }),
  getConnectorLog: () => ({ items: [{ id: '1', at: new Date().toISOString(), last_at: new Date().toISOString(), level: 'error', what: 'refused', error: 'the signature does not fit the message', detail: '', times: 2 }] }),
  listLetters: () => ({ items: [], next_cursor: null, total: 0 }),
  ...importAnswers,
  listMessagePresets: () => ({ items: [{ key: 'ivr_path', name_en: 'Voice menu (IVR)', name_zh: '语音菜单（IVR）', mapping: '{"rules": [{"name": "IVR {/menu}", "identifiers": [{"kind": "phone", "value": "/phone"}]}]}', payload: '{"phone": "13800138000"}' }] }),
  listSources: ({ state }) => ({ items: state.sources }),
  createSource: ({ body, state }) => {
    const { key, write_key } = newKey(state);
    const source = { id: String(state.sources.length + 1), name: body.name, kind: 'http', channel: body.channel ?? '', unit: body.unit ?? '', zone: body.zone ?? 'Asia/Shanghai', region: body.region ?? '', region_in_force: body.region || 'CN', owner: body.owner ?? '', created_at: new Date().toISOString(), keys: [key], last_event_at: null };
    state.sources = [...state.sources, source];
    return { source, write_key };
  },
  createWriteKey: ({ params, state }) => {
    const made = newKey(state);
    state.sources.find((source) => source.id === params.id)?.keys.push(made.key);
    return made;
  },
  getSourceStats: ({ params, world }) => {
    const stored = world.events.filter((event) => event.source === params.id).length;
    const minutes = Number(params.minutes ?? 60);
    const start = Math.floor(world.now / 60_000) * 60_000 - minutes * 60_000;
    const series = Array.from({ length: minutes }, (_, index) => {
      const received = Math.round(20 + 12 * Math.sin(index / 7) + ((index * 7919) % 9));
      return { at: new Date(start + index * 60_000).toISOString(), received, stored: received - 1, dropped: 1, quarantined: 0 };
    });
    return { received: stored + 41 + 20, stored, dropped: 41, quarantined: 20, reasons: kReasonCounts, series: params.id === '1' ? series : series.map((point) => ({ ...point, received: 0, stored: 0, dropped: 0 })) };
  },
  listQuarantine: ({ params, state }) => {
    const items = state.quarantine.filter((entry) => (!params.reason || params.reason === entry.reason) && (!params.source || params.source === entry.source) && (params.state ?? 'open') === entry.state
      && (!params.name || params.name === entry.name) && (!params.q || `${entry.name} ${entry.detail} ${entry.origin}`.includes(params.q)));
    return page(items, params, { total: items.length });
  },
  replayQuarantine: ({ body, state }) => {
    const chosen = select(state, body);
    const fixed = chosen.filter((entry) => entry.reason === 'bad_time');
    state.quarantine = state.quarantine.filter((entry) => !fixed.includes(entry));
    return { replayed: fixed.length, still_quarantined: chosen.length - fixed.length };
  },
  discardQuarantine: ({ body, state }) => {
    const chosen = select(state, body);
    state.quarantine = state.quarantine.filter((entry) => !chosen.includes(entry));
    return { discarded: chosen.length };
  },
  getStatus: ({ world, state }) => ({
    version: '0.1.0', started_at: new Date(world.now - 3_600_000).toISOString(), notices: [], journal: { waiting_events: 120, waiting_bytes: 3_400_000, limit_bytes: 17_179_869_184 }, mover: { lag_ms: 640, blocks: 812, last_block_at: new Date().toISOString() },
    engine: { state: 'ready', restarts: 0, memory_bytes: 312_000_000, version: '26.7' }, events: world.events.length, customers: world.customers.length, quarantined: state.quarantine.length, zone: 'Asia/Shanghai',
    data_from: world.events.at(-1).at, data_to: world.events[0].at,
  }),
  getTouchpoints: ({ state }) => state.catalogue,
  putTouchpoints: ({ body, state }) => {
    if (body.version !== state.catalogue.version) throw new Refusal(409, 'catalogue_changed', 'The catalogue was changed meanwhile', 'Load it again.');
    state.catalogue = { ...body, version: body.version + 1 };
    return state.catalogue;
  },
  listUsers: ({ state }) => ({ items: state.users }),
  createUser: ({ body, state }) => {
    const { password: _password, ...rest } = body;
    const user = { id: String(state.users.length + 1), language: 'en', enabled: true, created_at: new Date().toISOString(), last_seen_at: null, ...rest };
    state.users = [...state.users, user];
    return user;
  },
  changeUser: ({ params, body, state }) => {
    const { password: _password, ...rest } = body;
    state.users = state.users.map((user) => (user.id === params.id ? { ...user, ...rest } : user));
    return state.users.find((user) => user.id === params.id);
  },
  listForms: () => JSON.parse(readFileSync(kForms, 'utf8')),
  createEntry: ({ params, body }) => ({ message_id: `entry:${body.id}`, name: params.form, at: new Date().toISOString(), source: '1' }),
  listUnits: ({ state, world }) => unitList(state, world),
  putUnits: ({ body, state, world }) => {
    for (const { key, name_en = '', name_zh = '', parent = '', zone = '' } of body.items) {
      state.units = state.units.filter((unit) => unit.key !== key);
      if (name_en || name_zh || parent || zone) state.units.push({ key, name_en, name_zh, parent, zone: zone || 'Asia/Shanghai', own_zone: zone, listed: true });
    }
    return unitList(state, world);
  },
  getJourneyModel: () => ({
    journeys: 900, modelled: 880, variants: 42, level: 'stage', noise: 0.2, fitness: 0.97, token_fitness: 0.98, precision: 0.61, fitting: 810,
    items: [{ steps: stages.slice(0, 3).map((stage) => stage.key), journeys: 400, fits: true }, { steps: stages.slice(0, 2).map((stage) => stage.key), journeys: 120, fits: false }],
    tree: { op: 'sequence', key: '', children: stages.slice(0, 3).map((stage) => ({ op: 'step', key: stage.key, children: [] })) },
  }),
  ...dataAnswers(Refusal),
  ...complaintAnswers,
  ...frictionAnswers,
  ...performanceAnswers,
  ...journeyEditorAnswers, ...journeyMapAnswers,
  ...channelAnswers,
  ...reputationAnswers,
  ...learningAnswers,
  ...surveyAnswers,
  ...virtualAnswers,
};

function unitList(state, world) {
  const counts = new Map();
  for (const event of world.events) counts.set(event.unit, (counts.get(event.unit) ?? 0) + 1);
  return { items: state.units.map((unit) => ({ ...unit, events: counts.get(unit.key) ?? 0 })) };
}

export function makeState(world) {
  const key = (id) => ({ id, prefix: `zk_${id}a9`, created_at: new Date(world.now - 40 * kDayMs).toISOString(), last_used_at: new Date(world.now - 60_000).toISOString() });
  const source = (id, name, kind, channel, keys) => ({ id, name, kind, channel, unit: '', zone: 'Asia/Shanghai', region: '', region_in_force: 'CN', owner: id === '1' ? 'Growth' : '', created_at: new Date(world.now - 90 * kDayMs).toISOString(), keys, last_event_at: new Date(world.now - 90_000).toISOString() });
  const user = (id, name, role, all) => ({ id, user: name.toLowerCase(), name, role, all_units: all, units: all ? [] : ['shanghai'], language: 'en', enabled: true, created_at: new Date(world.now - 80 * kDayMs).toISOString(), last_seen_at: new Date(world.now - 3_600_000).toISOString() });
  return {
    signedIn: false, setupNeeded: false, keys: 40, units: [...units], plans: {}, catalogue: { version: 1, channels, stages, touchpoints, rules },
    session: { id: '1', user: 'admin', name: 'Admin', role: 'administrator', permissions: ['view_metrics', 'view_customers', 'reveal_sensitive', 'manage_data', 'manage_users', 'handle_complaints'], all_units: true, units: [], language: 'en' },
    connectors: [{ id: '1', key: 'shop', name: 'Shop system', kind: 'webhook_in', source: '1', enabled: true, settings: {}, secrets: ['secret'], mapping: '{"rules": []}', path: '/hooks/shop', state: 'waiting', problem: null, taken: 1200, sent: 0, failed: 2, last_at: new Date().toISOString(), created_at: new Date().toISOString() }],
    sources: [source('1', 'Web shop', 'http', 'web', [key('31')]), source('2', 'Store tills', 'file', 'store', []), source('3', 'Call centre', 'http', 'phone', [key('32'), key('33')])],
    users: [user('1', 'Admin', 'administrator', true), user('2', 'Analyst', 'analyst', true), user('3', 'Agent', 'agent', false)],
    quarantine: Array.from({ length: 20 }, (_, index) => ({
      id: String(900 + index), at: new Date(world.now - index * 5_400_000).toISOString(), source: index % 3 === 0 ? '3' : '1', reason: index % 3 === 0 ? 'bad_time' : 'no_identifier',
      detail: index % 3 === 0 ? 'timestamp: not ISO 8601' : 'neither userId nor anonymousId', name: index % 2 === 0 ? 'Order Completed' : '', origin: `batch item ${index}`, kept: true, state: 'open', note: '', message_id: `m-${index}`, preview: '{"type":"track","event":"Order Completed","properties":{"email":"***"}}',
    })),
  };
}
