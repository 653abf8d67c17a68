// SPDX-License-Identifier: BSD-3-Clause
// What differs on x86_64: system calls and the context of signal handlers.
#pragma once

#include <uk/linuxabi/context.hpp>
#include <uk/linuxabi/x86_64/syscall.hpp>

namespace uk::linuxu {

using Frame = linuxabi::Amd64;

// Of a fault: the processor tells what it wanted.
inline linuxabi::View view_fault(const uint64_t (&words)[linuxabi::kWords]) {
    return Frame::view(words);
}

} // namespace uk::linuxu
