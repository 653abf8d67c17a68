local n = 40
local function a(i, j) local ij = i + j - 1 return 1 / (ij * (ij - 1) * 0.5 + i) end
local function product(x, y, f)
    for i = 1, n do
        local sum = 0
        for j = 1, n do sum = sum + x[j] * f(i, j) end
        y[i] = sum
    end
end
local function transposed(i, j) return a(j, i) end
local u, v, t = {}, {}, {}
for i = 1, n do u[i] = 1 end
for _ = 1, 6 do product(u, t, a) product(t, v, transposed) product(v, t, a) product(t, u, transposed) end
local uv, vv = 0, 0
for i = 1, n do uv, vv = uv + u[i] * v[i], vv + v[i] * v[i] end
print(('%.9f'):format(math.sqrt(uv / vv)))
