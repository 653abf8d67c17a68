local inside, n = 0, 48
for y = 0, n - 1 do
    for x = 0, n - 1 do
        local cr, ci, zr, zi, left = 2 * x / n - 1.5, 2 * y / n - 1, 0, 0, 50
        while left > 0 and zr * zr + zi * zi < 4 do zr, zi, left = zr * zr - zi * zi + cr, 2 * zr * zi + ci, left - 1 end
        if left == 0 then inside = inside + 1 end
    end
end
print(inside)
