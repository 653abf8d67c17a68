// SPDX-License-Identifier: BSD-3-Clause
// The interrupt lines of a native x86_64 image, for its platform.
#pragma once

#include <cstdint>

#include <uk/x86/irq_lines.h>

namespace uk::x86 {

inline constexpr unsigned kIrqLines = UK_IRQ_LINES;
inline constexpr uint8_t kFirstIrqVector = 32;

// Lets the vectors from 32 on call `handler` with the line's number. It runs with interrupts off,
// may use no vector registers (compile it with |isr), must acknowledge the interrupt and may not
// block. Once, in thread context; an image that never calls this has no such entries.
void irq_init(void (*handler)(unsigned line));

} // namespace uk::x86
