// SPDX-License-Identifier: BSD-3-Clause
// Exceptions of a native x86_64 image, as its platform sees them.
#pragma once

namespace uk::x86 {

// Loads the descriptor tables; from here on exceptions are reported (uk_crash). Once, at boot.
void trap_init();

// Takes the descriptor tables away and faults: resets the machine. Comes back only from a
// hypervisor that ignores it.
void trap_triple_fault();

} // namespace uk::x86
