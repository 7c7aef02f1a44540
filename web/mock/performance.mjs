// Answers of the mock server on process performance.
const kHour = 3_600_000;
const bounded = (value, part = 0.1) => ({ value, low: value * (1 - part), high: value * (1 + part) });
const none = { value: null, low: null, high: null };
const spread = (median, n) => (n === 0
  ? { n: 0, total: 0, median: none, mean: none, p90: none }
  : { n, total: median * 1.3 * n, median: bounded(median), mean: bounded(median * 1.3), p90: bounded(median * 4) });
const gap = (difference, shown = true) => ({ difference, low: difference - Math.abs(difference) * 0.6, high: difference + Math.abs(difference) * 0.6, p_value: shown ? 0.001 : 0.4, shown });
const refused = (why) => ({ ...none, hits: 0, steps: 0, unknown: 0, refused: why });
const rate = (hits, steps) => ({ ...bounded(hits / steps), hits, steps, unknown: 12, refused: '' });

function rates({ machine, failure, designed }) {
  return {
    automation: machine ? rate(2100, 4800) : refused('machines_not_named'),
    error: failure ? rate(310, 4800) : refused('failures_not_named'),
    manual: designed ? rate(190, 4800) : refused('design_not_named'),
    failed: failure ? 120 : 0, repeated: 190,
  };
}

function side(name, cases, params) {
  return { name, cases, steps: cases * 5, throughput: spread(60 * kHour, cases), steps_a_case: 5.1, rework: 0.12, rates: rates(params) };
}

function comparison(params) {
  if (!params.split && !params.group) return null;
  return {
    before: side(params.before ?? '', 500, params), after: side(params.after ?? '', 400, params), throughput_median: gap(-8 * kHour), throughput_mean: gap(-6 * kHour, false),
    steps_a_case: gap(-0.2), rework: gap(-0.03), automation: params.machine ? gap(0.05) : null, error: params.failure ? gap(-0.01, false) : null, manual: null,
  };
}

const deviations = () => ({
  cases: 900, fitting: 420,
  items: [
    { kind: 'extra', activity: 'contact', cases: 130, times: 171, throughput: gap(20 * kHour), cost: null, total_ms: 2600 * kHour, total_cost: null },
    { kind: 'skipped', activity: 'checkout', cases: 3, times: 3, throughput: null, cost: null, total_ms: null, total_cost: null },
  ],
});

function people({ resource }) {
  const who = resource ? [['#1', 1400, 700], ['#2', 900, 500]] : [];
  return {
    batches: resource ? [{ activity: 'order', batches: 40, steps: 96, of: 700, largest: 5, waiting: gap(3 * kHour) }] : [],
    handover: {
      handed: spread(5 * kHour, resource ? 800 : 0), kept: spread(2 * kHour, resource ? 500 : 0), unknown: 40, median: resource ? gap(3 * kHour) : null, added: resource ? bounded(2 * kHour) : none,
      compared: resource ? 700 : 0, items: resource ? [{ from: '#1', to: '#2', waiting: spread(5 * kHour, 420) }] : [],
    },
    load: { ...(resource ? bounded(23.4) : none), employees: who.length, items: who.map(([name, steps, cases]) => ({ resource: name, steps, cases, active_days: 30, per_day: cases / 30 })) },
  };
}

const sides = (before, after) => ({ before: bounded(before, 0.03), after: bounded(after, 0.03), difference: { value: after - before, low: after - before - Math.abs(before) * 0.01, high: after - before + Math.abs(before) * 0.01 } });

