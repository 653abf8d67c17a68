// SPDX-License-Identifier: BSD-3-Clause
// Which CPU a thread runs on, and how those that never wait share them.
#include <algorithm>

#include <uk/fakes/effort.hpp>
#include <uk/schedcoop/coop_policy.hpp>
#include <uk/schedprio/prio_policy.hpp>

#include "many.hpp"

namespace {

using many::g;
using uk::Ref;
using uk::Thread;
using Prio = many::System<uk::PrioPolicy, 4>;
using Coop = many::System<uk::CoopPolicy, 4>;

#ifdef SIM_TSAN
constexpr unsigned kSeeds = 1; // one host thread has no races; and it is slow
#else
const unsigned kSeeds = uk::fakes::effort(15);
#endif
constexpr many::Options kQuiet{.early_alarms = false};
constexpr many::Options kInTurns{.early_alarms = false, .in_turns = true};

void* word(uintptr_t value) {
    return reinterpret_cast<void*>(value);
}
uintptr_t number(void* value) {
    return reinterpret_cast<uintptr_t>(value);
}

// A thread that runs until it is told to stop, and notes where.
struct Busy {
    bool stop = false;
    unsigned where = many::kMostCpus; // it has not run
    uint64_t work = 0;
    Ref<Thread> thread;

