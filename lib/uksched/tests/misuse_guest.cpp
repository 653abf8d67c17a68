// SPDX-License-Identifier: BSD-3-Clause
// Guest tests: wrong and extreme requests on this machine, with its real memory.
#include <uk/base/minmax.hpp>
#include <uk/falloc/frame_allocator.hpp>
#include <uk/hal/clock.hpp>
#include <uk/sched.hpp>
#include <uk/string.h>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

namespace {

using uk::Errno;
using uk::Ref;
using uk::Thread;
namespace sched = uk::sched;

void* give_back(void* argument) {
    return argument;
}
Errno created(const uk::ThreadOptions& options) {
    return sched::create(options, give_back, nullptr).code();
}

} // namespace

UK_TEST(wrong_requests_are_refused)
{
    UK_TEST_NEEDS_THREADS;
    const size_t before = sched::thread_count();
    UK_TEST_EXPECT(created({.name = nullptr}) == Errno::inval);
    UK_TEST_EXPECT(created({.priority = uk::kThreadPriorities}) == Errno::inval);
    UK_TEST_EXPECT(created({.priority = 256 + 16}) == Errno::inval);
    UK_TEST_EXPECT(created({.affinity = 0}) == Errno::inval);
    UK_TEST_EXPECT(created({.affinity = uint64_t{1} << 63}) == Errno::inval);
    UK_TEST_EXPECT(sched::create({}, nullptr, nullptr).code() == Errno::inval);
    Thread& self = sched::current();
    UK_TEST_EXPECT(sched::set_priority(self, uk::kThreadPriorities).code() == Errno::inval);
    UK_TEST_EXPECT(self.priority == uk::kDefaultPriority);
    UK_TEST_EXPECT(sched::set_affinity(self, 0).code() == Errno::inval);
    UK_TEST_EXPECT(sched::set_affinity(self, uint64_t{1} << 63).code() == Errno::inval);
    UK_TEST_EXPECT(sched::set_affinity(self, uint64_t{1} << self.cpu()).ok());
    UK_TEST_EXPECT(self.affinity() == uint64_t{1} << self.cpu());
    UK_TEST_EXPECT(sched::set_affinity(self, ~uint64_t{0}).ok());
    UK_TEST_EXPECT(sched::join(self).code() == Errno::deadlk);
    UK_TEST_EXPECT_EQ(sched::thread_count(), before);
}

UK_TEST(who_joins_its_joiner_is_told)
{
    UK_TEST_NEEDS_THREADS;
    static Thread* joiner;
    joiner = &sched::current();
    Ref<Thread> thread = UK_MUST(sched::create(
        {.name = "circle"},
        [](void*) -> void* {
            while (joiner->state() != uk::ThreadState::parked)
                sched::sleep_for(1'000'000);
            return sched::join(*joiner).code() == Errno::deadlk ? &joiner : nullptr;
        },
        nullptr));
    UK_TEST_EXPECT(UK_MUST(sched::join(*thread)) == &joiner);
}

UK_TEST(stacks_that_do_not_exist_are_no_memory)
{
    UK_TEST_NEEDS_THREADS;
    for (size_t bytes : {SIZE_MAX, SIZE_MAX / 2, size_t{1} << 40, (size_t{1} << 30) + 1})
        UK_TEST_EXPECT(created({.stack_bytes = bytes}) == Errno::nomem);
    // All that there is, and more: the thread that does not fit leaves the others alone.
    const size_t bytes_each = uk::min<uint64_t>(4 << 20, uk::falloc::stats().free_bytes / 8 + 1);
    Ref<Thread> threads[64];
    size_t count = 0;
    while (count < 64) {
        auto thread =
            sched::create({.name = "large", .stack_bytes = bytes_each}, give_back, &count);
        if (!thread.ok()) {
            UK_TEST_EXPECT(thread.code() == Errno::nomem);
            break;
        }
        threads[count++] = thread.take();
    }
    UK_TEST_EXPECT(count > 0);
    for (size_t i = 0; i < count; i++)
        UK_TEST_EXPECT(UK_MUST(sched::join(*threads[i])) == &count);
}

