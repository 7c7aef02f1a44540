// `zhike serve` on an empty folder, and its API as an administrator calls it.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const kPassword = 'correct horse battery';

/** Where the programs are: --bin FOLDER, else the release build. */
export function binFolder() {
  const at = process.argv.indexOf('--bin');
  return resolve(at > 0 ? process.argv[at + 1] : process.env.ZHIKE_BIN ?? 'build/release');
}

/** `prepare(folder, data)` may fill the data folder before the start. */
export async function startService(bin, prepare = () => undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'zhike-e2e-'));
  await prepare(folder, join(folder, 'data'));
  const child = spawn(join(bin, 'zhike'), ['serve', '--data', join(folder, 'data'), '--port', '0', '--json', '--lang', 'en'], {
    stdio: ['ignore', 'pipe', openSync(join(folder, 'serve.log'), 'w')],
    env: { ...process.env, ZHIKE_CONNECTORS_PRIVATE_HOSTS: '127.0.0.1' }, // a gateway of a step listens here
  });
  const ended = new Promise((done) => child.once('exit', done));
  const stop = async () => {
    child.kill('SIGTERM');
    const slow = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(slow);
    rmSync(folder, { recursive: true, force: true });
  };
  const line = await new Promise((done) => {
    createInterface({ input: child.stdout }).once('line', done);
    void ended.then(() => done(''));
  });
  const started = line ? JSON.parse(line) : {};
  if (!started.port) {
    await stop();
    throw new Error(`the service did not start: ${line || 'it ended'}`);
  }
  return { data: join(folder, 'data'), url: `http://127.0.0.1:${started.port}`, port: started.port, setupUrl: started.setup_url, writeKey: started.write_key, stop };
}

/** The API with a session of its own: get(path), post(path, body). An answer that is an error throws. */
export class Api {
  #cookie = '';

  constructor(url) {
    this.url = url;
  }

  async #ask(method, path, body) {
    const response = await fetch(this.url + path, {
      method, headers: { 'X-Zhike': '1', 'Content-Type': 'application/json', ...(this.#cookie && { Cookie: this.#cookie }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const cookie = response.headers.getSetCookie().map((text) => text.split(';', 1)[0]).join('; ');
    if (cookie) this.#cookie = cookie;
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} of ${method} ${path}: ${text.slice(0, 300)}`);
    return text ? JSON.parse(text) : null;
  }

  get = (path) => this.#ask('GET', path);
  post = (path, body) => this.#ask('POST', path, body ?? {});
  put = (path, body) => this.#ask('PUT', path, body);

  signIn = (user, password) => this.post('/api/session', { user, password });
  setUp = (setupUrl) => this.post('/api/setup', { token: new URL(setupUrl, this.url).searchParams.get('token'), user: 'owner', name: 'Owner', password: kPassword, language: 'en' });

  /** All events, newest first, up to 200. */
  events = async (query = '') => (await this.get(`/api/events?from=2000-01-01&limit=200${query}`)).items;
}
