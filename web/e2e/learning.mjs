// Reading made better: a comment corrected in the console, a model learned from labels, compared, used and taken back,
// an aspect added and found, a rule of one's own.
import { expect, kSizes, named, settled, shot, within } from './harness.mjs';

const kComments = 120;

async function sendComments(service, key) {
  const batch = Array.from({ length: kComments }, (_, i) => ({
    type: 'track', event: 'Remark', userId: `reader-${i % 40}`, messageId: `remark-${i}`,
    properties: { comment: `the package was ${i % 2 === 0 ? 'glorped' : 'zinged'} on day ${i}`, channel: 'web' },
  }));
  const answer = await fetch(`${service.url}/v1/batch`, {
    method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch }),
  });
  expect(answer.ok, `the comments are refused: ${answer.status}`);
}

const kWord = encodeURIComponent('glorped');

async function learnModel(page, api, open) {
  await open('/texts/learning');
  await page.getByRole('button', { name: 'Retrain' }).click();
  await within(30_000, 'a model is learned', async () => (await api.get('/api/texts/learning')).models.length === 1);
  await page.getByRole('button', { name: 'Compare' }).waitFor();
  await shot(page, 'learning.models');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.locator('.ant-drawer').getByText('Surest mistakes').waitFor();
  await settled(page);
  await shot(page, 'learning.compare');
  await page.locator('.ant-drawer').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: named('Use') }).click();
  await within(20_000, 'all is read by it', async () => (await api.get(`/api/texts/summary?word=${kWord}`)).negative.count === kComments / 2);
  await page.getByRole('button', { name: 'Take back' }).first().click();
  await within(10_000, 'it is taken back', async () => (await api.get('/api/texts/learning')).in_use === 0);
}

async function editAspects(page, api, open) {
  await open('/texts/learning?tab=aspects');
  await page.getByRole('button', { name: 'Add an aspect' }).click();
  const row = page.getByTestId('aspect').last();
  await row.getByLabel('Chinese name').fill('荣耀');
  await row.getByLabel('English name').fill('Glory');
  const words = row.getByRole('combobox').last();
  await words.fill('glorped');
  await words.press('Enter');
  await page.getByRole('button', { name: 'Preview on recent comments' }).click();
  await page.getByText('What this would find').waitFor();
  await settled(page);
  await shot(page, 'learning.preview');
  await page.getByRole('button', { name: named('Save') }).click();
  await page.locator('.ant-modal').getByRole('button', { name: named('Save') }).click();
  await within(20_000, 'the aspect is found', async () => (await api.get('/api/texts/aspects')).items.some((one) => one.name_en === 'Glory' && one.n === kComments / 2));
}

/** An aspect under a comment is said to be meant otherwise, and not to be there: figures move at once; labels are learned from. */
async function correctAspects(page, api, open) {
  const of = async () => (await api.get('/api/texts/aspects')).items.find((one) => one.aspect === 'packaging');
  const before = await of();
  await open('/texts');
  const tag = page.locator('[data-testid=correct-aspect][data-aspect=packaging]').first();
  await tag.evaluate((button) => button.scrollIntoView({ block: 'center' }));
  await tag.click();
  await page.getByRole('menuitem', { name: 'Not spoken of' }).waitFor();
  await shot(page, 'learning.aspect.menu');
  await page.getByRole('menuitem', { name: 'Not spoken of' }).dispatchEvent('click');
  await within(5_000, 'the aspect is gone from the figures', async () => (await of()).n === before.n - 1);
  await page.getByTestId('absent-aspect').first().waitFor();
  await page.getByTestId('absent-aspect').first().click();
  await page.getByRole('menuitem', { name: 'Take back' }).dispatchEvent('click');
  await within(5_000, 'and back again', async () => (await of()).n === before.n);
  for (const word of ['glorped', 'zinged']) {
    const { items } = await api.get(`/api/texts/comments?limit=60&word=${word}`);
    for (const item of items.slice(0, 50)) await api.put(`/api/texts/comments/${item.event_id}/aspects/packaging`, { sentiment: word === 'glorped' ? 'negative' : 'positive' });
  }
  await open('/texts/learning?of=aspect_model');
  await page.getByRole('button', { name: 'Retrain' }).click();
  await within(30_000, 'a model of aspects is learned', async () => (await api.get('/api/texts/learning?part=aspect_model')).models.length === 1);
  await page.getByRole('button', { name: 'Compare' }).waitFor();
  await shot(page, 'learning.aspects.model');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.locator('.ant-drawer').getByText('Surest mistakes').waitFor();
  await settled(page);
  await shot(page, 'learning.aspects.compare');
  await page.locator('.ant-drawer').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: named('Use') }).click();
  await within(20_000, 'all are read by it', async () => (await of()).negative.count >= kComments / 2);
  await page.getByRole('button', { name: 'Take back' }).first().click();
  await within(10_000, 'it is taken back', async () => (await api.get('/api/texts/learning?part=aspect_model')).in_use === 0);
}

export async function learning({ page, api, service, key }, open) {
  await sendComments(service, key);
  await within(10_000, 'the comments are read', async () => (await api.get(`/api/texts/summary?word=${kWord}`)).n === kComments / 2);
  await open('/texts');
  await page.getByTestId('correct').first().evaluate((button) => button.scrollIntoView({ block: 'center' }));
  await page.getByTestId('correct').first().click();
  await page.getByRole('menuitem', { name: /^Positive/ }).dispatchEvent('click'); // the menu moves with the page below it
  await within(5_000, 'the label is kept', async () => (await api.get('/api/texts/labels')).items.length === 1);
  await page.getByText('said to be Positive').first().waitFor();
  await shot(page, 'learning.corrected');
  for (const word of ['glorped', 'zinged']) {
    const { items } = await api.get(`/api/texts/comments?limit=60&word=${word}`);
    for (const item of items.slice(0, 50)) await api.put(`/api/texts/comments/${item.event_id}/label`, { sentiment: word === 'glorped' ? 'negative' : 'positive' });
  }
  await learnModel(page, api, open);
  await correctAspects(page, api, open);
  await editAspects(page, api, open);
  await open('/texts/learning?tab=routes');
  await page.getByTestId('route').first().waitFor();
  await shot(page, 'learning.routes');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'learning.routes.phone');
  await open('/texts/learning?tab=aspects');
  await shot(page, 'learning.aspects.phone');
  await open('/texts/learning');
  await shot(page, 'learning.models.phone');
  await page.setViewportSize(kSizes.desktop);
}
