// SPDX-License-Identifier: BSD-3-Clause
// The context of signal handlers on arm64.
#pragma once

#include <uk/arm64/syndrome.hpp>
#include <uk/hal/image.hpp>
#include <uk/linuxsignal/context.hpp>

namespace uk::linuxu {

using Frame = linuxsignal::Arm64;

// Of a fault. qemu-aarch64 tells no syndrome: there the instruction is looked at.
inline linuxsignal::View view_fault(const uint64_t (&words)[linuxsignal::kWords]) {
    linuxsignal::View view = Frame::view(words);
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
