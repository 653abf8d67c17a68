// SPDX-License-Identifier: BSD-3-Clause
// Platform contract 5 of 6: the ways a machine ends.
#pragma once

#include <cstdint>

namespace uk::hal {

enum class Shutdown : uint8_t {
    exit, // the image ends by itself: `status` is what main returned, or 126 if it never got there
    power_off, // power button, or asked for
    reboot,
    panic, // the kernel gave up; nothing may be trusted any more
};

// Ends the machine. Reports `status` to whoever started it where a way exists (linuxu: exit status,
// with panic as SIGABRT's 134; KVM: 7 bits through isa-debug-exit on x86_64, 8 by semihosting on
// arm64, where these are there; Xen: a node of xenstore). If every way fails it says so on the
// console and halts for ever. Callable from anywhere, interrupts are off afterwards.
[[noreturn]] void shutdown(Shutdown reason, int status);

} // namespace uk::hal
