// SPDX-License-Identifier: BSD-3-Clause
// Boot information of the Multiboot 2 entry (Multiboot 2 specification 2.0, section 3.6).
#pragma once

#include <uk/loader/view.hpp>

namespace uk::loader {

// Fills memory map, command line, first module (initrd) and ACPI root of `info` from the tags at
// `start`, and adds what they occupy as loader memory. Errors: EINVAL (not such a list, or one that
// contradicts itself), ENODATA (it has no memory map, or an empty one), and those of `view`.
[[nodiscard]] Result<> read_multiboot2(const PhysView& view, Paddr start, hal::BootInfo& info);

} // namespace uk::loader
