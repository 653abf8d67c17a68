// SPDX-License-Identifier: BSD-3-Clause
// Runs the init table forwards at boot and backwards at the end.
#include <uk/base/atomic.hpp>
#include <uk/boot.h>
#include <uk/boot/shutdown.hpp>
#include <uk/config.hpp>
#include <uk/init.hpp>

using ArrayFunction = void (*)();

extern "C" {
// Bounds that the platform's linker script gives; no such section, no symbols.
[[gnu::weak, gnu::visibility("hidden")]] extern const ArrayFunction __init_array_start[];
[[gnu::weak, gnu::visibility("hidden")]] extern const ArrayFunction __init_array_end[];
[[gnu::weak, gnu::visibility("hidden")]] extern const ArrayFunction __fini_array_start[];
[[gnu::weak, gnu::visibility("hidden")]] extern const ArrayFunction __fini_array_end[];
}

namespace uk {
namespace {

constinit InitProgress g_progress;
constinit Atomic<bool> g_constructed;
constinit Atomic<bool> g_ending;

} // namespace

Result<> bootup::run_init_table() {
    return run_init(init_table(), InitLevel::early, InitLevel::late, init_report_log, &g_progress);
}

void bootup::run_constructors() {
    for (const ArrayFunction* f = __init_array_start; f != __init_array_end; f++) {
        (*f)();
    }
    g_constructed.store_relaxed(true);
}

void shutdown(hal::Shutdown reason, int status) {
    if (reason != hal::Shutdown::panic) {
        if constexpr (cfg::libuksched_threads) {
            bootup::end_alone();
        }
        if (!g_ending.exchange_acq_rel(true)) {
            run_term(init_table(), g_progress);
        }
    }
    hal::shutdown(reason, status);
}

} // namespace uk

void uk_run_destructors() {
    if (!uk::g_constructed.exchange_acq_rel(false)) {
        return;
    }
    for (const ArrayFunction* f = __fini_array_end; f != __fini_array_start;) {
        (*--f)();
    }
}

void uk_exit(int status) {
    uk::shutdown(uk::hal::Shutdown::exit, status);
}
