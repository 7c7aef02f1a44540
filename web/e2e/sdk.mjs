// Drives the public SDKs, unchanged, against a server: @segment/analytics-next in Chromium by the snippet that the
// Data page shows, @segment/analytics-node, and sa-sdk-javascript. Only their host settings are ours. What arrived is
// asked of the API.  node web/e2e/sdk.mjs --bin build/release
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Analytics } from '@segment/analytics-node';
import { rolldown } from 'rolldown';
import { expect, launch, report, settled, step, Watch, within } from './harness.mjs';
import { startProxy, startShop } from './proxy.mjs';
import { sensorsCustomer, sensorsItems, sensorsWays } from './sdk_sensors.mjs';
import { Api, binFolder, startService } from './service.mjs';

const kWeb = join(dirname(fileURLToPath(import.meta.url)), '..');
const kHour = 3_600_000;

/** A page's script from a snippet, as a shop's build would make it; `analytics` is then within the test's reach. */
async function bundle(snippet) {
  const entry = '\0snippet';
  const build = await rolldown({
    input: entry, logLevel: 'silent',
    plugins: [{
      name: 'snippet',
      resolveId(id, importer) {
        return id === entry ? id : importer === entry ? this.resolve(id, join(kWeb, 'index.html')) : null;
      },
      load: (id) => (id === entry ? `${snippet}\nwindow.analytics = analytics;\n` : null),
    }],
  });
  const { output } = await build.generate({ format: 'esm', codeSplitting: false });
  return output[0].code;
}

/** The snippet on the Data page, with a fresh key, as a developer finds and copies it. */
async function readSnippet(page, service) {
  await page.goto(`${service.url}/data`);
  await settled(page);
  await page.getByTestId('source-keys').first().click();
  await page.getByTestId('new-key').first().click();
  const dialog = page.locator('.ant-modal');
  const key = (await dialog.locator('.snippet pre').first().innerText()).trim();
  await dialog.getByRole('tab', { name: /Browser/ }).click();
  const snippet = await dialog.locator('[role=tabpanel]:visible .snippet pre', { hasText: 'AnalyticsBrowser' }).innerText(); // not the tab before it
  await dialog.getByRole('button', { name: /kept/i }).click();
  expect(snippet.includes(key) && snippet.includes(service.url), 'the snippet names the key and this server');
  return { key, snippet };
}

const named = (events, name) => events.filter((event) => event.name === name);
const typed = (events, type) => events.filter((event) => event.type === type);
const customersOf = (events) => [...new Set(events.map((event) => event.customer_id))];
/** Each kind of call, all of the customer of this event: merges follow their events by a moment. */
const allCalls = (events, one) => one && ['track', 'page', 'screen', 'identify', 'group', 'alias'].every((type) => typed(events, type).some((event) => event.customer_id === one.customer_id));
const near = (event, at) => Math.abs(Date.parse(event.at) - at) < 60_000;

class Suite {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** A visitor of the shop with a browser profile of their own. `late`: their clock is that much ahead, ms. */
  async visit(snippet, { late = 0 } = {}) {
    this.shop.run(await bundle(snippet.replaceAll(this.service.url, this.proxy.url)));
    const context = await this.browser.newContext();
    const page = await context.newPage();
    this.watch.attach(page);
    if (late !== 0) {
      await page.addInitScript((ahead) => {
        const now = Date.now.bind(Date);
        const Own = Date;
        window.Date = class extends Own {
          constructor(...given) {
            super(...(given.length > 0 ? given : [now() + ahead]));
          }

          static now() {
            return now() + ahead;
          }
        };
      }, late);
    }
    await page.goto(`${this.shop.url}/cart?utm_source=mail`);
    await page.waitForFunction(() => window.analytics);
    return { page, close: () => context.close() };
  }

  arrived = (what, test, query) => within(8_000, what, async () => {
    const events = await this.api.events(query);
    return test(events) ? events : null;
  });

