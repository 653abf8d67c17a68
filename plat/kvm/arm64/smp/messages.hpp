// SPDX-License-Identifier: BSD-3-Clause
// What the start of CPUs needs of their interrupts.
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>

namespace uk::kvm {

[[nodiscard]] bool can_interrupt();                  // whether the interrupt controller is known
[[nodiscard]] bool can_interrupt(uint64_t affinity); // whether it reaches that CPU

// Lets this CPU take the timer's interrupt and those of others. Interrupts off, or CPU 0 before
// there are others. Errors: ENODEV (the interrupt controller does not know it), ETIMEDOUT.
[[nodiscard]] Result<> open_messages(unsigned index);

// From anywhere, after open_messages() of CPU 0.
void send_to_others(uint32_t line);

} // namespace uk::kvm
