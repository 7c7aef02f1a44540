// What people do in the console, from the one-time link of an empty folder on: each through the browser, each checked
// against the API or the store. Exports steps for run.mjs.
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, kPatience, named, settled, shot, step, within } from './harness.mjs';
import { Api, kPassword, startService } from './service.mjs';
import { complaintRules, complaints } from './complaints.mjs';
import { customersAndChain, indices, keyDrivers } from './drivers.mjs';
import { reputation } from './reputation.mjs';
import { designs, mapBeside } from './designs.mjs';
import { cases, kinds, lists } from './kinds.mjs';
import { bpmnFile, personaMaps } from './personas.mjs';
import { learning } from './learning.mjs';
import { budget } from './budget.mjs';
import { redesign } from './redesign.mjs';
import { interview, rounds, widget } from './rounds.mjs';
import { triggers } from './triggers.mjs';
import { survey } from './survey.mjs';

/** Sends one call as a script would; the status of the answer. */
async function send(service, key, call) {
  const answer = await fetch(`${service.url}/v1/${call.type === 'track' ? 'track' : 'batch'}`, {
    method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(call.type === 'track' ? call : { batch: [call] }),
  });
  return answer.status;
}

class Actions {
  constructor(parts) {
    Object.assign(this, parts);
  }

  open = async (path) => {
    await this.page.goto(this.service.url + path);
    await settled(this.page);
  };

  /** The field of a form that has this label. */
  field = (label, within = this.page) => within.getByLabel(label, { exact: true });

  async setUp() {
    const { page } = this;
    await page.goto(new URL(this.service.setupUrl, this.service.url).href);
    await page.waitForSelector('form');
    if (!(await page.evaluate(() => document.documentElement.lang)).startsWith('en')) await page.getByTestId('language').click();
    await shot(page, 'set-up');
    await this.field('Name on screen').fill('Owner');
    await this.field('User').fill('owner');
    await this.field('Password').fill(kPassword);
    await this.field('Password again').fill(kPassword);
    await page.locator('button[type=submit]').click();
    await page.waitForURL(/\/data/);
    await settled(page);
    await this.api.signIn('owner', kPassword);
    await page.goto(new URL(this.service.setupUrl, this.service.url).href);
    await page.getByText('Set-up is already done').waitFor();
  }

  async emptyPages() {
    for (const [name, path] of [['overview', '/'], ['customers', '/customers'], ['journeys', '/journeys'], ['voice', '/voice'], ['texts', '/texts'], ['data', '/data'], ['live', '/data?view=live'], ['quarantine', '/data?view=quarantine']]) {
      await this.open(path);
      await shot(this.page, `empty.${name}`);
    }
  }

  async firstEvent() {
    const { page } = this;
    await this.open('/data');
    await page.getByTestId('source-keys').first().click();
    await page.getByTestId('new-key').first().click();
    const dialog = page.locator('.ant-modal');
    this.key = (await dialog.locator('.snippet pre').first().innerText()).trim();
    expect((await dialog.locator('[role=tabpanel]:visible .snippet pre').innerText()).includes(this.key), 'the curl line carries the key');
    await dialog.getByRole('button', { name: /kept/i }).click();
    await this.open('/data?view=live');
    await page.waitForSelector('.live-dot.open');
    expect(await send(this.service, this.key, { type: 'track', event: 'First Event', userId: 'u-1', messageId: 'first-1' }) === 200, 'the event is accepted');
    await page.locator('.live-row', { hasText: 'First Event' }).waitFor();
    expect(/stored/i.test(await page.locator('.live-row', { hasText: 'First Event' }).innerText()), 'its fate is shown');
    await send(this.service, this.key, { type: 'track', event: 'First Event', userId: 'u-1', messageId: 'first-1' });
    await page.locator('.live-row', { hasText: /sent before/i }).first().waitFor();
    await send(this.service, this.key, { type: 'dance', userId: 'u-1', messageId: 'odd-1' });
    await page.locator('.live-row', { hasText: /quarantine/i }).first().waitFor();
    await shot(page, 'live');
    await this.open('/');
    await page.locator('.stat').first().waitFor();
  }

