// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of further CPUs: each is set to what the first one is, handles its own exceptions and
// sees what others do to page tables.
#include <uk/arm64/layout.h>
#include <uk/base/address.hpp>
#include <uk/base/atomic.hpp>
#include <uk/config.hpp>
#include <uk/hal/cpu.hpp>
#include <uk/hal/cpus.hpp>
#include <uk/hal/irq.hpp>
#include <uk/hal/trap.hpp>
#include <uk/sched.hpp>
#include <uk/smp.hpp>
#include <uk/test.hpp>

namespace {

using uk::sched::create;
using uk::sched::join;

#define READ_REGISTER(name)                                                                        \
    [] {                                                                                           \
        uint64_t value;                                                                            \
        asm volatile("mrs %0, " name : "=r"(value));                                               \
        return value;                                                                              \
    }()

// Runs `work` on all CPUs at the same time; whether each said true.
bool on_all(bool (*work)()) {
    static uk::Atomic<unsigned> arrived;
    static bool (*what)();
    arrived.store_relaxed(0);
    what = work;
    uk::Ref<uk::Thread> threads[uk::hal::kMostCpus];
    for (unsigned i = 0; i < uk::smp::cpu_count(); i++) {
        auto thread = create(
            {.name = "on all", .affinity = uint64_t{1} << i},
            [](void*) -> void* {
                arrived.fetch_add_relaxed(1);
                while (arrived.load_acquire() != uk::smp::cpu_count())
                    uk::hal::cpu_relax();
                return what() ? &arrived : nullptr;
            },
            nullptr);
        if (!thread.ok())
            return false; // those that wait for it never end, and the run says so
        threads[i] = thread.take();
    }
    bool all = true;
    for (unsigned i = 0; i < uk::smp::cpu_count(); i++)
        all = join(*threads[i]).value() == &arrived && all;
    return all;
}

struct Control {
    uint64_t sctlr, tcr, ttbr0, ttbr1, mair, vbar, cpacr, level, stack, daif;
    bool operator==(const Control&) const = default;
};

Control control() {
    return {READ_REGISTER("sctlr_el1"), READ_REGISTER("tcr_el1"),   READ_REGISTER("ttbr0_el1"),
            READ_REGISTER("ttbr1_el1"), READ_REGISTER("mair_el1"),  READ_REGISTER("vbar_el1"),
            READ_REGISTER("cpacr_el1"), READ_REGISTER("currentel"), READ_REGISTER("spsel"),
            READ_REGISTER("daif")};
}

constinit Control g_control{};

} // namespace

UK_TEST(all_cpus_are_set_alike)
{
    g_control = control();
    UK_TEST_EXPECT(on_all([] { return control() == g_control; }));
}

UK_TEST(each_cpu_has_its_own_block)
{
    static uk::arm64::CpuBlock* blocks[uk::hal::kMostCpus];
    UK_TEST_EXPECT(on_all([] {
        blocks[uk::hal::cpu_index()] = uk::arm64::cpu_block();
        return uk::hal::cpu_thread() == &uk::sched::current() && !uk::hal::in_interrupt();
    }));
    for (unsigned i = 0; i < uk::smp::cpu_count(); i++) {
        UK_TEST_EXPECT_EQ(blocks[i]->index, i);
        for (unsigned other = 0; other < i; other++)
            UK_TEST_EXPECT(blocks[i] != blocks[other]);
    }
}

// What overflows it faults, on each of them.
UK_TEST(nothing_lies_below_a_trap_stack)
{
    UK_TEST_EXPECT(on_all([] {
        const auto end = reinterpret_cast<uintptr_t>(uk::arm64::cpu_block()) & ~uintptr_t{4095};
        const uintptr_t lowest = end + 4096 - UK_TRAP_STACK_SIZE;
        char byte;
        return uk::hal::cpu_index() == 0 ||
               (uk::hal::probe_read(&byte, lowest, 1) == 1 &&
                uk::hal::probe_read(&byte, lowest - 1, 1) == 0 &&
                uk::hal::probe_read(&byte, lowest - UK_TRAP_STACK_GUARD, 1) == 0);
    }));
}

// Each fault runs on its CPU's trap stack and leaves the registers as they were.
UK_TEST(all_cpus_fault_at_the_same_time)
{
    UK_TEST_EXPECT(on_all([] {
        double number = 1.5 + uk::hal::cpu_index();
        const double before = number;
        for (unsigned i = 0; i < 1'000; i++) {
            char byte;
            asm volatile("fmov d20, %d0" : : "w"(number) : "v20");
            if (uk::hal::probe_read(&byte, 1, 1) != 0 || uk::hal::in_interrupt())
                return false;
            asm volatile("fmov %d0, d20" : "=w"(number) : : "v20");
        }
        return number == before;
    }));
}
