// SPDX-License-Identifier: BSD-3-Clause
// Platform contract 3 of 6: the early console: polled, always there, usable for panic; for those
// who wait for keys it interrupts.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/result.hpp>

namespace uk::hal {

// Writes all of `size` bytes as they are, waiting for the device where it must, but not for ever.
// Callable from anywhere, also from exception handlers and with interrupts off. Takes no lock. From
// the first C++ instruction on where the console needs no mapping (kvm on x86_64, xen, linuxu); on
// kvm/arm64 the first call maps a device, so it must come after arm64::memory_init(). Bytes go
// nowhere if the machine has no console; it cannot fail.
void console_write(const char* data, size_t size);

// Reads what is there, at most `size` bytes, and does not wait: 0 means nothing yet. Thread
// context. Errors: EPIPE (the input has ended for good, as a closed pipe does on linuxu), EPROTO
// (xen: the ring's counters are nonsense), in domain 0 whatever Xen answers. After an error there
// is nothing more to read.
[[nodiscard]] Result<size_t> console_read(char* data, size_t size);

// Asks to be told when there is something for console_read() again, which just answered 0: `wake`
// is called by an interrupt handler, or before this returns; it may come for nothing, or more
// often. Until it has come for the first time nobody knows whether this machine leads the console's
// interrupt to the CPU: the first call raises it where that can be done, and who asks goes on
// looking until then. `wake` is the same in all calls and may use no vector registers (|isr). Only
// in images with HAL_CONSOLE_INTERRUPT. Thread context, one caller at a time; the first call is one
// of irq_line(), too, so its place is boot. Errors: ENODEV (there is no console), those of
// irq_line() and irq_attach() (linuxu: EPERM for a file); then look from time to time.
[[nodiscard]] Result<> console_await(void (*wake)());

struct ConsoleSize {
    uint16_t rows = 0; // 0: unknown
    uint16_t columns = 0;
    bool adds_returns = false; // what shows it puts a carriage return before each newline
};

// Whether somebody types and sees: input comes from keys, output goes to a screen. Returns the
// screen's size as it is now. The first call gives the image the keys as they are typed: whatever
// the platform, or what it runs on, did with them (echo, editing, signals) is off from then on, and
// back at the end of the image, however it ends. Only in images with HAL_CONSOLE_TERMINAL. Thread
// context. Errors: ENOTTY (input or output is a file or a pipe; nothing has changed).
[[nodiscard]] Result<ConsoleSize> console_terminal();

} // namespace uk::hal
