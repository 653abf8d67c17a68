local made, total = {}, 0
for i = 1, 15000 do made[i % 50 + 1] = function(x) total = total + i return x + total end end
local thread = coroutine.wrap(function() for i = 1, 8000 do coroutine.yield(i) end end)
for i = 1, 8000 do total = total + made[i % 50 + 1](thread()) % 13 end
print(total)
