// A designed process is drawn, held against the cases, kept, changed and removed; the map is shown side by side and printed.
import { agree, expect, kSizes, named, settled, shot, within } from './harness.mjs';
import { carts } from './kinds.mjs';

const part = (page, at) => page.getByTestId('design-part').nth(at - 1);

const shows = (page, at, words) => part(page, at).locator(`.ant-select-content[title="${words}"]`).waitFor();

/** Chooses a step of a part by its name, as by hand: the list is searched, then taken from. */
async function choose(page, at, words) {
  const field = part(page, at).getByLabel(`Steps of part ${at}`);
  await field.focus();
  await field.fill(words);
  await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option-active', { hasText: words }).waitFor();
  await field.press('Enter');
  await shows(page, at, words);
}

const kept = async (api) => (await api.get('/api/journeys/designs')).items.find((one) => one.name === 'Way to the order');

export async function designs({ page, api, service, key }, open) {
  if ((await api.get('/api/events?name=Cart%20Viewed')).items.length === 0) await carts(api, service, key);
  await open('/journeys?view=design&range=30d');
  await page.getByText('Add a part, and choose its steps.').waitFor();
  await page.getByRole('button', { name: 'Add a step' }).click();
  await choose(page, 1, 'Cart');
  await page.getByRole('button', { name: 'Add a step' }).click();
  await choose(page, 2, 'Checkout');
  await part(page, 2).getByLabel('may be left out 2').check();
  await page.getByTestId('design-picture').getByText('Checkout').first().waitFor();
  await page.getByLabel('Name of the process').fill('Way to the order');
  await page.getByRole('button', { name: named('Save') }).click();
  await within(5_000, 'the design is kept', async () => (await kept(api))?.version === 1);
  const first = await kept(api);
  expect(first.level === 'touchpoint' && JSON.stringify(first.block).includes('"silent"'), `a step may be left out: ${JSON.stringify(first.block)}`);
  await page.getByText('version 1').first().waitFor();
  await settled(page);
  await shot(page, 'design');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'design.phone');
  await page.setViewportSize(kSizes.desktop);
  await settled(page);
  await part(page, 2).getByLabel('may be left out 2').uncheck();
  await page.getByRole('button', { name: 'Move up 2' }).click();
  await shows(page, 1, 'Checkout');
  await page.getByRole('button', { name: named('Save') }).click();
  await within(5_000, 'its second version', async () => (await kept(api))?.version === 2);
  expect(JSON.stringify((await kept(api)).block).indexOf('checkout') < JSON.stringify((await kept(api)).block).indexOf('cart'), 'the order was changed');
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'BPMN' }).click();
  expect((await download).suggestedFilename().endsWith('.bpmn'), 'it is saved as BPMN');
  await agree(page, page.getByRole('button', { name: 'Remove the process' }));
  await within(5_000, 'the design is removed', async () => !(await kept(api)));
}

/** Two periods beside one another, and what is printed: the map alone, on a wide page. */
export async function mapBeside({ page, api, service, key }, open) {
  if ((await api.get('/api/events?name=Cart%20Viewed')).items.length === 0) await carts(api, service, key);
  await open('/journeys?view=map&range=30d');
  await page.getByTestId('journey-map').waitFor();
  await page.getByLabel('Compare', { exact: true }).focus();
  await page.getByLabel('Compare', { exact: true }).press('ArrowDown');
  await page.locator('.ant-select-item-option', { hasText: 'Period before' }).first().dispatchEvent('click');
  await page.locator('.ant-segmented-item', { hasText: 'Side by side' }).waitFor();
  await settled(page);
  await page.locator('.ant-segmented-item', { hasText: 'Side by side' }).click();
  await within(5_000, 'two maps', async () => await page.locator('.map-pair h3').count() === 2);
  await settled(page);
  await shot(page, 'map.beside');
  await page.emulateMedia({ media: 'print' });
  const printed = { tabs: await page.locator('.ant-tabs-nav').first().isVisible(), map: await page.locator('.map-pair').isVisible() };
  expect(!printed.tabs && printed.map, `the map alone is printed: ${JSON.stringify(printed)}`);
  const pdf = await page.pdf({ format: 'A3', landscape: true });
  expect(pdf.subarray(0, 5).toString() === '%PDF-' && pdf.length > 10_000, `a PDF of ${pdf.length} bytes`);
  await page.emulateMedia({ media: null });
}
