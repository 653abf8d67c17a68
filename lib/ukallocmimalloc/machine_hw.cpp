// SPDX-License-Identifier: BSD-3-Clause
// What mimalloc wants of this machine: addresses and memory of ukvmem's window, the clock, and
// which CPU this is.
#include <uk/allocmimalloc/mimalloc.h>

#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/clock.hpp>
#include <uk/init.hpp>
#include <uk/print.h>
#include <uk/spinlock.hpp>
#include <uk/string.h>
#include <uk/vmem/kernel_window.hpp>

namespace {

constexpr uint64_t kLeast = uint64_t{uk::cfg::libukallocmimalloc_least_mib} << 20;

// Once: what comes after it only says ENOMEM.
constinit bool g_said = false;

void say_why(uk::Errno why) {
    if (g_said)
        return;
    g_said = true;
    if (why == uk::Errno::nosys)
        uk_pr_err(
            "mimalloc needs an address space, and this machine has none: choose another heap\n");
    else
        uk_pr_err("mimalloc cannot start: not even 128 KiB are free\n");
}

uk::Result<> check_memory() {
    uk::Result<uk::Vaddr> probe = uk::vmem::window::reserve(1, 1, 0);
    if (!probe.ok()) {
        say_why(probe.code());
        return probe.code();
    }
    uk::vmem::window::release(probe.value(), 1);
    return uk::falloc::stats().total_bytes >= kLeast ? uk::Errno::ok : uk::Errno::nomem;
}

} // namespace

#define UK_TEXT_OF(x) #x
#define UK_TEXT(x) UK_TEXT_OF(x)
UK_INIT(plat, "mimalloc", check_memory,
        .hint = "it wants " UK_TEXT(
            CONFIG_LIBUKALLOCMIMALLOC_LEAST_MIB) " MiB of RAM, "
                                                 "LIBUKALLOCMIMALLOC_LEAST_MIB: give the machine "
                                                 "more, or choose another heap");

void* uk_mimalloc_reserve(size_t size, size_t align, size_t offset) {
    uk::Result<uk::Vaddr> start = uk::vmem::window::reserve(size, align, offset);
    if (!start.ok()) {
        if (start.code() == uk::Errno::nosys)
            say_why(start.code());
        return nullptr;
    }
    return start.value().as<void>();
}

void uk_mimalloc_release(void* start, size_t size) {
    uk::vmem::window::release(uk::Vaddr::of(start), size);
}

bool uk_mimalloc_commit(void* start, size_t size) {
    const bool done = uk::vmem::window::commit(uk::Vaddr::of(start), size).ok();
    if (!done && uk::vmem::window::committed_bytes() == 0)
        say_why(uk::Errno::nomem);
    return done;
}

void uk_mimalloc_decommit(void* start, size_t size) {
    uk::vmem::window::decommit(uk::Vaddr::of(start), size);
}

void* uk_mimalloc_pages(size_t size) {
    const size_t pages = uk::div_round_up(size, uk::kPageSize);
    uk::Result<void*> run = uk::falloc::allocate_run(pages);
    return run.ok() ? memset(run.value(), 0, pages * uk::kPageSize) : nullptr;
}

uint64_t uk_mimalloc_clock_ms() {
    return uk::hal::clock_monotonic_ns() / 1'000'000;
}

uint64_t uk_mimalloc_seed() {
    return uk::hal::clock_monotonic_ns() ^ reinterpret_cast<uintptr_t>(&g_said);
}

#if UK_MIMALLOC_CPUS > 1
unsigned uk_mimalloc_cpu() {
    return uk::hal::cpu_index();
}

void uk_mimalloc_relax() {
    uk::KernelLocks::relax();
}
#endif
