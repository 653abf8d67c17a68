// SPDX-License-Identifier: BSD-3-Clause
// What is left of uk_crash and uk_panic without LIBUKDEBUG: one line, then the end of the machine.
#include <cstdarg>

#include <uk/assert.h>
#include <uk/format.h>
#include <uk/hal/console.hpp>
#include <uk/hal/image.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/power.hpp>
#include <uk/hal/trap.hpp>
#include <uk/log/console.hpp>

#include "status.hpp"
#include "stop_other_cpus.hpp"

namespace {

constinit int depth = 0; // atomic

// Only the first failure prints; the second ends the machine in silence, the third stops the CPU.
void enter() {
    uk::hal::irq_disable();
    uk::debug::stop_other_cpus();
    switch (__atomic_fetch_add(&depth, 1, __ATOMIC_SEQ_CST)) {
    case 0:
        uk::console::seize();
        return;
    case 1:
        uk::hal::shutdown(uk::hal::Shutdown::panic, uk::debug::kAborted);
    default:
        uk::hal::cpu_stop();
    }
}

[[noreturn]] __attribute__((format(printf, 2, 3))) void finish(int status, const char* format,
                                                               ...) {
    va_list arguments;
    va_start(arguments, format);
    uk_vformat(
        [](void*, const char* data, size_t size) -> int {
            uk::hal::console_write(data, size);
            return 0;
        },
        nullptr, format, arguments);
    va_end(arguments);
    uk::hal::shutdown(uk::hal::Shutdown::panic, status);
}

} // namespace

extern "C" void uk_crash(const uk::hal::TrapFrame* frame) {
    enter();
    const uk::hal::TrapInfo info = uk::hal::trap_info(*frame);
    finish(uk::debug::status_of(frame),
           "\ncrash: %s (%u, error 0x%llx) at 0x%llx, address 0x%llx\n", info.name, info.number,
           static_cast<unsigned long long>(info.error_code),
           static_cast<unsigned long long>(info.pc),
           static_cast<unsigned long long>(info.fault_address));
}

extern "C" void uk_panic(const char* file, int line, const char* func, const char* fmt, ...) {
    enter();
    char text[160];
    va_list arguments;
    va_start(arguments, fmt);
    uk_vsnprintf(text, sizeof(text), fmt, arguments);
    va_end(arguments);
    finish(uk::debug::kAborted, "\npanic: %s:%d: %s: %s\n", file, line, func, text);
}
