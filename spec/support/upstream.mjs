// A stand-in for a server behind the gateway: node upstream.mjs PORT LOG MODE. Writes a line to LOG for
// each request it gets. MODE `answer`: 200 with its port; `die`: reads the request, then resets the
// connection; `large`: 200 with 20 kB of JSON.
import { appendFileSync } from 'node:fs';
import http from 'node:http';

const [port, log, mode] = process.argv.slice(2);
http.createServer((request, response) => {
  request.resume().on('end', () => {
    appendFileSync(log, `${port} ${request.method} ${request.url} ${request.headers['x-forwarded-for']} ${request.headers['x-request-id']}\n`);
    if (mode === 'die') {
      request.socket.resetAndDestroy();
      return;
    }
    const body = mode === 'large' ? JSON.stringify(Array(2_000).fill('aaaaaaaa')) : JSON.stringify({ port });
    response.writeHead(200, { 'content-type': 'application/json', 'x-route': '/orders/:id', etag: '"1-2"', 'x-request-id': request.headers['x-request-id'] });
    response.end(body);
  });
}).listen(Number(port), '127.0.0.1');
