'use strict';

// The service that a Node programmer would write in ProxyHooks' place: http, a pg pool with prepared statements, redis,
// a process for each core.

const cluster = require('node:cluster');
const { setting, number } = require('./settings');

async function serve() {
  const { Store } = require('./store');
  const { Limiter } = require('./limits');
  const { Verifier } = require('./token');
  const { Hooks } = require('./hooks');
  const { server } = require('./http');

  const store = new Store({
    statements: setting('STATEMENTS'),
    connections: number('POSTGRES_CONNECTIONS', 16),
  });
  const limiter = await Limiter.connect(setting('REDIS_SOCKET'), setting('LIMITS_SCRIPT'));
  const hooks = new Hooks({
    store,
    limiter,
    tokens: new Verifier(setting('HMAC_SECRET'), setting('KEY_ID'), setting('ISSUER'), setting('AUDIENCE')),
    isGuaranteed: setting('DELIVERY') === 'guaranteed',
  });
  const [host, port] = setting('LISTEN').split(':');
  const listening = server(setting('SECRET'), hooks, store).listen({ port: Number(port), host, backlog: 4096 });
  process.once('SIGTERM', () => {
    listening.close();
    listening.closeAllConnections();
    setTimeout(() => process.exit(0), 100);
  });
}

const workers = number('WORKERS', 2);
if (cluster.isPrimary && workers > 1) {
  for (let i = 0; i < workers; i++) cluster.fork();
  let isEnding = false;
  process.once('SIGTERM', () => {
    isEnding = true;
    for (const worker of Object.values(cluster.workers)) worker.process.kill('SIGTERM');
  });
  cluster.on('exit', () => {
    if (!isEnding) process.exit(1);
  });
} else {
  serve().catch((error) => {
    console.error(error);
    process.exit(1);
  });
}