  /** Twice the same press counts once: the form keeps its id until the entry is taken. */
  async record() {
    const { page } = this;
    await this.open('/record?form=store_visit');
    await page.locator('main').getByRole('button', { name: named('Record') }).click();
    await page.getByText('Needed').first().waitFor();
    await page.locator('#record-customer').fill('13900001111');
    await page.locator('main textarea').fill('Asked for size 42');
    await page.locator('main').getByRole('button', { name: named('Record') }).click();
    await page.getByText('Recorded just now').waitFor();
    await shot(page, 'record');
    const visits = async () => (await this.api.events()).filter((event) => event.name === 'Store Visited');
    await within(8_000, 'the visit is an event', async () => (await visits()).length === 1);
    expect((await visits())[0].channel === 'store', 'the form decides the channel');
  }

  async keys() {
    const { page } = this;
    await this.open('/settings?view=keys');
    const before = await page.getByTestId('write-key').count();
    await page.getByTestId('new-key').first().click();
    const dialog = page.locator('.ant-modal');
    const fresh = (await dialog.locator('.snippet pre').first().innerText()).trim();
    await dialog.getByRole('button', { name: /kept/i }).click();
    await within(5_000, 'the new key in the list', async () => (await page.getByTestId('write-key').count()) === before + 1);
    expect(await send(this.service, fresh, { type: 'track', event: 'New Key', userId: 'u-1', messageId: 'k-1' }) === 200, 'the new key works');
    expect(await send(this.service, this.key, { type: 'track', event: 'Old Key', userId: 'u-1', messageId: 'k-2' }) === 200, 'the old one too, until it is ended');
    const old = page.getByTestId('write-key').filter({ hasText: this.key.slice(0, 6) }).filter({ hasNotText: fresh.slice(0, 9) }).first();
    await old.getByRole('button').click();
    await page.locator('.ant-modal-confirm-btns .ant-btn-dangerous').click();
    await within(5_000, 'the old key is gone', async () => (await page.getByTestId('write-key').count()) === before);
    expect(await send(this.service, this.key, { type: 'track', event: 'Ended Key', userId: 'u-1', messageId: 'k-3' }) === 401, 'the ended key is refused');
    this.key = fresh;
  }

