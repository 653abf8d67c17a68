// SPDX-License-Identifier: BSD-3-Clause
// Platform contract 5 of 6: the ways a machine ends.
#pragma once

#include <cstdint>

namespace uk::hal {

enum class Shutdown : uint8_t {
    // The image ends by itself: `status` is what main returned, or 126 if it never got there. A
    // boot that fails is an exit on every platform, not a panic.
    exit,
    power_off, // power button, or asked for; `status` as with exit, where there is a way
    reboot,    // `status` is ignored
    panic,     // the kernel gave up; nothing may be trusted any more; `status`: 128 + a signal
};

// Ends the machine. Reports `status` to whoever started it where a way exists (linuxu: exit status,
// with panic by that signal; KVM on x86_64: 8 bits through isa-debugcon and 7, where a panic
// travels as 127, through isa-debug-exit; on arm64 8 by semihosting, where these are there; Xen: a
// node of xenstore, or as KVM in domain 0). If every way fails it says so on the console and halts
// for ever. Callable from anywhere, also again from a crash inside it, which goes on with the next
// way; interrupts are off afterwards. Takes no lock. May wait some seconds for a machine to act on
// it.
[[noreturn]] void shutdown(Shutdown reason, int status);

} // namespace uk::hal
