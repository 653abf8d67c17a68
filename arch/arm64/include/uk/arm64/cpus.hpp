// SPDX-License-Identifier: BSD-3-Clause
// Further CPUs of a native arm64 image, for its platform, which knows how to start and interrupt
// them.
#pragma once

#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/cpus.hpp>

// Defined by the platform, called on the new CPU with interrupts off: opens its interrupt
// controller and timer. False: it cannot be used, and stops.
extern "C" bool uk_platform_cpu_start(unsigned index);

namespace uk::arm64 {

// Where a further CPU comes into the image: at EL2 or EL1, MMU off, x0 = what prepare_cpu() said.
[[nodiscard]] Paddr cpu_entry();

// Lays out start.memory, so that a CPU can enter with it, at an address below which nothing is.
// Once for each CPU; thread context. Errors: ENOMEM (no page tables left).
[[nodiscard]] Result<uint64_t> prepare_cpu(unsigned index, const hal::CpuStart& start);

// Whether CPU `index` is about to call its entry(). From anywhere.
[[nodiscard]] bool cpu_has_come(unsigned index);

} // namespace uk::arm64
