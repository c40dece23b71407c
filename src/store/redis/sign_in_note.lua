-- Notes how far a renewal has come. KEYS: the sign-in.
-- ARGV: the number of the claim; by when this may be done; how far, or nothing to forget it; of which token; the name of this note.
-- A note is kept as `PROGRESS TOKEN NAME`. Who finds that a token may have left notes it under the name that it had, so that
-- whoever knows that it did not leave can still take it back.
local time = redis.call('TIME')
if time[1] * 1000 + math.floor(time[2] / 1000) > tonumber(ARGV[2]) then return 'late' end
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 'fenced' end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], 'note')
  return 'noted'
end
local name = ARGV[5]
local before, of, called = string.match(redis.call('HGET', KEYS[1], 'note') or '', '^(%S+) (%S+) (%S+)$')
if of == ARGV[4] and before == 'posted' and ARGV[3] == 'ambiguous' then name = called end
redis.call('HSET', KEYS[1], 'note', ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. name)
return 'noted'
