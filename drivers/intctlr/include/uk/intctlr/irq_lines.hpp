// SPDX-License-Identifier: BSD-3-Clause
// What a platform and the one table of this image's interrupt lines want of each other. The table
// implements irq_attach(), irq_detach(), irq_mask() and irq_unmask() of <uk/hal/irq_line.hpp>, the
// platform the rest.
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>

namespace uk::intctlr {

// Called by the platform's interrupt handler: the line with this number was raised. The platform
// tells the controller afterwards that it is done. False: nobody wants it (any more).
bool take_line(uint32_t number);

// The platform defines these. They are called one at a time, with interrupts off and the table's
// lock held, also from handlers (compile them with |isr), and touch nothing but the controller.
//
// Lets the line through, first or again. Errors: EINVAL (no such line), what the controller says.
[[nodiscard]] Result<> open_line(uint32_t number);
void close_line(uint32_t number);
// Whether the controller keeps what is raised while the line is closed, and delivers it when it is
// opened again. Where not, a masked line stays open, and what comes is remembered.
[[nodiscard]] bool line_keeps(uint32_t number);
// Raises it by itself: take_line() is called soon.
void repeat_line(uint32_t number);

} // namespace uk::intctlr
