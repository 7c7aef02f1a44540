// Every number drills down: each element that is marked data-drill is opened, and what opens is compared with it.
//   events, customers: the drawer lists as many as data-count says
//   explained:         the drawer lists events and says how the number comes from them
//   point:             a point of a chart, by keyboard, opens its events
//   comments:          the drawer of comments lists as many as data-count says, and their words are text
//   told:              no event stands behind it; it says what it means
//   link:              leads to the page that shows it
import { expect, settled, step } from './harness.mjs';

const kPages = [
  ['overview', '/?range=all', ['explained', 'events', 'customers', 'point', 'link']],
  ['customers', '/customers', ['events', 'explained']],
  ['journeys', '/journeys?range=all', ['events', 'customers', 'explained']],
  ['map', '/journeys?view=map&range=all', ['explained', 'told']],
  ['paths', '/journeys?view=paths&range=all', ['explained']],
  ['graph', '/journeys?view=graph&range=all', ['explained']],
  ['performance', '/journeys?view=performance&range=all', ['told']],
  ['model', '/journeys?view=model&range=all', ['explained', 'told']],
  ['channels', '/channels?range=all', ['events', 'customers', 'explained']],
  ['switching', '/channels?view=switching&range=all', ['explained', 'told']],
  ['attribution', '/channels?view=attribution&range=all', ['explained', 'told']],
  ['best channel', '/channels?view=best&range=all', ['told']],
  ['voice', '/voice?range=all', ['events', 'explained', 'point']],
  ['texts', '/texts?range=all', ['comments', 'point']],
  ['data', '/data', ['explained', 'events', 'link', 'told']],
];

const drawer = (page) => page.locator('.ant-drawer .ant-drawer-body');

async function closeDrawer(page) {
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !document.querySelector('.ant-drawer-open') && !/[?&](drill|said)=/.test(location.search));
}

async function checkDrawer(page, what, kind, count) {
  await drawer(page).locator('[data-testid=drill-total]').waitFor();
  const total = await drawer(page).locator('[data-testid=drill-total]').evaluate((element) => ({ events: Number(element.dataset.events), customers: Number(element.dataset.customers) }));
  const rows = await drawer(page).locator('.ant-table-row').count();
  expect(total.events > 0 && rows > 0, `${what} opens nothing`);
  expect(rows === Math.min(total.events, 50), `${what}: ${rows} rows of ${total.events}`);
  if (kind === 'events' || kind === 'customers') expect(total[kind] === count, `${what} says ${count}, behind it are ${total[kind]} ${kind}`);
  if (kind === 'explained') expect(await drawer(page).locator('[data-testid=drill-why]').count() === 1, `${what} is not explained`);
}

async function checkComments(page, what, count) {
  await drawer(page).locator('[data-testid=said-total]').waitFor();
  const total = Number(await drawer(page).locator('[data-testid=said-total]').getAttribute('data-comments'));
  const rows = await drawer(page).locator('[data-testid=comment]').count();
  expect(rows === Math.min(total, 30), `${what}: ${rows} comments of ${total}`);
  if (count !== null) expect(total === count, `${what} says ${count}, behind it are ${total} comments`);
  const foreign = await drawer(page).locator('[data-testid=comment] p').evaluateAll((texts) => texts.filter((text) => [...text.querySelectorAll('*')].some((node) => node.tagName !== 'MARK')).length);
  expect(foreign === 0, `${what}: a comment brings elements of its own`);
  return total;
}

/** Of a drawer that a point opened: how much stands in it, whichever it is. */
async function totalOf(page, what) {
  await drawer(page).locator('[data-testid=drill-total], [data-testid=said-total]').waitFor();
  if (await drawer(page).locator('[data-testid=said-total]').count() > 0) return checkComments(page, what, null);
  const events = Number(await drawer(page).locator('[data-testid=drill-total]').getAttribute('data-events'));
  if (events > 0) await checkDrawer(page, what, 'explained');
  return events;
}

async function openPoint(page, element, what) {
  await element.focus();
  for (let press = 0; press < 6; press += 1) {
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    if (await totalOf(page, what) > 0) return;
    await closeDrawer(page);
    await element.focus();
  }
  throw new Error(`${what}: the last six points are empty`);
}

async function openOne(page, element, path, base) {
  const { kind, count, words } = await element.evaluate((node) => ({ kind: node.dataset.drill, count: Number(node.dataset.count), words: (node.getAttribute('aria-label') ?? node.textContent).trim().slice(0, 60) }));
  const what = `"${words}"`;
  if (kind === 'point') await openPoint(page, element, what);
  else if (await element.evaluate((node) => node instanceof SVGElement)) {
    await element.focus();
    await page.keyboard.press('Enter');
  } else await element.click();
  if (kind === 'told') {
    await page.locator('.ant-popover:not(.ant-popover-hidden)').waitFor();
    await page.locator('h1').click();
    await page.waitForFunction(() => !document.querySelector('.ant-popover:not(.ant-popover-hidden)'));
  } else if (kind === 'link') {
    await page.waitForFunction((before) => location.href !== before, base + path);
    await settled(page);
    await page.goto(base + path);
    await settled(page);
  } else {
    if (kind === 'comments') await checkComments(page, what, count);
    else if (kind !== 'point') await checkDrawer(page, what, kind, count);
    await closeDrawer(page);
  }
}

/** `most`: of each kind on a page. */
export async function drillPage(page, base, path, kinds, most) {
  await page.goto(base + path);
  await settled(page);
  const found = await page.locator('main [data-drill]:visible').evaluateAll((nodes) => nodes.map((node, index) => ({ index, kind: node.dataset.drill, disabled: node.disabled === true })));
  const seen = {};
  for (const { index, kind, disabled } of found) {
    seen[kind] = (seen[kind] ?? 0) + 1;
    if (disabled || seen[kind] > most) continue;
    await openOne(page, page.locator('main [data-drill]:visible').nth(index), path, base);
  }
  for (const kind of kinds) expect(seen[kind] > 0, `no number of the kind "${kind}" on the page`);
  return found.length;
}

export async function runDrills(page, base, watch, language, most) {
  for (const [name, path, kinds] of kPages) {
    await step(`every number of ${name} drills down (${language})`, watch, () => drillPage(page, base, path, kinds, most), { again: true });
  }
  await step(`every number of a customer drills down (${language})`, watch, async () => {
    await page.goto(`${base}/customers`);
    await settled(page);
    const href = await page.locator('main tbody a').first().getAttribute('href');
    await drillPage(page, base, href, ['events'], most);
  }, { again: true });
}
