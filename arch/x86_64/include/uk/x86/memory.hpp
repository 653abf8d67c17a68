// SPDX-License-Identifier: BSD-3-Clause
// Memory of a native x86_64 image, as its boot code and platform see it.
#pragma once

#include <cstddef>
#include <span>

#include <uk/base/address.hpp>
#include <uk/base/result.hpp>

namespace uk::x86 {

// Puts the frames that the linker script set aside for page tables into the direct map's reserve.
// Once, at boot, before anything is opened.
void memory_init();

// The bytes of physical memory at `start`, made visible first; what a loader or the firmware left.
// Boot or thread context. Errors: EINVAL (outside physical memory, in the image, or mapped as a
// device), ENOMEM (no page tables left).
[[nodiscard]] Result<std::span<const std::byte>> view_physical(Paddr start, size_t size);

// In images for several CPUs: shows `size` bytes of the direct map, whole pages, at a second
// address for ever, below which UK_GUARDED_GAP bytes are never mapped. Thread context. Errors:
// ENOMEM (no page tables left).
[[nodiscard]] Result<void*> show_guarded(void* memory, size_t size);

// Where the image lies.
[[nodiscard]] PhysRange image_range();

} // namespace uk::x86
