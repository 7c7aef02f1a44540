// What the browser suites share: Chromium, the watch on console and network, steps and their count.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { answerSchema, findOperation, loadContract, violations } from '../scripts/contract.mjs';

export const kRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const kShots = process.env.ZHIKE_SHOTS ?? join(kRoot, 'test-output', 'screenshots');
/** Folder with `en` and `zh`: every screenshot of the console goes there in both languages, too. */
const kPictures = process.env.ZHIKE_PICTURES;
export const kSizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const kChromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const kFlags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Null where Chromium is not installed. */
export async function launch() {
  const executablePath = process.env.CHROMIUM ?? kChromium.find((path) => existsSync(path));
  if (!executablePath) return null;
  mkdirSync(kShots, { recursive: true });
  return chromium.launch({ executablePath, args: kFlags });
}

/** What each watched page is waiting for. */
const kAsking = new WeakMap();
const kTold = /^(document|script|stylesheet|font|image|fetch|xhr)$/;

/** Nothing asked, nothing moving, and that for three pictures on end: what the page shows is what it will show. */
async function quiet(page) {
  const asking = kAsking.get(page);
  if (!asking) return page.waitForTimeout(450);
  const until = Date.now() + 5_000;
  for (let still = 0; still < 3 && Date.now() < until;) {
    const moving = await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(
      document.getAnimations().filter((one) => one.playState === 'running' && one.effect?.getComputedTiming().iterations !== Infinity).length), 15))));
    still = asking.size === 0 && moving === 0 ? still + 1 : 0;
  }
}

export class Watch {
  problems = [];
  #contract = loadContract();
  #pending = [];

