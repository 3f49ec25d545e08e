-- Rate limits by the generic cell rate algorithm: all limits of one decision, or none.
--
-- KEYS     one for each limit; they share a hash tag, so they lie on one node of a cluster
-- ARGV     for each limit two whole numbers: the microseconds that one event costs, and those a full burst costs
-- returns  { 0, 0 } when all of them let the event pass, else { the refusing limit's place, milliseconds to wait }; and after
--          these the place of the limit that is fullest now, and how full it is, in thousandths of a burst
--
-- A key holds the time, in microseconds since 1970 by the server's own clock, at which the limit is unused again.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local after = {}
local refusing, wait = 0, 0
local fullest, fullness = 0, 0

for place = 1, #KEYS do
  local cost = tonumber(ARGV[2 * place - 1])
  local burst = tonumber(ARGV[2 * place])
  local unused_at = tonumber(redis.call('GET', KEYS[place])) or now
  -- A clock that was set back, by hand or by a failover, may cost one burst and no more.
  unused_at = math.min(math.max(unused_at, now), now + burst)
  after[place] = unused_at + cost
  local full = math.floor(math.min(after[place] - now, burst) * 1000 / burst)
  if full > fullness then
    fullest, fullness = place, full
  end
  local early = after[place] - burst - now
  if early > wait then
    refusing, wait = place, early
  end
end

-- A script's writes are not rolled back by its error: nothing is written before everything is computed.
if refusing > 0 then
  return { refusing, math.ceil(wait / 1000), fullest, fullness }
end
for place = 1, #KEYS do
  local milliseconds = math.max(1, math.ceil((after[place] - now) / 1000))
  -- %.0f, since Lua's own conversion cuts numbers of this size to 14 digits.
  redis.call('SET', KEYS[place], string.format('%.0f', after[place]), 'PX', milliseconds)
end
return { 0, 0, fullest, fullness }
