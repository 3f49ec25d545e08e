'use strict';

// Refusals as text, ready to be sent: docs/codes.md has all of them.

const error = (code, message, temporary) =>
  JSON.stringify({ error: { code, message, ...(temporary ? { temporary } : {}) } });
const disconnect = (code, reason) => JSON.stringify({ disconnect: { code, reason } });

module.exports = {
  badRequest: error(400, 'bad request'),
  denied: error(403, 'permission denied'),
  unknownMethod: error(404, 'unknown method'),
  conflict: error(409, 'id was used for another message'),
  unknownField: error(422, 'unknown field'),
  tooManyRequests: error(429, 'too many requests', true),
  muted: error(450, 'muted in this match'),
  matchClosed: error(451, 'match is closed'),
  alreadyStored: error(452, 'already stored'),
  unavailable: error(503, 'service unavailable', true),
  badID: error(1001, 'id: want a UUID'),
  badKind: error(1002, 'kind: want text or location'),
  badText: error(1003, 'text: missing or not allowed'),
  textTooLong: error(1004, 'text: too long'),
  badLatitude: error(1005, 'lat: want -90 to 90'),
  badLongitude: error(1006, 'lon: want -180 to 180'),
  badMatch: error(1011, 'match: want a match id'),
  badBefore: error(1012, 'before: malformed'),
  badAfter: error(1013, 'after: want a number from 0'),
  badLimit: error(1014, 'limit: out of range'),
  tokenExpired: disconnect(4001, 'token expired'),
  tokenInvalid: disconnect(4501, 'token invalid'),
  tokenMissing: disconnect(4502, 'token missing'),
  banned: disconnect(4503, 'banned'),
  expired: '{"result":{"expired":true}}',
};
