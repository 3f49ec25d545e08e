'use strict';

const { createHmac, timingSafeEqual } = require('node:crypto');
const codes = require('./codes');
const { isID } = require('./ids');

const leeway = 10;
const longestToken = 8192;
const longestInfo = 4096;
const wellFormed = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{43}$/;
const isDate = (value) => typeof value === 'number' && value >= 0 && value < 2 ** 53;

exports.Verifier = class {
  constructor(secret, keyID, issuer, audience) {
    Object.assign(this, { secret, keyID, issuer, audience });
  }

  // What a token says as `claims`, or `refusal`.
  verify(token, now = Date.now() / 1000) {
    const invalid = { refusal: codes.tokenInvalid };
    if (token.length > longestToken || !wellFormed.test(token)) return invalid;
    const [first, second, third] = token.split('.');
    let header, claims;
    try {
      header = JSON.parse(Buffer.from(first, 'base64url'));
      if (header.alg !== 'HS256' || header.kid !== this.keyID || 'crit' in header || 'b64' in header) return invalid;
      if (header.cty !== undefined && /jwt$/i.test(header.cty)) return invalid;
      const signature = createHmac('sha256', this.secret).update(`${first}.${second}`).digest();
      // A second spelling of the same bytes is no other token.
      if (!timingSafeEqual(Buffer.from(third, 'base64url'), signature)) return invalid;
      if (signature.toString('base64url') !== third) return invalid;
      claims = JSON.parse(Buffer.from(second, 'base64url'));
    } catch {
      return invalid;
    }
    const { sub, iss, aud, exp, nbf, iat, jti, info } = claims;
    if ('channel' in claims || iss !== this.issuer || !isID(sub) || !isDate(exp)) return invalid;
    if (Array.isArray(aud) ? !aud.includes(this.audience) : aud !== this.audience) return invalid;
    if (jti !== undefined && (typeof jti !== 'string' || !/^[ -~]{1,128}$/.test(jti))) return invalid;
    if (info !== undefined && (typeof info !== 'object' || info === null || Array.isArray(info))) return invalid;
    if (info !== undefined && JSON.stringify(info).length > longestInfo) return invalid;
    for (const start of [nbf, iat]) {
      if (start !== undefined && (!isDate(start) || start > now + leeway)) return invalid;
    }
    // Last: only of a token that is good otherwise is a new one all that its bearer needs.
    if (now - leeway >= Math.floor(exp)) return { refusal: codes.tokenExpired };
    return { claims };
  }
};