  async users() {
    const { page } = this;
    await this.open('/settings?view=users');
    await page.getByRole('button', { name: 'New user' }).first().click();
    const dialog = page.locator('.ant-modal');
    await this.field('User', dialog).fill('li');
    await this.field('Name on screen', dialog).fill('Li');
    await dialog.locator('input[type=password]').fill('a long password');
    await dialog.locator('button[type=submit]').click();
    const row = page.locator('tr', { hasText: 'Li' }).filter({ hasText: 'li' }).last();
    await row.waitFor();
    const own = new Api(this.service.url);
    expect((await own.signIn('li', 'a long password')).role === 'viewer', 'a viewer signs in');
    await row.getByRole('button', { name: /edit/i }).click();
    const role = dialog.getByRole('combobox').first();
    await role.press('ArrowDown');
    // Upwards from the viewer: privacy officer, agent, analyst.
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'Enter']) await role.press(key);
    await dialog.locator('.ant-select-content', { hasText: 'Analyst' }).waitFor();
    await dialog.locator('button[type=submit]').click();
    await within(5_000, 'the role', async () => (await this.api.get('/api/users')).items.some((user) => user.user === 'li' && user.role === 'analyst'));
    await dialog.waitFor({ state: 'hidden' });
    await row.getByRole('switch').click();
    await within(5_000, 'the user is disabled', async () => (await this.api.get('/api/users')).items.some((user) => user.user === 'li' && !user.enabled));
    const refused = await new Api(this.service.url).signIn('li', 'a long password').then(() => false, () => true);
    expect(refused, 'a disabled user cannot sign in');
    expect(await own.get('/api/overview').then(() => false, () => true), 'nor go on with an open session');
  }

  async touchpoints() {
    const { page } = this;
    await this.open('/settings?view=touchpoints');
    await page.getByRole('tab', { name: /^Channels/ }).click();
    await page.getByRole('button', { name: /(^|plus )Add$/ }).locator('visible=true').click();
    const last = page.locator('tbody tr.ant-table-row:visible').last();
    await last.locator('input').nth(0).fill('vending');
    await last.locator('input').nth(1).fill('售货机');
    await last.locator('input').nth(2).fill('Vending');
    await page.getByRole('tab', { name: /^Rules/ }).click();
    await page.getByRole('button', { name: 'Add a rule at the top' }).click();
    const rule = page.locator('tbody tr.ant-table-row:visible').first();
    await rule.getByLabel('If name 1').fill('Ticket Printed');
    const channel = rule.locator('.ant-select').nth(2).getByRole('combobox');
    await channel.fill('vending');
    await channel.press('Enter');
    await rule.locator('.ant-select-content', { hasText: 'Vending' }).waitFor();
    await page.getByRole('button', { name: /^save/i }).click();
    await within(5_000, 'the saved catalogue', async () => {
      const catalogue = await this.api.get('/api/touchpoints');
      return catalogue.channels.some((item) => item.key === 'vending') && catalogue.rules[0].name === 'Ticket Printed' && catalogue.rules[0].set_channel === 'vending';
    });
    await send(this.service, this.key, { type: 'track', event: 'Ticket Printed', userId: 'u-2', messageId: 't-1' });
    await within(8_000, 'an event of the new channel', async () => (await this.api.events()).some((event) => event.name === 'Ticket Printed' && event.channel === 'vending'));
  }

  survey = () => survey(this, this.open);

  complaints = () => complaints(this, this.open);

  complaintRules = () => complaintRules(this, this.open);
  reputation = () => reputation(this, this.open);

  rounds = () => rounds(this, this.open);
  triggers = () => triggers(this, this.open);
  kinds = () => kinds(this, this.open);
  lists = () => lists(this, this.open);
  cases = () => cases(this, this.open);
  designs = () => designs(this, this.open);
  mapBeside = () => mapBeside(this, this.open);
  budget = () => budget(this, this.open);
  redesign = () => redesign(this, this.open);
  personaMaps = () => personaMaps(this, this.open);
  bpmnFile = () => bpmnFile(this, this.open);

  interview = () => interview(this, this.open);

  widget = () => widget(this);

  keyDrivers = () => keyDrivers(this, this.open);

  customersAndChain = () => customersAndChain(this, this.open);

  learning = () => learning(this, this.open);

  indices = () => indices(this, this.open);

  async connectors() {
    const { page } = this;
    await this.open('/connectors');
    await shot(page, 'connectors.empty');
    await page.getByRole('button', { name: /New connector/ }).click();
    await page.locator('.ant-modal').getByRole('button', { name: /Webhook in/ }).click();
    const form = page.locator('.ant-drawer-content, .ant-drawer-section').last();
    await this.field('Name', form).fill('Shop system');
    await this.field('Key', form).fill('shop-system');
    await this.field('Secret', form).fill('a secret of the shop');
    await this.field('Test box', form).fill('[{"event": "Order Paid", "id": "o-1", "user_id": "u-9"}, {"event": ""}]');
    await form.getByRole('button', { name: 'Show the events' }).click();
    await page.getByTestId('mapping-outcome').getByText('1 events · 1 to the quarantine').waitFor();
    await shot(page, 'connectors.form');
    await form.getByRole('button', { name: 'Create connector' }).click();
    await page.locator('.snippet', { hasText: '/hooks/shop-system' }).waitFor();
    const body = '{"event": "Order Paid", "id": "o-1", "user_id": "u-9"}';
    const time = String(Math.floor(Date.now() / 1000));
    const post = (secret) => fetch(`${this.service.url}/hooks/shop-system`, {
      method: 'POST', headers: { 'X-Timestamp': time, 'X-Signature': `sha256=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}` }, body,
    });
    expect((await post('another secret')).status === 401, 'a wrong signature is refused');
    expect((await post('a secret of the shop')).status === 200, 'a signed call is taken');
    await page.getByRole('button', { name: named('Log') }).click();
    await page.getByText('Call refused').waitFor();
    await shot(page, 'connectors.log');
    await within(8_000, 'the event of the call', async () => (await this.api.events()).some((event) => event.name === 'Order Paid'));
    await page.getByRole('switch').click();
    await within(5_000, 'the connector is off', async () => (await this.api.get('/api/connectors')).items[0].state === 'off');
  }

  importFile() {
    return importWizard(this);
  }

  /** Twelve people with two records each that no event joins, and as many strangers. */
  async review() {
    const { page, api } = this;
    const names = ['王伟', '李秀英', '张敏', '刘洋', '陈静', '杨建国', '黄丽华', '赵强', '吴磊', '周军', '徐芳', '孙志强', '马俊杰', '朱思远', '胡雨桐', '郭浩然', '何欣怡', '高子轩', '林一诺', '罗梓涵', '宋晓明', '唐国栋', '许文静', '邓雪梅'];
    const batch = names.flatMap((name, index) => {
      const traits = { name, birthday: `19${60 + ((index * 7) % 40)}-0${1 + (index % 9)}-1${index % 10}`, city: index % 3 ? '杭州' : '成都', 'contact.mobile': `1390000${1000 + index * 37}` };
      const { 'contact.mobile': phone, ...fewer } = traits;
      const first = { type: 'identify', userId: `r${index}`, messageId: `r${index}`, traits };
      return index < 12 ? [first, { type: 'identify', anonymousId: `r${index}`, messageId: `rr${index}`, traits: index % 2 ? fewer : { ...traits, name: `${name[0]}先生`, phone } }] : [first];
    });
    const sources = await api.get('/api/sources');
    const { write_key: key } = await api.post(`/api/sources/${sources.items[0].id}/keys`, {});
    const answer = await fetch(`${this.service.url}/v1/batch`, { method: 'POST', headers: { Authorization: `Basic ${btoa(`${key}:`)}`, 'Content-Type': 'application/json' }, body: JSON.stringify({ batch }) });
    expect(answer.ok, `the batch got ${answer.status}`);
    await within(10_000, 'all records are customers', async () => (await api.get('/api/customers?q=r11')).items.length === 2 && (await api.get('/api/customers?q=r23')).items.length === 1);
    await this.open('/customers/review');
    await shot(page, 'review.empty');
    await page.getByRole('button', { name: 'Match now' }).click();
    await page.getByTestId('review-waiting').waitFor();
    await shot(page, 'review');
    const open = async () => (await api.get('/api/identity/review')).open;
    const before = await open();
    expect(before > 3, `pairs are proposed, not ${before}`);
    const search = page.getByPlaceholder('Phone, e-mail, order number, full name or customer id');
    await search.fill('r0');
    await search.press('Enter');
    await page.getByText('1 pair of this search waits.').waitFor();
    await search.fill('nobody@example.com');
    await search.press('Enter');
    await page.getByText('No such pair').waitFor();
    await search.fill('');
    await search.press('Enter');
    const likely = (await api.get('/api/identity/review?sort=likely')).items[0];
    await page.getByRole('combobox', { name: 'Order' }).press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.ant-select-content', { hasText: 'Most likely first' }).waitFor();
    await page.getByRole('link', { name: `Profile ${likely.customers[0].id}` }).waitFor();
    await shot(page, 'review.likely');
    await page.getByRole('heading', { name: 'Review pairs' }).click();
    // Keys count once the page shows the next pair: one pressed sooner would decide about a pair nobody has seen.
    const shown = (left) => within(5_000, `${left} pairs wait`, async () => (await page.getByTestId('review-waiting').innerText()).match(/\d+/)?.[0] === String(left)
      && await page.getByRole('button', { name: 'Skip' }).isEnabled());
    let left = before;
    for (const [press, state] of [['a', 'accepted'], ['r', 'rejected'], ['s', 'skipped']]) {
      await shown(left--);
      const answered = page.waitForResponse((one) => one.request().method() === 'POST' && one.url().includes('/api/identity/review/'));
      await page.keyboard.press(press);
      expect((await (await answered).json()).state === state, `${press} means ${state}`);
    }
    await within(5_000, 'three pairs are decided', async () => (await open()) === left);
    for (; left > 0; --left) {
      await shown(left);
      await page.keyboard.press('a');
      await within(5_000, 'the next pair is accepted', async () => (await open()) === left - 1);
    }
    await page.locator('.ant-segmented').getByText('One customer').click();
    await page.getByText('Made one customer on').first().waitFor();
    await page.getByRole('combobox', { name: 'What is compared' }).press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.ant-select-content', { hasText: 'Only new and changed customers' }).waitFor();
    await page.getByRole('button', { name: 'Match now' }).click();
    await within(20_000, 'a run over what is new', async () => (await api.get('/api/identity/matching')).items[0].new_records === 0);
    await page.getByText('What matching has learned').click();
    await page.getByRole('columnheader', { name: 'Compared where equal' }).waitFor();
    await page.getByText('What other thresholds would have come to').click();
    await page.getByRole('img', { name: 'What other thresholds would have come to' }).waitFor();
    await shot(page, 'review.learned');
  }

  /** Two customers become one on their page, and two again. */
  async mergeAndSplit() {
    const { page, api } = this;
    const sources = await api.get('/api/sources');
    const { write_key: key } = await api.post(`/api/sources/${sources.items[0].id}/keys`, {});
    const tell = async (userId, event, properties) => expect((await send(this.service, key, { type: 'track', event, userId, messageId: `${userId} ${event}`, properties })) === 200, `${event} is taken`);
    await tell('card-holder', 'Ticket Created', { case_id: 'T-77', channel: 'phone' });
    await tell('web-account', 'Order Completed', { revenue: 30, currency: 'CNY', channel: 'web' });
    const find = (text) => within(8_000, text, async () => (await api.get(`/api/customers?q=${text}`)).items[0]);
    const first = await find('card-holder');
    const second = await find('web-account');
    await this.open(`/customers/${first.id}`);
    await page.getByText('Has an open conversation').waitFor();
    await page.getByRole('button', { name: 'T-77' }).waitFor();
    await page.getByRole('button', { name: 'Merge with another customer' }).click();
    const dialog = page.locator('.ant-modal');
    await dialog.getByRole('searchbox').fill('web-account');
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Choose' }).click();
    await dialog.getByText('Afterwards').waitFor();
    await shot(page, 'merge.preview');
    expect((await api.get(`/api/customers/${first.id}`)).events === 1, 'a preview changes nothing');
    await dialog.getByRole('checkbox', { name: 'They are one person all the same' }).check(); // two accounts of one source
    await dialog.locator('textarea').fill('showed both at the counter');
    await dialog.locator('button[type=submit]').click();
    await page.getByText('Merged', { exact: true }).waitFor();
    await within(8_000, 'they are one', async () => (await api.get(`/api/customers/${second.id}`)).id === (await api.get(`/api/customers/${first.id}`)).id);
    await page.getByText('showed both at the counter').waitFor();
    await shot(page, 'customer.merged');
    const entries = page.locator('.ant-timeline-item');
    await within(8_000, 'the events of both', async () => (await entries.count()) === 2);
    await page.getByRole('combobox', { name: 'Channels' }).press('ArrowDown');
    await page.keyboard.press('Enter');
    await within(8_000, 'the events of one channel', async () => (await entries.count()) === 1);
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Channels' }).press('Backspace');
    await within(8_000, 'the events of both again', async () => (await entries.count()) === 2);
    await page.getByRole('row', { name: 'showed both at the counter' }).getByRole('checkbox').check();
    await page.getByRole('button', { name: /Take back \(1/ }).click();
    await dialog.getByText('Customer 2 afterwards').waitFor();
    await shot(page, 'split.preview');
    await dialog.locator('textarea').fill('two people after all');
    await dialog.locator('button[type=submit]').click();
    await page.getByText('Taken back', { exact: true }).waitFor();
    await within(8_000, 'they are two again', async () => (await api.get(`/api/customers/${second.id}`)).id === second.id && (await api.get(`/api/customers/${first.id}`)).id === first.id);
    expect((await api.get(`/api/customers/${second.id}`)).orders === 1, 'the order went back to whom it belongs');
  }

  async reveal() {
    const { page } = this;
    await send(this.service, this.key, { type: 'identify', userId: 'u-1', messageId: 'i-1', traits: { phone: '13926487153' } });
    const customer = await within(8_000, 'the phone number', async () => {
      const { items } = await this.api.get('/api/customers?q=13926487153');
      return items[0]?.id;
    });
    await this.open(`/customers/${customer}`);
    expect(!(await page.locator('main').innerText()).includes('13926487153'), 'the phone number is masked');
    await page.getByRole('button', { name: 'Reveal' }).first().click();
    const dialog = page.locator('.ant-modal');
    await dialog.locator('button[type=submit]').click();
    await dialog.locator('.ant-form-item-explain-error').waitFor();
    await dialog.locator('textarea').fill('call back about order A-1');
    await dialog.locator('button[type=submit]').click();
    await page.locator('main', { hasText: '13926487153' }).waitFor();
    const ledger = new DatabaseSync(join(this.service.data, 'ledger.db'), { readOnly: true });
    const entries = ledger.prepare('SELECT * FROM audit').all().map((entry) => JSON.stringify(entry, (_key, value) => (typeof value === 'bigint' ? String(value) : value)));
    ledger.close();
    expect(entries.some((entry) => entry.includes('call back about order A-1') && /reveal/.test(entry)), `the audit holds the reason: ${entries}`);
  }
}

