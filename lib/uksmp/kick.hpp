// SPDX-License-Identifier: BSD-3-Clause
// What a CPU does when another one wants it to look at its threads.
#pragma once

namespace uk::smp {

// Interrupt handler: asks for a switch at its end.
void on_kick();

} // namespace uk::smp
