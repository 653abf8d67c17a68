// SPDX-License-Identifier: BSD-3-Clause
// Guest tests of further CPUs: what lies around the stack on which each handles its exceptions.
#include <uk/hal/cpus.hpp>
#include <uk/hal/trap.hpp>
#include <uk/sched.hpp>
#include <uk/smp.hpp>
#include <uk/test.hpp>
#include <uk/x86/layout.h>

// What overflows it faults, on each of them.
UK_TEST(nothing_lies_below_a_trap_stack)
{
    if (uk::smp::cpu_count() == 1)
        UK_TEST_SKIP("one CPU");
    static uintptr_t ends[uk::hal::kMostCpus];
    for (unsigned i = 0; i < uk::smp::cpu_count(); i++) {
        uk::Ref<uk::Thread> thread = UK_MUST(uk::sched::create(
            {.name = "looks", .affinity = uint64_t{1} << i},
            [](void* end) -> void* {
                asm("movq %%gs:%c1, %0"
                    : "=r"(*static_cast<uintptr_t*>(end))
                    : "i"(UK_CPU_TRAP_STACK));
                return nullptr;
            },
            &ends[i]));
        (void)UK_MUST(uk::sched::join(*thread));
    }
    for (unsigned i = 1; i < uk::smp::cpu_count(); i++) {
        char byte;
        const uintptr_t lowest = ends[i] - UK_TRAP_STACK_SIZE;
        UK_TEST_EXPECT_EQ(uk::hal::probe_read(&byte, lowest, 1), 1);
        UK_TEST_EXPECT_EQ(uk::hal::probe_read(&byte, lowest - 1, 1), 0);
        UK_TEST_EXPECT_EQ(uk::hal::probe_read(&byte, lowest - UK_GUARDED_GAP, 1), 0);
        UK_TEST_EXPECT(i == 1 || ends[i] != ends[i - 1]);
    }
}