UK_TEST(the_smallest_stack_is_a_page)
{
    UK_TEST_NEEDS_THREADS;
    auto deep = [](void*) -> void* {
        volatile char bytes[1024];
        for (volatile char& byte : bytes)
            byte = 1;
        sched::yield();
        return reinterpret_cast<void*>(static_cast<uintptr_t>(bytes[1023]));
    };
    for (size_t bytes : {1, 4095, 4096, 4097}) {
        Ref<Thread> thread =
            UK_MUST(sched::create({.name = "small", .stack_bytes = bytes}, deep, nullptr));
        UK_TEST_EXPECT(UK_MUST(sched::join(*thread)) == reinterpret_cast<void*>(1));
    }
}

UK_TEST(slots_belong_to_their_thread)
{
    UK_TEST_NEEDS_THREADS;
    static int marks[3];
    auto fill = [](void* mark) -> void* {
        Thread& self = sched::current();
        bool mine = self.user == nullptr && self.c_errno == 0;
        for (void*& slot : self.slots) {
            mine = mine && slot == nullptr;
            slot = mark;
        }
        for (int i = 0; i < 4; i++)
            sched::yield();
        for (void* slot : self.slots)
            mine = mine && slot == mark;
        return mine ? mark : nullptr;
    };
    Ref<Thread> threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = UK_MUST(sched::create({.name = "slots"}, fill, &marks[i]));
    for (int i = 0; i < 3; i++)
        UK_TEST_EXPECT(UK_MUST(sched::join(*threads[i])) == &marks[i]);
}

UK_TEST(names_are_cut)
{
    UK_TEST_NEEDS_THREADS;
    Ref<Thread> thread = UK_MUST(sched::create({.name = "sixteen letters!"}, give_back, nullptr));
    UK_TEST_EXPECT(memcmp(thread->name(), "sixteen letters", Thread::kNameSize) == 0);
    (void)UK_MUST(sched::join(*thread));
}

// Detached threads give all back: many more than there is memory for at once.
UK_TEST(dropped_handles_leave_nothing_behind)
{
    UK_TEST_NEEDS_THREADS;
    constexpr unsigned kMany = 300; // whose stacks would not fit into memory together
    static unsigned ran;
    ran = 0;
    const size_t before = sched::thread_count();
    for (unsigned i = 0; i < kMany; i++) {
        auto thread = sched::create(
            {.name = "detached", .stack_bytes = 1 << 20},
            [](void*) -> void* {
                ran++;
                return nullptr;
            },
            nullptr);
        UK_TEST_EXPECT(thread.ok());
        while (sched::thread_count() != before)
            sched::yield();
    }
    UK_TEST_EXPECT_EQ(ran, kMany);
}

UK_TEST(waits_that_are_over_end_at_once)
{
    UK_TEST_NEEDS_THREADS;
    static uk::WaitQueue queue;
    for (uint64_t deadline : {uint64_t{0}, uk::hal::clock_monotonic_ns()}) {
        UK_TEST_EXPECT(queue.wait(deadline).code() == Errno::timedout);
        UK_TEST_EXPECT(sched::park(deadline) == uk::Wake::timed_out);
        sched::sleep_until(deadline);
    }
    sched::sleep_for(0);
    UK_TEST_EXPECT(queue.empty() && !queue.wake_one());
    Ref<Thread> parked = UK_MUST(sched::create(
        {.name = "parked"},
        [](void*) -> void* { return sched::park() == uk::Wake::unparked ? &queue : nullptr; },
        nullptr));
    UK_TEST_EXPECT(sched::join(*parked, 0).code() == Errno::timedout);
    sched::unpark(*parked);
    UK_TEST_EXPECT(UK_MUST(sched::join(*parked)) == &queue);
    UK_TEST_EXPECT(UK_MUST(sched::join(*parked, 0)) == &queue);
}