/** Calls of a hotline: one of them has no time that can be read. */
const kCalls = ['call_id,customer_id,started_at,topic,rating,comment',
  ...Array.from({ length: 300 }, (_, i) => `K${i},c-${i % 40},${i === 7 ? 'never' : `${new Date(Date.now() - (1 + (i % 20)) * 86_400_000).toISOString().slice(0, 10)} 09:${String(i % 60).padStart(2, '0')}:00`},${i % 2 ? 'billing' : 'delivery'},${1 + (i % 5)},the clerk took the time to explain everything twice and called back the next day`)].join('\n');

async function importWizard(actions) {
  const { page } = actions;
  await actions.open('/data?view=imports');
  await page.getByRole('button', { name: /New import/ }).first().click();
  await page.waitForURL(/\/data\/imports\/\d+/);
  await page.getByTestId('import-files').setInputFiles({ name: 'calls.csv', mimeType: 'text/csv', buffer: Buffer.from(kCalls) });
  await page.locator('.import-file', { hasText: 'calls.csv' }).waitFor();
  const source = page.getByLabel('Source', { exact: true });
  await source.waitFor();
  expect(await source.inputValue() === 'calls', 'the source is named after the file');
  await page.locator('main', { hasText: 'free text' }).waitFor();
  await shot(page, 'import.mapping');
  await source.fill('call log');
  await actions.field('Event').fill('Call Answered');
  await page.getByTestId('import-try').click();
  await page.locator('main', { hasText: 'of 300 rows 299 would be stored and 1 rejected' }).waitFor();
  await page.locator('main', { hasText: 'unreadable time' }).waitFor();
  await actions.field('Save the mapping as').fill('calls of the hotline');
  await page.getByRole('button', { name: named('Save') }).click();
  await within(5_000, 'the saved mapping', async () => (await actions.api.get('/api/imports/mappings')).saved.some((mapping) => mapping.name === 'calls of the hotline'));
  await shot(page, 'import.try');
  await page.getByTestId('import-start').click();
  await page.getByTestId('import-state').filter({ hasText: 'done' }).waitFor();
  await shot(page, 'import.report');
  await page.setViewportSize({ width: 390, height: 844 });
  await shot(page, 'import.report.phone');
  await page.setViewportSize({ width: 1440, height: 900 });
  const [done] = (await actions.api.get('/api/imports')).items;
  expect(done.reports[0].stored === 299 && done.reports[0].rejected === 1 && done.files.length === 0, `299 rows are stored and the file is gone: ${JSON.stringify(done.reports)}`);
  await within(8_000, 'the calls in the store', async () => (await actions.api.events('&name=Call%20Answered')).some((event) => event.name === 'Call Answered'));
}

