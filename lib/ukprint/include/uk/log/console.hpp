// SPDX-License-Identifier: BSD-3-Clause
// The console, shared: what one call writes stays together, whoever else writes.
#pragma once

#include <cstddef>

#include <uk/base/result.hpp>
#include <uk/config.hpp>
#include <uk/hal/console.hpp>
#include <uk/spinlock.hpp>
#include <uk/spinlock/report_lock.hpp>

namespace uk::console {

// Where there are threads. Without them who writes is alone, but for interrupt handlers.
inline constexpr bool kShared = cfg::libuksched_threads;
inline constinit BasicReportLock<KernelLocks, LockRank::console> g_lock;

namespace detail {
inline void write_together(const char* data, size_t size) {
    const auto state = g_lock.lock();
    hal::console_write(data, size);
    g_lock.unlock(state);
}
} // namespace detail

// void write(const char* data, size_t size)
// As hal::console_write(), which crash reports use: they do not wait for anybody. From anywhere,
// under any lock. Interrupts are off meanwhile, so: a line, not a file.
inline constexpr auto* write = kShared ? detail::write_together : hal::console_write;

// As hal::console_read(). Thread context; does not block.
[[nodiscard]] inline Result<size_t> read(char* data, size_t size) {
    if constexpr (kShared) {
        const auto state = g_lock.lock();
        Result<size_t> got = hal::console_read(data, size);
        g_lock.unlock(state);
        return got;
    } else {
        return hal::console_read(data, size);
    }
}

// Before a crash report, with interrupts off: no other CPU writes any more.
inline void seize() {
    if constexpr (kShared)
        g_lock.seize();
}

} // namespace uk::console
