// Spending of two channels is imported beside two years of orders, and the tab Budget says what each of them brings.
import { expect, kSizes, pick, settled, shot, within } from './harness.mjs';

const kWeeks = 104;
const kDay = 86_400_000;

/** Numbers between 0 and 1, the same each time. */
function chances() {
  let state = 20_261_201;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** As 2026-W09, of its Monday: a week belongs to the year of its Thursday (ISO 8601). */
function isoWeek(monday) {
  const thursday = new Date(monday + 3 * kDay);
  const number = 1 + Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * kDay));
  return `${thursday.getUTCFullYear()}-W${String(number).padStart(2, '0')}`;
}

/** The Mondays of whole weeks that are over, and what was spent in each. Television brings more and more slowly more; mail little. */
function weeks() {
  const next = chances();
  const today = new Date(new Date().toISOString().slice(0, 10)).getTime();
  const monday = today - ((new Date(today).getUTCDay() + 6) % 7) * kDay;
  return Array.from({ length: kWeeks }, (_, n) => {
    const tv = Math.round(20 + 480 * next()), mail = Math.round(5 + 95 * next());
    return { monday: monday - (kWeeks - n) * 7 * kDay, tv, mail, orders: Math.round(8 + 24 * (1 - Math.exp(-tv / 150)) + 0.06 * mail + 3 * (next() - 0.5)) };
  });
}

async function orders(api, service, key, all) {
  const events = all.flatMap(({ monday, orders: n }, week) => Array.from({ length: n }, (_, i) => (
    { type: 'track', event: 'Order Completed', userId: `bu-${week}-${i}`, messageId: `budget-${week}-${i}`, timestamp: new Date(monday + (1 + (i % 5)) * kDay + 43_200_000).toISOString(), properties: { channel: 'web', orderId: `bu-${week}-${i}` } })));
  for (let at = 0; at < events.length; at += 500) {
    const answer = await fetch(`${service.url}/v1/batch`, { method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch: events.slice(at, at + 500) }) });
    expect(answer.status === 200, `orders are taken: ${answer.status}`);
  }
  const last = all.at(-1).orders;
  await within(20_000, 'the last of the orders', async () => (await api.get(`/api/customers?q=bu-${kWeeks - 1}-${last - 1}`)).items.length === 1);
}

export async function budget({ page, api, service, key }, open) {
  const all = weeks();
  await orders(api, service, key, all);
  await open('/channels?view=budget&range=all');
  await page.getByText('No spending yet').first().waitFor();
  const csv = ['channel,period,spend,currency', ...all.flatMap(({ monday, tv, mail }) => {
    return [`tv,${isoWeek(monday)},${tv},CNY`, `mail,${isoWeek(monday)},${mail},CNY`];
  })].join('\n');
  await page.locator('input[type=file]').setInputFiles({ name: 'spending.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await page.getByText(`${2 * kWeeks} entries stored`).waitFor();
  await pick(page, 'Outcome', 'Orders');
  const found = page.getByTestId('budget-found');
  await found.locator('figure').nth(1).waitFor();
  const said = await api.get('/api/channels/budget?outcome=orders&grain=week');
  const tv = said.channels.find((one) => one.channel === 'tv');
  expect(said.answered && tv.share.low > 0 && tv.share.low < tv.share.value && tv.share.value < tv.share.high, `television brings something, within an interval: ${JSON.stringify(tv)}`);
  expect(await found.locator('tbody tr.ant-table-row').count() === 2, 'a row for each channel');
  await settled(page);
  await shot(page, 'budget');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'budget.phone');
  await page.setViewportSize(kSizes.desktop);
}
