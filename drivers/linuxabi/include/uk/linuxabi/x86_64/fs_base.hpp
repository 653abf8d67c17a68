// SPDX-License-Identifier: BSD-3-Clause
// The base of FS in a process: by an instruction if the host lets processes use it (Linux 5.9, on
// processors since 2012), else by a system call, which takes twenty times as long.
#pragma once

#include <cstdint>

#include <uk/linuxabi/call.hpp>
#include <uk/linuxabi/types.hpp>
#include <uk/linuxabi/x86_64/syscall.hpp>

namespace uk::linuxabi {

// What the auxiliary vector says of the instruction. `entry` is its start.
inline bool has_wrfsbase(const AuxEntry* entry) {
    constexpr uint64_t kAtHwcap2 = 26;
    constexpr uint64_t kHwcap2Fsgsbase = 2;
    while (entry->type != kAtNull && entry->type != kAtHwcap2) {
        entry++;
    }
    return entry->type == kAtHwcap2 && (entry->value & kHwcap2Fsgsbase) != 0;
}

inline void set_fs_base(const void* value, bool by_instruction) {
    constexpr int kArchSetFs = 0x1002;
    if (by_instruction) {
        asm volatile("wrfsbase %0" : : "r"(value) : "memory");
    } else {
        syscall(Sys::arch_prctl, kArchSetFs, value);
    }
}

} // namespace uk::linuxabi
