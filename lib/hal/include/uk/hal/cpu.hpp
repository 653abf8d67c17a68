// SPDX-License-Identifier: BSD-3-Clause
// Architecture contract 1 of 8: single instructions that need no privilege. A header slot: the
// chosen arch/<isa> provides <uk/hal_arch/cpu.hpp>, so all of it is inline.
#pragma once

#include <concepts>
#include <cstdint>

// The provider defines, in uk::hal, all inline and callable from anywhere:
//   uint64_t cpu_cycles();       free-running counter; its rate is the clock's business
//   void cpu_relax();            hint for a spinning loop
//   void barrier_full(); void barrier_read(); void barrier_write();   against devices and CPUs
//   T device_read<T>(const volatile T*); void device_write<T>(volatile T*, T);   one access of that
//                                width to a device register, in a form that hypervisors can emulate
//   uintptr_t frame_pointer();   of the calling function
//   void benchmark_mark<N>();    N in 0..0xffff: executes the marker instruction that
//                                tests/bench/icount.c counts at; costs one instruction
#include <uk/hal_arch/cpu.hpp>

namespace uk::hal {

static_assert(std::same_as<decltype(cpu_cycles()), uint64_t>);
static_assert(std::same_as<decltype(frame_pointer()), uintptr_t>);

} // namespace uk::hal