  attach(page) {
    const asking = new Set();
    kAsking.set(page, asking);
    page.on('request', (request) => kTold.test(request.resourceType()) && asking.add(request));
    page.on('requestfinished', (request) => asking.delete(request));
    page.on('requestfailed', (request) => asking.delete(request));
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

  /** Error answers that a test provokes. */
  tolerates() {
    return false;
  }

  async #check(response) {
    const url = new URL(response.url());
    const status = response.status();
    if (status >= 400 && !(this.signedOut && status === 401)) {
      if (this.tolerates(status)) return;
      const body = await response.text().catch(() => '');
      this.problems.push(`${status}: ${response.request().method()} ${url.pathname}${url.search} ${body.slice(0, 300)}`);
      return;
    }
    const operation = status === 200 || status === 201 ? findOperation(this.#contract, response.request().method(), url.pathname) : undefined;
    const schema = operation && answerSchema(operation);
    if (!schema) return;
    // A page that gave up a request leaves its body open for good.
    const value = await Promise.race([response.json().catch(() => undefined), new Promise((done) => setTimeout(done, 3_000))]);
    if (value === undefined) return;
    const found = violations(this.#contract, schema, value);
    if (found.length > 0) this.problems.push(`contract: ${operation.operationId}: ${found.slice(0, 3).join('; ')}`);
  }

  async take() {
    await Promise.all(this.#pending.splice(0));
    return this.problems.splice(0);
  }
}

/** Time ran out, or the network changed under the browser: not what a wrong answer or a broken contract looks like. */
const mayPass = (problem) => /Timeout \d+ ?ms exceeded|did not come within|net::ERR_(NETWORK_CHANGED|CONNECTION_RESET|EMPTY_RESPONSE)/.test(problem);

export const results = { passed: 0, failed: 0, skipped: 0 };

async function attempt(watch, act) {
  const problems = [];
  try {
    await act();
  } catch (error) {
    problems.push(String(error.message ?? error).split('\n').slice(0, 3).join(' '));
  }
  return [...problems, ...(await watch.take())];
}

/** What stands before the user where a step failed: the difference between a slow machine and a lost click. */
async function scene(page, name) {
  const where = await page.evaluate(() => {
    const open = [...document.querySelectorAll('.ant-modal, .ant-drawer-section, .ant-drawer-content, [role=alert], .ant-message-notice')].filter((element) => element.getClientRects().length > 0);
    return [location.pathname + location.search, ...open.map((element) => element.innerText.replace(/\s+/g, ' ').slice(0, 120))].join(' | ');
  }).catch((error) => String(error.message).split('\n')[0]);
  await page.screenshot({ path: join(kShots, `failed.${name.replace(/[^a-z0-9]+/gi, '_').slice(0, 60)}.png`) }).catch(() => undefined);
  return `the page stood at ${where}`;
}

/**
 * `again`: a step that only reads is tried once more when the browser or the clock may be to blame; `later` is told of
 * such a step that cannot be, and answers for its repetition. The first try is printed in both cases. `page`: what a
 * failure describes.
 */
export async function step(name, watch, act, { again = false, later, page } = {}) {
  const started = Date.now();
  let problems = await attempt(watch, act);
  const excused = problems.length > 0 && problems.every(mayPass);
  if (problems.length > 0 && page) problems.push(await scene(page, name));
  if (excused && (again || later)) {
    console.log(`note ${name}: tried again after: ${problems.join(' | ')}`);
    if (later) {
      later();
      return false;
    }
    problems = await attempt(watch, act);
  }
  const ok = problems.length === 0;
  results[ok ? 'passed' : 'failed'] += 1;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} (${Date.now() - started} ms)`);
  for (const problem of problems) console.log(`     ${problem}`);
  return ok;
}

/** Content is there: no skeleton, no spinner, no failed query, nothing wider than the screen. */
export async function settled(page) {
  await page.waitForSelector('main h1', { timeout: 15_000 });
  await page.waitForFunction(() => !document.querySelector('.ant-skeleton, .ant-spin-spinning'), null, { timeout: 15_000 });
  await quiet(page);
  await page.waitForFunction(() => !document.querySelector('.ant-skeleton, .ant-spin-spinning'), null, { timeout: 15_000 });
  if (await page.locator('main [role=alert]').count() > 0) throw new Error(`the page shows: ${await page.locator('main [role=alert]').first().innerText()}`);
  const missing = await page.evaluate(() => (document.body.innerText.match(/\b[a-z]+\.[a-z_]+(_[a-z]+)*\b/g) ?? []).filter((word) => /^(app|common|problem|nav|filter|metric|event|overview|customer|journey|voice|texts|data|source|quarantine|settings|live|reason|role|survey|round|drivers|index|reputation|chain)\./.test(word)));
  if (missing.length > 0) throw new Error(`words missing from the catalogue: ${missing.join(', ')}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (wide > 1) throw new Error(`the page is ${wide} px wider than the screen`);
}

/** What stands on the screen, in both languages: a picture for the guide. */
async function picture(page, name) {
  const toggle = page.getByTestId('language');
  if (await toggle.count() === 0 || await page.locator('nav a').count() === 0) return;  // nobody has signed in
  for (let turn = 0; turn < 2; ++turn) {
    const language = await page.evaluate(() => document.documentElement.lang.slice(0, 2));
    await page.screenshot({ path: join(kPictures, language, `${name}.png`) });
    const kept = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.url().endsWith('/api/session/language'));
    await toggle.dispatchEvent('click');
    await kept;
    await quiet(page);
  }
}

export async function shot(page, name) {
  await page.screenshot({ path: join(kShots, `${name}.png`), fullPage: true });
  if (kPictures) await picture(page, name);
}

export function report() {
  console.log(`${results.passed} passed, ${results.failed} failed, ${results.skipped} skipped`);
  return results.failed > 0 ? 1 : 0;
}

export function expect(holds, what) {
  if (!holds) throw new Error(what);
}

/** The name of a button and no more, but for the sign of waiting, which may stay for a while after the answer. */
export const named = (words) => new RegExp(`^(loading )?${words}$`);

/** Chooses an option of a list by its words. */
export async function pick(page, label, words) {
  await page.getByLabel(label, { exact: true }).focus();
  await page.getByLabel(label, { exact: true }).press('ArrowDown');
  await page.locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option', { hasText: words }).first().dispatchEvent('click');
  await page.locator(`.ant-select-content[title="${words}"]`).first().waitFor();
}

/** How much longer than on a quiet machine anything may take: nobody waits for it where the product is at fault. */
export const kPatience = 3;

/**
 * Presses what opens a small question ("Sure?") and says yes. A page that is still taking its new width or its answer shuts
 * such a question at once, so it is opened again until it stands.
 */
export async function agree(page, opener) {
  const yes = page.locator('.ant-popconfirm:not(.ant-popover-hidden) .ant-popconfirm-buttons .ant-btn-primary');
  await opener.waitFor();
  await within(10_000, 'the question', async () => {
    if (await yes.count() > 0) return true;
    await opener.dispatchEvent('click');
    return yes.waitFor({ timeout: 1_500 }).then(() => true, () => false);
  });
  await yes.dispatchEvent('click');
}

/** Asks until the answer is truthy; the last error or "nothing came" when the time is over. */
export async function within(ms, what, ask) {
  const until = Date.now() + ms * kPatience;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > until) throw new Error(`${what} did not come within ${ms} ms`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
