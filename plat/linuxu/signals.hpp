// SPDX-License-Identifier: BSD-3-Clause
// Host signals of linuxu: how they are set, and the frame that a fault leaves.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/hal/trap.hpp>

#include "host.hpp"

extern "C" void uk_linuxu_sigreturn();

namespace uk::linuxu {

// Sets what `signal` does. Not 0: the host refuses it.
long set_signal(int signal, const SigAction& action);

// The handler runs on the alternate stack. Signals of the set `blocked` wait until it ends, and the
// signal itself does unless there is kSaNoDefer.
constexpr SigAction handled_by(Handler handler, uint64_t flags, uint64_t blocked) {
    return {handler, kSaSiginfo | kSaRestorer | kSaOnStack | flags, uk_linuxu_sigreturn, blocked};
}

} // namespace uk::linuxu

struct uk::hal::TrapFrame {
    int signal;
    int code;
    uintptr_t address;
    bool nested;
    uint64_t words[linuxabi::kWords];
};
