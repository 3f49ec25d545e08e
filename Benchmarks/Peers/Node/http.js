'use strict';

const http = require('node:http');
const { createHash, timingSafeEqual } = require('node:crypto');
const codes = require('./codes');

const longestBody = 64 << 10;
const digest = (text) => createHash('sha256').update(text).digest();

function answer(response, text) {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

// A server of the hooks. A refresh is only refused by an end: Centrifugo passes over an error.
exports.server = (secret, hooks, store) => {
  const known = digest(secret);
  const routes = new Map();
  for (const [name, hook, refusal, failure] of [
    ['connect', hooks.connect, codes.badRequest, codes.unavailable],
    ['refresh', hooks.refresh, codes.expired, codes.expired],
    ['subscribe', hooks.subscribe, codes.badRequest, codes.unavailable],
    ['sub_refresh', hooks.subRefresh, codes.expired, codes.expired],
    ['publish', hooks.publish, codes.badRequest, codes.unavailable],
    ['rpc', hooks.rpc, codes.badRequest, codes.unavailable],
  ]) {
    routes.set(`/centrifugo/${name}`, { hook: hook.bind(hooks), refusal, failure });
  }

  return http.createServer((request, response) => {
    const route = routes.get(request.url);
    if (!route) {
      if (request.url === '/readyz') {
        store.ping().then(() => answer(response, '{}'), () => response.writeHead(503).end());
      } else {
        response.writeHead(404).end();
      }
      return;
    }
    if (request.method !== 'POST') return void response.writeHead(405).end();
    // The digests are compared, so that time tells neither length nor prefix.
    if (!timingSafeEqual(digest(request.headers['x-proxyhooks-secret'] ?? ''), known)) {
      return void response.writeHead(401).end();
    }
    const chunks = [];
    let length = 0;
    request.on('data', (chunk) => {
      length += chunk.length;
      if (length <= longestBody) chunks.push(chunk);
    });
    request.on('end', () => {
      let asked;
      try {
        if (length <= longestBody) asked = JSON.parse(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
      } catch {}
      if (typeof asked !== 'object' || asked === null || (asked.encoding ?? 'json') !== 'json') {
        return answer(response, route.refusal);
      }
      route.hook(asked).then(
        (text) => answer(response, text),
        () => answer(response, route.failure),
      );
    });
  });
};
