-- Which of our commands our user may not give. KEYS: a record, the ledger, the fleet. ARGV: a channel.
-- Nothing is carried out. Before 7.0 the server cannot be asked.
if not redis.acl_check_cmd then return {'?'} end
local lacks = {}
for _, words in ipairs({
  {'get', KEYS[1]}, {'set', KEYS[1], 'x'}, {'set', KEYS[3], 'x'}, {'scan', '0'},
  {'hget', KEYS[2], 'x'}, {'hmget', KEYS[2], 'x'}, {'hset', KEYS[2], 'x', 'x'}, {'hsetnx', KEYS[2], 'x', 'x'}, {'hdel', KEYS[2], 'x'},
  {'hlen', KEYS[2]}, {'hscan', KEYS[2], '0'}, {'time'}, {'publish', ARGV[1], 'x'}, {'subscribe', ARGV[1]},
  {'evalsha', 'x', '0'}, {'script', 'load', 'x'},
}) do
  local known, may = pcall(redis.acl_check_cmd, unpack(words))
  if known and not may then lacks[#lacks + 1] = words[1] end
end
return lacks
