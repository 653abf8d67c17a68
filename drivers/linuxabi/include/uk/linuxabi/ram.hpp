// SPDX-License-Identifier: BSD-3-Clause
// What the RAM of a process is: private memory, or a file in memory whose pages can be seen at
// several places at once, where applications map memory.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/config.hpp>
#include <uk/linuxabi/types.hpp>

namespace uk::linuxabi {

// For mmap().
struct Ram {
    int file = -1;
    long flags = kPrivate | kAnonymous | kNoReserve | kFixedNoReplace;
};

// Makes the file, and lets <uk/hal/pages.hpp> use it: its first byte is physical address `start`.
// Private memory if the host refuses. Once, at the start.
Ram make_ram_file(size_t size, uintptr_t start);

inline Ram make_ram(size_t size, uintptr_t start) {
    if constexpr (cfg::libukvmem) {
        return make_ram_file(size, start);
    }
    return {};
}

} // namespace uk::linuxabi
