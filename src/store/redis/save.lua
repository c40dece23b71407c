-- Puts a record in the place of the version that it was made from, and tells everybody.
-- KEYS: the record. ARGV: that version; the new record; by when; when it is over, or nothing; the channel; the message.
-- A record is kept as `VERSION CHANGE TEXT`.
local time = redis.call('TIME')
if time[1] * 1000 + math.floor(time[2] / 1000) > tonumber(ARGV[3]) then return {'late', ''} end
local there = redis.call('GET', KEYS[1])
local version = '0'
if there then version = string.match(there, '^(%d+) ') end
if not version then return {'broken', ''} end
if version ~= ARGV[1] then return {'conflict', version} end
if ARGV[4] == '' then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[4])
end
local heard = redis.pcall('PUBLISH', ARGV[5], ARGV[6])
if type(heard) == 'table' and heard['err'] then return {'unheard', heard['err']} end
return {'kept', ''}
