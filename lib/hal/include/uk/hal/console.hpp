// SPDX-License-Identifier: BSD-3-Clause
// Platform contract 3 of 6: the early console: polled, always there, usable for panic.
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
