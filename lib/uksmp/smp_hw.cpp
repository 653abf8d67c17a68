// SPDX-License-Identifier: BSD-3-Clause
// Starts the CPUs of the machine and hands them to the scheduler.
#include <uk/smp.hpp>

#include <uk/base/address.hpp>
#include <uk/base/atomic.hpp>
#include <uk/base/bits.hpp>
#include <uk/base/minmax.hpp>
#include <uk/config.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/init.hpp>
#include <uk/libparam.hpp>
#include <uk/print.h>
#include <uk/sched/cpus.hpp>
#include <uk/string.h>

namespace uk::smp {
namespace {

using sched::detail::kIdleStackBytes;

// One run of frames for each CPU: what the machine needs, the idle thread's stack, and above it the
// one on which its interrupts run.
constexpr size_t kKernelStack = align_up(hal::kKernelStackBytes, kPageSize);
constexpr size_t kStackEnd = hal::kCpuBytes + kIdleStackBytes;
constexpr size_t kBytes = kStackEnd + kKernelStack;

constinit Atomic<unsigned> g_count{1};
constinit char* g_memory[hal::kMostCpus]{};
constinit uint32_t cpus = hal::kMostCpus;
UK_LIBPARAM_NAMED("smp.cpus", cpus, u32, "CPUs to run on, if the machine has as many");

// Also on one that comes after it was given up.
void run() {
    const unsigned index = hal::cpu_index();
    g_count.store_relaxed(index + 1);
    sched::detail::run_cpu(g_memory[index] + kBytes);
    UK_UNREACHABLE();
}

Result<> start_one(unsigned index) {
    void* run_of_frames = UK_TRY(falloc::allocate_run(kBytes / kPageSize));
    auto* memory = static_cast<char*>(run_of_frames);
    memset(memory, 0, kBytes);
    g_memory[index] = memory;
    Result<> started =
        hal::cpu_start(index, {memory, memory + kStackEnd, sched::detail::idle_head(index), run});
    if (!started.ok() && started.code() != Errno::timedout)
        falloc::free_run(memory, kBytes / kPageSize);
    return started;
}

// A CPU that does not come is no reason to end: the image runs on those that did. They have no gaps
// between their numbers.
void start() {
    const unsigned wanted = min(hal::cpu_count(), max(static_cast<unsigned>(cpus), 1U));
    unsigned running = 1;
    for (; running < wanted; running++) {
        Result<> started = start_one(running);
        if (started.code() == Errno::timedout) {
            uk_pr_warn(
                "CPU %u of %u has not come in time, those after it stay off: give the machine "
                "no more CPUs than its host has free\n",
                running, wanted);
            break;
        }
        if (!started.ok()) {
            uk_pr_err("CPU %u of %u does not start: %s\n", running, wanted, started.error().name());
            break;
        }
        g_count.store_relaxed(running + 1);
    }
    if (running > 1) {
        // A preemptive scheduler has done so. Else one that computes would let others wait for it
        // when they unmap memory.
        hal::irq_enable();
    }
    uk_pr_info("%u CPUs\n", running);
}

// After level bus, which leaves alarm and address space ready.
UK_INIT(dev, "CPUs", start);

} // namespace

unsigned cpu_count() {
    return g_count.load_relaxed();
}

} // namespace uk::smp