    static void* live(void* self) {
        auto& busy = *static_cast<Busy*>(self);
        while (!busy.stop) {
            busy.where = g->at;
            busy.work++;
            many::point();
        }
        return nullptr;
    }
    template <class S>
    void start(unsigned priority, uint64_t affinity) {
        thread = S::start(live, this, priority, affinity);
    }
    void until_it_runs() const {
        while (where == many::kMostCpus)
            many::point();
    }
    template <class S>
    void end() {
        stop = true;
        S::join(thread);
    }
};

// Woken at once on CPU 0, which goes on: each gets an idle CPU of its own.
template <class S>
void woken_threads_spread(unsigned seed) {
    S::run(seed, kQuiet, [] {
        Busy busy[3];
        S::stay_on(1);
        for (Busy& each : busy) {
            each.thread = S::start(
                [](void* self) {
                    S::sched->park(uk::kNever, {});
                    return Busy::live(self);
                },
                &each, 16, 1);
        }
        for (const Busy& each : busy) {
            while (each.thread->state() != uk::ThreadState::parked)
                S::sleep(1000);
            EXPECT_TRUE(S::sched->set_affinity(*each.thread, ~uint64_t{0}).ok());
            EXPECT_EQ(each.thread->cpu(), 0u) << "it stays until it is woken";
        }
        for (const Busy& each : busy)
            S::sched->unpark(*each.thread);
        unsigned seen = 1;
        for (const Busy& each : busy) {
            each.until_it_runs();
            seen |= 1u << each.where;
        }
        EXPECT_EQ(seen, 15u);
        for (Busy& each : busy)
            each.template end<S>();
    });
}

TEST(Placement, SeveralWakeUpsChooseSeveralIdleCpus) {
    for (unsigned seed = 1; seed <= 2 * kSeeds && !testing::Test::HasFailure(); seed++) {
        SCOPED_TRACE(seed);
        woken_threads_spread<Prio>(seed);
        woken_threads_spread<Coop>(seed);
    }
}

TEST(Placement, TheIdleCpuWhereItLastRanIsTheFirst) {
    for (unsigned seed = 1; seed <= 2 * kSeeds; seed++) {
        Prio::run(seed, kQuiet, [] {
            Prio::stay_on(1);
            for (unsigned home : {3u, 2u, 1u}) {
                static unsigned where;
                where = 0;
                Ref<Thread> thread = Prio::start(
                    [](void*) -> void* {
                        Prio::sched->park(uk::kNever, {});
                        where = g->at;
                        return nullptr;
                    },
                    nullptr, 16, uint64_t{1} << home);
                while (thread->state() != uk::ThreadState::parked)
                    Prio::sleep(1000);
                EXPECT_TRUE(Prio::sched->set_affinity(*thread, ~uint64_t{0}).ok());
                Prio::sleep(1'000'000); // that CPU is idle again
                Prio::sched->unpark(*thread);
                Prio::join(thread);
                EXPECT_EQ(where, home);
            }
        });
    }
}

TEST(Placement, TheUrgentGoToTheLeastUrgent) {
    for (unsigned seed = 1; seed <= 2 * kSeeds; seed++) {
        Prio::run(seed, kQuiet, [] {
            Busy busy[3], urgent[3];
            EXPECT_TRUE(Prio::sched->set_priority(Prio::M::current(), 31).ok());
            Prio::stay_on(1);
            for (unsigned i = 0; i < 3; i++) {
                busy[i].start<Prio>(12 - i, uint64_t{2} << i);
                busy[i].until_it_runs();
            }
            for (unsigned i = 0; i < 3; i++) { // one after another, each by what there is then
                urgent[i].start<Prio>(20, ~uint64_t{0});
                urgent[i].until_it_runs();
                EXPECT_EQ(urgent[i].where, 3 - i);
            }
            for (unsigned i = 0; i < 3; i++)
                busy[i].stop = urgent[i].stop = true;
            for (unsigned i = 0; i < 3; i++) {
                Prio::join(busy[i].thread);
                Prio::join(urgent[i].thread);
            }
        });
    }
}

// Nobody but the CPU that has become idle can run it: the others never switch.
TEST(Placement, AnIdleCpuFetchesWhoWaitsElsewhere) {
    for (unsigned seed = 1; seed <= 2 * kSeeds; seed++) {
        Coop::run(seed, kQuiet, [] {
            Busy busy[3], waits;
            Coop::stay_on(1);
            for (unsigned i = 0; i < 3; i++) {
                busy[i].start<Coop>(16, uint64_t{2} << i);
                busy[i].until_it_runs();
            }
            waits.start<Coop>(16, ~uint64_t{0});
            for (int i = 0; i < 100; i++)
                many::point();
            EXPECT_EQ(waits.where, many::kMostCpus);
            busy[1].stop = true;
            waits.until_it_runs();
            EXPECT_EQ(waits.where, 2u);
            for (Busy& each : busy)
                each.end<Coop>();
            waits.end<Coop>();
        });
    }
}

template <class S>
void others_keep_their_places(unsigned seed) {
    S::run(seed, kQuiet, [] {
        static std::vector<unsigned> order;
        Busy first, second;
        order.clear();
        S::stay_on(1);
        first.start<S>(20, 2);
        second.start<S>(20, 4);
        first.until_it_runs();
        second.until_it_runs();
        std::vector<Ref<Thread>> threads;
        for (unsigned i = 0; i < 4; i++) {
            threads.push_back(S::start(
                [](void* n) -> void* {
                    order.push_back(static_cast<unsigned>(number(n)));
                    return nullptr;
                },
                word(i), 16, 2));
            if (i == 2) {
                EXPECT_TRUE(S::sched->set_affinity(*threads[2], 6).ok());
            }
        }
        second.stop = true; // its CPU takes number 2
        S::join(threads[2]);
        EXPECT_EQ(order, std::vector{2u});
        first.stop = true;
        for (const Ref<Thread>& thread : threads)
            S::join(thread);
        EXPECT_EQ(order, (std::vector{2u, 0u, 1u, 3u}));
        S::join(first.thread);
        S::join(second.thread);
    });
}

TEST(Placement, WhoMayNotBeTakenKeepsItsPlace) {
    for (unsigned seed = 1; seed <= 2 * kSeeds; seed++) {
        others_keep_their_places<Prio>(seed);
        others_keep_their_places<Coop>(seed);
    }
}

// Equals that never wait: everybody gets the same, whether or not the CPUs can be divided evenly.
template <unsigned kCpus>
void shares_are_equal(unsigned threads) {
    using S = many::System<uk::PrioPolicy, kCpus>;
    S::run(threads, kInTurns, [threads] {
        std::vector<Busy> busy(threads);
        EXPECT_TRUE(S::sched->set_priority(S::M::current(), 31).ok());
        S::stay_on(1);
        for (Busy& each : busy)
            each.template start<S>(10, ~uint64_t{0});
        S::sleep(100'000'000); // until they have spread
        for (Busy& each : busy)
            each.work = 0;
        S::sleep(2'000'000'000);
        uint64_t sum = 0, least = ~uint64_t{0}, most = 0;
        for (Busy& each : busy) {
            each.stop = true;
            sum += each.work;
            least = std::min(least, each.work);
            most = std::max(most, each.work);
        }
        const uint64_t fair = sum / threads;
        std::printf("%u threads, %u CPUs: %.3f to %.3f of a fair share\n", threads, kCpus,
                    static_cast<double>(least) / static_cast<double>(fair),
                    static_cast<double>(most) / static_cast<double>(fair));
        EXPECT_GE(least * 100, fair * 95);
        EXPECT_LE(most * 100, fair * 105);
        for (Busy& each : busy)
            S::join(each.thread);
    });
}

TEST(Balance, EqualsShareTheCpus) {
    shares_are_equal<2>(5); // which used to be the worst
    shares_are_equal<4>(11);
#ifndef SIM_TSAN
    for (unsigned threads : {3u, 4u, 7u, 9u})
        shares_are_equal<2>(threads);
    for (unsigned threads : {5u, 6u, 8u, 13u})
        shares_are_equal<4>(threads);
    for (unsigned threads : {9u, 21u})
        shares_are_equal<8>(threads);
#endif
}

TEST(Balance, ThreadsLeaveACrowdedCpu) {
    Prio::run(1, kInTurns, [] {
        std::vector<Busy> busy(8);
        EXPECT_TRUE(Prio::sched->set_priority(Prio::M::current(), 31).ok());
        Prio::stay_on(1);
        for (Busy& each : busy)
            each.start<Prio>(10, 2);
        Prio::sleep(50'000'000);
        for (const Busy& each : busy)
            EXPECT_TRUE(each.where == 1 || each.where == many::kMostCpus);
        for (const Busy& each : busy)
            EXPECT_TRUE(Prio::sched->set_affinity(*each.thread, ~uint64_t{0}).ok());
        Prio::sleep(200'000'000);
        std::array<unsigned, 4> on{};
        for (const Busy& each : busy)
            on[each.thread->cpu()]++;
        EXPECT_EQ(on, (std::array{2u, 2u, 2u, 2u}));
        for (Busy& each : busy)
            each.stop = true;
        for (const Busy& each : busy)
            Prio::join(each.thread);
    });
}

// Interrupts of the clock come only where somebody waits for a CPU, or for a moment.
TEST(Balance, WithoutWaitersThereAreNoInterrupts) {
    Prio::run(1, kInTurns, [] {
        std::vector<Busy> busy(3);
        Prio::stay_on(1);
        uint64_t before = g->alarms;
        Prio::sleep(1'000'000'000);
        EXPECT_LE(g->alarms - before, 2u) << "idle";
        for (Busy& each : busy)
            each.start<Prio>(10, ~uint64_t{0});
        Prio::sleep(100'000'000);
        before = g->alarms;
        Prio::sleep(1'000'000'000);
        EXPECT_LE(g->alarms - before, 2u) << "one thread on each CPU";
        for (Busy& each : busy)
            each.stop = true;
        for (const Busy& each : busy)
            Prio::join(each.thread);
    });
}

// How long threads waited while less urgent ones ran on CPUs that they may use.
struct Inversions {
    std::map<const Thread*, uint64_t> since;
    uint64_t longest = 0;

    static bool suffers(const Thread& thread) {
        for (unsigned i = 0; i < Prio::kCpus; i++) {
            const Thread& running = *g->cpus[i].current;
            const bool idle = running.priority == 0;
            if ((thread.affinity() >> i & 1) != 0 && !idle && running.priority < thread.priority)
                return true;
        }
        return false;
    }
    void look() {
        for (const Thread& thread : Prio::sched->threads()) {
            if (!thread.is_queued() || !suffers(thread))
                since.erase(&thread);
            else
                longest =
                    std::max(longest, g->now - since.try_emplace(&thread, g->now).first->second);
        }
    }
};

TEST(Balance, NobodyWaitsLongForTheLessUrgent) {
    static Inversions* inversions;
    static bool stop;
    uint64_t longest = 0;
    for (unsigned seed = 1; seed <= kSeeds; seed++) {
        Inversions now;
        inversions = &now;
        stop = false;
        Prio::run(seed, kInTurns, [] {
            EXPECT_TRUE(Prio::sched->set_priority(Prio::M::current(), 31).ok());
            auto live = [](void*) -> void* {
                while (!stop) {
                    for (auto turns = g->random() % 400; turns > 0 && !stop; turns--) {
                        if (turns % 4 == 0)
                            inversions->look();
                        many::point();
                    }
                    Prio::sleep(g->random() % 20'000'000);
                }
                return nullptr;
            };
            std::vector<Ref<Thread>> threads;
            for (unsigned i = 0; i < 12; i++)
                threads.push_back(Prio::start(live, nullptr, 5 + i % 6,
                                              i % 3 == 0 ? 1 + g->random() % 15 : ~uint64_t{0}));
            Prio::sleep(2'000'000'000);
            stop = true;
            for (const Ref<Thread>& thread : threads)
                Prio::join(thread);
        });
        longest = std::max(longest, now.longest);
    }
    std::printf("at most %.1f ms\n", static_cast<double>(longest) / 1e6);
    // Each 10 ms it is sent to such a CPU; another may be there first, and it waits again.
    EXPECT_LE(longest, 3 * uk::PrioPolicy::kSliceNs);
}

} // namespace
