-- Writes down that the fleet has a key more. KEYS: the fleet. ARGV: what stood there; what is to stand there.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