const kMapping = (time) => `source = "till"
zone = "Asia/Shanghai"
[[file]]
name = "visits"
pattern = "*visits*.csv"
[[file.event]]
name = "Store Visit"
time = "{${time}}"
id = "visit:{no}"
identifiers = [{kind = "user_id", column = "who"}]
channel = "store"
`;

/** Rows that the first mapping cannot read and the corrected one can. */
function prepareRejects(bin) {
  return (folder, data) => {
    const write = (name, text) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const load = (file, mapping) => {
      try {
        execFileSync(join(bin, 'zhike'), ['import', file, '--map', mapping, '--data', data, '--json'], { stdio: ['ignore', 'ignore', 'ignore'] });
      } catch (error) {
        if (error.status !== 3) throw error;
      }
    };
    load(write('visits1.csv', 'no,who,came,arrived\n1,w-1,early,2026-11-01 10:00:00\n2,w-2,late,2026-11-01 18:00:00\n3,w-3,late,never\n'), write('wrong.toml', kMapping('came')));
    load(write('visits2.csv', 'no,who,came,arrived\n4,w-4,early,2026-11-02 10:00:00\n'), write('right.toml', kMapping('arrived')));
  };
}

async function quarantine(page, service, api) {
  await page.goto(`${service.url}/sign-in`);
  await page.locator('input').nth(0).fill('owner');
  await page.locator('input').nth(1).fill(kPassword);
  await page.locator('button[type=submit]').click();
  await page.waitForSelector('main#content h1');
  await page.goto(`${service.url}/data?view=quarantine`);
  await settled(page);
  const { total } = await api.get('/api/quarantine');
  expect(total === 3, `three rows wait, not ${total}`);
  const rows = page.locator('.ant-table-tbody .ant-table-row');
  expect(await rows.count() === 3, `three rows are shown, not ${await rows.count()}`);
  await rows.first().locator('.ant-table-row-expand-icon').click();
  await page.locator('.ant-table-expanded-row pre').waitFor();
  await shot(page, 'quarantine');
  await page.getByRole('button', { name: /^Replay/ }).first().click();
  await within(8_000, 'two rows are replayed', async () => (await api.get('/api/quarantine')).total === 1);
  await within(8_000, 'three visits stored', async () => (await api.events()).filter((event) => event.name === 'Store Visit').length === 3);
  await page.locator('main', { hasText: 'never' }).waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.locator('.ant-modal-confirm-btns .ant-btn-dangerous').click();
  await within(5_000, 'the last row is discarded', async () => (await api.get('/api/quarantine')).total === 0);
}

