// SPDX-License-Identifier: BSD-3-Clause
// What differs on arm64: system calls and the context of signal handlers.
#pragma once

#include <uk/arm64/syndrome.hpp>
#include <uk/hal/image.hpp>
#include <uk/linuxabi/arm64/syscall.hpp>
#include <uk/linuxabi/context.hpp>

namespace uk::linuxu {

using Frame = linuxabi::Arm64;

// Of a fault. qemu-aarch64 tells no syndrome: there the instruction is looked at.
inline linuxabi::View view_fault(const uint64_t (&words)[linuxabi::kWords]) {
    linuxabi::View view = Frame::view(words);
    if (view.error_code != 0) {
        view.access = arm64::access_by_syndrome(view.error_code);
    } else if (Frame::address(words) == view.pc) {
        view.access = hal::Access::execute;
    } else if (hal::in_text(view.pc)) {
        view.access = arm64::access_by_instruction(*reinterpret_cast<const uint32_t*>(view.pc));
    }
    return view;
}

} // namespace uk::linuxu
