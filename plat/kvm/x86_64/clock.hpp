// SPDX-License-Identifier: BSD-3-Clause
// What the clock's files share: the machine's timer chip.
#pragma once

#include <cstdint>

#include <uk/clocksource/pit.hpp>
#include <uk/hal_arch/port_io.hpp>

namespace uk::kvm {

// Ports 0x40 to 0x61. Its counter belongs to clock.cpp, its interrupt to clock_idle.cpp.
extern clocksource::Pit<hal::PortIo> g_pit;

// Address that a hypervisor or device knows an object of the image by.
[[nodiscard]] uint64_t physical_address(const volatile void* object);

// A CPU that was started, before it asks for the time: gives the hypervisor its page.
void clock_joins();

// Nanoseconds since 1970 at which clock_monotonic_ns() was 0, where the hypervisor tells it; else
// 0.
[[nodiscard]] uint64_t hypervisor_wall_ns();

} // namespace uk::kvm
