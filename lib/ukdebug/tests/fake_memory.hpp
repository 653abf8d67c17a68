// SPDX-License-Identifier: BSD-3-Clause
// A stack and a piece of code at made-up addresses, for walkers and reports.
#pragma once

#include <uk/debug/backtrace.hpp>

#include <cstring>
#include <vector>

namespace fake {

inline constexpr uintptr_t kText = 0x400000;
inline constexpr size_t kTextSize = 0x1000;
inline constexpr uintptr_t kStack = 0x7000000;

// Bytes from kStack on; everything else but the text is unmapped.
inline std::vector<unsigned char> g_stack;
inline size_t g_reads = 0;

inline bool in_text(uintptr_t address) {
    return address >= kText && address < kText + kTextSize;
}

inline size_t read(void* to, uintptr_t from, size_t size) {
    g_reads++;
    size_t done = 0;
    for (; done < size; done++) {
        const uintptr_t at = from + done;
        unsigned char* byte = static_cast<unsigned char*>(to) + done;
        if (in_text(at)) {
            *byte = static_cast<unsigned char>(at);
        } else if (at >= kStack && at - kStack < g_stack.size()) {
            *byte = g_stack[at - kStack];
        } else {
            break;
        }
    }
    return done;
}

inline constexpr uk::debug::StackView kView = {read, in_text};

inline void put(size_t offset, uintptr_t word) {
    if (g_stack.size() < offset + sizeof(word)) {
        g_stack.resize(offset + sizeof(word));
    }
    memcpy(&g_stack[offset], &word, sizeof(word));
}

// A frame record at `offset`; returns its address.
inline uintptr_t frame(size_t offset, uintptr_t next, uintptr_t address) {
    put(offset, next);
    put(offset + sizeof(uintptr_t), address);
    return kStack + offset;
}

} // namespace fake
