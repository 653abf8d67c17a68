local sum = 0
for i = 1, 6000 do
    local x = i / 100
    sum = sum + math.sin(x) * math.cos(x) + math.exp(-x) + math.log(x) + x ^ 1.5 + math.fmod(i, 7) + math.floor(x)
end
print(('%.9f'):format(sum))
