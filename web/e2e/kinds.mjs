// Kinds of journeys are edited with a preview and put together with somebody else's changes; who stopped in a funnel is kept.
import { agree, expect, kSizes, named, settled, shot, within } from './harness.mjs';

/** Six look into their cart today; two of them go on to the checkout. */
export async function carts(api, service, key) {
  const at = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
  const call = (event, user, minutes) => ({ type: 'track', event, userId: user, messageId: `kinds-${event}-${user}`, timestamp: at(minutes), properties: { channel: 'web' } });
  const users = Array.from({ length: 6 }, (_, i) => `k-${i}`);
  const batch = [...users.map((user) => call('Cart Viewed', user, 30)), ...users.slice(0, 2).map((user) => call('Checkout Started', user, 20))];
  const answer = await fetch(`${service.url}/v1/batch`, { method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch }) });
  expect(answer.status === 200, `carts are taken: ${answer.status}`);
  await within(10_000, 'their carts', async () => (await api.get('/api/events?name=Cart%20Viewed')).items.length === 6);
}

/** A copy is changed until it counts the carts of today; its faults stand at their fields. */
async function edit(page, open) {
  await open('/journeys?view=kinds');
  await page.getByRole('button', { name: 'Copy purchase' }).click();
  const drawer = page.locator('.ant-drawer', { hasText: 'New kind of journey' });
  expect(await drawer.getByLabel('Key', { exact: true }).inputValue() === 'purchase_2', 'a copy has a key of its own');
  await drawer.getByLabel('Key', { exact: true }).fill('purchase');
  await drawer.getByText('“purchase” stands there twice.').waitFor();
  await shot(page, 'kinds.fault');
  await drawer.getByLabel('Key', { exact: true }).fill('visit');
  await drawer.getByLabel('Name in English', { exact: true }).fill('Visit');
  await drawer.getByLabel('Name in Chinese', { exact: true }).fill('访问');
  await drawer.getByRole('button', { name: 'Move down 1' }).click();
  await drawer.getByRole('button', { name: 'Add an owner' }).click();
  await drawer.getByLabel('Team or person 1').fill('Care');
  await drawer.getByTestId('kind-preview').getByText('6 journeys of 6 customers').waitFor();
  await shot(page, 'kinds.edit');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'kinds.edit.phone');
  await page.setViewportSize(kSizes.desktop);
  await drawer.getByRole('button', { name: 'Close', exact: true }).last().click();
  await drawer.waitFor({ state: 'hidden' });
}

export async function kinds({ page, api, service, key, watch }, open) {
  await carts(api, service, key);
  await edit(page, open);
  await page.getByText('Nothing is saved yet').waitFor();
  // Somebody else is faster.
  const before = await api.get('/api/journeys/definitions');
  await api.put('/api/journeys/definitions', { version: before.version, items: before.items.map((item) => (item.key === 'complaint' ? { ...item, gap_days: 45 } : item)) });
  watch.tolerates = (status) => status === 409;
  watch.expected = (text) => /status of 409/.test(text);
  await page.getByRole('button', { name: named('Save') }).click();
  const conflict = page.getByTestId('kinds-conflict');
  await conflict.getByText('They changed: complaint').waitFor();
  await conflict.getByText('You changed: visit').waitFor();
  await shot(page, 'kinds.conflict');
  delete watch.tolerates;
  delete watch.expected;
  await conflict.getByRole('button', { name: 'Put my changes on top of theirs' }).click();
  const made = await within(5_000, 'both changes', async () => {
    const now = await api.get('/api/journeys/definitions');
    return now.items.some((item) => item.key === 'visit') && now;
  });
  const visit = made.items.find((item) => item.key === 'visit');
  expect(made.items.find((item) => item.key === 'complaint').gap_days === 45, 'theirs stays');
  expect(visit.owners.length === 1 && visit.owners[0].owner === 'Care' && visit.steps.join() === 'cart,product,checkout,order', `mine is as it was edited: ${JSON.stringify(visit)}`);
  await conflict.waitFor({ state: 'hidden' });
  await settled(page);
  await agree(page, page.getByRole('button', { name: 'Remove visit' }));
  await page.getByRole('button', { name: named('Save') }).click();
  await within(5_000, 'the kind is removed', async () => (await api.get('/api/journeys/definitions')).items.length === before.items.length);
  await open('/journeys?view=kinds&lang=zh');
  await shot(page, 'kinds');
  await page.setViewportSize(kSizes.phone);
  await open('/journeys?view=kinds');
  await shot(page, 'kinds.phone');
  await page.setViewportSize(kSizes.desktop);
}

