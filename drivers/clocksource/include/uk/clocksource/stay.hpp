// SPDX-License-Identifier: BSD-3-Clause
// Stay: keeps the caller on its CPU, for pvclock_read_here().
#pragma once

#include <type_traits>

#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>

namespace uk::clocksource {

class InterruptsOff {
  public:
    InterruptsOff() = default;
    ~InterruptsOff() { hal::irq_restore(state_); }
    InterruptsOff(const InterruptsOff&) = delete;
    InterruptsOff& operator=(const InterruptsOff&) = delete;
    [[nodiscard]] unsigned cpu() const { return hal::cpu_index(); }

  private:
    hal::IrqState state_ = hal::irq_save();
};

struct OnlyCpu {
    [[nodiscard]] static unsigned cpu() { return 0; }
};

using Stay = std::conditional_t<(hal::kMostCpus > 1), InterruptsOff, OnlyCpu>;

} // namespace uk::clocksource
