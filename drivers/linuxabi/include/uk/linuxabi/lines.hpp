// SPDX-License-Identifier: BSD-3-Clause
// Interrupt lines of a process: descriptors of the host that become ready, and signals that others
// send. A thread of the host waits for all descriptors at once and interrupts CPU 0 by SIGALRM.
// Implements <uk/intctlr/irq_lines.hpp> and the sources of lines of <uk/hal/irq_line.hpp>:
//
//     irq_line(fd, level_high)     interrupts while there is something to read, an error or the end
//     irq_line(fd, edge_rising)    interrupts when more has come, and once if there is something
//     irq_line(fd | kLineToWrite, ...)    the same for room to write; a dup() if the descriptor is
//                                         a line of its own already
//     irq_line(signal | kLineOfSignal, edge_rising)    when somebody sends this signal
//
// The descriptor is the driver's, below 65,536 and non-blocking; it is closed after irq_detach().
#pragma once

#include <cstdint>

#include <uk/base/result.hpp>
#include <uk/linuxabi/types.hpp>

namespace uk::linuxabi {

inline constexpr uint32_t kLineToWrite = 1U << 16;
inline constexpr uint32_t kLineOfSignal = 1U << 17;

// Calls the handlers of all lines that were raised. In the interrupt handler of CPU 0.
void take_lines();

// The platform defines these.
//
// From here on SIGALRM is an interrupt of the CPU that it is sent to. False: the host refuses.
[[nodiscard]] bool admit_interrupts();
// Lets a signal be handled on the stack of signal handlers, SIGALRM blocked; or, with none, do
// what it does in any process. EBUSY for a signal that the platform needs itself. From anywhere.
[[nodiscard]] Result<> handle_signal(int signal, Handler handler);

} // namespace uk::linuxabi
