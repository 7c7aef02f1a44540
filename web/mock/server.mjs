// A stand-in server for developing and testing the console: answers the contract from an invented world,
// serves dist/, and sends live messages. Never part of the product.
//   node mock/server.mjs [port]     sign in as admin / zhike-mock-1
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOperation, loadContract } from '../scripts/contract.mjs';
import { answers, makeState, Refusal } from './answers.mjs';
import { makeWorld } from './world.mjs';

export const kUser = 'admin';
export const kPassword = 'zhike-mock-1';
const kDist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const kTypes = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

function send(response, status, body, headers = {}) {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'Content-Type': type, ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : {};
}

function serveFile(url, response) {
  const wanted = join(kDist, normalize(url.pathname));
  const file = wanted.startsWith(kDist) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(kDist, 'index.html');
  response.writeHead(200, { 'Content-Type': kTypes[extname(file)] ?? 'application/octet-stream' });
  createReadStream(file).pipe(response);
}

/** The operations that touch the session, apart from the data. */
function sessionAnswer(operation, body, state) {
  const cookie = 'zhike_session=mock; HttpOnly; SameSite=Strict; Path=/';
  switch (operation.operationId) {
    case 'signIn':
      if (body.user !== kUser || body.password !== kPassword) throw new Refusal(401, 'sign_in_failed', 'The user or the password is wrong', 'Try again, or ask an administrator for a new password.');
      return { status: 200, body: state.session, headers: { 'Set-Cookie': cookie } };
    case 'setup':
      state.setupNeeded = false;
      return { status: 200, body: state.session, headers: { 'Set-Cookie': cookie } };
    case 'signOut': return { status: 204, headers: { 'Set-Cookie': 'zhike_session=; Max-Age=0; Path=/' } };
    case 'setLanguage':
      state.session = { ...state.session, language: body.language };
      return { status: 204 };
    case 'changePassword':
      if (body.current !== kPassword) throw new Refusal(403, 'wrong_password', 'The current password is wrong', 'Enter it again.');
      return { status: 204 };
    case 'revokeWriteKey': return { status: 204 };
    default: return null;
  }
}

function frame(text) {
  const data = Buffer.from(text);
  const head = data.length < 126 ? Buffer.from([0x81, data.length]) : Buffer.from([0x81, 126, data.length >> 8, data.length & 255]);
  return Buffer.concat([head, data]);
}

function live(request, socket, world) {
  const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  let received = 0;
  const timer = setInterval(() => {
    received += 12;
    const at = new Date().toISOString();
    const event = world.events[received % world.events.length];
    const fates = ['stored', 'stored', 'stored', 'stored', 'dropped', 'quarantined'];
    const fate = fates[(received / 12) % fates.length];
    socket.write(frame(JSON.stringify({ topic: 'counters', at, received, stored: received - 2, dropped: 1, quarantined: 1, per_second: 12, journal_waiting: 8, customers: world.customers.length, events: world.events.length + received })));
    socket.write(frame(JSON.stringify({ topic: 'event', at, source: event.source, type: event.type, name: event.name, channel: event.channel, fate, reason: { stored: 'none', dropped: 'duplicate', quarantined: 'no_identifier' }[fate], message_id: `m-${received}` })));
  }, 400);
  const end = () => {
    clearInterval(timer);
    socket.destroy();
  };
  socket.on('data', (data) => (data[0] & 0x0f) === 8 && end());
  socket.on('close', end);
  socket.on('error', end);
}

/** Starts the stand-in on 127.0.0.1; port 0 takes a free one. */
export async function startMock(port = 0) {
  const contract = loadContract();
  const world = makeWorld();
  const state = makeState(world);
  const handle = async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (!url.pathname.startsWith('/api/')) return serveFile(url, response);
    const operation = findOperation(contract, request.method, url.pathname);
    if (!operation) throw new Refusal(404, 'not_found', 'There is no such address');
    const open = operation['x-permission'] === 'none';
    if (!open && !request.headers.cookie?.includes('zhike_session=mock')) throw new Refusal(401, 'signed_out', 'You are not signed in', 'Sign in.');
    const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const values = url.pathname.match(new RegExp(`^${operation.path.replace(/\{\w+\}/g, '([^/]+)')}$`)) ?? [];
    const params = Object.fromEntries([...url.searchParams, ...names.map((name, index) => [name, decodeURIComponent(values[index + 1])])]);
    const body = request.method === 'GET' ? {} : await readBody(request);
    const session = sessionAnswer(operation, body, state);
    if (session) return send(response, session.status, session.body, session.headers);
    return send(response, 'responses' in operation && '201' in operation.responses ? 201 : 200, answers[operation.operationId]({ params, body, state, world }));
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      const problem = error instanceof Refusal ? error.problem : new Refusal(500, 'internal', 'An internal error', '', String(error.stack)).problem;
      send(response, problem.status, problem);
    });
  });
  server.on('upgrade', (request, socket) => live(request, socket, world));
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  return { url: `http://127.0.0.1:${server.address().port}`, contract, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await startMock(Number(process.argv[2] ?? 8089));
  console.log(`${mock.url}   sign in: ${kUser} / ${kPassword}`);
}
