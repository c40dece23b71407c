-- Lets a claim last, or end. KEYS: the sign-in.
-- ARGV: the number of the claim; for how many milliseconds, 0 to end it; who has it; what was noted last, or nothing.
-- Where everything was lost, the claim and its note are there again: a token that may have left is known as such.
local fence = redis.call('HGET', KEYS[1], 'fence')
if fence and fence ~= ARGV[1] then return 'fenced' end
if ARGV[2] == '0' then
  if fence then redis.call('HSET', KEYS[1], 'holder', '', 'until', '0') end
  return 'done'
end
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'fence', ARGV[1], 'holder', ARGV[3], 'until', string.format('%.0f', ends))
if not fence and ARGV[4] ~= '' then redis.call('HSETNX', KEYS[1], 'note', ARGV[4]) end
return 'done'
