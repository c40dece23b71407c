-- Takes a change back that nobody answered, if it was made and nobody built upon it.
-- KEYS: the record. ARGV: the change; the record as it is to be; the channel; the message.
local there = redis.call('GET', KEYS[1])
if not there then return 'gone' end
local change = string.match(there, '^%d+ (%S+) ')
if change ~= ARGV[1] then return 'other' end
redis.call('SET', KEYS[1], ARGV[2])
redis.pcall('PUBLISH', ARGV[3], ARGV[4])
return 'taken back'
