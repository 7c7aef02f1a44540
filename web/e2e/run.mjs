// The browser test: signs in, opens every page in both languages at desktop and phone size, follows a number to
// its events, and fails on any console error, failed request or answer that breaks the API contract.
//   ZHIKE_URL=http://127.0.0.1:8080 ZHIKE_USER=admin ZHIKE_PASSWORD=... node e2e/run.mjs
// Screenshots stay in test-output/screenshots/. The last line is "N passed, N failed, N skipped".
import { fileURLToPath } from 'node:url';
import { runActions } from './actions.mjs';
import { runDrills } from './drill.mjs';
import { expect, kSizes, launch, report, settled, shot, step, Watch } from './harness.mjs';
import { Api, binFolder } from './service.mjs';

const kPages = [
  ['overview', '/'], ['data', '/data'], ['data-imports', '/data?view=imports'], ['data-items', '/data?view=items'], ['data-live', '/data?view=live'], ['data-plan', '/data?view=plan'], ['data-quarantine', '/data?view=quarantine'], ['connectors', '/connectors'], ['customers', '/customers'], ['customers-review', '/customers/review'], ['record', '/record'], ['surveys', '/surveys'],
  ['journeys', '/journeys'], ['journeys-map', '/journeys?view=map'], ['journeys-cases', '/journeys?view=cases'], ['journeys-paths', '/journeys?view=paths'], ['journeys-graph', '/journeys?view=graph'], ['journeys-funnel', '/journeys?view=funnel'], ['journeys-friction', '/journeys?view=friction'], ['journeys-experience', '/journeys?view=experience'], ['journeys-blueprint', '/journeys?view=blueprint'], ['journeys-performance', '/journeys?view=performance'], ['journeys-redesign', '/journeys?view=redesign'], ['journeys-model', '/journeys?view=model'], ['journeys-personas', '/journeys?view=personas'], ['journeys-kinds', '/journeys?view=kinds'], ['journeys-design', '/journeys?view=design'], ['channels', '/channels'], ['channels-switching', '/channels?view=switching'], ['channels-attribution', '/channels?view=attribution'], ['channels-best', '/channels?view=best'], ['channels-budget', '/channels?view=budget'], ['voice', '/voice'], ['texts', '/texts'], ['texts-learning', '/texts/learning'], ['texts-aspects', '/texts/learning?tab=aspects'], ['texts-routes', '/texts/learning?tab=routes'], ['texts-words', '/texts/learning?tab=words'], ['reputation', '/reputation'], ['reputation-bursts', '/reputation?view=bursts'], ['drivers', '/drivers'],
  ['complaints', '/complaints'], ['complaints-candidates', '/complaints?view=candidates'], ['complaints-report', '/complaints?view=report'], ['complaints-rules', '/complaints?view=rules'], ['complaints-limits', '/complaints?view=limits'], ['complaints-improvements', '/complaints?view=improvements'],
  ['settings', '/settings'], ['settings-users', '/settings?view=users'], ['settings-units', '/settings?view=units'], ['settings-keys', '/settings?view=keys'], ['settings-touchpoints', '/settings?view=touchpoints'],
];

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

const languageOf = (page) => page.evaluate(() => document.documentElement.lang.slice(0, 2));

/** Chooses it, and waits until the service knows: the next page asks there. */
async function toLanguage(page, language) {
  await page.waitForLoadState('networkidle');
  if (await languageOf(page) !== language) {
    const kept = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.url().endsWith('/api/session/language'));
    await page.getByTestId('language').click();
    await kept;
  }
  await page.waitForFunction((wanted) => document.documentElement.lang.startsWith(wanted), language);
}

/**
 * Every page at every size. It is loaded at the first and then changes its size, as a turned tablet does: the languages
 * begin with different sizes, so that each page is loaded at each. `reload`: loaded anew for each size.
 */
