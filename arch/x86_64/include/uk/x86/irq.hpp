// SPDX-License-Identifier: BSD-3-Clause
// The 16 interrupt lines of a native x86_64 image, for its platform.
#pragma once

#include <cstdint>

namespace uk::x86 {

inline constexpr unsigned kIrqLines = 16;
inline constexpr uint8_t kFirstIrqVector = 32;

// Lets vectors 32 to 47 call `handler` with the line's number. It runs with interrupts off, may use
// no vector registers (compile it with |isr), must acknowledge the interrupt and may not block.
// Once, in thread context; an image that never calls this has no such entries.
void irq_init(void (*handler)(unsigned line));

} // namespace uk::x86
