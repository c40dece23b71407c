-- Takes a note back that says of a token that it may have left, which it has not. KEYS: the sign-in. ARGV: the name of the note.
local called = string.match(redis.call('HGET', KEYS[1], 'note') or '', '^%S+ %S+ (%S+)$')
if called ~= ARGV[1] then return 'other' end
redis.call('HDEL', KEYS[1], 'note')
return 'taken back'
