// The stand-in server answers as the contract says, so that what is built against it works on the real one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerSchema, findOperation, loadContract, violations } from '../scripts/contract.mjs';
import { kPassword, kUser, startMock } from './server.mjs';

const contract = loadContract();
let mock: Awaited<ReturnType<typeof startMock>>;
let cookie = '';

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(mock.url + path, { method, headers: { cookie, 'Content-Type': 'application/json' }, body: body === undefined ? null : JSON.stringify(body) });
  const operation = findOperation(contract, method, path.split('?')[0]!);
  const text = await response.text();
  return { status: response.status, value: text ? JSON.parse(text) : undefined, schema: operation && answerSchema(operation), cookie: response.headers.get('set-cookie') ?? '' };
}

describe('the stand-in server', () => {
  beforeAll(async () => {
    mock = await startMock();
    cookie = (await call('POST', '/api/session', { user: kUser, password: kPassword })).cookie.split(';')[0]!;
  });
  afterAll(() => mock.close());

  it('answers every read of the contract in its shape', async () => {
    const { items } = (await call('GET', '/api/customers?limit=1')).value;
    const reads = contract.operations.filter((operation) => operation.method === 'get' && operation.path.startsWith('/api/') && operation.operationId !== 'openapi' && answerSchema(operation) !== null);
    expect(reads.length).toBeGreaterThan(18);
    for (const operation of reads) {
      const id = operation.path.includes('customers') ? items[0].id : '1';
      const path = operation.path.replace('{id}', id).replace('{key}', 'nps') + (operation.operationId === 'getVoiceScores' ? '?instrument=nps' : '');
      const answer = await call('GET', path);
      expect(answer.status, path).toBe(200);
      expect(violations(contract, answer.schema, answer.value), path).toEqual([]);
    }
  }, 60_000); // one call for each read: the more there are, the longer

  it('pages to the end without repeats', async () => {
    const seen = new Set<string>();
    for (let cursor = ''; ;) {
      const { value } = await call('GET', `/api/customers?limit=100${cursor && `&cursor=${cursor}`}`);
      for (const item of value.items) {
        expect(seen.has(item.id)).toBe(false);
        seen.add(item.id);
      }
      if (value.next_cursor === null) break;
      cursor = value.next_cursor;
    }
    expect(seen.size).toBeGreaterThan(300);
  });

  it('refuses with problem documents', async () => {
    const wrong = await call('POST', '/api/session', { user: kUser, password: 'wrong' });
    expect(wrong.status).toBe(401);
    expect(violations(contract, { $ref: '#/components/schemas/Problem' }, wrong.value)).toEqual([]);
    const kept = cookie;
    cookie = '';
    expect((await call('GET', '/api/overview')).status).toBe(401);
    cookie = kept;
    expect((await call('POST', '/api/quarantine/discard', {})).status).toBe(400);
    expect((await call('GET', '/api/customers/99')).status).toBe(404);
  });
});

describe('the validator', () => {
  it('notices what is wrong', () => {
    const point = { $ref: '#/components/schemas/Point' };
    expect(violations(contract, point, { at: '2026-01-01T00:00:00Z', value: null, low: null, high: null, n: 1 })).toEqual([]);
    expect(violations(contract, point, { at: 'yesterday', value: '1', low: null, high: null })).toHaveLength(3);
    expect(violations(contract, { $ref: '#/components/schemas/Money' }, { minor: 12, currency: 'CNY' })).toEqual(['$.minor: number instead of string']);
  });
});