  async snippet() {
    const started = Date.now();
    const { page, close } = await this.visit(this.text);
    const events = await this.arrived('the three calls of the snippet', (all) => all.length >= 3 && customersOf(all).length === 1);
    await close();
    const [order] = named(events, 'Order Completed');
    expect(order.channel === 'web' && order.case_id === 'A-1' && order.amount.minor === '19900' && order.amount.currency === 'CNY', `the order's fields: ${JSON.stringify(order)}`);
    expect(near(order, started), `the time of the order: ${order.at}`);
    expect(typed(events, 'page').length === 1 && typed(events, 'identify').length === 1 && events.length === 3, `one of each: ${events.map((event) => event.type)}`);
    const customer = await this.api.get(`/api/customers/${order.customer_id}`);
    const kinds = customer.identifiers.map((item) => item.kind);
    expect(['user_id', 'email'].every((kind) => kinds.includes(kind)), `identifiers: ${kinds}`);
    expect(!JSON.stringify(customer).includes('li.hua@example.com'), 'the e-mail address is masked');
    const asked = this.proxy.seen;
    expect(asked.some((one) => one.path.endsWith('/settings') && one.status === 200), 'the SDK asked for its settings');
    expect(asked.filter((one) => one.method === 'POST').every((one) => one.headers['content-type'].startsWith('text/plain')), 'bodies are text/plain');
    expect(['/v1/p', '/v1/i', '/v1/t'].every((path) => asked.some((one) => one.path === path && one.status === 200)), 'the short paths were called');
    expect(!page.url().includes('undefined'), 'the page lives');
  }

  async browserCalls() {
    const { page, close } = await this.visit(this.loader());
    await page.evaluate(async () => {
      const { analytics } = window;
      await analytics.track('Browser Track', { store: 'north', nested: { a: 1 }, list: [1, 2], session_id: 's-1' });
      await analytics.page('Shop', 'Browser Page', { floor: 2 });
      await analytics.screen('Browser Screen', { floor: 3 });
      await analytics.identify('browser-1', { name: 'Wang Xiaoming', phone: '13926487153', plan: 'gold' });
      await analytics.group('org-9', { industry: 'retail' });
      await analytics.alias('browser-1-new', 'browser-1');
    });
    const events = await this.arrived('six calls', (all) => allCalls(all, named(all, 'Browser Track')[0]));
    await close();
    const [track] = named(events, 'Browser Track');
    expect(track.type === 'track' && track.unit === 'north' && track.properties['nested.a'] === '1' && track.properties.list === '[1,2]', `track: ${JSON.stringify(track)}`);
    const [shown] = named(events, 'Browser Page');
    expect(shown.type === 'page' && shown.properties.floor === '2' && shown.properties.category === 'Shop' && shown.properties.path === '/cart' && shown.properties.title === 'Shop · 首页', `page: ${JSON.stringify(shown)}`);
    const [screen] = named(events, 'Browser Screen');
    expect(screen.type === 'screen' && screen.properties.floor === '3' && screen.channel === 'web', `screen: ${JSON.stringify(screen)}`);
    const [group] = typed(events, 'group');
    expect(group.properties.group_id === 'org-9', `group: ${JSON.stringify(group)}`);
    const own = events.filter((event) => event.customer_id === track.customer_id);
    expect(['track', 'page', 'screen', 'identify', 'group', 'alias'].every((type) => typed(own, type).length > 0), `all calls are of one customer: ${own.map((event) => event.type)}`);
    const customer = await this.api.get(`/api/customers/${track.customer_id}`);
    expect(customer.traits.some((trait) => trait.key === 'plan' && trait.value === 'gold'), `traits: ${JSON.stringify(customer.traits)}`);
    expect(customer.traits.some((trait) => trait.key === 'group_id' && trait.value === 'org-9'), `the member knows the group: ${JSON.stringify(customer.traits)}`);
    const groups = await this.api.get('/api/items?type=group&q=org-9');
    expect(groups.items.length === 1 && groups.items[0].properties.industry === 'retail', `the group is described: ${JSON.stringify(groups)}`);
    expect(customer.identifiers.some((item) => item.kind === 'phone') && !JSON.stringify(customer).includes('13926487153'), 'the phone number is an identifier, masked');
  }

  loader = (settings = '') => `import { AnalyticsBrowser } from '@segment/analytics-next';
const analytics = AnalyticsBrowser.load({ writeKey: '${this.key}', cdnURL: '${this.service.url}' }${settings && `, ${settings}`});`;

  async browserBatch() {
    const before = this.proxy.seen.length;
    const { page, close } = await this.visit(this.loader("{ integrations: { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 4, timeout: 500 } } } } }"));
    await page.evaluate(() => Promise.all([1, 2, 3, 4].map((number) => window.analytics.track('Batched', { number }))));
    const events = await this.arrived('a batch of four', (all) => named(all, 'Batched').length === 4);
    await close();
    expect(new Set(named(events, 'Batched').map((event) => event.properties.number)).size === 4, 'each call of the batch once');
    const sent = this.proxy.seen.slice(before).filter((one) => one.path === '/v1/b' && one.method === 'POST');
    expect(sent.length === 1 && sent[0].status === 200, `one request to /v1/b: ${JSON.stringify(sent)}`);
  }

