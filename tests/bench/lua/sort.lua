local state, list, names = 42, {}, {}
local function random() state = (state * 1103515245 + 12345) % 2147483648 return state end
for i = 1, 5000 do list[i] = random() names[i] = 'n' .. random() end
table.sort(list)
table.sort(names, function(a, b) return a > b end)
print(list[1], names[1])
