// Key drivers and indices: surveys answered by many, then seen in the console in both languages and sizes.
import { expect, kSizes, settled, shot, within } from './harness.mjs';

const kRating = { type: 'scale', least: 1, most: 5 };
const kDocument = {
  id: 'experience', title: { zh: '购物体验', en: 'Shopping experience' },
  pages: [{ id: 'p', questions: [
    { id: 'recommend', type: 'nps', text: { zh: '您有多大可能推荐我们？', en: 'How likely are you to recommend us?' } },
    { id: 'delivery', ...kRating, text: { zh: '送达速度', en: 'Speed of delivery' } },
    { id: 'price', ...kRating, text: { zh: '价格', en: 'Price' } },
    { id: 'staff', type: 'matrix', most: 5, text: { zh: '对员工的评价', en: 'How do you find our staff?' }, rows: [{ id: 'polite', text: { zh: '礼貌', en: 'Polite' } }, { id: 'able', text: { zh: '专业', en: 'Able to help' } }] },
    { id: 'flat', ...kRating, text: { zh: '从不变化', en: 'Never changes' } },
  ] }],
};

/** The same numbers every time. */
function dice(seed) {
  let state = seed;
  return (low, high) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return low + Math.floor((state / 2147483648) * (high - low + 1));
  };
}

let respondents = 0;
/** One response; pages in order, each with the answers to its questions. */
async function respond(service, link, document, answers) {
  respondents += 1;
  for (const page of document.pages) {
    const shown = page.questions.filter((one) => !one.show_if || one.show_if.in.includes(answers[one.show_if.question]));
    if (shown.length === 0) continue;
    const form = new URLSearchParams([['r', String(respondents).padStart(22, '0')], ['p', page.id], ['lang', 'en'], ...shown.map((one) => ['seen', one.id]), ...Object.entries(answers).filter(([key]) => shown.some((one) => one.id === key.split('.')[0])).map(([key, value]) => [`q.${key}`, String(value)]), ['go', 'next']]);
    const sent = await fetch(service.url + link, { method: 'POST', body: form, redirect: 'manual', headers: { 'X-Forwarded-For': `10.1.${Math.floor(respondents / 200)}.${respondents % 200}` } });
    expect(sent.status === 303, `page ${page.id} of a response: ${sent.status}`);
  }
}

async function answered({ api, service }, document, count, make) {
  const { id } = await api.post('/api/surveys', { document });
  await api.post(`/api/surveys/${id}/open`);
  const { items: [{ path }] } = await api.post(`/api/surveys/${id}/links`, { kind: 'public' });
  for (let i = 0; i < count; i += 1) await respond(service, path, document, make(i));
  await within(10_000, 'the responses are stored', async () => (await api.get(`/api/surveys/${id}/columns`)).responses === count);
  return id;
}

async function inBoth(page, name, path, open) {
  for (const language of ['en', 'zh']) {
    for (const [size, viewport] of Object.entries(kSizes)) {
      await page.setViewportSize(viewport);
      await open(path);
      await settled(page);
      await shot(page, `${name}.${size}.${language}`);
    }
    await page.getByTestId('language').click();
    await page.waitForFunction((before) => !document.documentElement.lang.startsWith(before), language);
  }
  await page.setViewportSize(kSizes.desktop);
}

