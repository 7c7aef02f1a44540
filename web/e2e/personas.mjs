// A persona is made with its size in view, chosen, and its map stands beside another's; a process drawn elsewhere, in BPMN, is
// chosen as a file and held against the cases.
import { agree, expect, kSizes, named, pick, settled, shot, within } from './harness.mjs';
import { carts } from './kinds.mjs';

const personas = async (api) => (await api.get('/api/personas')).items;

async function make(page, words) {
  await page.getByRole('button', { name: 'Add a persona' }).click();
  const drawer = page.locator('.ant-drawer', { hasText: 'New persona' });
  await drawer.getByRole('button', { name: named('Save') }).click();
  await drawer.getByText('This is needed.').first().waitFor();
  for (const [label, text] of Object.entries(words.fields)) await drawer.getByLabel(label, { exact: true }).fill(text);
  await drawer.getByTestId('persona-size').getByText(words.size).waitFor();
  await shot(page, `persona.${words.fields.Key}`);
  if (words.phone) {
    await page.setViewportSize(kSizes.phone);
    await settled(page);
    await shot(page, 'persona.edit.phone');
    await page.setViewportSize(kSizes.desktop);
    await settled(page);
  }
  await drawer.getByRole('button', { name: named('Save') }).click();
  await drawer.waitFor({ state: 'hidden' });
}

/** Of six with a cart two went on: their personas do not overlap. */
export async function personaMaps({ page, api, service, key }, open) {
  if ((await api.get('/api/events?name=Cart%20Viewed')).items.length === 0) await carts(api, service, key);
  await open('/journeys?view=personas&range=7d');
  await page.getByText('There are no personas yet').waitFor();
  await shot(page, 'persona.none');
  await make(page, { fields: { 'Name in English': 'Determined', 'Name in Chinese': '目标明确者', Key: 'determined', 'Who belongs to it': "did(name = 'Checkout Started')", Goals: 'To be done quickly', Quote: 'I know what I want.' }, size: /^2 customers/, phone: true });
  await make(page, { fields: { 'Name in English': 'Hesitant', 'Name in Chinese': '犹豫者', Key: 'hesitant', 'Who belongs to it': "did(touchpoint = cart) and not did(name = 'Checkout Started')", Description: 'Fills the cart and leaves.' }, size: /^4 customers/ });
  await within(5_000, 'both personas', async () => (await personas(api)).length === 2);
  await page.getByTestId('persona-rest').getByText('0 in several').waitFor();
  await settled(page);
  await shot(page, 'persona.list');
  await page.locator('tr', { hasText: 'Determined' }).getByRole('button', { name: 'Show on the map' }).click();
  await page.waitForURL(/view=map.*persona=determined|persona=determined.*view=map/);
  await page.getByTestId('persona-card').getByText('I know what I want.').waitFor();
  await page.getByTestId('journey-map').waitFor();
  await pick(page, 'Compare', 'Another persona');
  await pick(page, 'Persona beside it', 'Hesitant');
  await page.locator('.ant-segmented-item', { hasText: 'Side by side' }).waitFor();
  await settled(page);
  await page.locator('.ant-segmented-item', { hasText: 'Side by side' }).click();
  await within(5_000, 'two maps', async () => await page.locator('.map-pair h3').count() === 2);
  const heads = await page.locator('.map-pair h3').allInnerTexts();
  expect(/Determined.*2 journeys/.test(heads[0]) && /Hesitant.*4 journeys/.test(heads[1]), `whose maps these are: ${heads.join(' | ')}`);
  await settled(page);
  await shot(page, 'persona.beside');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'persona.beside.phone');
  await page.setViewportSize(kSizes.desktop);
  await page.getByTestId('language').click();
  await settled(page);
  await shot(page, 'persona.beside.zh');
  await open('/journeys?view=personas&range=7d');
  await page.getByText('目标明确者').first().waitFor();
  await settled(page);
  await shot(page, 'persona.list.zh');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'persona.list.phone');
  await page.setViewportSize(kSizes.desktop);
  await page.getByTestId('language').click();
  await settled(page);
  for (const one of ['determined', 'hesitant']) {
    const row = page.locator('tr', { hasText: one });
    await agree(page, row.getByRole('button', { name: `Remove ${one}` }));
    await row.waitFor({ state: 'detached' });
    await page.locator('.ant-popconfirm:not(.ant-popover-hidden)').waitFor({ state: 'hidden' });
  }
  await page.getByText('There are no personas yet').waitFor();
  expect((await personas(api)).length === 0, 'both are removed');
}

const kBpmn = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="shop">
  <bpmn:process id="p" isExecutable="false">
    <bpmn:startEvent id="s" />
    <bpmn:task id="a" name="cart" />
    <bpmn:task id="b" name="checkout" />
    <bpmn:endEvent id="e" />
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="a" />
    <bpmn:sequenceFlow id="f2" sourceRef="a" targetRef="b" />
    <bpmn:sequenceFlow id="f3" sourceRef="b" targetRef="e" />
  </bpmn:process>
</bpmn:definitions>`;

/** Of six carts two go on to the checkout, as the process says; four leave it out. */
export async function bpmnFile({ page, api, service, key }, open) {
  if ((await api.get('/api/events?name=Cart%20Viewed')).items.length === 0) await carts(api, service, key);
  await open('/journeys?view=performance&range=7d');
  const panel = page.locator('.panel', { hasText: 'Deviations from the designed process' }).last();
  await panel.locator('input[type=file]').setInputFiles({ name: 'way-to-the-order.bpmn', mimeType: 'application/xml', buffer: Buffer.from(kBpmn) });
  await panel.getByText('way-to-the-order.bpmn').waitFor();
  const note = panel.locator('.note');
  await note.waitFor();
  const [fitting, cases] = (await note.innerText()).match(/\d+/g).map(Number);
  expect(fitting === 2 && cases >= 6, `two of the cases follow it: ${fitting} of ${cases}`);
  await panel.locator('tbody tr', { hasText: 'Checkout' }).first().waitFor();
  await settled(page);
  await shot(page, 'bpmn');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'bpmn.phone');
  await page.setViewportSize(kSizes.desktop);
}
