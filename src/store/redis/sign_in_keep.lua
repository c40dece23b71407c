-- Puts a record in the place of the version that it was made from, and tells everybody. KEYS: the sign-in.
-- ARGV: that version; the new version; the record; the token that is settled by it, or nothing; a note that is to be there, or
-- nothing; the channel; the message.
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then return {'conflict', version} end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'record', ARGV[3])
local _, of = string.match(redis.call('HGET', KEYS[1], 'note') or '', '^(%S+) (%S+) ')
if of and of == ARGV[4] then redis.call('HDEL', KEYS[1], 'note') end
if ARGV[5] ~= '' then redis.call('HSETNX', KEYS[1], 'note', ARGV[5]) end
local heard = redis.pcall('PUBLISH', ARGV[6], ARGV[7])
if type(heard) == 'table' and heard['err'] then return {'unheard', heard['err']} end
return {'kept', ''}
