// Brand reputation: brands are put in, posts come, the page compares them, finds the burst and says why.
import { createServer } from 'node:http';
import { expect, kSizes, settled, shot, within } from './harness.mjs';

const kHourMs = 3_600_000;

/** Three weeks of two posts each eight hours, and forty angry ones in an hour of three days ago. */
function posts() {
  const now = Math.floor(Date.now() / kHourMs) * kHourMs;
  const out = [];
  const add = (at, comment, more = {}) => out.push({ type: 'track', event: 'Post Published', anonymousId: `p${out.length}`, messageId: `post-${out.length}`, timestamp: new Date(at).toISOString(), properties: { channel: 'social', platform: 'weibo', comment, ...more } });
  for (let hours = 21 * 24; hours > 0; hours -= 8) {
    add(now - hours * kHourMs, `Shanhai is a friendly shop, visit ${hours}`, { followers: 20, author: 'neighbour' });
    add(now - hours * kHourMs + 60_000, `Prefer Rival for vegetables, basket ${hours}`, { followers: 10 });
  }
  for (let n = 0; n < 40; ++n) add(now - 72 * kHourMs + n * 1000, n % 2 ? 'RT @angry: Shanhai freezer broken, rotten fish, terrible and no refund' : `Shanhai freezer broken again, awful fish ${n}`, { followers: 500, shares: 3, url: 'https://social.example/1' });
  return out;
}

async function putBrands(page) {
  await page.getByRole('button', { name: 'Brands' }).first().click();
  const drawer = page.locator('.ant-drawer');
  const first = drawer.getByTestId('brand-form').nth(0);
  await first.getByLabel('Name in English').fill('Shanhai');
  await first.getByLabel('Name in Chinese').fill('山海超市');
  await drawer.getByRole('button', { name: 'Add a brand' }).click();
  await drawer.getByTestId('brand-form').nth(1).getByLabel('Name in English').fill('Rival');
  await shot(page, 'reputation.brands');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await drawer.waitFor({ state: 'hidden' });
}

/** A gateway that takes every message: { url, taken, stop }. */
async function gateway() {
  const taken = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => { body += piece; });
    request.on('end', () => {
      taken.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, taken, stop: () => server.close() };
}

/** A burst in the running hour, told to whoever is named on the tab Bursts, once. */
async function tellOfBurst({ page, api, service, key }, open) {
  const inbox = await gateway();
  try {
    await api.post('/api/connectors', { kind: 'message_out', key: 'gate', name: 'Gateway', secrets: { secret: 'a secret of the gateway' }, settings: { url: inbox.url } });
    const now = Date.now();
    const batch = Array.from({ length: 40 }, (_, n) => ({
      type: 'track', event: 'Post Published', anonymousId: `rival-${n}`, messageId: `rival-${n}`, timestamp: new Date(now - n * 100).toISOString(),
      properties: { channel: 'social', platform: 'weibo', comment: `Rival sells mouldy bread, disgusting ${n}`, followers: 30 },
    }));
    await fetch(`${service.url}/v1/batch`, { method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch }) });
    await within(20_000, 'the burst is read', async () => (await api.get('/api/reputation')).mentions === 206);
    await open('/reputation?range=30d&view=bursts');
    await page.getByRole('button', { name: 'Tell somebody' }).click();
    const form = page.locator('.ant-modal');
    await form.getByLabel('Sent by').press('ArrowDown');
    await page.locator('.ant-select-item-option').filter({ hasText: 'Gateway' }).first().dispatchEvent('click');
    await form.getByLabel('Address').fill('pr@example.com');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'hidden' });
    await within(20_000, 'the message leaves', async () => (await api.get('/api/reputation/messages')).items.some((one) => one.state === 'sent'));
    await open('/reputation?range=30d&view=bursts');
    await page.locator('.ant-table-row').filter({ hasText: 'Rival' }).first().waitFor();
    await page.getByTestId('burst-recipient').evaluate((line) => line.scrollIntoView({ block: 'center' }));
    await shot(page, 'reputation.messages');
    expect(inbox.taken.length === 1 && inbox.taken[0].to === 'pr@example.com', `the gateway was written to: ${JSON.stringify(inbox.taken)}`);
  } finally {
    inbox.stop();
  }
}

export async function reputation({ page, api, service, key }, open) {
  await open('/reputation');
  await page.getByText('No brands yet').waitFor();
  await shot(page, 'reputation.empty');
  await putBrands(page);
  const { items } = await api.get('/api/reputation/brands');
  expect(items.length === 2 && items[0].own && items[0].key === 'shanhai' && !items[1].own, `brands are ${JSON.stringify(items)}`);
  const answer = await fetch(`${service.url}/v1/batch`, { method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch: posts() }) });
  expect(answer.status === 200, `posts are taken: ${answer.status}`);
  await within(20_000, 'posts are read', async () => (await api.get('/api/reputation')).mentions === 166);
  await open('/reputation?range=30d');
  await page.getByTestId('brand-table').getByText('Shanhai').waitFor();
  await page.locator('.chart svg').first().waitFor();
  await shot(page, 'reputation');
  await open('/reputation?range=30d&view=bursts');
  await page.getByTestId('burst').first().waitFor();
  await page.getByText('freezer').first().waitFor();
  await shot(page, 'reputation.bursts');
  await open('/reputation?range=30d&view=posts&order=posts');
  await page.getByTestId('spread').first().waitFor();
  expect((await page.locator('main tbody tr.ant-table-row').first().innerText()).includes('20'), 'the text that was repeated comes first, with its spread');
  expect(await page.locator('.named-brand').count() > 0, 'the brand is marked');
  await shot(page, 'reputation.posts');
  await tellOfBurst({ page, api, service, key }, open);
  await page.setViewportSize(kSizes.phone);
  for (const view of ['overview', 'bursts', 'posts']) {
    await open(`/reputation?range=30d&view=${view}`);
    await settled(page);
    await shot(page, `reputation.${view}.phone`);
  }
  await page.setViewportSize(kSizes.desktop);
}
