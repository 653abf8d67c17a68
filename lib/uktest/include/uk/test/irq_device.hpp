// SPDX-License-Identifier: BSD-3-Clause
// A device of this machine that guest tests of interrupt lines can do with as they like. Each
// platform with such lines defines it beside its own tests.
#pragma once

#include <uk/hal/irq_line.hpp>

namespace uk::test {

// Its line. Errors: as irq_line(); the tests are skipped then.
[[nodiscard]] Result<hal::IrqLine> irq_device_line();
// Raises the line once. From anywhere.
void irq_device_raise();
// Takes that back; whether it was raised. From anywhere, so compiled with |isr.
bool irq_device_quiet();
// Whether it bears being raised 20,000 times at once.
[[nodiscard]] bool irq_device_may_storm();

} // namespace uk::test
