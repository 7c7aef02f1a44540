// Answers about tracking plans, repairs and data quality, by operationId of the contract.
const kDayMs = 86_400_000;
const kDimensions = ['completeness', 'validity', 'uniqueness', 'timeliness', 'consistency'];

const at = (world, days) => new Date(world.now - days * kDayMs).toISOString();

/** Ninety days of a source whose validity dropped on the last. */
function days(world, params) {
  const count = Number(params.days ?? 30);
  return Array.from({ length: count }, (_, index) => {
    const bad = index === count - 1 ? 0.2 : 0;
    const share = (value) => ({ value, of: 5000 });
    const values = { completeness: share(0.97), validity: share(0.985 - bad), uniqueness: share(0.995), timeliness: share(0.94), consistency: share(0.99) };
    return { day: at(world, count - 1 - index).slice(0, 10), received: 5000, score: kDimensions.reduce((sum, key) => sum + values[key].value, 0) / 5, ...values };
  });
}

const schema = { type: 'object', required: ['items'], additionalProperties: true, properties: { items: { type: 'integer', minimum: 0 }, state: { type: 'string', enum: ['paid', 'sent'] } } };

function inForce(state, id) {
  const versions = state.plans[id] ?? [];
  return versions[0] ?? { version: 0, at: null, author: '', plan: null };
}

function alerts(world, params, id) {
  return id === '1' ? [{ dimension: 'validity', day: days(world, params).at(-1).day, value: 0.785, usual: 0.985 }] : [];
}

export const dataAnswers = (Refusal) => ({
  changeSource: ({ params, body, state }) => {
    state.sources = state.sources.map((source) => (source.id === params.id ? { ...source, ...body, region_in_force: body.region || 'CN' } : source));
    return state.sources.find((source) => source.id === params.id);
  },
  listItemTypes: () => ({ items: [{ type: 'group', items: 1, gone: 0 }, { type: 'product', items: 2, gone: 1 }] }),
  listItems: ({ params, world }) => ({
    items: [
      { type: 'product', id: 'P-1', source: '1', gone: false, at: at(world, 1), properties: { name: 'Running Shoe 跑鞋', price: '499', brand: 'North', colour: 'red', stock: '12' } },
      { type: 'product', id: 'P-2', source: '1', gone: false, at: at(world, 2), properties: { name: 'Hat' } },
      { type: 'group', id: 'org-9', source: '1', gone: false, at: null, properties: {} },
      { type: 'product', id: 'P-3', source: '1', gone: true, at: at(world, 3), properties: {} },
    ].filter((item) => (!params.type || item.type === params.type) && (params.gone === 'true' || !item.gone) && (!params.q || JSON.stringify(item).includes(params.q))),
    next_cursor: null,
  }),
  getPlan: ({ params, state }) => inForce(state, params.id),
  putPlan: ({ params, body, state }) => {
    const before = inForce(state, params.id);
    if (before.version !== body.based_on) throw new Refusal(409, 'plan_changed', 'The tracking plan was changed meanwhile', 'Load it again.');
    const made = { version: before.version + 1, at: new Date().toISOString(), author: '1', plan: body.plan };
    state.plans[params.id] = [made, ...(state.plans[params.id] ?? [])];
    return made;
  },
  getPlanHistory: ({ params, state }) => ({ items: state.plans[params.id] ?? [] }),
  getObserved: ({ params, state, world }) => ({
    first_at: at(world, 40), names_beyond: params.id === '3' ? 1200 : 0,
    events: [{
      type: 'track', name: 'Order Completed', count: 48_200, planned: inForce(state, params.id).version > 0, first_at: at(world, 40), last_at: at(world, 0), properties_beyond: 0,
      properties: [
        { key: 'items', share: 0.999, types: [{ type: 'integer', share: 0.99 }, { type: 'string', share: 0.01 }], minimum: 1, maximum: 12, values: [], first_at: at(world, 40), last_at: at(world, 0) },
        { key: 'state', share: 0.8, types: [{ type: 'string', share: 1 }], minimum: null, maximum: null, values: ['paid', 'sent'], first_at: at(world, 40), last_at: at(world, 0) },
      ],
    }, { type: 'page', name: 'Home', count: 120_400, planned: false, first_at: at(world, 3), last_at: at(world, 0), properties: [], properties_beyond: 0 }],
    inferred: { mode: 'observe', unplanned: 'allow', events: [{ type: 'track', name: 'Order Completed', schema }, { type: 'page', name: 'Home', schema: { type: 'object', properties: {} } }] },
  }),
  forgetObserved: () => undefined,
  getDrift: ({ params, state, world }) => ({
    version: inForce(state, params.id).version,
    items: [
      { kind: 'new_event', type: 'page', event: 'Home', path: '', fault: null, share: 1, count: 120_400, first_at: at(world, 3), last_at: at(world, 0), from: '', to: '' },
      { kind: 'type_changed', type: 'track', event: 'Order Completed', path: 'items', fault: null, share: 0.01, count: 480, first_at: at(world, 2), last_at: at(world, 0), from: 'integer', to: 'string' },
    ],
  }),
  previewFix: ({ body, state }) => ({
    items: state.quarantine.slice(0, 3).map((entry) => ({ id: entry.id, before: entry.preview, after: entry.preview, accepted: body.rules.length > 0, problem: '' })),
  }),
  listFixes: ({ world }) => ({ items: [{ id: '1', at: at(world, 1), author: '1', rules: [{ rule: 'rename', path: 'properties.Total', to: 'properties.total' }], matched: 12, replayed: 11, still: 1 }] }),
  listQuality: ({ params, state, world }) => ({
    items: state.sources.map((source) => {
      const all = source.id === '3' ? days(world, params).map((day) => ({ ...day, score: null })) : days(world, params);
      const newest = all.at(-1);
      return { source: source.id, name: source.name, owner: source.owner, score: newest.score, day: newest.score === null ? null : newest.day, received: newest.received, series: all.map((day) => day.score), alerts: alerts(world, params, source.id) };
    }),
  }),
  getQuality: ({ params, world }) => ({ source: params.id, enough: 100, days: days(world, params), alerts: alerts(world, params, params.id) }),
  getRepairs: () => ({ items: [{ rule: 'phone_country', finding: false, count: 4200 }, { rule: 'email_alias', finding: false, count: 310 }, { rule: 'phone_invalid', finding: true, count: 41 }] }),
  getLineage: () => ({
    events: [{ type: 'track', name: 'Order Completed', count: 48_200, channel: 'web', touchpoint: 'order', stage: 'purchase' }, { type: 'page', name: 'Home', count: 120_400, channel: 'web', touchpoint: 'home', stage: 'discover' }],
    metrics: [{ metric: 'orders', touchpoints: ['order'] }, { metric: 'conversion_rate', touchpoints: ['home', 'order'] }],
  }),
});
