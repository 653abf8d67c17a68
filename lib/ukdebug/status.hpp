// SPDX-License-Identifier: BSD-3-Clause
// The status of an image that ends by a report: as a shell shows it, 128 + the signal.
#pragma once

#include <uk/hal/trap.hpp>
#ifdef CONFIG_LIBUKSCHED_EDGE
#include <uk/hal/signal_frame.hpp>
#endif

namespace uk::debug {

inline constexpr int kAborted = 134; // SIGABRT

// Where there are signals the exception's own. In the exception's handler.
inline int status_of([[maybe_unused]] const hal::TrapFrame* frame) {
#ifdef CONFIG_LIBUKSCHED_EDGE
    const int number = uk_signal_of_fault(frame);
    return number != 0 ? 128 + number : kAborted;
#else
    return kAborted;
#endif
}

} // namespace uk::debug
