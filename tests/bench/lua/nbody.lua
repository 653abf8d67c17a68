local bodies = {}
for i = 1, 5 do bodies[i] = {x = i, y = i * i / 7, z = 3 - i, vx = 0, vy = i / 10, vz = 0, mass = 1 / i} end
local function advance(dt)
    for i = 1, 5 do
        local a = bodies[i]
        for j = i + 1, 5 do
            local b = bodies[j]
            local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
            local square = dx * dx + dy * dy + dz * dz
            local force = dt / (square * square ^ 0.5)
            a.vx, a.vy, a.vz = a.vx - dx * b.mass * force, a.vy - dy * b.mass * force, a.vz - dz * b.mass * force
            b.vx, b.vy, b.vz = b.vx + dx * a.mass * force, b.vy + dy * a.mass * force, b.vz + dz * a.mass * force
        end
    end
    for i = 1, 5 do
        local a = bodies[i]
        a.x, a.y, a.z = a.x + dt * a.vx, a.y + dt * a.vy, a.z + dt * a.vz
    end
end
for _ = 1, 800 do advance(0.001) end
print(('%.9f'):format(bodies[1].x))
