// SPDX-License-Identifier: BSD-3-Clause
// RAM on linuxu: one mapping of the process, reserved at once and filled by the kernel when
// touched.
#include <uk/hal/memory.hpp>

#include <uk/linuxabi/ram.hpp>

#include "host.hpp"

namespace uk {
namespace {

using namespace linuxu;

// Where the RAM may lie, the first free place wins. The first is at its physical address and near
// the image, which saves page tables. All are at the same offset from a 2 MiB boundary.
constexpr uintptr_t kPlaces[] = {kRamStart, kRamStart + (uintptr_t{1} << 32),
                                 kRamStart + (uintptr_t{1} << 40),
                                 kRamStart + (uintptr_t{1} << 45)};

constinit uintptr_t g_base = 0;

bool is_ram(PhysRange range) {
    return PhysRange{Paddr{kRamStart}, kRamSize}.contains(range);
}

} // namespace

long linuxu::map_memory() {
    const Ram ram = make_ram(kRamSize, kRamStart);
    long result = -static_cast<long>(Errno::nomem);
    for (uintptr_t place : kPlaces) {
        result = syscall(Sys::mmap, place, kRamSize, kReadWrite, ram.flags, ram.file, 0);
        // A kernel before 4.17 takes the flag for a hint: anywhere is as good, if it is aligned.
        if (result > 0 && (static_cast<uintptr_t>(result) - kRamStart) % kRamAlign == 0) {
            g_base = static_cast<uintptr_t>(result);
            return 0;
        }
    }
    return result < 0 ? result : -static_cast<long>(Errno::nomem);
}

void* hal::direct_map(Paddr address) {
    return reinterpret_cast<void*>(address.value() - kRamStart + g_base);
}

Paddr hal::direct_map_paddr(const void* pointer) {
    uintptr_t offset = reinterpret_cast<uintptr_t>(pointer) - g_base;
    UK_ASSERT(offset < kRamSize);
    return Paddr{kRamStart + offset};
}

Result<PhysRange> hal::direct_map_open(PhysRange range) {
    if (!range.start.is_aligned(kPageSize) || range.size % kPageSize != 0 || !is_ram(range)) {
        return Errno::inval;
    }
    return range;
}

Result<volatile void*> hal::map_device(Paddr /*start*/, size_t /*size*/) {
    return Errno::nosys; // a process has no device registers
}

} // namespace uk
