// SPDX-License-Identifier: BSD-3-Clause
// Acts on threads: they come and go, wait for each other, sleep, and change what they may.
#include <uk/hal/clock.hpp>
#include <uk/lock.hpp>
#include <uk/sched.hpp>

#include "torture.hpp"

namespace torture {
namespace {

using uk::sched::create;
using uk::sched::join;

constexpr uint64_t kUs = 1'000;

void* as_word(uint64_t number) {
    return reinterpret_cast<void*>(number); // NOLINT(performance-no-int-to-ptr)
}

// A thread, or nothing where memory has run out for a moment.
uk::Ref<uk::Thread> start(uk::ThreadEntry entry, void* argument, Random& random) {
    auto thread = create({.name = "short",
                          .stack_bytes = random.one_in(8) ? 4096U << random.below(4) : 0,
                          .priority = static_cast<unsigned>(8 + random.below(16))},
                         entry, argument);
    if (!thread.ok()) {
        expect(thread.code() == uk::Errno::nomem, "create() fails, and not for want of memory");
        return {};
    }
    return thread.take();
}

void* twice(void* argument) {
    if (reinterpret_cast<uintptr_t>(argument) % 3 == 0) {
        uk::sched::yield();
    }
    return as_word(reinterpret_cast<uintptr_t>(argument) * 2);
}

void create_and_join(Random& random) {
    const uint64_t word = random.below(1'000'000);
    if (auto thread = start(twice, as_word(word), random)) {
        expect(join(*thread).value() == as_word(2 * word), "join() gives what the thread returned");
        expect(join(*thread, 0).value() == as_word(2 * word), "and gives it again");
    }
}

void join_too_early(Random& random) {
    auto thread = start(
        [](void* ns) -> void* {
            uk::sched::sleep_for(reinterpret_cast<uintptr_t>(ns));
            return ns;
        },
        as_word(random.below(500 * kUs)), random);
    if (thread) {
        const auto early = join(*thread, uk::hal::clock_monotonic_ns() + random.below(300 * kUs));
        expect(early.ok() || early.code() == uk::Errno::timedout, "join() with a deadline");
        expect(join(*thread).ok(), "join() after one that gave up");
    }
}

void detach(Random& random) {
    auto* done = new (std::nothrow) uk::Semaphore(0, "detached");
    if (done == nullptr) {
        return;
    }
    if (start(
            [](void* semaphore) -> void* {
                static_cast<uk::Semaphore*>(semaphore)->release();
                return nullptr;
            },
            done, random)) { // the handle is dropped here
        done->acquire();
    }
    delete done;
}

[[noreturn]] void leave_from(unsigned depth) {
    volatile unsigned deeper = depth;
    if (deeper == 0) {
        uk::sched::exit(as_word(77));
    }
    leave_from(deeper - 1);
}

void exit_from_depth(Random& random) {
    auto thread = start(
        [](void* depth) -> void* {
            leave_from(static_cast<unsigned>(reinterpret_cast<uintptr_t>(depth)));
        },
        as_word(random.below(12)), random);
    if (thread) {
        expect(join(*thread).value() == as_word(77), "exit() from within calls");
    }
}

// Each starts two more and waits for them.
void* tree(void* argument) {
    const auto height = reinterpret_cast<uintptr_t>(argument);
    if (height == 0) {
        return as_word(1);
    }
    uint64_t leaves = 0;
    for (unsigned i = 0; i < 2; i++) {
        auto child = create({.name = "tree"}, tree, as_word(height - 1));
        if (!child.ok()) {
            leaves += uint64_t{1} << (height - 1);
            continue;
        }
        leaves += reinterpret_cast<uintptr_t>(join(*child.value()).value());
    }
    return as_word(leaves);
}

void grow_tree(Random& random) {
    const uint64_t height = random.below(4);
    if (auto root = start(tree, as_word(height), random)) {
        expect(join(*root).value() == as_word(uint64_t{1} << height), "a tree of threads");
    }
}

void sleep(Random& random) {
    const uint64_t ns = random.below(2'000 * kUs);
    const uint64_t before = uk::hal::clock_monotonic_ns();
    uk::sched::sleep_for(ns);
    expect(uk::hal::clock_monotonic_ns() - before >= ns, "sleep_for() returns too early");
}

void change_oneself(Random& random) {
    uk::Thread& self = uk::sched::current();
    expect(uk::sched::set_priority(self, static_cast<unsigned>(8 + random.below(16))).ok(),
           "set_priority() of oneself");
    if (random.one_in(2)) {
        const uint64_t mask = random.next() | 1;
        expect(uk::sched::set_affinity(self, mask).ok(), "set_affinity() of oneself");
        expect((mask >> self.cpu() & 1) != 0, "a thread runs where it may not");
        expect(uk::sched::set_affinity(self, ~uint64_t{0}).ok(), "set_affinity() to all");
    }
}

// Changes another one while it runs, sleeps and ends.
void change_another(Random& random) {
    auto thread = start(
        [](void* argument) -> void* {
            for (unsigned i = 0; i < 8; i++) {
                i % 3 == 0 ? uk::sched::sleep_for(20 * kUs) : uk::sched::yield();
            }
            return argument;
        },
        nullptr, random);
    if (!thread) {
        return;
    }
    for (unsigned i = 0; i < 6; i++) {
        expect(uk::sched::set_priority(*thread, static_cast<unsigned>(random.below(32))).ok(),
               "set_priority() of another");
        expect(uk::sched::set_affinity(*thread, random.next() | 1).ok(),
               "set_affinity() of another");
        uk::sched::unpark(*thread);
    }
    expect(join(*thread).ok(), "join() of one that was changed");
}

void park_and_unpark(Random& random) {
    auto thread = start(
        [](void* turns) -> void* {
            for (auto left = reinterpret_cast<uintptr_t>(turns); left > 0; left--) {
                uk::sched::park();
            }
            return turns;
        },
        as_word(1 + random.below(10)), random);
    if (thread) { // an unpark() too many or at the wrong time does no harm
        // Who unparks may be more urgent: it waits longer each time, until that is longer than a
        // slow machine needs to begin and end the wait, and the other thread runs.
        uint64_t ns = 50 * kUs;
        while (join(*thread, uk::hal::clock_monotonic_ns() + ns).code() == uk::Errno::timedout) {
            uk::sched::unpark(*thread);
            ns = ns < 10'000 * kUs ? 2 * ns : ns;
        }
    }
}

void slots(Random& random) {
    uk::Thread& self = uk::sched::current();
    void* mine = as_word(random.next());
    self.slots[3] = mine;
    for (uint64_t i = random.below(6); i > 0; i--) {
        uk::sched::yield();
        expect(uk::sched::current().slots[3] == mine, "a slot of a thread changed");
    }
    expect(&uk::sched::current() == &self, "a thread became another one");
}

constexpr Act kActs[] = {{"create and join", create_and_join},
                         {"join too early", join_too_early},
                         {"detach", detach},
                         {"exit from depth", exit_from_depth},
                         {"tree", grow_tree},
                         {"sleep", sleep},
                         {"change oneself", change_oneself},
                         {"change another", change_another},
                         {"park", park_and_unpark},
                         {"slots", slots}};

} // namespace

std::span<const Act> thread_acts() {
    return kActs;
}

} // namespace torture