export async function keyDrivers(test, open) {
  const { page, api } = test;
  await open('/drivers');
  await page.getByText(/No survey yet|No two questions that numbers answer/).waitFor();
  const next = dice(5);
  // A slow delivery costs much, a fast one gains little; courtesy moves too, the price does not.
  const id = await answered(test, kDocument, 240, () => {
    const delivery = next(1, 5);
    const polite = next(2, 5);
    const answers = { recommend: Math.min(10, Math.max(0, 7 + 2 * Math.min(delivery - 3, 0) + (polite - 3) + next(-2, 2))), delivery, price: next(1, 5), 'staff.polite': polite, 'staff.able': Math.min(5, Math.max(1, polite + next(-1, 1))), flat: 3 };
    if (next(1, 12) === 1) delete answers.price;
    return answers;
  });
  const drivers = 'delivery,price,staff.polite,staff.able';
  const found = await api.get(`/api/surveys/${id}/drivers?outcome=recommend&drivers=${drivers}`);
  await open(`/drivers?survey=${id}&range=all&outcome=recommend&drivers=${drivers}`);
  const explained = (await page.locator('.stat .value').first().innerText()).replace('%', '');
  expect(found.drivers[0].kind === 'must_be' && found.complete < found.responses, 'delivery is a must-be, and some leave the price out');
  expect(Math.abs(Number(explained) - 100 * found.r2) < 0.06, `R² on the page ${explained}, from the API ${found.r2}`);
  const first = page.locator('.panel .bar-row').first();
  expect((await first.innerText()).includes('Speed of delivery'), 'the strongest driver comes first');
  await page.locator('.chart svg text', { hasText: 'Concentrate here' }).waitFor();
  await page.getByText('Important, and weak: Speed of delivery').waitFor();
  await page.getByRole('button', { name: 'Definition of Weight' }).click();
  await page.getByText('Johnson (2000), Multivariate').waitFor();
  await page.keyboard.press('Escape');
  await inBoth(page, 'drivers', `/drivers?survey=${id}&range=all&outcome=recommend&drivers=${drivers}`, open);
  // What cannot be analysed is refused in words.
  test.watch.tolerates = (status) => status === 422;
  test.watch.expected = (text) => /status of 422/.test(text);
  await page.goto(`${page.url().split('/drivers')[0]}/drivers?survey=${id}&range=all&outcome=recommend&drivers=delivery,flat`);
  await page.getByText('These questions cannot be analysed together').waitFor();
  await page.getByText('constant: flat').waitFor();
  await shot(page, 'drivers.refused');
  delete test.watch.tolerates;
  delete test.watch.expected;
}

/** Twelve branches over eight months: satisfaction follows deliveries in time by a month, contacts annoy. */
async function branches({ api, service }) {
  const sources = await api.get('/api/sources');
  const { write_key: key } = await api.post(`/api/sources/${sources.items[0].id}/keys`, {});
  const next = dice(21);
  const batch = [];
  const track = (event, userId, month, day, unit, properties) => batch.push({ type: 'track', event, userId, messageId: `b${batch.length}`, timestamp: `2025-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T10:00:00Z`, properties: { unit, ...properties } });
  for (let branch = 0; branch < 12; branch += 1) {
    let before = 6;
    for (let month = 1; month <= 8; month += 1) {
      const quality = next(2, 10);
      for (let i = 0; i < 11; i += 1) {
        const who = `c${branch}-${month}-${i}`;
        const unit = `branch-${branch}`;
        const contacts = next(0, 4);
        track('Order Placed', who, month, 2, unit, { orderId: `o-${who}`, total: next(20, 90), currency: 'CNY', channel: 'web' });
        track('Order Delivered', who, month, 6, unit, { orderId: `o-${who}`, on_time: i < quality, channel: 'logistics' });
        for (let n = 0; n < contacts; n += 1) track('Contact Opened', who, month, 8, unit, { channel: 'call_center' });
        track('CSAT Answered', who, month, 20, unit, { instrument: 'csat', score: Math.min(5, Math.max(1, Math.round(2.4 + before / 4 + next(-6, 6) / 10 - 0.9 * Math.max(0, contacts - 2)))), channel: 'email' });
      }
      before = quality;
    }
  }
  for (let i = 0; i < batch.length; i += 400) {
    const sent = await fetch(`${service.url}/v1/batch`, { method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch: batch.slice(i, i + 400) }) });
    expect(sent.status === 200, `events of the branches: ${sent.status}`);
  }
}

