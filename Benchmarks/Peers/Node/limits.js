'use strict';

const { readFileSync } = require('node:fs');
const redis = require('redis');

// What one event costs and a burst, in microseconds: the benchmark's 1000000/24h, which counts and is never reached.
const eventCost = 86_400;
const limit = [String(eventCost), String(eventCost * 1_000_000)];
const two = [...limit, ...limit];

exports.Limiter = class Limiter {
  // One connection: the client sends what is asked in one turn of the loop together.
  static async connect(path, script) {
    const client = redis.createClient({ socket: { path } });
    client.on('error', () => {});
    await client.connect();
    return new Limiter(client, await client.scriptLoad(readFileSync(script, 'utf8')));
  }

  constructor(client, digest) {
    Object.assign(this, { client, digest });
  }

  async mayUser(user, name) {
    const [place] = await this.client.evalSha(this.digest, { keys: [`ph:{${user}}:${name}:`], arguments: limit });
    return place === 0;
  }

  async mayPublish(user, match) {
    const keys = [`ph:{${user}}:publish_user:`, `ph:{${user}}:publish_room:${match}`];
    const [place] = await this.client.evalSha(this.digest, { keys, arguments: two });
    return place === 0;
  }
};
