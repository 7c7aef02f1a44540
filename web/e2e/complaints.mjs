// A complaint from the call to its end: taken down with a suggestion, accepted, made good, closed with a cause, reported.
import { expect, kSizes, named, settled, shot, within } from './harness.mjs';

async function takeDown(page) {
  await page.getByRole('button', { name: 'New complaint' }).first().click();
  const dialog = page.locator('.ant-modal');
  await dialog.getByLabel('What was said').fill('My parcel is late, the delivery never came');
  await dialog.getByText('Suggested: Delivery › Late delivery').waitFor();
  await dialog.locator('#complaint-customer').fill('13800138011');
  await shot(page, 'complaint.new');
  await dialog.getByRole('button', { name: 'Open complaint' }).click();
  await page.waitForURL(/\/complaints\/\d+$/);
  await settled(page);
  return page.url().split('/').pop();
}

export async function complaints({ page, api }, open) {
  await open('/complaints');
  await page.getByText('No complaints yet').waitFor();
  await shot(page, 'complaints.empty');
  const id = await takeDown(page);
  await page.getByRole('button', { name: named('Accept') }).click();
  await page.getByTestId('step-accepted').waitFor();
  await page.getByRole('button', { name: 'Add a step' }).click();
  const step = page.locator('.ant-modal');
  const kind = step.getByLabel('Step', { exact: true });
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await kind.press(key); // note, contact, apology, refund
  await step.locator('#complaint-cost').fill('50');
  await shot(page, 'complaint.step');
  await step.getByRole('button', { name: 'Save' }).click();
  await within(5_000, 'the refund is written', async () => (await api.get(`/api/complaints/${id}`)).steps.some((one) => one.kind === 'refund' && one.cost?.minor === '5000' && one.state === 'done'));
  await page.getByTestId('step-refund').waitFor();
  await page.getByRole('button', { name: named('Resolve') }).click();
  await page.locator('.ant-modal').getByRole('button', { name: named('Resolve') }).click();
  await page.getByTestId('step-resolved').waitFor();
  await page.getByRole('button', { name: 'Close', exact: true }).first().click();
  const end = page.locator('.ant-modal');
  const cause = end.getByRole('combobox');
  for (const key of ['ArrowDown', 'ArrowDown', 'Enter']) await cause.press(key); // value, system
  await end.getByLabel('The cause in a few words').fill('courier');
  await end.locator('.ant-modal-footer .ant-btn-primary').click();
  await page.getByTestId('step-closed').waitFor();
  await shot(page, 'complaint.closed');
  const { complaint } = await api.get(`/api/complaints/${id}`);
  expect(complaint.state === 'closed' && complaint.cause === 'courier' && complaint.category === 'delivery.late', `it is ${complaint.state}, ${complaint.category}, because of ${complaint.cause}`);
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'complaint.phone');
  await page.setViewportSize(kSizes.desktop);
  await within(15_000, 'the opening is an event', async () => (await api.events()).some((event) => event.name === 'Complaint Opened' && event.touchpoint === 'complaint'));
  await open('/complaints?view=report&range=all');
  await page.getByText('Root causes (Pareto)').waitFor();
  await page.locator('.chart svg').first().waitFor();
  await shot(page, 'complaints.report');
  await open('/complaints');
  await page.getByRole('link', { name: complaint.number }).waitFor();
  await shot(page, 'complaints.list');
}

/** A rule is tried on the past, made, switched off and on, and opens a complaint; a limit is changed and put back. */
export async function complaintRules({ page, api, service, key }, open) {
  const tell = (properties, id) => fetch(`${service.url}/v1/batch`, {
    method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ batch: [{ type: 'track', event: 'Refund Refused', userId: `ruled-${id}`, messageId: `refused-${id}`, properties }] }),
  });
  await tell({ comment: 'They refused the refund of my broken kettle', channel: 'web' }, 1);
  await within(15_000, 'the event arrives', async () => (await api.events()).some((event) => event.name === 'Refund Refused'));
  await open('/complaints?view=rules');
  await page.getByText('No rule yet').waitFor();
  await shot(page, 'rules.empty');
  await page.getByRole('button', { name: 'New rule' }).first().click();
  const form = page.locator('.ant-modal');
  await form.getByLabel('Name').fill('Refused refunds');
  await form.getByLabel('Is called').fill('Refund Refused');
  await form.getByRole('button', { name: 'Preview' }).click();
  await form.getByTestId('rule-preview').getByText('Would have opened 1').waitFor();
  await form.getByTestId('rule-preview').evaluate((part) => part.scrollIntoView({ block: 'center' }));
  await shot(page, 'rules.preview');
  await form.getByRole('button', { name: 'Switch on' }).click();
  await form.waitFor({ state: 'hidden' });
  const rule = async () => (await api.get('/api/complaints/rules')).items[0];
  expect((await rule()).on && (await rule()).name === 'Refused refunds', 'the rule is on');
  const onOff = page.getByRole('switch', { name: 'On' });
  await onOff.click();
  await within(5_000, 'it is off', async () => !(await rule()).on);
  await page.locator('.ant-switch:not(.ant-switch-checked):not(.ant-switch-loading)').first().waitFor();
  await onOff.click();
  await within(5_000, 'it is on again', async () => (await rule()).on);
  await tell({ comment: 'They refused the refund of my broken lamp', channel: 'web' }, 2);
  await within(20_000, 'it opens a complaint', async () => (await rule()).opened === 1);
  await open('/complaints?view=rules');
  await page.locator('.ant-table-row').filter({ hasText: 'Refused refunds' }).first().waitFor();
  await page.getByRole('button', { name: 'Expand row' }).first().click();
  await shot(page, 'rules');
  await open('/complaints?view=limits');
  const before = (await api.get('/api/complaints/catalogue')).limits;
  await page.getByRole('button', { name: 'Change' }).first().click();
  const limits = page.locator('.ant-modal');
  await limits.getByLabel('a complaint').first().fill('77');
  await shot(page, 'limits.edit');
  await limits.getByRole('button', { name: 'Save' }).click();
  await limits.waitFor({ state: 'hidden' });
  await page.getByRole('cell', { name: /77/ }).first().waitFor();
  const [first] = (await api.get('/api/complaints/catalogue')).limits;
  expect(first.complaint === '7700' && first.role === before[0].role, `the limit is ${JSON.stringify(first)}`);
  await page.setViewportSize(kSizes.phone);
  await settled(page);
  await shot(page, 'limits.phone');
  await open('/complaints?view=rules');
  await settled(page);
  await shot(page, 'rules.phone');
  await page.setViewportSize(kSizes.desktop);
  await open('/complaints?view=limits');
  await page.getByRole('button', { name: 'Change' }).first().click();
  await limits.getByRole('button', { name: 'As in the catalogue' }).click();
  await limits.waitFor({ state: 'hidden' });
  expect(JSON.stringify((await api.get('/api/complaints/catalogue')).limits) === JSON.stringify(before), 'the limits are those of before');
}
