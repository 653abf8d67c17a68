// SPDX-License-Identifier: BSD-3-Clause
// From the entry code of a native x86_64 image to its platform, and what the loader left.
#pragma once

#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/hal/boot_info.hpp>

// Defined by the platform; called by boot/entry.S on the boot stack, in 64-bit mode, with the image
// mapped W^X, nothing else mapped, interrupts off and no exception handlers. `magic` says who
// entered (UK_PVH_MAGIC, UK_MULTIBOOT2_MAGIC, or garbage), `information` is where the loader's
// structure lies, `cycles` the cycle counter at the first instruction.
extern "C" [[noreturn]] void uk_platform_start(uint32_t magic, uint32_t information,
                                               uint64_t cycles);

namespace uk::x86 {

// Puts x87 and SSE, which are on, into their state at reset, and switches on AVX and AVX-512 if the
// processor has them. Once, at boot.
void enable_extended_state();

// Fills `info` from what the loader left: memory map (with what loader and image occupy), command
// line, initrd, ACPI root, loader's name. memory_init() comes first. On error says why on the early
// console. `map` adds the memory map where PVH brings none. Errors: EINVAL, EPROTO, ENODATA,
// ENOMEM.
[[nodiscard]] Result<> read_boot_info(uint32_t magic, Paddr information, hal::BootInfo& info,
                                      Result<> (*map)(hal::BootInfo& info) = nullptr);

} // namespace uk::x86