  async browserRetry() {
    const dropped = await this.dropped();
    const { page, close } = await this.visit(this.loader());
    await page.evaluate(() => window.analytics.ready());
    this.watch.losing = true;
    this.proxy.lose(2, '503');
    await page.evaluate(() => void window.analytics.track('Sent Again', { place: 'browser' }));
    await within(15_000, 'the SDK sends again', () => this.proxy.left() === 0);
    await this.arrived('the event', (all) => named(all, 'Sent Again').length > 0);
    await within(15_000, 'the repeat is dropped', async () => (await this.dropped()) >= dropped + 2);
    this.watch.losing = false;
    await close();
    const events = named(await this.api.events(), 'Sent Again');
    expect(events.length === 1, `stored ${events.length} times`);
    expect(this.proxy.seen.some((one) => one.headers['x-retry-count']), 'the retry says that it is one');
  }

  async clock() {
    const { page, close } = await this.visit(this.loader(), { late: 5 * kHour });
    await page.evaluate(() => window.analytics.track('From The Future'));
    const events = await this.arrived('the event', (all) => named(all, 'From The Future').length === 1);
    await close();
    expect(near(named(events, 'From The Future')[0], Date.now()), `five hours ahead, stored at ${named(events, 'From The Future')[0].at}`);
  }

  async anonymousToKnown() {
    const person = async (anonymous, known) => {
      const { page, close } = await this.visit(this.loader());
      await page.evaluate(async ([first, then]) => {
        await window.analytics.track(first);
        await window.analytics.identify('traveller-7', { loyalty_id: 'L-700700' });
        await window.analytics.track(then);
      }, [anonymous, known]);
      await close();
    };
    await person('Laptop Visit', 'Laptop Order');
    await person('Phone Visit', 'Phone Order');
    const names = ['Laptop Visit', 'Laptop Order', 'Phone Visit', 'Phone Order'];
    const events = await this.arrived('one customer of two browsers', (all) => {
      const found = names.flatMap((name) => named(all, name));
      return found.length === 4 && customersOf(found).length === 1;
    });
    const { items } = await this.api.get('/api/customers?q=traveller-7');
    expect(items.length === 1 && items[0].id === named(events, 'Laptop Visit')[0].customer_id, 'the search finds that one customer');
  }

  node = (settings = {}) => {
    const analytics = new Analytics({ writeKey: this.key, host: this.proxy.url, flushInterval: 100, ...settings });
    this.failures = [];
    analytics.on('error', (error) => this.failures.push(error.reason ?? error));
    return analytics;
  };

  async nodeCalls() {
    const analytics = this.node();
    const who = { userId: 'node-1' };
    analytics.track({ ...who, event: 'Node Track', properties: { total: 12.5, currency: 'EUR', order_id: 'N-1', channel: 'store' } });
    analytics.track({ ...who, event: 'Node History', timestamp: new Date('2026-01-02T03:04:05Z') });
    analytics.page({ ...who, name: 'Node Page', properties: { url: 'https://shop.example/x' } });
    analytics.screen({ ...who, name: 'Node Screen' });
    analytics.identify({ ...who, traits: { city: 'Hangzhou', email: 'n1@example.com' } });
    analytics.group({ ...who, groupId: 'org-10' });
    analytics.alias({ ...who, previousId: 'node-anonymous-1' });
    analytics.track({ anonymousId: 'node-anonymous-1', event: 'Node Before' });
    await analytics.closeAndFlush();
    expect(this.failures.length === 0, `the SDK reports: ${this.failures}`);
    const events = await this.arrived('eight calls', (all) => named(all, 'Node Before')[0] && named(all, 'Node Before')[0].customer_id === named(all, 'Node Track')[0]?.customer_id && allCalls(all, named(all, 'Node Track')[0]));
    const [track] = named(events, 'Node Track');
    expect(track.amount.minor === '1250' && track.amount.currency === 'EUR' && track.case_id === 'N-1' && track.channel === 'store', `track: ${JSON.stringify(track)}`);
    expect(named(events, 'Node History')[0].at.startsWith('2026-01-02T03:04:05'), `an old time is kept: ${named(events, 'Node History')[0].at}`);
    const own = events.filter((event) => event.customer_id === track.customer_id);
    expect(own.length === 8 && ['track', 'page', 'screen', 'identify', 'group', 'alias'].every((type) => typed(own, type).length > 0), `eight events of one customer: ${own.map((event) => event.name || event.type)}`);
  }

  async nodeRetry() {
    const dropped = await this.dropped();
    const analytics = this.node({ maxRetries: 5 });
    this.proxy.lose(2, 'drop');
    for (let number = 0; number < 20; number += 1) analytics.track({ userId: 'node-2', event: 'Node Again', properties: { number } });
    await analytics.closeAndFlush();
    expect(this.failures.length === 0, `the SDK reports: ${this.failures}`);
    await within(10_000, 'the repeats are dropped', async () => (await this.dropped()) >= dropped + 20);
    const events = named(await this.api.events(), 'Node Again');
    expect(events.length === 20 && new Set(events.map((event) => event.properties.number)).size === 20, `20 calls, stored ${events.length}`);
  }

