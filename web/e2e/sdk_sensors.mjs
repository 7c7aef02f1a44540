// The public Sensors Analytics SDK of the browser (1.26.17, the last one under Apache-2.0), unchanged: only its server
// address is ours. Steps of the suite in sdk.mjs.
import { expect, within } from './harness.mjs';

const named = (events, name) => events.filter((event) => event.name === name);
const kCounter = { clickmap: 'not_collect', scroll_notice_map: 'not_collect' };

/** The page's script with the SDK's own settings `more`. */
const loader = (suite, more = {}) => {
  const settings = { server_url: `${suite.service.url}/sa?project=${suite.key}`, show_log: false, heatmap: kCounter, ...more };
  return `import analytics from 'sa-sdk-javascript';\nanalytics.init(${JSON.stringify(settings)});`;
};

const sent = (suite, before, path) => suite.proxy.seen.slice(before).filter((one) => one.path.startsWith(path) && one.status === 200);

/** One event by each way of sending, and each once. */
export async function sensorsWays(suite) {
  for (const [way, method, settings] of [
    ['image', 'GET', { send_type: 'image' }],
    ['ajax', 'POST', { send_type: 'ajax' }],
    ['beacon', 'POST', { send_type: 'beacon' }],
    ['batch', 'POST', { batch_send: { send_interval: 300, datasend_timeout: 3000, storage_length: 50 } }],
  ]) {
    const before = suite.proxy.seen.length;
    const { page, close } = await suite.visit(loader(suite, settings));
    await page.evaluate((by) => window.analytics.track('Way Used', { by, price: 12.5 }), way);
    const events = await suite.arrived(`the event by ${way}`, (all) => named(all, 'Way Used').some((event) => event.properties.by === way));
    await close();
    const own = named(events, 'Way Used').filter((event) => event.properties.by === way);
    expect(own.length === 1 && own[0].channel === 'web' && own[0].properties.price === '12.5', `${way}: ${JSON.stringify(own)}`);
    const requests = sent(suite, before, '/sa');
    expect(requests.length > 0 && requests.every((one) => one.method === method), `${way}: ${JSON.stringify(requests.map((one) => [one.method, one.path.slice(0, 30)]))}`);
  }
}

/** A visitor browses, signs in and is described: one customer, with what the operations come to. */
export async function sensorsCustomer(suite) {
  const { page, close } = await suite.visit(loader(suite, { send_type: 'ajax' }));
  await page.evaluate(() => {
    const { analytics } = window;
    analytics.quick('autoTrack');
    analytics.track('Before Login', { sku: 'P-1' });
    analytics.login('sensors-user-1');
    analytics.track('After Login');
    analytics.setProfile({ plan: 'gold', city: '杭州' });
  });
  // Each call is a request of its own, and they may overtake each other: what builds on another waits for it.
  await suite.arrived('the first description', (all) => all.some((event) => event.type === 'identify'));
  await page.evaluate(() => {
    const { analytics } = window;
    analytics.setOnceProfile({ plan: 'silver', first_channel: 'web' });
    analytics.incrementProfile({ visits: 2 });
    analytics.incrementProfile({ visits: 3 });
    analytics.appendProfile({ tags: ['shoes'] });
    analytics.unsetProfile(['city']);
  });
  const wanted = ['Before Login', 'After Login'];
  const events = await suite.arrived('one customer before and after the sign-in', (all) => {
    const found = wanted.flatMap((name) => named(all, name));
    return found.length === 2 && found[0].customer_id === found[1].customer_id && all.filter((event) => event.customer_id === found[0].customer_id && event.type === 'identify').length >= 6;
  });
  await close();
  const [order] = named(events, 'After Login');
  const own = events.filter((event) => event.customer_id === order.customer_id);
  expect(own.some((event) => event.type === 'page' && event.name === 'Shop · 首页'), `the automatic page view: ${own.map((event) => event.name)}`);
  expect(own.some((event) => event.type === 'alias'), 'the sign-in is an alias');
  const { traits, identifiers } = await suite.api.get(`/api/customers/${order.customer_id}`);
  const value = (key) => traits.find((trait) => trait.key === key)?.value;
  expect(identifiers.some((item) => item.kind === 'user_id'), `identifiers: ${JSON.stringify(identifiers)}`);
  expect(value('plan') === 'gold' && value('first_channel') === 'web' && value('visits') === '5' && value('tags') === '["shoes"]' && value('city') === undefined, `traits: ${JSON.stringify(traits)}`);
}

/** Products as the SDK describes them: the latest description counts, and what is deleted is gone. */
export async function sensorsItems(suite) {
  const { page, close } = await suite.visit(loader(suite, { send_type: 'ajax' }));
  const items = (more = '') => suite.api.get(`/api/items?type=sdk_product${more}`).then((answer) => answer.items);
  await page.evaluate(() => {
    window.analytics.setItem('sdk_product', 'P-1', { name: '跑鞋', price: 399 });
    window.analytics.setItem('sdk_product', 'P-2', { name: 'Hat' });
  });
  await within(8_000, 'two items', async () => (await items()).length === 2);
  await page.evaluate(() => {
    window.analytics.setItem('sdk_product', 'P-1', { name: '跑鞋', price: 349 });
    window.analytics.deleteItem('sdk_product', 'P-2');
  });
  const [shoe] = await within(8_000, 'one item with its new price', async () => {
    const found = await items();
    return found.length === 1 && found[0].properties.price === '349' ? found : null;
  });
  await close();
  expect(shoe.id === 'P-1' && shoe.properties.name === '跑鞋', JSON.stringify(shoe));
  expect((await items('&gone=true')).some((item) => item.id === 'P-2' && item.gone), 'what was deleted is shown on request');
}