export async function lists({ page, api, service, key }, open) {
  if ((await api.get('/api/events?name=Cart%20Viewed')).items.length === 0) await carts(api, service, key);
  await open('/customers');
  await page.locator('main').getByRole('button', { name: /Lists$/ }).click();
  await page.getByText('No lists yet').waitFor();
  await open('/journeys?view=funnel&range=30d');
  await page.getByLabel('Kind of journey').waitFor();
  const steps = page.locator('.ant-select', { has: page.getByLabel('Steps of the funnel') });
  await steps.locator('.ant-select-selection-item-remove').first().click(); // the product page: everybody begins in the cart
  await page.getByRole('button', { name: '4 stopped here' }).click();
  const drawer = page.locator('.ant-drawer', { hasText: 'Stopped after step 1' });
  await drawer.getByLabel('Name', { exact: true }).fill("Ann's cart");
  await drawer.getByLabel('Keep for, days').fill('30');
  await shot(page, 'lists.keep');
  await drawer.getByTestId('keep-list').getByRole('button', { name: 'Keep as a list' }).click();
  await drawer.getByText('Kept: 4 customers').click();
  await page.waitForURL(/\/customers\?where=/);
  await settled(page);
  expect(await page.locator('main tbody tr.ant-table-row').count() === 4, 'the list shows its four customers');
  await page.locator('main').getByRole('button', { name: /Lists$/ }).click();
  const shown = page.locator('.ant-drawer', { hasText: 'Kept lists of customers' });
  await shown.getByText("list = 'Ann''s cart'").waitFor();
  await shown.getByText(/Stopped after step 1 of/).waitFor();
  await shot(page, 'lists');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'lists.phone');
  await page.setViewportSize(kSizes.desktop);
  await settled(page);
  await agree(page, shown.getByRole('button', { name: "Remove Ann's cart" }));
  await shown.getByText('No lists yet').waitFor();
  expect((await api.get('/api/customer_lists')).items.length === 0, 'the list is removed');
}

/** Where cases stand: a number of a place opens its cases, which are kept behind the events by then. */
export async function cases({ page, api, service, key }, open) {
  if ((await api.get('/api/events?name=Cart%20Viewed')).items.length === 0) await carts(api, service, key);
  const stands = async () => {
    const found = await api.get('/api/journeys/cases?definition=purchase');
    return found.source === 'kept' && found.places.some((one) => one.touchpoint === 'cart' && one.running >= 4) && found;
  };
  await within(20_000, 'the kept cases', stands);
  const all = await api.get('/api/journeys/cases?definition=purchase');
  const cart = all.places.find((one) => one.touchpoint === 'cart');
  await open('/journeys?view=cases&range=30d');
  await page.getByLabel('Kind of journey').waitFor();
  await page.getByLabel('Kind of journey').click();
  await page.locator('.ant-select-item-option', { hasText: 'Purchase' }).first().dispatchEvent('click');
  const places = page.getByTestId('case-places');
  await page.getByTestId('cases-summary').getByText('from kept cases').waitFor();
  await places.locator('tr', { hasText: 'Cart' }).getByRole('button', { name: String(cart.running), exact: true }).first().click();
  const list = page.getByTestId('case-list');
  await within(10_000, 'the cases of the place', async () => await list.locator('tbody tr.ant-table-row').count() === Math.min(cart.running, 20) && await page.locator('.ant-tag-close-icon').count() === 1);
  await shot(page, 'cases');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'cases.phone');
  await page.setViewportSize(kSizes.desktop);
  await settled(page);
  await list.getByRole('link').first().click();
  await page.waitForURL(/\/customers\/\d+/);
  await settled(page);
}