/** Whoever works is known where a property or a group says so. */
function simulation({ params, body }) {
  const isStaffed = Boolean(params.resource || body.groups?.length), part = Object.keys(body.change ?? {}).length > 0 ? 0.8 : 1, byWait = body.target?.wait_minutes !== undefined;
  const step = (activity, wait) => ({ activity, observed: 800, group: isStaffed ? 'order' : null, observed_waiting: wait * kHour, waiting: sides(wait * kHour, wait * kHour * part), working: sides(0.2 * kHour, 0.2 * kHour), given: true, pooled: false });
  return {
    stored_cases: 900, stored_steps: 4800, cases: 900, steps: 4800, drawn_from: 900, discarded: 40, warmup_ms: 100 * kHour, span_ms: 720 * kHour, replications: body.replications ?? 30, arrivals: body.arrivals ?? 'observed',
    parallel_cases: 0, removed_cases: body.change?.remove ? 0.4 : 0,
    mean: sides(60 * kHour, 60 * kHour * part), median: sides(50 * kHour, 50 * kHour * part), p90: sides(110 * kHour, 110 * kHour * part), waited: sides(6 * kHour, 6 * kHour * part), throughput_a_day: sides(29.5, 29.6), cost_a_case: body.hourly_cost || body.step_cost ? sides(42, 42 * part) : null,
    by_step: [step('order', 4), step('delivery', 30)],
    groups: isStaffed ? [{ name: 'order', steps: ['order', 'delivery'], resources: 5, people: 4.2, people_after: 4.2 + (body.change?.people?.[0]?.add ?? 0), hours_a_week: 160, at_once: null, utilisation: sides(0.71, 0.71 * part) }] : [],
    fit: { cases: 860, reproduced: true, within: 0.15, observed_mean: bounded(61 * kHour), observed_p90: bounded(112 * kHour), mean: bounded(60 * kHour), p90: bounded(110 * kHour), doubts: isStaffed ? ['arrival_unseen'] : ['no_people'] },
    staffing: body.target ? { wait_ms: byWait ? body.target.wait_minutes * 60_000 : null, share: byWait ? body.target.share : null, p90_ms: byWait ? null : (body.target.p90_minutes ?? 0) * 60_000, refused: isStaffed ? '' : 'no_people', groups: isStaffed ? [{ group: 'order', people: 4 }] : [], reached: isStaffed ? bounded(byWait ? 0.86 : 100 * kHour) : none, at_best: isStaffed ? bounded(byWait ? 0.99 : 90 * kHour) : none, tried: isStaffed ? 7 : 0 } : null,
  };
}

export const performanceAnswers = {
  simulateRedesign: simulation,
  getPerformance: ({ params }) => ({
    cases: 900, steps: 4800, stored_cases: 900, stored_steps: 4800, level: params.level ?? 'touchpoint', of: params.of ?? 'journey', with_begin: 0, unfinished: 0,
    throughput: spread(60 * kHour, 900), waiting: spread(4 * kHour, 3900), service: spread(0, 0), cost: null,
    activities: [
      { activity: 'delivery', steps: 800, with_begin: 0, waiting: spread(30 * kHour, 800), service: spread(0, 0), share: 0.61 },
      { activity: 'product', steps: 900, with_begin: 0, waiting: spread(0, 0), service: spread(0, 0), share: 0 },
    ],
    edges: [{ from: 'order', to: 'delivery', waiting: spread(30 * kHour, 800), share: 0.61 }, { from: 'product', to: 'cart', waiting: spread(0.1 * kHour, 700), share: 0.02 }],
    rework: { ...bounded(0.12), cases: 108, of: 900, repeats: 190, throughput: gap(12 * kHour), items: [{ activity: 'cart', cases: 90, repeats: 140, self_loops: 20, extra: spread(2 * kHour, 90) }] },
    ...people(params),
    flow: { span_days: 1, arrived_a_day: 30, completed_a_day: 29.5, spans: Array.from({ length: 30 }, (_, at) => ({ day: `2026-11-${String(at + 1).padStart(2, '0')}`, arrived: 30 + (at % 5), completed: 28 + (at % 4) })) },
    rates: rates(params), comparison: comparison(params), parallel: [{ a: 'survey', b: 'contact', ab: 30, ba: 28 }],
    deviations: params.definition ? deviations() : null,
    told: { without_activity: 0, without_case: 0, without_time: 0, end_before_start: 0, never_completed: 0, other_transitions: 0, without_resource: 40, bad_costs: 0 },
  }),
};
