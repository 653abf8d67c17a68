// SPDX-License-Identifier: BSD-3-Clause
// The context of signal handlers on x86_64.
#pragma once

#include <uk/linuxsignal/context.hpp>

namespace uk::linuxu {

using Frame = linuxsignal::Amd64;

// Of a fault: the processor tells what it wanted.
inline linuxsignal::View view_fault(const uint64_t (&words)[linuxsignal::kWords]) {
    return Frame::view(words);
}

} // namespace uk::linuxu
