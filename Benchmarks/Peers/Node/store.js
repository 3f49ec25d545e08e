'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const pg = require('pg');

const int8 = 20;
pg.types.setTypeParser(int8, Number);

const names = ['publish', 'resent', 'membership', 'standing', 'sub_refresh', 'history_before', 'history_after', 'rooms', 'saw'];

exports.Store = class {
  // Where PostgreSQL is, PGHOST, PGUSER and PGDATABASE say.
  constructor({ statements, connections }) {
    this.texts = Object.fromEntries(names.map((name) => [name, readFileSync(join(statements, `${name}.sql`), 'utf8')]));
    this.pool = new pg.Pool({
      max: connections,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: 800,
      query_timeout: 800,
      // Everything is found by key. With hash joins or whole tables read, a plan made while a table was small stays.
      options: '-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off -c enable_hashjoin=off ' +
        '-c enable_mergejoin=off',
    });
    this.pool.on('error', () => {});
    this.seen = new Set();
    setInterval(() => this.noteSeen(), 200).unref();
  }

  // Rows as arrays, from a statement that each connection prepares once.
  async query(name, values) {
    return (await this.pool.query({ name, text: this.texts[name], values, rowMode: 'array' })).rows;
  }

  ping() {
    return this.pool.query('select 1');
  }

  // Who was here, noted a few times a second beside the answers.
  saw(user) {
    if (this.seen.size < 10_000) this.seen.add(user);
  }

  noteSeen() {
    if (this.seen.size === 0) return;
    const users = [...this.seen].slice(0, 1000);
    for (const user of users) this.seen.delete(user);
    this.query('saw', [users]).catch(() => {});
  }
};
