// A survey from its template to its score: made and opened in the console, answered on a telephone without scripts.
import { expect, kSizes, named, settled, shot, within } from './harness.mjs';

/** First answers wrongly, then rightly. `page` has no scripts. */
async function answer(page, link) {
  await page.goto(link);
  expect(await page.locator('script').count() === 0, 'the page brings no script');
  await shot(page, 'survey.page');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Please answer this question').waitFor();
  await shot(page, 'survey.missing');
  await page.getByRole('link', { name: '中文' }).click();
  await page.getByText('您有多大可能').first().waitFor();
  await page.getByRole('link', { name: 'English' }).click();
  await page.getByRole('radio', { name: '3', exact: true }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.locator('textarea').fill('It came late');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Thank you').waitFor();
  await shot(page, 'survey.thanks');
}

export async function survey({ page, service, api }, open) {
  await open('/surveys');
  await page.getByText('No survey yet').waitFor();
  await shot(page, 'surveys.empty');
  await page.getByRole('button', { name: 'New survey' }).first().click();
  const template = page.locator('.ant-modal').getByRole('combobox');
  await template.press('ArrowDown');
  // By key; the first is chosen already.
  const keys = (await api.get('/api/surveys/templates')).items.map((one) => one.key);
  for (let at = 0; at < keys.indexOf('nps'); ++at) await template.press('ArrowDown');
  await template.press('Enter');
  await page.locator('.ant-modal .ant-select-content', { hasText: 'recommend us' }).waitFor();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(/\/surveys\/\d+$/);
  await settled(page);
  await page.getByRole('button', { name: named('Open') }).click();
  await page.getByText('The survey takes answers').waitFor();
  await page.getByRole('button', { name: 'Public link' }).click();
  const link = await page.locator('.snippet pre', { hasText: '/s/' }).first().innerText();
  const context = await page.context().browser().newContext({ viewport: kSizes.phone, locale: 'en-GB', javaScriptEnabled: false });
  try {
    const phone = await context.newPage();
    await answer(phone, link.replace(/^https?:\/\/[^/]+/, service.url));
  } finally {
    await context.close();
  }
  const id = page.url().split('/').pop();
  await within(8_000, 'the answer is counted', async () => {
    const { funnel, scores } = await api.get(`/api/surveys/${id}/results`);
    return funnel.completed === 1 && scores[0]?.n === 1 && scores[0].distribution[0].score === 3;
  });
  await open(`/surveys/${id}`);
  await shot(page, 'survey.results');
  await page.getByRole('tab', { name: 'As text' }).click();
  await page.getByLabel('Document').fill('{"id": "nps", "version": 1, "title": {"en": "T"}, "pages": [{"id": "p", "questions": [{"id": "q", "type": "smiley"}]}]}');
  await page.getByRole('button', { name: named('Save') }).click();
  await page.getByText('/pages/0/questions/0/type').waitFor();
  await shot(page, 'survey.problems');
}
