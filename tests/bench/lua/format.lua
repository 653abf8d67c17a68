local sum = 0
for i = 1, 3000 do
    sum = sum + #tostring(i / 7) + #(i .. '') + #('%5.2f %s %d %x'):format(i / 3, 'text', i, i) + tonumber(('%.17g'):format(i / 9))
end
print(('%.6f'):format(sum))
