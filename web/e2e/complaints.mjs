// A complaint from the call to its end: taken down with a suggestion, accepted, made good, closed with a cause, reported.
import { expect, kSizes, settled, shot, within } from './harness.mjs';

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
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
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
  await page.getByRole('button', { name: 'Resolve', exact: true }).click();
  await page.locator('.ant-modal').getByRole('button', { name: 'Resolve', exact: true }).click();
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
