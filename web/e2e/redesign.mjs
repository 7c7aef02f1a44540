// A redesign is asked for with other working hours, costs and a target; a simulation that takes long is stopped.
import { expect, kSizes, pick, settled, shot, within } from './harness.mjs';

/** Thirty orders of the last days, each paid an hour later with the help of ann. */
async function orders(api, service, key) {
  const at = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
  const call = (event, n, minutes, more) => ({ type: 'track', event, userId: `r-${n}`, messageId: `redesign-${event}-${n}`, timestamp: at(minutes), properties: { channel: 'web', orderId: `r-${n}`, ...more } });
  const batch = Array.from({ length: 30 }, (_, n) => [call('Cart Viewed', n, 60 + 120 * (n + 1), {}), call('Order Completed', n, 120 * (n + 1), { staff: 'ann' })]).flat();
  const answer = await fetch(`${service.url}/v1/batch`, { method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch }) });
  expect(answer.status === 200, `orders are taken: ${answer.status}`);
  await within(10_000, 'their orders', async () => (await api.get('/api/journeys/performance?of=case&resource=staff')).cases >= 30);
}

async function simulate(page) {
  const [request] = await Promise.all([
    page.waitForRequest((one) => one.url().includes('/api/journeys/simulation')),
    page.getByRole('button', { name: 'Simulate' }).click(),
  ]);
  return { body: request.postDataJSON(), answer: await (await request.response()).json() };
}

/** It is held on its way, as one that takes long. */
async function stops(page) {
  await page.route('**/api/journeys/simulation*', () => {});
  const gone = page.waitForEvent('requestfailed', (request) => request.url().includes('/api/journeys/simulation'));
  await page.getByRole('button', { name: 'Simulate' }).click();
  await page.getByRole('button', { name: 'Stop' }).click();
  await gone;
  await page.unroute('**/api/journeys/simulation*');
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  expect(await page.getByText('No simulation yet').count() === 1, 'nothing is said of what was stopped');
}

export async function redesign({ page, api, service, key }, open) {
  await orders(api, service, key);
  await open('/journeys?view=redesign&range=30d');
  await page.getByLabel('Who did a step: property').fill('staff');
  await page.getByLabel('Minutes of work a step').fill('10');
  const first = await simulate(page);
  const group = first.answer.groups[0].name;
  await page.getByTestId('redesign').getByText('Cycle time, mean').waitFor();
  const words = await page.getByText('People: share of their time spent on steps').locator('xpath=ancestor::section').locator('tbody tr').last().locator('td').first().innerText();
  const shown = words.replace(/ \(.*$/s, '');
  await page.getByRole('button', { name: 'Add a change' }).click();
  await pick(page, 'Change 1', 'Other working hours');
  await pick(page, 'Group of people 1', shown);
  await pick(page, 'Days 1', 'Every day');
  await page.getByLabel('From hour 1').fill('0');
  await page.getByLabel('To hour 1').fill('24');
  await page.getByRole('button', { name: 'Add a cost' }).click();
  await pick(page, 'Cost of 1', shown);
  await page.getByLabel('Amount 1').fill('30');
  await pick(page, 'Fewest people for a target', 'Most cases wait no longer than');
  const { body, answer } = await simulate(page);
  expect(JSON.stringify(body.change.hours) === JSON.stringify([{ group, days: [1, 2, 3, 4, 5, 6, 7], from: 0, to: 24 }]), `hours are asked for: ${JSON.stringify(body)}`);
  expect(body.hourly_cost[0].amount === 30 && body.target.wait_minutes === 10 && body.target.share === 0.8, `cost and target are asked for: ${JSON.stringify(body)}`);
  expect(answer.cost_a_case.after.value > answer.cost_a_case.before.value, 'who is there all day costs more');
  expect(answer.staffing.refused === '' && answer.staffing.groups[0].people === 1, `one is enough: ${JSON.stringify(answer.staffing)}`);
  await page.getByTestId('redesign').getByText('Cost of a case').waitFor();
  await page.getByText(/Fewest people in the busiest hour: .* 1\. .* of the cases wait no longer than/).waitFor();
  await settled(page);
  await shot(page, 'redesign');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'redesign.phone');
  await page.setViewportSize(kSizes.desktop);
  await settled(page);
  await stops(page);
}
