// Reaching customers: a round with its preview and links, a QR code, and the survey in a page of somebody else.
import { createServer } from 'node:http';
import { agree, expect, kSizes, settled, shot, within } from './harness.mjs';

async function openSurvey(api, document) {
  const made = await api.post('/api/surveys', document);
  await api.post(`/api/surveys/${made.id}/open`, {});
  return made.id;
}

/** Customers to ask: each with an order. */
async function customers(api, service, names) {
  const sources = await api.get('/api/sources');
  const { write_key: key } = await api.post(`/api/sources/${sources.items[0].id}/keys`, {});
  await fetch(`${service.url}/v1/batch`, {
    method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ batch: names.map((name) => ({ type: 'track', event: 'Round Order', userId: name, messageId: `round-${name}` })) }),
  });
  await within(10_000, 'their orders', async () => (await api.get('/api/events?name=Round%20Order')).items.length === names.length);
}

export async function rounds({ page, service, api }, open) {
  await customers(api, service, ['r-anna', 'r-bo', 'r-chen']);
  const id = await openSurvey(api, { template: 'csat', key: 'rounds' });
  await open(`/surveys/${id}`);
  await page.getByText('No round yet').waitFor();
  await page.getByRole('button', { name: 'New round' }).click();
  const form = page.locator('.ant-modal');
  await form.getByLabel('Name').fill('first wave');
  await form.getByLabel('Which customers').fill("name = 'Round Order'");
  await form.getByLabel('By chance, at most').fill('2');
  await form.getByRole('button', { name: 'Preview' }).click();
  await form.getByText('Will be asked').waitFor();
  await shot(page, 'round.preview');
  await form.getByRole('button', { name: 'Make the round' }).click();
  await form.waitFor({ state: 'hidden' });
  await page.getByRole('cell', { name: 'first wave' }).waitFor();
  const download = page.waitForEvent('download');
  await agree(page, page.getByRole('button', { name: 'Links (CSV)' }));
  expect((await download).suggestedFilename().endsWith('.csv'), 'the links come as a file');
  await page.getByText('links were told').waitFor();
  const { items } = await api.get(`/api/surveys/${id}/rounds`);
  expect(items[0].funnel.sent === 2 && items[0].outcome.left.some((one) => one.why === 'not_drawn'), 'two of three were drawn');
  await page.locator('.ant-table-row-expand-icon').first().click();
  await settled(page);
  await shot(page, 'round.list');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'round.phone');
  await page.setViewportSize(kSizes.desktop);
  await page.getByRole('button', { name: 'Public link' }).click();
  await page.getByRole('button', { name: 'QR code' }).first().click();
  await page.getByRole('img', { name: /^QR code of http/ }).waitFor();
  await shot(page, 'survey.qr');
  const svg = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as SVG' }).click();
  expect((await svg).suggestedFilename().endsWith('.svg'), 'the code comes as SVG');
  const png = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as PNG' }).click();
  expect((await png).suggestedFilename().endsWith('.png'), 'the code comes as PNG');
  await page.keyboard.press('Escape');
}

/** Staff begin to enter the answers of a customer who was asked a moment ago. */
export async function interview({ page, api }, open) {
  const events = await api.get('/api/events?name=Round%20Order');
  await open(`/customers/${events.items[0].customer_id}`);
  await page.getByRole('button', { name: 'Interview' }).click();
  const survey = page.locator('.ant-modal').getByRole('combobox').first();
  await survey.press('ArrowDown');
  await survey.press('Enter');
  await page.getByRole('button', { name: 'Begin' }).click();
  const link = page.getByRole('link', { name: 'Open the survey' });
  await link.waitFor();
  expect(/^\/s\/[\w-]{22}\?lang=en$/.test(await link.getAttribute('href')), 'the link leads to the page of the survey');
  await shot(page, 'interview');
}

/** A page of somebody else, with a policy of its own that allows the service and no inline styles. */
async function host(html, service) {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', `default-src 'none'; script-src ${service}; frame-src ${service}`);
    response.end(request.url === '/' ? html() : '');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => new Promise((done) => server.close(done)) };
}

export async function widget({ page, service, api }) {
  let token = '';
  const shop = await host(() => `<!doctype html><html lang="zh-CN"><body><h1>Shop</h1><a href="#x">first</a><script src="${service.url}/widget.js" data-survey="${token}"></script></body></html>`, service.url);
  const context = await page.context().browser().newContext({ viewport: kSizes.phone, locale: 'en-GB' });
  try {
    const document = { id: 'framed', title: { zh: '满意吗', en: 'Satisfied?' }, origins: [shop.url], pages: [{ id: 'p', questions: [{ id: 'q', type: 'nps', text: { zh: '推荐吗？', en: 'Recommend?' } }] }] };
    const id = await openSurvey(api, { document });
    token = (await api.post(`/api/surveys/${id}/links`, { kind: 'public' })).items[0].path.slice(3);
    const guest = await context.newPage();
    const problems = [];
    guest.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await guest.goto(`${shop.url}/`);
    const button = guest.getByRole('button', { name: '意见反馈' });
    await button.focus();
    await guest.keyboard.press('Enter');
    const dialog = guest.getByRole('dialog', { name: '意见反馈' });
    await dialog.waitFor();
    const frame = guest.frameLocator('dialog iframe');
    await frame.getByText('推荐吗？').waitFor();
    await shot(guest, 'widget');
    for (let i = 0; i < 30; i += 1) {
      await guest.keyboard.press('Tab');
      const outside = await guest.evaluate(() => document.activeElement?.matches('h1, a, body > button') ?? false);
      expect(!outside, 'the focus stays in the dialog');
    }
    await frame.getByRole('radio', { name: '9', exact: true }).check({ force: true });
    await frame.getByRole('button', { name: '继续' }).click();
    await frame.getByText('您的回答已收到').waitFor();
    await dialog.getByRole('button', { name: '关闭' }).focus();
    await guest.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await button.evaluate((node) => node === document.activeElement), 'the focus is back on the button');
    const kept = await guest.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length].join());
    expect(kept === ',0,0' && (await context.cookies()).length === 0, 'nothing is kept');
    expect(problems.length === 0, `no complaint of the browser: ${problems.join(' | ')}`);
    await within(5_000, 'the answer', async () => (await api.get(`/api/surveys/${id}/results`)).funnel.completed === 1);
    await refused(context, service, token);
  } finally {
    await context.close();
    await shop.close();
  }
}

/** A site that the survey does not name gets an empty frame. */
async function refused(context, service, token) {
  const other = await host(() => `<!doctype html><body><script src="${service.url}/widget.js" data-survey="${token}" data-open="now"></script></body>`, service.url);
  try {
    const guest = await context.newPage();
    const said = [];
    guest.on('console', (message) => said.push(message.text()));
    await guest.goto(`${other.url}/`);
    await guest.locator('dialog[open]').waitFor();
    await within(5_000, 'the refusal', () => said.some((text) => text.includes('frame-ancestors')));
  } finally {
    await other.close();
  }
}