const kSteps = [
  ['the one-time link makes the administrator, once', 'setUp'],
  ['every page of an empty installation teaches', 'emptyPages'],
  ['a key is made and the first event arrives in the live debugger', 'firstEvent'],
  ['a visit is entered by hand', 'record'],
  ['a write key is rotated: made, used, ended', 'keys'],
  ['a user is made, changed, disabled', 'users'],
  ['the touchpoint catalogue is edited and counts at once', 'touchpoints'],
  ['a webhook is set up, tried, called, and switched off', 'connectors'],
  ['a survey is made, opened, answered without scripts, and counted', 'survey'],
  ['a complaint is taken down, made good, closed with a cause, and reported', 'complaints'],
  ['a rule opens complaints: tried on the past, made, switched; a remedy limit is changed', 'complaintRules'],
  ['brands are put in, posts are compared, and a burst is found with its words', 'reputation'],
  ['answers of a survey become key drivers, with a matrix and refusals', 'keyDrivers'],
  ['SERVQUAL, gaps and the pyramid are shown on the page of their survey', 'indices'],
  ['a file is imported: columns guessed, corrected, tried out, stored', 'importFile'],
  ['a masked identifier is shown for a reason, which is audited', 'reveal'],
  ['two customers are merged with a preview, and taken apart again', 'mergeAndSplit'],
  ['pairs are proposed and decided by keyboard', 'review'],
  ['a round asks customers by chance; its links and a QR code are saved', 'rounds'],
  ['a trigger is previewed, a link taken back, order and look of a survey changed', 'triggers'],
  ['kinds of journeys are edited, counted before they count, and two changes put together', 'kinds'],
  ['who stopped at a step of a funnel is kept as a list, shown and removed', 'lists'],
  ['where cases stand is shown, and the cases of a place are listed', 'cases'],
  ['a process is drawn, kept, changed, saved as a file and removed', 'designs'],
  ['two maps stand side by side, and print alone', 'mapBeside'],
  ['spending is imported, and the budget of channels is answered with intervals', 'budget'],
  ['a redesign is simulated with other hours, costs and a target, and stopped', 'redesign'],
  ['personas are made with their size, chosen, and their maps stand side by side', 'personaMaps'],
  ['a process in BPMN is chosen as a file and held against the cases', 'bpmnFile'],
  ['staff begin an interview with a customer', 'interview'],
  ['a survey in a page of somebody else: by keyboard, nothing kept, refused elsewhere', 'widget'],
  ['what is known of customers, and branches over time, become drivers and a chain', 'customersAndChain'],
  ['a comment is corrected, a model learned, compared, used and taken back; aspects and routes are edited', 'learning'],
];

