// What makes a customer one, in the stand-in server: one join that may be taken back, and the rules of identity.
const kKinds = ['user_id', 'email', 'phone', 'wechat_unionid', 'wechat_openid', 'loyalty_id', 'national_id', 'order_id', 'device_id', 'anonymous_id', 'external_id'];

export const identityRules = () => ({
  version: 1, release_shared: true, consent: 'identity', blocked: [], traits: [], trusted_sources: [],
  kinds: kKinds.map((kind) => ({ kind, limit: 10, exclusive: kind === 'user_id' ? 'per_source' : 'no', joins: 'always', shared_after: kind === 'user_id' ? 0 : 3 })),
});

const identifiersOf = (customer) => [
  { kind: 'phone', value: customer.phone, first_seen: customer.events.at(-1).at, verified: true },
  { kind: 'email', value: `${customer.home[0]}***@example.com`, first_seen: customer.events[0].at, verified: false },
];

const person = (customer, identifiers) => ({
  id: customer.id, name: customer.name, identifiers, events: customer.events.length, orders: customer.events.filter((event) => event.amount).length, spend: null,
  first_seen: customer.events.at(-1).at, last_seen: customer.events[0].at,
});

const level = (name, m, u) => ({ level: name, m, u, weight: Math.log2(m / u) });
const matchRun = { id: '1', state: 'done', actor: '1', at: '2026-11-20T08:00:00Z', seconds: 2.5, records: 7_485, new_records: null, compared_pairs: 81_000, labels: 2, proposed: 8, merged: 0, progress: null, error: null };
const matchModel = {
  merge_at: 0.9, review_at: 0.1, prior: -12, expected_matches: 640,
  comparisons: [{ column: 'name', kind: 'full_name', levels: [level('different', 0.03, 0.97), level('close', 0.12, 0.02), level('same', 0.85, 0.01)] }],
  rules: [{ rule: 'name.value', pairs: 81_000, largest_block_pairs: 800, blocks_left_out: 0 }],
};
const pair = (one, other, index, state) => ({
  id: String(index + 1), state: state.pairs?.[index + 1] ?? 'open', probability: 0.5 + index / 20, prior: -12, obstacle: null, actor: null, at: '2026-11-20T08:00:00Z',
  customers: [person(one, identifiersOf(one)), person(other, identifiersOf(other))],
  steps: [
    { column: 'name', left: one.name, right: other.name, level: 'close', weight: 6.2 },
    { column: 'phone', left: one.phone, right: '', level: 'missing', weight: 0 },
    { column: 'birthday', left: '199*', right: '197*', level: 'different', weight: -4.1 },
  ],
});

/** `find(world, id)` refuses an id that is not there. */
export const identityAnswers = (find) => ({
  getCustomerIdentity: ({ params, world, state }) => {
    const customer = find(world, params.id);
    const at = customer.events[0].at;
    const undone = state.splits?.[customer.id] ? { version: '9', kind: 'split', actor: '1', at, reason: state.splits[customer.id] } : null;
    return {
      id: customer.id, others: [], conflicts: [{ suspect: '2', other: '1', reason: 'exclusive', source: '1', at }],
      identifiers: identifiersOf(customer).map((one, index) => ({ ...one, subject: String(index + 1), source: '1', shared: false })),
      joins: [{ version: '7', left: '1', right: '2', evidence: 'claim', source: '1', at, actor: null, reason: '', undone }],
    };
  },
  previewMerge: ({ params, world }) => {
    const customer = find(world, params.id);
    const other = params.with ? find(world, params.with) : world.customers.find((one) => one.id !== customer.id);
    const before = [customer, other].map((one) => person(one, identifiersOf(one)));
    return { before, after: { ...before[0], identifiers: before.flatMap((one) => one.identifiers), events: before[0].events + before[1].events, orders: before[0].orders + before[1].orders }, obstacle: null };
  },
  mergeCustomers: ({ params }) => ({ version: '8', customers: [params.id], obstacle: null }),
  previewSplit: ({ params, world }) => {
    const customer = find(world, params.id);
    const [first, second] = identifiersOf(customer);
    return { customers: [person(customer, [first]), { ...person(customer, [second]), id: '999999', name: '' }] };
  },
  splitCustomer: ({ params, body, state }) => {
    state.splits = { ...state.splits, [params.id]: body.reason };
    return { version: '9', customers: [params.id, '999999'], obstacle: null };
  },
  listMatchRuns: ({ state }) => ({ items: state.matched ? [matchRun] : [], model: state.matched ? matchModel : null, curve: [], resumable: false }),
  cancelMatchRun: () => matchRun,
  startMatchRun: ({ state }) => {
    state.matched = true;
    return { ...matchRun, state: 'running' };
  },
  listReviewPairs: ({ params, world, state }) => {
    const wanted = params.state ?? 'open';
    const items = world.customers.slice(0, 8).map((one, index) => pair(one, world.customers[index + 8], index, state)).filter((one) => one.state === wanted);
    return { items: state.matched === false ? [] : items, open: items.length, next_cursor: null };
  },
  decideReviewPair: ({ params, body, world, state }) => {
    state.pairs = { ...state.pairs, [params.id]: { accept: 'accepted', reject: 'rejected', skip: 'skipped' }[body.verdict] };
    const index = Number(params.id) - 1;
    return pair(world.customers[index], world.customers[index + 8], index, state);
  },
  getIdentityRules: ({ state }) => state.identityRules ?? identityRules(),
  putIdentityRules: ({ body, state }) => {
    state.identityRules = { ...body, version: body.version + 1 };
    return state.identityRules;
  },
});
