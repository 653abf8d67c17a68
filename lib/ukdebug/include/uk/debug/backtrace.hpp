// SPDX-License-Identifier: BSD-3-Clause
// Walks frame pointers on a stack that may be damaged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace uk::debug {

// What the walker may touch. `read` copies `size` bytes from any address and returns how many it
// could.
struct StackView {
    size_t (*read)(void* to, uintptr_t from, size_t size);
    bool (*in_text)(uintptr_t address);
};

enum class WalkEnd : uint8_t {
    bottom,        // a null frame pointer: the first frame of the stack
    full,          // `out` is full
    misaligned,    // the frame pointer is no multiple of the word size
    unreadable,    // it points to memory that is not there
    not_ascending, // it does not lie above the frame before (a loop, or damage)
    not_text,      // the return address is not in code
};

struct Walk {
    size_t frames = 0;
    WalkEnd end = WalkEnd::bottom;
    uintptr_t frame_pointer = 0; // the one that ended the walk
};

// Follows {next frame pointer, return address} records (x86_64 and arm64 alike) from
// `frame_pointer` on and writes the return addresses to `out`. Pure: reads memory only through
// `view`, makes at most out.size() + 1 steps whatever the stack holds. From anywhere, exception
// handlers included.
[[nodiscard]] Walk walk_stack(uintptr_t frame_pointer, const StackView& view,
                              std::span<uintptr_t> out);

// One short phrase for a reader: "frame pointer is not aligned".
[[nodiscard]] const char* walk_end_text(WalkEnd end);

} // namespace uk::debug
