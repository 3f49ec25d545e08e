'use strict';

exports.setting = (name) => {
  const value = process.env[`PEER_${name}`];
  if (!value) throw new Error(`PEER_${name} is not set`);
  return value;
};

exports.number = (name, otherwise) => Number(process.env[`PEER_${name}`] || otherwise);
