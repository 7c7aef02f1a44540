// What asks by itself, and how a survey looks: a trigger with its preview, a link taken back, order and colours changed.
import { agree, expect, kSizes, named, settled, shot, within } from './harness.mjs';

async function calls(api, service, count) {
  const sources = await api.get('/api/sources');
  const { write_key: key } = await api.post(`/api/sources/${sources.items[0].id}/keys`, {});
  const names = Array.from({ length: count }, (_, i) => `t-${i}`);
  await fetch(`${service.url}/v1/batch`, {
    method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ batch: names.map((name, i) => ({ type: 'track', event: 'Call Ended', userId: name, messageId: `trigger-${name}`, timestamp: new Date(Date.now() - i * 86_400_000).toISOString() })) }),
  });
  await within(10_000, 'their calls', async () => (await api.get('/api/events?name=Call%20Ended')).items.length === count);
}

/** A question with a condition is added by hand, a page leads elsewhere, a quota is set; the document is what was built. */
async function builder(page, api, id) {
  await page.getByRole('button', { name: 'Add a question' }).nth(1).click();
  await page.locator('.ant-dropdown-menu-item', { hasText: 'Several options' }).dispatchEvent('click');
  const form = page.locator('.ant-modal', { hasText: 'Must be answered' });
  await form.getByLabel('Question (English)', { exact: true }).fill('What should we do first?');
  await form.getByLabel('Question (Chinese)', { exact: true }).fill('我们最先该做什么？');
  await form.getByLabel('Short name', { exact: true }).fill('first_step');
  for (const [n, words] of ['Call back', 'Send a new one'].entries()) await form.getByLabel(`Options ${n + 1} (English)`).fill(words);
  await form.getByRole('button', { name: 'Add a condition' }).click();
  await form.getByLabel('Earlier question', { exact: true }).click();
  await page.locator('.ant-select-item-option', { hasText: 'Was your problem solved?' }).dispatchEvent('click');
  await shot(page, 'survey.question');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'survey.question.phone');
  await page.setViewportSize(kSizes.desktop);
  await form.getByRole('button', { name: 'Take over' }).click();
  await page.getByRole('listitem').filter({ hasText: 'What should we do first?' }).waitFor();
  await page.getByRole('button', { name: 'Change: The service you got' }).click();
  const leads = page.locator('.ant-modal', { hasText: 'Title of the page' });
  await leads.getByRole('button', { name: 'Add a skip' }).click();
  await shot(page, 'survey.skips');
  await leads.getByRole('button', { name: 'Take over' }).click();
  await page.getByRole('tab', { name: 'Words and quotas' }).click();
  await page.getByRole('button', { name: 'Add a quota' }).click();
  await shot(page, 'survey.quotas');
  await page.getByRole('button', { name: named('Save') }).click();
  const made = await within(10_000, 'the next version', async () => {
    const { document, version } = await api.get(`/api/surveys/${id}`);
    return version > 1 && document;
  });
  const question = made.pages[1].questions.at(-1);
  expect(question.id === 'first_step' && question.type === 'multiple' && question.show_if.question === 'solved' && question.show_if.is === 'yes', `built: ${JSON.stringify(question)}`);
  expect(made.pages[0].skip.length === 2 && made.pages[0].skip[1].to === 'end', `leads: ${JSON.stringify(made.pages[0].skip)}`);
  expect(made.quotas.length === 1 && made.quotas[0].most === 100, `quotas: ${JSON.stringify(made.quotas)}`);
}

export async function triggers({ page, service, api }, open) {
  await calls(api, service, 5);
  const { id } = await api.post('/api/surveys', { template: 'after-contact', key: 'triggered' });
  await api.post(`/api/surveys/${id}/open`, {});
  await api.post('/api/connectors', { kind: 'message_out', key: 'surveys', name: 'Gate of surveys', secrets: { secret: 'a secret of the gate' }, settings: { url: 'https://gate.example.com/' } });
  await open(`/surveys/${id}`);
  await page.getByText('No trigger yet').waitFor();
  await page.getByRole('button', { name: 'New trigger' }).click();
  const form = page.locator('.ant-modal');
  await form.getByLabel('Ready trigger').click();
  await page.locator('.ant-select-item-option', { hasText: 'After a conversation' }).dispatchEvent('click');
  await form.getByLabel('Sent by').click();
  await page.locator('.ant-select-item-option', { hasText: 'Gate of surveys' }).dispatchEvent('click');
  await form.getByRole('button', { name: 'Preview' }).click();
  await form.getByText('Would have asked 5 times').waitFor();
  await shot(page, 'trigger.preview');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'trigger.preview.phone');
  await page.setViewportSize(kSizes.desktop);
  await form.getByRole('button', { name: 'Cancel' }).or(form.locator('.ant-modal-close')).first().click();
  await page.getByRole('tab', { name: 'Questions' }).click();
  const first = page.getByRole('button', { name: /^Move down:/ }).nth(1);
  await first.focus();
  await page.keyboard.press('Alt+ArrowDown');
  await shot(page, 'survey.order');
  await page.getByRole('button', { name: 'Undo changes' }).click();
  await builder(page, api, id);
  await page.getByRole('tab', { name: 'Look' }).click();
  await shot(page, 'survey.look');
  await page.getByRole('tab', { name: 'On a phone' }).click();
  await page.locator('iframe[title="On a phone"]').waitFor();
  await shot(page, 'survey.phone');
  await page.getByRole('button', { name: 'Public link' }).click();
  await agree(page, page.locator('.ant-btn-link', { hasText: 'Take back' }));
  await page.getByText('taken back', { exact: true }).waitFor();
  expect((await api.get(`/api/surveys/${id}/links`)).items[0].revoked, 'the link was taken back');
  for (const language of ['en', 'zh']) {
    for (const [size, viewport] of Object.entries(kSizes)) {
      await page.setViewportSize(viewport);
      await open(`/surveys/${id}`);
      await settled(page);
      await shot(page, `survey.page.${size}.${language}`);
    }
    await page.getByTestId('language').click();
    await page.waitForFunction((before) => !document.documentElement.lang.startsWith(before), language);
  }
  await page.setViewportSize(kSizes.desktop);
}