  async nodeGzip() {
    const analytics = this.node({
      httpClient: (url, options) => fetch(url, { ...options, body: gzipSync(options.body), headers: { ...options.headers, 'Content-Encoding': 'gzip' } }),
    });
    for (let number = 0; number < 50; number += 1) analytics.track({ userId: 'node-3', event: 'Node Zipped', properties: { number, filler: 'x'.repeat(400) } });
    await analytics.closeAndFlush();
    expect(this.failures.length === 0, `the SDK reports: ${this.failures}`);
    await this.arrived('50 zipped calls', (all) => named(all, 'Node Zipped').length === 50);
    const sent = this.proxy.seen.filter((one) => one.headers['content-encoding'] === 'gzip');
    expect(sent.length > 0 && sent.every((one) => one.bytes < 5_000), 'the bodies were compressed');
  }

  async nodeTooLarge() {
    const analytics = this.node();
    analytics.track({ userId: 'node-4', event: 'Node Large', properties: { filler: 'y'.repeat(31 * 1024) } });
    await analytics.closeAndFlush();
    await this.arrived('an event of just under 32 KB', (all) => named(all, 'Node Large').length === 1);
    const answer = await fetch(`${this.service.url}/v1/track`, {
      method: 'POST', headers: { Authorization: `Basic ${btoa(`${this.key}:`)}` },
      body: JSON.stringify({ userId: 'node-4', event: 'Node Huge', properties: { filler: 'y'.repeat(40 * 1024) } }),
    });
    const problem = await answer.json();
    expect(answer.status === 400 && problem.code === 'event_too_large', `${answer.status} ${problem.code}`);
  }

  async dropped() {
    const { items } = await this.api.get('/api/sources');
    const counts = await Promise.all(items.map((source) => this.api.get(`/api/sources/${source.id}/stats`)));
    return counts.reduce((sum, count) => sum + count.dropped, 0);
  }
}

const kSteps = [
  ['the snippet of the Data page, unchanged', 'snippet'],
  ['browser: track, page, screen, identify, group, alias', 'browserCalls'],
  ['browser: batching', 'browserBatch'],
  ['browser: a call sent three times is stored once', 'browserRetry'],
  ['browser: a clock five hours ahead is corrected', 'clock'],
  ['browser: two anonymous visitors become one customer', 'anonymousToKnown'],
  ['node: all calls, in one batch', 'nodeCalls'],
  ['node: batches whose answers are lost are stored once', 'nodeRetry'],
  ['node: gzip', 'nodeGzip'],
  ['node: the size limit of an event', 'nodeTooLarge'],
  ['sensors: by picture, ajax, beacon and batch', sensorsWays],
  ['sensors: items are set, changed and deleted', sensorsItems],
  ['sensors: views, sign-in and profile changes are one customer', sensorsCustomer],
];

/** The console's own rules, but the shop's page logs the answers that the proxy loses. */
class SdkWatch extends Watch {
  expected(text) {
    return this.losing && /503|Failed to load/.test(text);
  }

  tolerates() {
    return this.losing;
  }
}

async function main() {
  const browser = await launch();
  if (!browser) {
    console.log('Chromium is not installed (apt-get install chromium).\n0 passed, 0 failed, 1 skipped');
    return 0;
  }
  const watch = new SdkWatch();
  const service = await startService(binFolder());
  const [proxy, shop] = [await startProxy(service.port), await startShop()];
  try {
    const api = new Api(service.url);
    await api.setUp(service.setupUrl);
    const suite = new Suite({ browser, watch, service, proxy, shop, api });
    const ready = await step('the Data page shows the snippet with a fresh key', watch, async () => {
      const context = await browser.newContext({ locale: 'en-GB' });
      const page = await context.newPage();
      await page.goto(`${service.url}/sign-in`);
      await page.locator('input').nth(0).fill('owner');
      await page.locator('input').nth(1).fill('correct horse battery');
      await page.locator('button[type=submit]').click();
      await page.waitForSelector('main#content h1');
      watch.attach(page);
      const { key, snippet } = await readSnippet(page, service);
      Object.assign(suite, { key, text: snippet });
      await context.close();
    });
    if (ready) for (const [name, method] of kSteps) await step(name, watch, () => (typeof method === 'string' ? suite[method]() : method(suite)));
  } finally {
    await browser.close();
    await proxy.close();
    await shop.close();
    await service.stop();
  }
  return report();
}

process.exitCode = await main();
