// SPDX-License-Identifier: BSD-3-Clause
// What the loader left for the image to read: by custom an archive of files, for lib/ukcpio.
#pragma once

#include <cstddef>
#include <span>

namespace uk::bootup {

// The bytes, of any length and contents; empty if the loader left none. They stay where they are,
// readable and never handed out as memory, as long as the image runs, and begin at a multiple of
// 4 KiB where the loader is QEMU, Xen, GRUB or Linux. The image must not write to them. Outside
// input. Of several modules the loader's first one (drivers/loader). Needs the option
// LIBUKBOOT_INITRD. From anywhere after boot() began; does not block.
[[nodiscard]] std::span<const std::byte> initrd();

// For boot(), once.
void set_initrd(std::span<const char> bytes);

} // namespace uk::bootup
