// SPDX-License-Identifier: BSD-3-Clause
// Platform contract 3 of 6: the early console: polled, always there, usable for panic.
#pragma once

#include <cstddef>

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

} // namespace uk::hal
