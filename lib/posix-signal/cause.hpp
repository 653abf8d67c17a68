// SPDX-License-Identifier: BSD-3-Clause
// Which signal a fault is.
#pragma once

#include <uk/hal/trap.hpp>
#include <uk/signal/model.hpp>

namespace uk::signal {

// Its number is 0 if it is none. Callable from handlers of exceptions (|isr).
[[nodiscard]] Info cause_of(const hal::TrapInfo& trap);

} // namespace uk::signal
