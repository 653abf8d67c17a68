// SPDX-License-Identifier: BSD-3-Clause
// The interrupt controller: one of two, when it has been looked up for the timer.
#pragma once

#include <cstdint>

#include <uk/arm64/irq.hpp>
#include <uk/base/late.hpp>
#include <uk/intctlr/gicv2.hpp>
#include <uk/intctlr/gicv3.hpp>
#include <uk/io/reg.hpp>

namespace uk::kvm {

using GicV2 = intctlr::GicV2<io::Mmio>;
using GicV3 = intctlr::GicV3<io::Mmio, arm64::GicCpu>;

extern Late<GicV2> g_v2;
extern Late<GicV3> g_v3;

// Of each CPU's virtual timer.
extern uint32_t g_timer_line;
extern intctlr::Trigger g_timer_trigger; // with several CPUs

// By which CPUs interrupt each other.
inline constexpr uint32_t kKickLine = 0;
inline constexpr uint32_t kStopLine = 1;

// Another CPU raised the line for this one. Handler.
void on_message(uint32_t line);

} // namespace uk::kvm
