// SPDX-License-Identifier: BSD-3-Clause
// The frame-pointer walk, trusting nothing that it finds on the stack.
#include <uk/debug/backtrace.hpp>

namespace uk::debug {

Walk walk_stack(uintptr_t frame_pointer, const StackView& view, std::span<uintptr_t> out) {
    Walk walk;
    uintptr_t below = 0;
    while (true) {
        walk.frame_pointer = frame_pointer;
        uintptr_t record[2]; // next frame pointer, return address
        if (frame_pointer == 0) {
            walk.end = WalkEnd::bottom;
        } else if (frame_pointer % sizeof(uintptr_t) != 0) {
            walk.end = WalkEnd::misaligned;
        } else if (frame_pointer <= below) {
            walk.end = WalkEnd::not_ascending;
        } else if (view.read(record, frame_pointer, sizeof(record)) != sizeof(record)) {
            walk.end = WalkEnd::unreadable;
        } else if (record[0] == 0 && record[1] == 0) {
            walk.end = WalkEnd::bottom;
        } else if (!view.in_text(record[1])) {
            walk.end = WalkEnd::not_text;
        } else if (walk.frames == out.size()) {
            walk.end = WalkEnd::full;
        } else {
            out[walk.frames++] = record[1];
            below = frame_pointer;
            frame_pointer = record[0];
            continue;
        }
        return walk;
    }
}

const char* walk_end_text(WalkEnd end) {
    switch (end) {
    case WalkEnd::bottom:
        return "first frame";
    case WalkEnd::full:
        return "more frames follow";
    case WalkEnd::misaligned:
        return "frame pointer is not aligned";
    case WalkEnd::unreadable:
        return "frame pointer leads to unmapped memory";
    case WalkEnd::not_ascending:
        return "frame pointers do not ascend";
    case WalkEnd::not_text:
        return "return address is not in code";
    }
    return "?";
}

} // namespace uk::debug
