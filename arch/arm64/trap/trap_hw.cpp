// SPDX-License-Identifier: BSD-3-Clause
// Exceptions: repair of faults that were expected, interrupts, the view of generic code. The
// vectors are set by boot/entry.S, before there is C++.
#include <uk/arm64/irq.hpp>

#include <span>

#include <uk/base/fixup.hpp>
#include <uk/config.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/trap.hpp>

#include "frame.hpp"

extern "C" {
extern char uk_boot_stack[];
extern char uk_trap_stack[];
size_t uk_probe_copy(void* to, uintptr_t from, size_t size);
using UkFunction = void (*)();
using UkQuestion = bool (*)();
void uk_trap_act();
extern UkFunction uk_irq_act;
extern UkQuestion uk_irq_wanted;
UkFunction uk_trap(uk::hal::TrapFrame* frame);
}

// By irq_on_exit().
constinit UkFunction uk_irq_act = nullptr;
constinit UkQuestion uk_irq_wanted = nullptr;

#if CONFIG_HAL_CPUS > 1
// Whose handlers CPU 0 counts before it has a thread.
extern "C" uk::hal::ThreadHead uk_no_thread;
constinit uk::hal::ThreadHead uk_no_thread{};
#endif

namespace uk {
namespace {

using namespace arm64;

constinit UkFunction g_interrupt = nullptr;
// uk_trap_act, which images do not have in which nobody calls irq_on_exit().
constinit UkFunction g_after_interrupt = nullptr;

bool repair(hal::TrapFrame& frame) {
    const uintptr_t go_on = fixup_of(frame.pc);
    if (go_on != 0) {
        frame.pc = go_on;
    }
    return go_on != 0;
}

// Where this CPU's trap stack begins.
uintptr_t trap_stack() {
#if CONFIG_HAL_CPUS > 1
    return reinterpret_cast<uintptr_t>(cpu_block() + 1) - UK_TRAP_STACK_SIZE;
#else
    return reinterpret_cast<uintptr_t>(uk_trap_stack);
#endif
}

constexpr const char* kNames[] = {"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",
                                  "x8",  "x9",  "x10", "x11", "x12", "x13", "x14", "x15",
                                  "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23",
                                  "x24", "x25", "x26", "x27", "x28", "x29", "x30"};
static_assert(std::size(kNames) == std::size(hal::TrapFrame{}.x));

} // namespace

void arm64::irq_init(void (*handler)()) {
    g_interrupt = handler;
}

void hal::irq_on_exit(bool (*wanted)(), void (*act)()) {
    uk_irq_act = act;
    g_after_interrupt = uk_trap_act;
    uk_irq_wanted = wanted;
}

hal::TrapInfo hal::trap_info(const TrapFrame& frame) {
    TrapInfo info;
    info.number = static_cast<unsigned>(frame.esr >> 26 & 0x3f);
    info.name = trap_name(frame);
    info.detail = trap_detail(frame);
    info.error_code = frame.esr & 0x1ffffff;
    info.pc = frame.pc;
    info.sp = frame.sp;
    info.frame_pointer = frame.x[29];
    info.link = frame.x[30];
    info.stack_limit = reinterpret_cast<uintptr_t>(uk_boot_stack);
    describe_abort(frame, info);
    info.nested = trap_is_nested(frame);
    return info;
}

size_t hal::trap_registers(const TrapFrame& frame, std::span<NamedRegister> out) {
    const NamedRegister rest[] = {{"sp", frame.sp}, {"pc", frame.pc}, {"pstate", frame.pstate}};
    constexpr size_t kGeneral = std::size(kNames);
    size_t count = 0;
    for (NamedRegister& place : out) {
        if (count == kGeneral + std::size(rest)) {
            break;
        }
        place = count < kGeneral ? NamedRegister{kNames[count], frame.x[count]}
                                 : rest[count - kGeneral];
        count++;
    }
    return count;
}

size_t hal::probe_read(void* to, uintptr_t from, size_t size) {
    return uk_probe_copy(to, from, size);
}

} // namespace uk

// On SP_EL1, interrupts off. Returns from interrupts and from expected faults (uk_extable); not
// null: goes on there before the interrupted thread does.
UkFunction uk_trap(uk::hal::TrapFrame* frame) {
    using namespace uk::arm64;
    if (trap_kind(*frame) == TrapKind::irq && uk::g_interrupt != nullptr) {
        uk::hal::handlers()++;
        uk::g_interrupt();
        uk::hal::handlers()--;
        bool act = uk_irq_wanted != nullptr && !trap_is_nested(*frame) && uk_irq_wanted();
        return act ? uk::g_after_interrupt : nullptr;
    }
    if (trap_found_no_room(*frame, uk::trap_stack())) {
        frame->vector = UK_TRAP_KIND_FULL;
    }
    if constexpr (uk::cfg::libukvmem) {
        if (trap_kind(*frame) == TrapKind::synchronous && !trap_is_nested(*frame) &&
            repair_page_fault(*frame)) {
            return nullptr;
        }
    }
    if (trap_may_be_expected(*frame) && uk::repair(*frame)) {
        return nullptr;
    }
    if constexpr (uk::cfg::libuksched_edge) {
        if (signal_at_fault(*frame)) {
            return nullptr;
        }
    }
    uk_crash(frame);
}
