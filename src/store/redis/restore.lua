-- Brings a record back that was lost, unless one as new is there, and tells everybody.
-- KEYS: the record. ARGV: its version; the record; when it is over, or nothing; the channel; the message.
-- It may come late, twice, and after others: the newest stays.
local there = redis.call('GET', KEYS[1])
if there then
  local version = string.match(there, '^(%d+) ')
  if not version then return 'broken' end
  if tonumber(version) >= tonumber(ARGV[1]) then return 'there' end
end
if ARGV[3] == '' then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
end
redis.pcall('PUBLISH', ARGV[4], ARGV[5])
return 'brought back'
