// SPDX-License-Identifier: BSD-3-Clause
// What the files of this platform share.
#pragma once

#include <cstdint>

#include <uk/arm64/irq.hpp>
#include <uk/base/result.hpp>
#include <uk/clocksource/generic_timer.hpp>
#include <uk/devicetree/tree.hpp>
#include <uk/hal/boot_info.hpp>

namespace uk::kvm {

// As handed to uk::boot().
extern hal::BootInfo g_boot_info;

// The machine's device tree, or null where there is none that can be read.
extern const devicetree::Tree* g_tree;

// Whether the image was entered at EL2: nobody is left there who takes hypervisor calls.
extern bool g_was_hypervisor;

// Its counter is the clock (clock.cpp), its interrupt ends halts and is the alarm (clock_idle.cpp).
extern clocksource::GenericTimer<arm64::VirtualTimer> g_timer;

// clock_monotonic_ns() is so much ahead of g_timer: time before the clock started counts as this
// much, so that 0 is never an answer afterwards.
inline constexpr uint64_t kFirstNs = 1'000;

// The interrupt line of each CPU's virtual timer lets `handler` run, with interrupts off. Once, in
// thread context. Errors: ENODEV (no interrupt controller or timer that is known), EINVAL, ENOMEM,
// ETIMEDOUT.
[[nodiscard]] Result<> open_timer_line(void (*handler)());

} // namespace uk::kvm
