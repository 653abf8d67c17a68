// SPDX-License-Identifier: BSD-3-Clause
// Boot information of the PVH entry: Xen's struct hvm_start_info
// (public/arch-x86/hvm/start_info.h).
#pragma once

#include <uk/loader/view.hpp>

namespace uk::loader {

inline constexpr uint32_t kPvhMagic = 0x336ec578; // what the structure begins with

// Adds the memory map to `info` where the loader gave none. Errors: its own.
using MapSource = Result<> (*)(hal::BootInfo& info);

// Fills memory map, command line, first module (initrd) and ACPI root of `info` from the structure
// at `start`, and adds what it occupies as loader memory. Errors: EINVAL (not such a structure, or
// one that contradicts itself), EPROTO (version 0, which has no memory map, and no `map`), ENODATA
// (the memory map is empty), and those of `view` and `map`.
[[nodiscard]] Result<> read_pvh(const PhysView& view, Paddr start, hal::BootInfo& info,
                                MapSource map = nullptr);

} // namespace uk::loader