/** What each action finds done: an administrator, a write key and an event that came with it; and what one needs besides. */
const kFirst = ['setUp', 'firstEvent'];
const kNeeds = { interview: ['rounds'] };

async function onFreshService(bin, parts, act) {
  const service = await startService(bin);
  try {
    return await act(new Actions({ ...parts, service, api: new Api(service.url) }));
  } finally {
    await parts.page.goto('about:blank'); // what is open asks on
    await service.stop();
    await parts.page.context().clearCookies();
  }
}

/**
 * An action changes what it works on, so that it cannot simply be tried again: where the time ran out, which a busy
 * machine alone may cause, it is repeated once on a fresh service. A failure of the product fails there too.
 */
const repeatOn = (bin, parts, method) => () => onFreshService(bin, parts, async (actions) => {
  for (const one of new Set([...kFirst, ...(kNeeds[method] ?? []), method])) await actions[one]();
});

export async function runActions(browser, watch, bin, only) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', colorScheme: 'light', reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000 * kPatience);
  watch.attach(page);
  watch.signedOut = true;
  const repeats = [];
  await onFreshService(bin, { page, watch }, async (actions) => {
    for (const [name, method] of kSteps.filter((one) => !only || only.includes(one[1]))) {
      const later = method === 'setUp' ? undefined : () => repeats.push([name, method]);
      if (!(await step(name, watch, () => actions[method](), { page, later })) && method === 'setUp') break;
    }
  });
  for (const [name, method] of repeats) await step(`${name} (again, on a fresh service)`, watch, repeatOn(bin, { page, watch }, method), { page });
  // It has a service of its own, so it can be tried again.
  await step('the quarantine is replayed after the mapping was corrected, the rest discarded', watch, async () => {
    await context.clearCookies();
    const other = await startService(bin, prepareRejects(bin));
    try {
      const api = new Api(other.url);
      await api.setUp(other.setupUrl);
      await quarantine(page, other, api);
    } finally {
      await page.goto('about:blank');
      await other.stop();
    }
  }, { page, again: true });
  watch.signedOut = false;
  await context.close();
}
