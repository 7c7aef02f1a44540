// How soon the page of a survey is seen, by a browser without a cache, over loopback: a survey of the templates and one
// of 1,000 questions on one page, each some times. Called by bench/first_paint.py, which says what the figures are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { kRoot, launch } from './harness.mjs';
import { Api, binFolder, kPassword, startService } from './service.mjs';

const kGoalMs = 500;
const kGoalWidget = 15_360;
const kQuestions = 1_000;

function runs() {
  const at = process.argv.indexOf('--runs');
  return at > 0 ? Number(process.argv[at + 1]) : 5;
}

/** Of the kinds that surveys have most of, all on one page. */
function large() {
  const questions = Array.from({ length: kQuestions }, (_, i) => {
    const text = { zh: `第 ${i + 1} 题：您对这一项满意吗？`, en: `Question ${i + 1}: how content are you with this?` };
    if (i % 4 === 3) return { id: `q${i}`, type: 'text', text };
    if (i % 4 === 2) return { id: `q${i}`, type: 'single', text, options: ['a', 'b', 'c', 'd'].map((id) => ({ id, text: { zh: `选项 ${id}`, en: `Option ${id}` } })) };
    return { id: `q${i}`, type: 'scale', least: 1, most: 5, text };
  });
  return { id: 'large', title: { zh: '一千题', en: 'A thousand questions' }, pages: [{ id: 'all', questions }] };
}

async function linkOf(api, wanted) {
  const made = await api.post('/api/surveys', wanted);
  await api.post(`/api/surveys/${made.id}/open`, {});
  const link = await api.post(`/api/surveys/${made.id}/links`, { kind: 'public', channel: 'web' });
  return link.items[0].path;
}

async function seen(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.largest = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.largest = entry.startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
    window.whole = new Promise((done) => window.addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())))));
  });
  await page.goto(url, { waitUntil: 'load' });
  const found = await page.evaluate(async () => {
    const whole = await window.whole;
    const first = () => performance.getEntriesByType('paint').find((one) => one.name === 'first-contentful-paint');
    while (!first()) await new Promise((done) => requestAnimationFrame(done)); // a small page is told of after its second frame
    const paint = first();
    const [navigation] = performance.getEntriesByType('navigation');
    return { first: paint.startTime, largest: window.largest, whole, bytes: navigation.decodedBodySize, questions: document.querySelectorAll('fieldset, textarea, input[type=text]').length };
  });
  await context.close();
  return found;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function measure(browser, name, figure, url, goalOf) {
  const found = [];
  for (let i = 0; i < runs(); ++i) found.push(await seen(browser, url));
  const of = (key) => median(found.map((one) => one[key]));
  const line = { name, runs: found.length, first_paint_ms: Math.round(of('first')), largest_paint_ms: Math.round(of('largest')), whole_ms: Math.round(of('whole')), whole_after_first_ms: Math.round(median(found.map((one) => one.whole - one.first))), page_bytes: of('bytes') };
  console.log(`${name}, ${line.runs} runs: first paint ${line.first_paint_ms} ms, last large paint ${line.largest_paint_ms} ms, whole ${line.whole_ms} ms, that is ${line.whole_after_first_ms} ms after the first paint; ${(line.page_bytes / 1024).toFixed(0)} KB.`);
  console.log(`figure ${figure} ${goalOf(line)} ms <= ${kGoalMs}`);
}

async function main() {
  const browser = await launch();
  if (!browser) return console.log('skipped: no Chromium');
  const service = await startService(binFolder());
  try {
    const api = new Api(service.url);
    await api.post('/api/setup', { token: new URL(service.setupUrl).searchParams.get('token'), user: 'owner', name: 'Owner', password: kPassword, language: 'en' });
    await api.post('/api/session', { user: 'owner', password: kPassword });
    const ordinary = service.url + await linkOf(api, { template: 'csat' });
    const thousand = service.url + await linkOf(api, { document: large() });
    await measure(browser, 'ordinary survey', 'survey_first_paint', ordinary, (line) => line.first_paint_ms);
    await measure(browser, `${kQuestions} questions`, 'survey_thousand_after_first_paint', thousand, (line) => line.whole_after_first_ms);
    const widget = gzipSync(readFileSync(join(kRoot, 'web', 'public', 'widget.js')), { level: 9 }).length;
    console.log(`figure survey_widget_gzip ${widget} bytes <= ${kGoalWidget}`);
  } finally {
    await service.stop();
    await browser.close();
  }
}

await main();
