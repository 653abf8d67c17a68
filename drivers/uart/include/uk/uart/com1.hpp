// SPDX-License-Identifier: BSD-3-Clause
// COM1 of a PC as a console that interrupts: what hal::console_await() of this library and the
// platform, which has the port, want of each other.
#pragma once

namespace uk::uart {

// The platform defines these, as Ns16550 has them; after the first console_write().
//
// False: there is no port. `there`: something can be read.
[[nodiscard]] bool com1_await_input(bool prove, bool& there);
[[nodiscard]] bool com1_take_interrupt(); // |isr

} // namespace uk::uart
