'use strict';

const { randomUUID } = require('node:crypto');
const codes = require('./codes');
const { isID, isUUID, room } = require('./ids');

const connectionSeconds = 300;
const subscriptionSeconds = 120;
const longestText = 2000;
const uniqueViolation = '23505';
const inSeconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;
const goesOn = (seconds) => `{"result":{"expire_at":${inSeconds(seconds)}}}`;
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (value, least, most) => Number.isSafeInteger(value) && value >= least && value <= most;

// Why facts do not allow what members of an open match may do; null where they do.
function refusal([state, role, hasLeft, isMuted, isRemoved, isBanned], mutedMay, closedMay) {
  if (!state || (role !== 'driver' && role !== 'rider') || isBanned || isRemoved || hasLeft) return codes.denied;
  if (state !== 'open' && !closedMay) return codes.matchClosed;
  if (isMuted && !mutedMay) return codes.muted;
  return null;
}

function hasOnly(object, keys) {
  for (const key in object) if (!keys.includes(key)) return false;
  return true;
}

// A message, or the refusal that names the field at fault.
function readMessage(data) {
  if (!isObject(data)) return codes.badRequest;
  const { id, kind, text, lat, lon } = data;
  if (!isUUID(id)) return codes.badID;
  if (kind === 'text') {
    if (!hasOnly(data, ['id', 'kind', 'text'])) return codes.unknownField;
    // eslint-disable-next-line no-control-regex
    if (typeof text !== 'string' || !/\S/.test(text) || /[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(text)) return codes.badText;
    if (text.length > longestText && [...text].length > longestText) return codes.textTooLong;
    return { id, kind, text, lat: null, lon: null };
  }
  if (kind === 'location') {
    if (!hasOnly(data, ['id', 'kind', 'lat', 'lon'])) return codes.unknownField;
    if (typeof lat !== 'number' || Math.abs(lat) > 90) return codes.badLatitude;
    if (typeof lon !== 'number' || Math.abs(lon) > 180) return codes.badLongitude;
    return { id, kind, text: null, lat, lon };
  }
  return codes.badKind;
}

exports.Hooks = class {
  constructor({ store, limiter, tokens, isGuaranteed }) {
    Object.assign(this, { store, limiter, tokens, isGuaranteed });
    this.methods = new Map([
      ['chat:history', this.history],
      ['chat:rooms', this.rooms],
    ]);
  }

  async connect({ data }) {
    const token = data?.token;
    if (token === undefined || token === '') return codes.tokenMissing;
    if (typeof token !== 'string') return codes.badRequest;
    const { claims, refusal: refused } = this.tokens.verify(token);
    if (refused) return refused;
    const user = claims.sub;
    if (!(await this.limiter.mayUser(user, 'connect_user'))) return codes.tooManyRequests;
    const iat = claims.iat === undefined ? undefined : Math.ceil(claims.iat);
    const [[isBanned, isRevoked]] = await this.store.query('standing', [user, claims.jti, iat]);
    if (isBanned) return codes.banned;
    if (isRevoked) return codes.tokenInvalid;
    this.store.saw(user);
    return JSON.stringify({
      result: {
        user,
        expire_at: inSeconds(connectionSeconds),
        info: claims.info ?? {},
        meta: { proxyhooks: 1, jti: claims.jti, iat },
        subs: { [`user:${user}`]: {} },
      },
    });
  }

  async refresh({ user, meta }) {
    if (!isID(user) || meta?.proxyhooks !== 1) return codes.expired;
    const [[isBanned, isRevoked]] = await this.store.query('standing', [user, meta.jti, meta.iat]);
    if (isBanned || isRevoked) return codes.expired;
    this.store.saw(user);
    return goesOn(connectionSeconds);
  }

  async subscribe({ user, channel }) {
    const match = room(channel);
    if (!isID(user) || !match) return codes.denied;
    if (!(await this.limiter.mayUser(user, 'subscribe_user'))) return codes.tooManyRequests;
    const [facts] = await this.store.query('membership', [match, user]);
    if (!facts) return codes.denied;
    const refused = refusal(facts, true, false);
    if (refused) return refused;
    this.store.saw(user);
    const [, role, , , , , lastSeq, readSeq] = facts;
    return JSON.stringify({
      result: {
        expire_at: inSeconds(subscriptionSeconds),
        info: { role },
        data: { match, role, last_seq: lastSeq, read_seq: readSeq },
      },
    });
  }

  async subRefresh({ user, channel, meta }) {
    const match = room(channel);
    if (!isID(user) || !match) return codes.expired;
    let facts;
    if (meta === undefined) {
      [facts] = await this.store.query('membership', [match, user]);
    } else {
      if (meta?.proxyhooks !== 1) return codes.expired;
      [facts] = await this.store.query('sub_refresh', [match, user, meta.jti, meta.iat]);
      if (facts?.[6]) return codes.expired;
    }
    if (!facts || refusal(facts, true, false)) return codes.expired;
    this.store.saw(user);
    return goesOn(subscriptionSeconds);
  }

  async publish({ user, channel, data }) {
    const match = room(channel);
    if (!isID(user) || !match) return codes.denied;
    const message = readMessage(data);
    if (typeof message === 'string') return message;
    if (!(await this.limiter.mayPublish(user, match))) return codes.tooManyRequests;
    const { id, kind, text, lat, lon } = message;
    const content = [match, id, user, kind, text, lat, lon];
    let key = randomUUID();
    let stored;
    try {
      const [facts] = await this.store.query('publish', [...content, key, this.isGuaranteed]);
      if (!facts) return codes.denied;
      stored = facts[6];
      if (stored === null) return refusal(facts, false, false) ?? codes.unavailable;
    } catch (error) {
      if (error.code !== uniqueViolation) throw error;
      const [[fate, there, itsKey]] = await this.store.query('resent', content);
      if (fate === 'conflict') return codes.conflict;
      if (fate === 'old') return codes.alreadyStored;
      stored = there;
      key = itsKey;
    }
    return `{"result":{"data":${stored},"idempotency_key":"${key}"}}`;
  }

  async rpc({ user, method, data }) {
    if (!isID(user)) return codes.denied;
    const answer = this.methods.get(method);
    if (!answer) return codes.unknownMethod;
    if (!(await this.limiter.mayUser(user, 'rpc_user'))) return codes.tooManyRequests;
    return answer.call(this, user, data);
  }

  async history(user, data) {
    if (!isObject(data)) return codes.badRequest;
    if (!hasOnly(data, ['match', 'before', 'after', 'limit'])) return codes.unknownField;
    const { match, before = null, after = null, limit = 50 } = data;
    if (!isID(match)) return codes.badMatch;
    if (!isWhole(limit, 1, 100)) return codes.badLimit;
    if (after !== null && !isWhole(after, 0, Infinity)) return codes.badAfter;
    if (before !== null && !isWhole(before, 1, Infinity)) return codes.badBefore;
    const rows = after !== null
      ? await this.store.query('history_after', [match, user, after, limit + 1, before])
      : await this.store.query('history_before', [match, user, before, limit + 1]);
    if (rows.length === 0) return codes.denied;
    const [state, role, hasLeft, isRemoved, isBanned] = rows[0];
    const refused = refusal([state, role, hasLeft, false, isRemoved, isBanned], true, true);
    if (refused) return refused;
    const messages = [];
    const names = {};
    for (const [, , , , , id, seq, sender, kind, text, lat, lon, sentAt, editedAt, deletedAt, name, isBlocked] of rows) {
      if (id === null || messages.length === limit) break;
      if (name !== null) names[sender] = name;
      // What is undefined is left out.
      messages.push({
        id, seq, match, sender, kind,
        text: text ?? undefined,
        lat: lat ?? undefined,
        lon: lon ?? undefined,
        sent_at: sentAt,
        edited_at: deletedAt ? undefined : (editedAt ?? undefined),
        deleted_at: deletedAt ?? undefined,
        blocked: isBlocked || undefined,
      });
    }
    if (after === null) messages.reverse();
    return JSON.stringify({ result: { data: { messages, has_more: rows.length > limit, names } } });
  }

  async rooms(user, data) {
    if (data !== undefined && !isObject(data)) return codes.badRequest;
    if (data && Object.keys(data).length > 0) return codes.unknownField;
    const [[isBanned, rooms, hasMore, blocked]] = await this.store.query('rooms', [user]);
    if (isBanned) return codes.denied;
    return `{"result":{"data":{"rooms":${rooms},"blocked":${blocked},"has_more":${hasMore}}}}`;
  }
};
