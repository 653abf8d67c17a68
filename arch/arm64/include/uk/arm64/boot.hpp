// SPDX-License-Identifier: BSD-3-Clause
// From the entry code of a native arm64 image to its platform, and what the loader left.
#pragma once

#include <cstdint>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>
#include <uk/devicetree/tree.hpp>
#include <uk/hal/boot_info.hpp>

// Defined by the platform; called by boot/entry.S on the boot stack, with the image mapped W^X,
// nothing else mapped, interrupts off, FP and SIMD on, exceptions reported. `device_tree` is what
// the loader left in x0, `cycles` the counter at entry, `was_hypervisor` 1 if it was entered at
// EL2, `image_start` where the image lies physically.
extern "C" [[noreturn]] void uk_platform_start(uint64_t device_tree, uint64_t cycles,
                                               uint64_t was_hypervisor, uint64_t image_start);

namespace uk::arm64 {

// The device tree at `where`, made visible; its header is checked. memory_init() comes first.
// Errors: ENODEV (there is none), EINVAL (damaged, or outside physical memory), ENOMEM.
[[nodiscard]] Result<devicetree::Tree> open_tree(Paddr where);

// Fills `info` from the tree, which lies at `where`: memory map (with what loader and image
// occupy), command line, initrd, loader's name. Errors: EINVAL, ENODEV (no memory), ENOMEM.
[[nodiscard]] Result<> read_boot_info(const devicetree::Tree& tree, Paddr where,
                                      hal::BootInfo& info);

} // namespace uk::arm64
