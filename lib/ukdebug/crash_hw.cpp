// SPDX-License-Identifier: BSD-3-Clause
// uk_crash and uk_panic: one report, then the end of the machine.
#include <uk/assert.h>
#include <uk/config.hpp>
#include <uk/debug/report.hpp>
#include <uk/hal/console.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/image.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/power.hpp>
#include <uk/hal/trap.hpp>
#include <uk/log.hpp>
#include <uk/log/console.hpp>

#include "status.hpp"
#include "stop_other_cpus.hpp"
#ifdef CONFIG_LIBUKSCHED_THREADS
#include <uk/sched.hpp>
#endif

namespace uk::debug {

namespace {

constexpr size_t kStackBytes = 128;
constexpr size_t kLogLines = 10;

// How many reports have begun and not ended the machine. Each further one does less, so that
// whatever is broken, the machine ends.
constinit int depth = 0; // atomic

uintptr_t at(const char* symbol) {
    return reinterpret_cast<uintptr_t>(symbol);
}

// Written by support/build/symbols.py, linked by support/build/symbols.mk.
extern "C" const unsigned char uk_symbols[], uk_symbols_end[];

Machine machine() {
#ifdef CONFIG_LIBUKDEBUG_SYMBOLS
    const SymbolTable symbols({uk_symbols, uk_symbols_end});
#else
    const SymbolTable symbols;
#endif
    return {hal::console_write,
            {hal::probe_read, hal::in_text},
            at(uk_image_start),
            {uk_build_id_note, uk_build_id_note_end},
            {at(uk_text_start), at(uk_text_end), at(uk_rodata_start), at(uk_rodata_end)},
            symbols};
}

// Returns for the first report only; a later one ends the machine after one more line at most.
void enter(const char* what, uintptr_t pc) {
    hal::irq_disable();
    stop_other_cpus();
    const int level = __atomic_fetch_add(&depth, 1, __ATOMIC_SEQ_CST);
    if (level == 0) {
        console::seize();
        if constexpr (cfg::libukprint) {
            log::flush();
        }
        return;
    }
    if (level == 1) {
        const Machine here = machine();
        Report report(here);
        report.line("\n(another failure inside this report: %s at image+0x%llx)", what,
                    static_cast<unsigned long long>(pc - here.image_start));
        report.end();
    }
    if (level <= 2) {
        hal::shutdown(hal::Shutdown::panic, kAborted);
    }
    hal::cpu_stop();
}

// Who it was, where there are several.
void cpu_and_thread([[maybe_unused]] Report& report) {
#ifdef CONFIG_LIBUKSCHED_THREADS
    const char* thread = sched::started() ? sched::current().name() : "none yet";
    if constexpr (CONFIG_HAL_CPUS > 1)
        report.line("CPU %u, thread '%s'", hal::cpu_index(), thread);
    else
        report.line("thread '%s'", thread);
#endif
}

void last_log_lines(Report& report) {
    if constexpr (cfg::libukprint && cfg::libukdebug_crash_full) {
        report.line("latest log lines that were not shown");
        const size_t count = log::for_each_unseen(
            kLogLines,
            [](void* context, const char* text, size_t size) {
                static_cast<Report*>(context)->line("  %.*s", static_cast<int>(size), text);
            },
            &report);
        if (count == 0) {
            report.line("  none");
        }
    }
}

} // namespace

} // namespace uk::debug

using uk::debug::Report;

extern "C" void uk_crash(const uk::hal::TrapFrame* frame) {
    const uk::hal::TrapInfo info = uk::hal::trap_info(*frame);
    uk::debug::enter(info.name, info.pc);
    const uk::debug::Machine machine = uk::debug::machine();
    Report report(machine);
    report.begin();
    report.exception(info);
    if constexpr (uk::cfg::libukvmem) {
        char text[160];
        if (info.has_fault_address && uk_describe_mapping(info.fault_address, text, sizeof text)) {
            report.line("mapping %s", text);
        }
    }
    uk::debug::cpu_and_thread(report);
    report.calls(info.pc, info.frame_pointer, info.sp, info.link);
    if constexpr (uk::cfg::libukdebug_crash_full) {
        uk::hal::NamedRegister registers[40];
        report.registers({registers, uk::hal::trap_registers(*frame, registers)});
        report.code(info.pc);
        report.stack(info.sp, uk::debug::kStackBytes);
    }
    uk::debug::last_log_lines(report);
    report.end();
    uk::hal::shutdown(uk::hal::Shutdown::panic, uk::debug::status_of(frame));
}

extern "C" void uk_panic(const char* file, int line, const char* func, const char* fmt, ...) {
    uk::debug::enter(fmt, reinterpret_cast<uintptr_t>(__builtin_return_address(0)));
    const uk::debug::Machine machine = uk::debug::machine();
    Report report(machine);
    report.begin();
    va_list arguments;
    va_start(arguments, fmt);
    report.panic(file, line, func, fmt, arguments);
    va_end(arguments);
    uk::debug::cpu_and_thread(report);
    report.calls(0, uk::hal::frame_pointer(), 0);
    uk::debug::last_log_lines(report);
    report.end();
    uk::hal::shutdown(uk::hal::Shutdown::panic, uk::debug::kAborted);
}
