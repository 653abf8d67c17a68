local function grow(depth)
    if depth == 0 then return {} end
    return {grow(depth - 1), grow(depth - 1)}
end
local function count(tree) return tree[1] and 1 + count(tree[1]) + count(tree[2]) or 1 end
local total = 0
for _ = 1, 12 do total = total + count(grow(10)) end
print(total)
