// What asks by itself, and how a survey looks: a trigger with its preview, a link taken back, order and colours changed.
import { expect, kSizes, settled, shot, within } from './harness.mjs';

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

export async function triggers({ page, service, api }, open) {
  await calls(api, service, 5);
  const { id } = await api.post('/api/surveys', { template: 'after-contact', key: 'triggered' });
  await api.post(`/api/surveys/${id}/open`, {});
  await api.post('/api/connectors', { kind: 'message_out', key: 'gate', name: 'Gate', secrets: { secret: 'a secret of the gate' }, settings: { url: 'https://gate.example.com/' } });
  await open(`/surveys/${id}`);
  await page.getByText('No trigger yet').waitFor();
  await page.getByRole('button', { name: 'New trigger' }).click();
  const form = page.locator('.ant-modal');
  await form.getByLabel('Ready trigger').click();
  await page.locator('.ant-select-item-option', { hasText: 'After a conversation' }).dispatchEvent('click');
  await form.getByLabel('Sent by').click();
  await page.locator('.ant-select-item-option', { hasText: 'Gate' }).dispatchEvent('click');
  await form.getByRole('button', { name: 'Preview' }).click();
  await form.getByText('Would have asked 5 times').waitFor();
  await shot(page, 'trigger.preview');
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'trigger.preview.phone');
  await page.setViewportSize(kSizes.desktop);
  await form.getByRole('button', { name: 'Cancel' }).or(form.locator('.ant-modal-close')).first().click();
  await page.getByRole('tab', { name: 'Order' }).click();
  const first = page.getByRole('button', { name: /^Move down:/ }).nth(1);
  await first.focus();
  await page.keyboard.press('Alt+ArrowDown');
  await shot(page, 'survey.order');
  await page.getByRole('tab', { name: 'Look' }).click();
  await shot(page, 'survey.look');
  await page.getByRole('tab', { name: 'On a phone' }).click();
  await page.locator('iframe[title="On a phone"]').waitFor();
  await shot(page, 'survey.phone');
  await page.getByRole('button', { name: 'Public link' }).click();
  await page.locator('.ant-btn-link', { hasText: 'Take back' }).click();
  await page.locator('.ant-popconfirm').getByRole('button', { name: 'Take back' }).click();
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
