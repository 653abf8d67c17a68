// SPDX-License-Identifier: BSD-3-Clause
// The one door from a platform into generic code.
#pragma once

#include <uk/hal/boot_info.hpp>

namespace uk {

// Called once by the platform on the boot stack (at least 16 KiB), with the image mapped W^X, the
// early console working, exceptions reported and interrupts off. Defined by lib/ukboot. Never
// returns: it ends in hal::shutdown().
[[noreturn]] void boot(const hal::BootInfo& info);

} // namespace uk