export async function customersAndChain(test, open) {
  const { page, api } = test;
  await branches(test);
  const range = 'from=2025-01-01&to=2025-09-01';
  await within(15_000, 'the customers of the branches are stored', async () => (await api.get(`/api/drivers/customers/columns?${range}&outcome=csat`)).customers === 12 * 8 * 11);
  const customers = `/drivers?view=customers&range=custom&from=2025-01-01&to=2025-08-31&target=csat&moves=contacts,spend,on_time`;
  await open(customers);
  await page.getByText('What moves most with the outcome: Contacts with service').waitFor();
  await page.locator('.bar-row', { hasText: 'must-be' }).first().waitFor();
  await inBoth(page, 'drivers.customers', customers, open);
  const found = await api.get(`/api/drivers/chain?${range}&stages=on_time_share,csat_mean,log(revenue)`);
  expect(found.links[0].lag === 1 && found.links[0].interval[0] > 0, 'satisfaction follows deliveries by a month');
  const chain = '/drivers?view=chain&range=custom&from=2025-01-01&to=2025-08-31&stages=on_time_share,csat_mean,revenue';
  await open(chain);
  const link = page.locator('.chain-link').first();
  await link.getByText('after 1 month').waitFor();
  const shown = Number((await link.locator('b').innerText()).replace('−', '-').replace('+', ''));
  expect(Math.abs(shown - found.links[0].standardised) < 0.006, `the slope on the page ${shown}, from the API ${found.links[0].standardised}`);
  await page.getByText('Associations within units over time, not causes').waitFor();
  await inBoth(page, 'drivers.chain', chain, open);
  test.watch.tolerates = (status) => status === 422;
  test.watch.expected = (text) => /status of 422/.test(text);
  await open('/drivers?view=chain&range=custom&from=2025-01-01&to=2025-08-31&stages=on_time_share,csat_mean&by=channel');
  await page.getByText('The data cannot carry this chain yet').waitFor();
  await shot(page, 'drivers.chain.refused');
  delete test.watch.tolerates;
  delete test.watch.expected;
}

/** A template with its pages made one, so that a response is few requests; `alone`: the first page stays. */
async function whole(api, key, alone) {
  const { items } = await api.get('/api/surveys/templates');
  const document = structuredClone(items.find((one) => one.key === key).document);
  const head = alone ? [document.pages.shift()] : [];
  document.pages = [...head, { id: 'whole', questions: document.pages.flatMap((page) => page.questions).map((one) => ({ ...one, required: false })) }];
  return document;
}

function rated(document, rate) {
  return Object.fromEntries(document.pages.at(-1).questions.filter((one) => one.type !== 'text').flatMap((one) => (one.rows ? one.rows.map((row) => [`${one.id}.${row.id}`, rate(one)]) : [[one.id, rate(one)]])));
}

export async function indices(test, open) {
  const { page, api } = test;
  const next = dice(9);
  const servqual = await whole(api, 'servqual', false);
  const first = await answered(test, servqual, 24, () => rated(servqual, (one) => (one.id.startsWith('expected') ? next(5, 7) : one.id.startsWith('perceived-empathy') ? next(2, 5) : next(4, 7))));
  await open(`/surveys/${first}`);
  await page.getByText('Begin with Empathy').waitFor();
  const figures = page.locator('section, .panel', { hasText: 'Figures over time' }).last();
  await figures.locator('.ant-segmented-item', { hasText: 'Channel' }).click();
  await figures.locator('.ant-table-row-expand-icon').first().click();
  await figures.locator('dl.facts dd').first().waitFor();
  await shot(page, 'index.figures');
  await inBoth(page, 'index.servqual', `/surveys/${first}`, open);
  const gap = await whole(api, 'gap', true);
  const second = await answered(test, gap, 40, (i) => ({ role: ['customer', 'staff', 'manager', 'customer'][i % 4], ...rated(gap, (one) => (one.instrument === 'gap4' ? next(1, 4) : next(4, 7))) }));
  await open(`/surveys/${second}`);
  await page.getByText('More is promised than delivered').waitFor();
  await inBoth(page, 'index.gap', `/surveys/${second}`, open);
  const pyramid = await whole(api, 'pyramid', false);
  const third = await answered(test, pyramid, 30, () => rated(pyramid, (one) => (one.id === 'needs' ? next(3, 5) : next(2, 5))));
  await open(`/surveys/${third}`);
  await page.getByText('and a delight').first().waitFor();
  await inBoth(page, 'index.pyramid', `/surveys/${third}`, open);
}
