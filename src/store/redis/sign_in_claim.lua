-- Grants the right to renew a sign-in, if nobody has it. KEYS: the sign-in, a hash.
-- ARGV: who asks; for how many milliseconds; by when this may be done.
-- It answers with a word, the number of the claim, the version of the record, the note, and the record.
-- Numbers of claims go by the clock, so that they grow also after everything was lost.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now > tonumber(ARGV[3]) then return {'late', '', '', '', ''} end
local there = redis.call('HMGET', KEYS[1], 'fence', 'holder', 'until', 'version', 'note', 'record')
local word, fence = 'held', tonumber(there[1] or '0')
if not there[2] or there[2] == '' or there[2] == ARGV[1] or tonumber(there[3] or '0') <= now then
  word, fence = 'granted', math.max(fence + 1, now)
  redis.call('HSET', KEYS[1], 'fence', string.format('%.0f', fence), 'holder', ARGV[1],
    'until', string.format('%.0f', now + tonumber(ARGV[2])))
end
return {word, string.format('%.0f', fence), there[4] or '', there[5] or '', there[6] or ''}
