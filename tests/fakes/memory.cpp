// SPDX-License-Identifier: BSD-3-Clause
// Physical memory of host tests: a piece of host memory that stands for it.
#include <uk/fakes/hal.hpp>
#include <uk/hal/memory.hpp>

namespace {

uintptr_t g_memory = 0;
uint64_t g_first = 0;

} // namespace

void uk::fakes::memory_set(void* memory, uint64_t first) {
    g_memory = reinterpret_cast<uintptr_t>(memory);
    g_first = first;
}

void* uk::hal::direct_map(Paddr address) {
    return reinterpret_cast<void*>(g_memory + (address.value() - g_first));
}

uk::Paddr uk::hal::direct_map_paddr(const void* pointer) {
    return Paddr{reinterpret_cast<uintptr_t>(pointer) - g_memory + g_first};
}

uk::Result<uk::PhysRange> uk::hal::direct_map_open(PhysRange range) {
    return range;
}

uk::Result<volatile void*> uk::hal::map_device(Paddr start, size_t /*size*/) {
    return static_cast<volatile void*>(direct_map(start));
}
