-- Drops cells that are still what they were. KEYS: the hash. ARGV: for each cell its name, and what it was.
local dropped = 0
for at = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[at]) == ARGV[at + 1] then
    dropped = dropped + redis.call('HDEL', KEYS[1], ARGV[at])
  end
end
return dropped
