// The browser test: signs in, opens every page in both languages at desktop and phone size, follows a number to
// its events, and fails on any console error, failed request or answer that breaks the API contract.
//   ZHIKE_URL=http://127.0.0.1:8080 ZHIKE_USER=admin ZHIKE_PASSWORD=... node e2e/run.mjs
// Screenshots stay in test-output/screenshots/. The last line is "N passed, N failed, N skipped".
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { answerSchema, findOperation, loadContract, violations } from '../scripts/contract.mjs';

const kRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const kShots = process.env.ZHIKE_SHOTS ?? join(kRoot, 'test-output', 'screenshots');
const kSizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const kChromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const kPages = [
  ['overview', '/'], ['data', '/data'], ['data-live', '/data?view=live'], ['data-quarantine', '/data?view=quarantine'], ['customers', '/customers'],
  ['journeys', '/journeys'], ['journeys-paths', '/journeys?view=paths'], ['journeys-graph', '/journeys?view=graph'], ['voice', '/voice'],
  ['settings', '/settings'], ['settings-users', '/settings?view=users'], ['settings-keys', '/settings?view=keys'], ['settings-touchpoints', '/settings?view=touchpoints'],
];

class Watch {
  problems = [];
  #contract = loadContract();
  #pending = [];

  attach(page) {
    page.on('console', (message) => message.type() === 'error' && !this.expected(message.text()) && this.problems.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => this.problems.push(`exception: ${error.message}`));
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      if (why !== 'net::ERR_ABORTED') this.problems.push(`request failed: ${request.method()} ${request.url()} ${why}`);
    });
    page.on('response', (response) => this.#pending.push(this.#check(response)));
  }

  /** While signed out the browser itself logs the 401 that leads to the sign-in page. */
  expected(text) {
    return this.signedOut && /401/.test(text);
  }

  async #check(response) {
    const url = new URL(response.url());
    const status = response.status();
    if (status >= 400 && !(this.signedOut && status === 401)) {
      const body = await response.text().catch(() => '');
      this.problems.push(`${status}: ${response.request().method()} ${url.pathname}${url.search} ${body.slice(0, 300)}`);
      return;
    }
    const operation = status === 200 || status === 201 ? findOperation(this.#contract, response.request().method(), url.pathname) : undefined;
    const schema = operation && answerSchema(operation);
    if (!schema) return;
    const value = await response.json().catch(() => undefined);
    if (value === undefined) return;
    const found = violations(this.#contract, schema, value);
    if (found.length > 0) this.problems.push(`contract: ${operation.operationId}: ${found.slice(0, 3).join('; ')}`);
  }

  async take() {
    await Promise.all(this.#pending.splice(0));
    return this.problems.splice(0);
  }
}

const results = { passed: 0, failed: 0, skipped: 0 };

async function step(name, watch, act) {
  const started = Date.now();
  let problems = [];
  try {
    await act();
  } catch (error) {
    problems = [String(error.message ?? error).split('\n').slice(0, 3).join(' ')];
  }
  problems.push(...(await watch.take()));
  const ok = problems.length === 0;
  results[ok ? 'passed' : 'failed'] += 1;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${Date.now() - started} ms)`);
  for (const problem of problems) console.log(`     ${problem}`);
  return ok;
}

/** Content is there: no skeleton, no spinner, no failed query, nothing wider than the screen. */
async function settled(page) {
  await page.waitForSelector('main h1', { timeout: 15_000 });
  await page.waitForFunction(() => !document.querySelector('.ant-skeleton, .ant-spin-spinning'), null, { timeout: 15_000 });
  await page.waitForTimeout(450);
  if (await page.locator('main [role=alert]').count() > 0) throw new Error(`the page shows: ${await page.locator('main [role=alert]').first().innerText()}`);
  const missing = await page.evaluate(() => (document.body.innerText.match(/\b[a-z]+\.[a-z_]+(_[a-z]+)*\b/g) ?? []).filter((word) => /^(app|common|problem|nav|filter|metric|event|overview|customer|journey|voice|data|source|quarantine|settings|live|reason|role)\./.test(word)));
  if (missing.length > 0) throw new Error(`words missing from the catalogue: ${missing.join(', ')}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 1) throw new Error(`the page is ${wide} px wider than the screen`);
}

const shot = (page, name) => page.screenshot({ path: join(kShots, `${name}.png`), fullPage: true });

async function signIn(page, base, user, password) {
  await page.goto(`${base}/sign-in`);
  await page.waitForSelector('input');
  await shot(page, 'sign-in');
  await page.getByTestId('language').click();
  await page.locator('input').nth(0).fill(user);
  await page.locator('input').nth(1).fill(password);
  await page.locator('button[type=submit]').click();
  await page.waitForSelector('main#content h1', { timeout: 15_000 });
}

