// A network between an SDK and the server that can lose answers: what it swallows has reached the server.
import { createServer, request } from 'node:http';

export async function startProxy(port) {
  const seen = [];
  let losing = 0;
  let how = 'drop';
  const server = createServer((incoming, outgoing) => {
    const chunks = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const forward = request({ host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
        seen.push({ method: incoming.method, path: incoming.url, headers: incoming.headers, status: answer.statusCode, bytes: body.length });
        if (losing > 0 && incoming.method === 'POST') {
          losing -= 1;
          answer.resume();
          if (how === 'drop') incoming.socket.destroy();
          else outgoing.writeHead(Number(how), { 'Access-Control-Allow-Origin': '*' }).end();
          return;
        }
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      forward.on('error', () => incoming.socket.destroy());
      forward.end(body);
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    seen,
    /** Loses the answers to the next POSTs: the connection ends ('drop'), or a status is made up ('503'). */
    lose: (count, way = 'drop') => {
      losing = count;
      how = way;
    },
    left: () => losing,
    close: () => new Promise((done) => {
      server.closeAllConnections();
      server.close(done);
    }),
  };
}

/** A shop of one page on an origin of its own, which runs a script. */
export async function startShop() {
  let script = '';
  const server = createServer((incoming, outgoing) => {
    const js = incoming.url.startsWith('/app.js');
    outgoing.writeHead(200, { 'Content-Type': js ? 'text/javascript' : 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
    outgoing.end(js ? script : '<!doctype html><link rel="icon" href="data:,"><title>Shop · 首页</title><script type="module" src="/app.js"></script>');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    run: (text) => {
      script = text;
    },
    close: () => new Promise((done) => {
      server.closeAllConnections();
      server.close(done);
    }),
  };
}
