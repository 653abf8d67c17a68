// SPDX-License-Identifier: BSD-3-Clause
// What pages of applications need of the architecture.
#pragma once

#include <uk/linuxabi/arm64/syscall.hpp>

namespace uk::linuxabi {

// Bytes that were written can be fetched as instructions. Lines of caches are 16 bytes at least.
inline void sync_code(void* start, unsigned long size) {
    const auto first = reinterpret_cast<uintptr_t>(start);
    for (uintptr_t at = first; at < first + size; at += 16) {
        asm volatile("dc cvau, %0" : : "r"(at) : "memory");
    }
    asm volatile("dsb ish" : : : "memory");
    for (uintptr_t at = first; at < first + size; at += 16) {
        asm volatile("ic ivau, %0" : : "r"(at) : "memory");
    }
    asm volatile("dsb ish\n\tisb" : : : "memory");
}

} // namespace uk::linuxabi