async function toLanguage(page, language) {
  const now = await page.evaluate(() => document.documentElement.lang);
  if (now.startsWith(language)) return;
  await page.getByTestId('language').click();
  await page.waitForFunction((wanted) => document.documentElement.lang.startsWith(wanted), language);
}

async function tour(page, base, watch, language, size) {
  const tag = (name) => `${name}.${size}.${language}`;
  for (const [name, path] of kPages) {
    await step(tag(name), watch, async () => {
      const separator = path.includes('?') ? '&' : '?';
      await page.goto(`${base}${path}${/^\/(data|settings)/.test(path) ? '' : `${separator}range=all`}`);
      await settled(page);
      await shot(page, tag(name));
    });
  }
  await step(tag('customer'), watch, async () => {
    await page.goto(`${base}/customers`);
    await settled(page);
    const link = page.locator('main tbody a').first();
    if (await link.count() === 0) return;
    await link.click();
    await page.waitForSelector('.facts');
    await settled(page);
    await shot(page, tag('customer'));
  });
}

async function interactions(page, base, watch) {
  await step('search opens by keyboard and finds a page', watch, async () => {
    await page.goto(`${base}/`);
    await settled(page);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').last().fill('sankey');
    await page.waitForSelector('#search-results');
    await shot(page, 'search');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/journeys/);
    await settled(page);
  });
  await step('a number opens the events behind it', watch, async () => {
    await page.goto(`${base}/?range=all`);
    await settled(page);
    const sample = page.locator('.stat .meta .link').first();
    if (await sample.count() === 0) return;
    await sample.click();
    await page.waitForSelector('.ant-drawer .ant-table-row');
    await page.waitForTimeout(500);
    await shot(page, 'drill');
    if (!page.url().includes('drill=')) throw new Error('the drawer is not in the address');
  });
  await step('the definition of a number is one click away', watch, async () => {
    await page.goto(`${base}/?range=all`);
    await settled(page);
    const help = page.locator('.stat .icon-button').first();
    if (await help.count() === 0) return;
    await help.click();
    await page.waitForSelector('.ant-popover:not(.ant-popover-hidden)');
  });
  await step('filters live in the address', watch, async () => {
    await page.goto(`${base}/?range=12m&compare=year`);
    await settled(page);
    await page.locator('nav a[href^="/voice"]').click();
    await page.waitForURL(/\/voice\?.*range=12m/);
    await settled(page);
  });
  await step('dark appearance', watch, async () => {
    await page.evaluate(() => localStorage.setItem('zhike.appearance', 'dark'));
    await page.goto(`${base}/?range=all`);
    await settled(page);
    await shot(page, 'overview.dark');
    await page.evaluate(() => localStorage.setItem('zhike.appearance', 'light'));
  });
  await step('the live counter connects', watch, async () => {
    await page.goto(`${base}/`);
    await page.waitForFunction(() => document.querySelector('[data-testid=live-counter] .live-dot.open'), null, { timeout: 10_000 });
  });
}

export async function run({ base, user, password }) {
  const executablePath = process.env.CHROMIUM ?? kChromium.find((path) => existsSync(path));
  if (!executablePath) {
    console.log('Chromium is not installed (apt-get install chromium).\n0 passed, 0 failed, 1 skipped');
    return 0;
  }
  mkdirSync(kShots, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: kFlags });
  try {
    const watch = new Watch();
    const context = await browser.newContext({ viewport: kSizes.desktop, locale: 'en-GB', colorScheme: 'light', reducedMotion: 'reduce' });
    const page = await context.newPage();
    watch.attach(page);
    watch.signedOut = true;
    const ok = await step('sign in', watch, () => signIn(page, base, user, password));
    watch.signedOut = false;
    if (ok) {
      for (const language of ['en', 'zh']) {
        for (const [size, viewport] of Object.entries(kSizes)) {
          await page.setViewportSize(viewport);
          await page.goto(`${base}/`);
          await settled(page).catch(() => undefined);
          await step(`switch to ${language} (${size})`, watch, () => toLanguage(page, language));
          await tour(page, base, watch, language, size);
        }
      }
      await page.setViewportSize(kSizes.desktop);
      await toLanguage(page, 'en');
      await interactions(page, base, watch);
    }
  } finally {
    await browser.close();
  }
  console.log(`${results.passed} passed, ${results.failed} failed, ${results.skipped} skipped`);
  return results.failed > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await run({
    base: (process.env.ZHIKE_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, ''),
    user: process.env.ZHIKE_USER ?? 'admin', password: process.env.ZHIKE_PASSWORD ?? '',
  });
}
