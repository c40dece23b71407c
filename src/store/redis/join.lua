-- Puts cells in the place of those that they were joined with, all or none, and tells everybody.
-- KEYS: the hash. ARGV: by when, or nothing; the channel; the message; then for each cell its name, what it was joined
-- with, and what it is to be. It answers with what is there, in the order of the question.
if ARGV[1] ~= '' then
  local time = redis.call('TIME')
  if time[1] * 1000 + math.floor(time[2] / 1000) > tonumber(ARGV[1]) then return {'late'} end
end
local there, same = {}, true
for at = 4, #ARGV, 3 do
  local cell = redis.call('HGET', KEYS[1], ARGV[at]) or ''
  there[#there + 1] = cell
  if cell ~= ARGV[at + 1] then same = false end
end
if not same then
  table.insert(there, 1, 'conflict')
  return there
end
for at = 4, #ARGV, 3 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 2]) end
if ARGV[3] ~= '' then redis.pcall('PUBLISH', ARGV[2], ARGV[3]) end
return {'kept', tostring(redis.call('HLEN', KEYS[1]))}
