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
  getIdentityRules: ({ state }) => state.identityRules ?? identityRules(),
  putIdentityRules: ({ body, state }) => {
    state.identityRules = { ...body, version: body.version + 1 };
    return state.identityRules;
  },
});