async function tour(page, base, watch, language, sizes, reload) {
  let shown = '';
  const see = async (name, size, load) => {
    const tag = `${name}.${size}.${language}`;
    await step(tag, watch, async () => {
      const there = shown === name && !reload;
      shown = '';
      await page.setViewportSize(kSizes[size]);
      if (!there) await load();
      await settled(page);
      expect(await languageOf(page) === language, `the page is in ${await languageOf(page)}`);
      await shot(page, tag);
      shown = name;
    }, { again: true });
  };
  for (const [name, path] of kPages) {
    const separator = path.includes('?') ? '&' : '?';
    const address = `${base}${path}${/^\/(data|connectors|settings)/.test(path) ? '' : `${separator}range=all`}`;
    for (const size of sizes) await see(name, size, () => page.goto(address));
  }
  for (const size of sizes) {
    await see('customer', size, async () => {
      await page.goto(`${base}/customers`);
      await settled(page);
      const link = page.locator('main tbody a').first();
      if (await link.count() === 0) return;
      await link.click();
      await page.waitForSelector('.facts');
    });
  }
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
    await settled(page);
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

/** A second administrator: the language is kept for each user. */
async function colleague({ base, user, password }) {
  const api = new Api(base);
  await api.signIn(user, password);
  const other = `${user}_zh`;
  await api.post('/api/users', { user: other, name: '同事', role: 'administrator', all_units: true, units: [], language: 'zh', password }).catch((error) => {
    if (!/ 409 |^409/.test(error.message)) throw error;
  });
  return other;
}

/** One person at work: signs in with a browser of their own, then sees every page in one language. Null: not signed in. */
async function visit(browser, { base, user, password, all }, language) {
  const watch = new Watch();
  const context = await browser.newContext({ viewport: kSizes.desktop, locale: 'en-GB', colorScheme: 'light', reducedMotion: 'reduce' });
  const page = await context.newPage();
  watch.attach(page);
  watch.signedOut = true;
  const ok = await step(`sign in (${language})`, watch, () => signIn(page, base, user, password));
  watch.signedOut = false;
  if (!ok) return null;
  const sizes = language === 'en' ? ['desktop', 'phone'] : ['phone', 'desktop'];
  for (const size of sizes) {
    await page.setViewportSize(kSizes[size]);
    await page.goto(`${base}/`);
    await settled(page).catch(() => undefined);
    await step(`switch the language there and back to ${language} (${size})`, watch, async () => {
      await toLanguage(page, language === 'en' ? 'zh' : 'en');
      await toLanguage(page, language);
    });
  }
  await tour(page, base, watch, language, sizes, all);
  await page.setViewportSize(kSizes.desktop);
  return { page, watch };
}

/** Two at work side by side: one opens the numbers of both languages, the other does what changes things. */
async function work(browser, options) {
  const { base, all, bin } = options;
  const inChinese = colleague(options).then((user) => visit(browser, { ...options, user }, 'zh'));
  const numbers = async () => {
    const english = await visit(browser, options, 'en');
    if (english) {
      await runDrills(english.page, base, english.watch, 'en', all ? Infinity : 4);
      await interactions(english.page, base, english.watch);
    }
    const chinese = await inChinese;
    if (chinese) await runDrills(chinese.page, base, chinese.watch, 'zh', all ? Infinity : 1);
  };
  const changes = async () => {
    await inChinese;
    if (bin) await runActions(browser, new Watch(), bin);
  };
  await Promise.all([numbers(), changes()]);
}

/**
 * `bin`: the folder of the programs, for what starts from an empty folder; without it that part is left out.
 * `all`: opens every number of every page; without it some of each kind.
 */
export async function run(options) {
  const browser = await launch();
  if (!browser) {
    console.log('Chromium is not installed (apt-get install chromium).\n0 passed, 0 failed, 1 skipped');
    return 0;
  }
  try {
    await work(browser, options);
  } finally {
    await browser.close();
  }
  return report();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await run({
    base: (process.env.ZHIKE_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, ''),
    user: process.env.ZHIKE_USER ?? 'admin', password: process.env.ZHIKE_PASSWORD ?? '', bin: process.argv.includes('--bin') || process.env.ZHIKE_BIN ? binFolder() : undefined,
    all: process.argv.includes('--all'),
  });
}
