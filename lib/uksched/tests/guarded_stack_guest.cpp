// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: what lies around a thread's stack.
#include <uk/falloc/frame_allocator.hpp>
#include <uk/sched.hpp>
#include <uk/sched/kernel_machine.hpp>
#include <uk/string.h>
#include <uk/test.hpp>
#include <uk/vmem.hpp>

namespace {

using uk::KernelMachine;
using uk::Ref;
using uk::Thread;
using uk::Vaddr;
using uk::vmem::AreaInfo;
using uk::vmem::Kind;
namespace sched = uk::sched;

bool is(const AreaInfo& area, Kind kind, uint64_t size, const char* name) {
    return area.kind == kind && area.range.size == size &&
           strncmp(area.name, name, sizeof area.name) == 0;
}

// From the guard on; null: as it should be.
const char* around(Vaddr own, uint64_t size, const char* name, const char* kernel_name) {
    const AreaInfo stack = UK_MUST(uk::vmem::find(own));
    if (!is(stack, Kind::stack, size, name))
        return "own part";
    if (!is(UK_MUST(uk::vmem::find(stack.range.start - 1)), Kind::guard, 4096, name))
        return "guard";
    if (KernelMachine::kKernelStackBytes == 0)
        return nullptr;
    const Vaddr upper = stack.range.end();
    if (!is(UK_MUST(uk::vmem::find(upper)), Kind::guard, 4096, kernel_name))
        return "inner guard";
    return is(UK_MUST(uk::vmem::find(upper + 4096)), Kind::stack, KernelMachine::kKernelStackBytes,
              kernel_name)
               ? nullptr
               : "kernel part";
}

struct Job {
    uint64_t size;
    const char* name;
    const char* kernel_name;
    const char* wrong = "did not run";
    uint64_t faults = 0; // while all of the stack was touched
};
void* look(void* argument) {
    auto& job = *static_cast<Job*>(argument);
    char here = 0;
    job.wrong = around(Vaddr::of(&here), job.size, job.name, job.kernel_name);
    const uint64_t faults = uk::vmem::stats().faults;
    const AreaInfo stack = UK_MUST(uk::vmem::find(Vaddr::of(&here)));
    for (Vaddr page = stack.range.start; page < stack.range.end(); page += 4096)
        (void)*page.as<volatile char>();
    job.faults = uk::vmem::stats().faults - faults;
    return nullptr;
}
void run(Job& job, size_t stack_bytes) {
    Ref<Thread> thread =
        UK_MUST(sched::create({.name = job.name, .stack_bytes = stack_bytes}, look, &job));
    (void)UK_MUST(sched::join(*thread));
}

uint64_t trimmed_areas() {
    sched::sleep_for(10'000'000); // the last ones may be on their way out
    sched::trim();
    return uk::vmem::stats().areas;
}

} // namespace

UK_TEST(a_stack_lies_between_guards_that_have_its_thread_s_name)
{
    Job jobs[] = {{KernelMachine::kStackBytes, "one", "irq:one"},
                  {KernelMachine::kStackBytes, "another", "irq:another"}, // on the same stack
                  {3 * 4096, "small", "irq:small"},
                  {1 << 20, "fifteen letters", "irq:fifteen let"}};
    for (Job& job : jobs) {
        run(job, job.size == KernelMachine::kStackBytes ? 0 : job.size);
        UK_TEST_EXPECT(job.wrong == nullptr);
        UK_TEST_EXPECT_EQ(job.faults, 0);
    }
}

UK_TEST(stacks_give_all_back)
{
    Job job{64 << 10, "guarded", "irq:guarded"};
    run(job, job.size); // page tables of the heap's may come with the first
    sched::yield();
    const auto before = uk::vmem::stats();
    for (int i = 0; i < 20; i++)
        run(job, job.size);
    sched::yield(); // the last one may have been on its way out
    const auto after = uk::vmem::stats();
    UK_TEST_EXPECT(after.areas <= before.areas + 4);
    UK_TEST_EXPECT(after.private_pages <= before.private_pages + job.size / 4096 + 3);
}

UK_TEST(trim_leaves_no_stack_of_threads_that_ended)
{
    uint64_t before = trimmed_areas();
    for (uint64_t last = 0; last != before; before = trimmed_areas())
        last = before;
    Ref<Thread> threads[40]; // more than are kept, and given back together
    for (size_t i = 0; i < 40; i++) {
        const size_t bytes = i % 3 == 0 ? 3 * 4096 : 0;
        threads[i] = UK_MUST(sched::create(
            {.name = "short", .stack_bytes = bytes}, [](void* argument) { return argument; },
            nullptr));
    }
    for (Ref<Thread>& thread : threads) {
        (void)UK_MUST(sched::join(*thread));
        thread = {};
    }
    UK_TEST_EXPECT(uk::vmem::stats().areas > before);
    uint64_t after = trimmed_areas();
    for (int i = 0; i < 200 && after != before; i++)
        after = trimmed_areas();
    UK_TEST_EXPECT_EQ(after, before);
}
