'use strict';

exports.isID = (text) => typeof text === 'string' && /^[A-Za-z0-9._@-]{1,64}$/.test(text);
exports.isUUID = (text) =>
  typeof text === 'string' && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);

// The match of a room's channel, or null.
exports.room = (channel) => {
  if (typeof channel !== 'string' || !channel.startsWith('match:')) return null;
  const match = channel.slice(6);
  return exports.isID(match) ? match : null;
};
