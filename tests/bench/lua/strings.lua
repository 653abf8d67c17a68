local words = {}
for i = 1, 2500 do words[i] = ('word'):rep(i % 5 + 1) .. i end
local text = table.concat(words, ' ')
local seen, letters = {}, 0
for word in text:gmatch('%a+%d+') do seen[word:sub(1, 6)] = (seen[word:sub(1, 6)] or 0) + #word end
for _ in pairs(seen) do letters = letters + 1 end
print(letters, #text:gsub('word', 'w'):upper(), text:find('word2499', 1, true), text:reverse():byte(1))
