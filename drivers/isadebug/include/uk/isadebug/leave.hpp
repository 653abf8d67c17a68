// SPDX-License-Identifier: BSD-3-Clause
// An exit status through QEMU's isa-debugcon, which takes a whole byte, and isa-debug-exit, which
// ends the emulator with (value << 1) | 1.
#pragma once

#include <cstdint>
#include <string_view>

#include <uk/format.h>

namespace uk::isadebug {

struct Ports {
    uint16_t exit;   // of isa-debug-exit
    uint16_t status; // of isa-debugcon
    uint8_t answer;  // which says this when it is read
};

inline constexpr int kPanicSeen = 127; // in the 7 bits of isa-debug-exit

// Asks the emulator to end with `status`, of which 8 bits arrive, or 7 without isa-debugcon; it may
// take a moment. False if there is no isa-debug-exit: one answers zeros, an empty bus ones. From
// anywhere; blocks as `machine` does: uint8_t read(uint16_t port), void write(uint16_t port,
// uint8_t value), void say(std::string_view) to the user, void settle() until that has left.
template <class Machine>
bool leave(Machine machine, const Ports& ports, bool panic, int status) {
    if (machine.read(ports.exit) != 0) {
        return false;
    }
    const bool whole = machine.read(ports.status) == ports.answer;
    int seen = status & 0x7f;
    if (panic) {
        seen = kPanicSeen;
    } else if (seen == kPanicSeen) {
        seen = 1; // it must not look like a panic
    }
    const int arrives = whole ? status & 0xff : seen;
    if (arrives != status && !panic) {
        char text[96];
        machine.say({text, uk_scnprintf(text, sizeof text,
                                        "Microlith: exit status %d arrives as %d: there are %d "
                                        "bits.\n",
                                        status, arrives, whole ? 8 : 7)});
    }
    machine.write(ports.status, static_cast<uint8_t>(status));
    machine.settle();
    machine.write(ports.exit, static_cast<uint8_t>(seen));
    return true;
}

} // namespace uk::isadebug
