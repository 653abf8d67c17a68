// SPDX-License-Identifier: BSD-3-Clause
// Thread-local variables: each thread has its own, whoever interrupts it, and objects among them
// are destroyed when it ends.
#include <uk/base/atomic.hpp>
#include <uk/hal/clock.hpp>
#include <uk/sched.hpp>
#include <uk/sched/test.hpp>
#include <uk/test.hpp>

#include <cstddef>
#include <cstdint>

namespace {

constexpr unsigned kThreads = 5;

thread_local unsigned t_first = 4711;
thread_local unsigned char t_byte = 17;
thread_local uint64_t t_zero;
struct alignas(128) Wide {
    char bytes[200];
};
thread_local Wide t_wide;
thread_local unsigned t_many[300] = {1, 2, 3};
constinit __thread int t_plain = -5;

bool as_at_first() {
    bool good = t_first == 4711 && t_byte == 17 && t_zero == 0 && t_plain == -5;
    good = good && reinterpret_cast<uintptr_t>(&t_wide) % 128 == 0;
    for (const char byte : t_wide.bytes) {
        good = good && byte == 0;
    }
    for (size_t i = 0; i < 300; i++) {
        good = good && t_many[i] == (i < 3 ? i + 1 : 0);
    }
    return good;
}

struct Job {
    unsigned number = 0;
    bool fresh = false;
    unsigned bad = 0;
    unsigned rounds = 0;
};

// Long enough to be interrupted many times where the scheduler preempts.
void* count(void* argument) {
    Job& job = *static_cast<Job*>(argument);
    job.fresh = as_at_first();
    const uint64_t end = uk::hal::clock_monotonic_ns() + 60'000'000;
    t_first = job.number;
    while (uk::hal::clock_monotonic_ns() < end) {
        for (unsigned i = 0; i < 300; i++) {
            t_many[i] = job.number * 1000 + i;
            t_zero = t_zero + 1;
            asm volatile("" : : : "memory");
            job.bad += t_many[i] != job.number * 1000 + i || t_first != job.number ? 1 : 0;
        }
        job.rounds++;
        job.bad += t_zero != uint64_t{job.rounds} * 300 ? 1 : 0;
        if (job.rounds % 8 == 0) {
            uk::sched::yield();
        }
    }
    return nullptr;
}

UK_TEST(thread_locals_of_the_first_thread)
{ UK_TEST_EXPECT(as_at_first()); }

UK_TEST(each_thread_has_its_own_thread_locals)
{
    UK_TEST_NEEDS_THREADS;
    t_zero = 99;
    Job jobs[kThreads];
    uk::Ref<uk::Thread> threads[kThreads];
    for (unsigned i = 0; i < kThreads; i++) {
        jobs[i].number = i + 1;
        uk::Result<uk::Ref<uk::Thread>> made =
            uk::sched::create({.name = "local"}, count, &jobs[i]);
        UK_TEST_ASSERT(made.ok());
        threads[i] = made.take();
    }
    for (unsigned i = 0; i < kThreads; i++) {
        UK_TEST_EXPECT(uk::sched::join(*threads[i]).ok());
        UK_TEST_EXPECT(jobs[i].fresh);
        UK_TEST_EXPECT_EQ(jobs[i].bad, 0u);
        UK_TEST_EXPECT(jobs[i].rounds > 0);
    }
    UK_TEST_EXPECT_EQ(t_zero, uint64_t{99});
    t_zero = 0;
}

// --- objects -------------------------------------------------------------------------------------

constinit uk::Atomic<unsigned> g_alive{0};
constinit unsigned g_order[4] = {};
constinit unsigned g_ended = 0;

template <unsigned kNumber>
struct Object {
    unsigned value = kNumber;

    Object() { g_alive.fetch_add_relaxed(1); }
    ~Object() {
        g_alive.fetch_sub_acq_rel(1);
        g_order[g_ended++] = value;
    }
};

thread_local Object<1> t_one;

struct MakesAnother {
    ~MakesAnother() {
        static thread_local Object<3> late;
        late.value = 4;
    }
};

void* use_objects(void* depth) {
    t_one.value += 9;
    static thread_local MakesAnother another;
    static thread_local Object<2> two;
    two.value = 20;
    if (depth != nullptr) {
        uk::sched::exit(&two); // from the depth of calls
    }
    return &another;
}

UK_TEST(thread_local_objects_end_with_their_thread)
{
    UK_TEST_NEEDS_THREADS;
    for (uintptr_t depth = 0; depth < 2; depth++) {
        g_ended = 0;
        const unsigned before = g_alive.load_relaxed(); // the caller may have its own t_one
        uk::Result<uk::Ref<uk::Thread>> made =
            uk::sched::create({.name = "object"}, use_objects, reinterpret_cast<void*>(depth));
        UK_TEST_ASSERT(made.ok());
        UK_TEST_EXPECT(uk::sched::join(*made.take()).ok());
        // When join() returns they are gone: the latest first, also what a destructor made.
        UK_TEST_EXPECT_EQ(g_alive.load_relaxed(), before);
        UK_TEST_EXPECT_EQ(g_ended, 3u);
        UK_TEST_EXPECT_EQ(g_order[0], 20u);
        UK_TEST_EXPECT_EQ(g_order[1], 4u);
        UK_TEST_EXPECT_EQ(g_order[2], 10u);
    }
}

} // namespace
