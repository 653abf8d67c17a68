// SPDX-License-Identifier: BSD-3-Clause
// The scheduler with four CPUs at once.
#include "smp.hpp"

namespace {

using namespace smp;

TEST_F(SmpTest, ThreadsOfAllCpusAreJoined) {
    run([] {
        for (int round = 0; round < 100; round++) {
            Ref<Thread> threads[kCpuCount];
            for (unsigned i = 0; i < kCpuCount; i++)
                threads[i] = start(
                    i,
                    [](void* a) -> void* {
                        EXPECT_EQ(reinterpret_cast<uintptr_t>(a), this_cpu());
                        g_sched->yield();
                        return a;
                    },
                    reinterpret_cast<void*>(uintptr_t{i}));
            for (unsigned i = 0; i < kCpuCount; i++)
                EXPECT_EQ(join(threads[i]), reinterpret_cast<void*>(uintptr_t{i}));
        }
    });
}

// A plain counter, handed around the CPUs by unpark and park.
TEST_F(SmpTest, UnparkCarriesWhatWasWritten) {
    struct Ring {
        Thread* players[kCpuCount] = {};
        uk::Atomic<unsigned> turn{0};
        unsigned count = 0;
    };
    static Ring* ring;
    Ring now;
    ring = &now;
    run([] {
        auto play = [](void* me) -> void* {
            const auto self = static_cast<unsigned>(reinterpret_cast<uintptr_t>(me));
            for (int i = 0; i < 150; i++) {
                while (ring->turn.load_acquire() != self)
                    g_sched->park(uk::kNever, {});
                ring->count++;
                const unsigned next = (self + 1) % kCpuCount;
                ring->turn.store_release(next);
                g_sched->unpark(*ring->players[next]);
            }
            return nullptr;
        };
        static std::atomic<bool> go;
        go = false;
        static uk::ThreadEntry entry;
        entry = play;
        Ref<Thread> threads[kCpuCount];
        for (unsigned i = 0; i < kCpuCount; i++) {
            threads[i] = start(
                i,
                [](void* me) -> void* {
                    while (!go)
                        g_sched->yield();
                    return entry(me);
                },
                reinterpret_cast<void*>(uintptr_t{i}));
            ring->players[i] = threads[i].get();
        }
        go = true;
        for (const Ref<Thread>& thread : threads)
            join(thread);
        EXPECT_EQ(ring->count, 150u * kCpuCount);
    });
}

TEST_F(SmpTest, WaitQueuesBetweenCpus) {
    struct Shared {
        WaitQueue filled, drained;
        std::atomic<unsigned> slots{2};
        std::atomic<unsigned> items{0};
        std::atomic<unsigned> taken{0};
    };
    static Shared* shared;
    Shared now;
    shared = &now;
    run([] {
        constexpr unsigned kEach = 100;
        auto take_one = [](std::atomic<unsigned>& count) {
            unsigned there = count.load();
            while (there != 0 && !count.compare_exchange_weak(there, there - 1)) {
            }
            return there != 0;
        };
        static auto take = take_one;
        auto produce = [](void*) -> void* {
            for (unsigned i = 0; i < kEach; i++) {
                while (!shared->drained
                            .wait_until([] { return take(shared->slots); },
                                        SmpMachine::now() + 300'000)
                            .ok()) {
                }
                shared->items++;
                shared->filled.wake_one();
            }
            return nullptr;
        };
        auto consume = [](void*) -> void* {
            for (unsigned i = 0; i < kEach; i++) {
                EXPECT_TRUE(shared->filled.wait_until([] { return take(shared->items); }).ok());
                shared->taken++;
                shared->slots++;
                shared->drained.wake_one();
            }
            return nullptr;
        };
        std::vector<Ref<Thread>> threads;
        for (unsigned i = 0; i < kCpuCount; i++) {
            threads.push_back(start(i, produce, nullptr, 10 + i));
            threads.push_back(start((i + 1) % kCpuCount, consume, nullptr, 12));
        }
        for (const Ref<Thread>& thread : threads)
            join(thread);
        EXPECT_EQ(shared->taken, kEach * kCpuCount);
    });
}

// Threads make threads on other CPUs, detached and joined, with priorities changed from elsewhere.
TEST_F(SmpTest, Torture) {
    static std::atomic<unsigned> born;
    static uk::ThreadEntry live;
    born = 0;
    live = [](void*) -> void* {
        for (int i = 0; i < 10; i++) {
            auto random = [] { return here().random(); }; // of the CPU where this runs now
            switch (random() % 4) {
            case 0:
                g_sched->yield();
                break;
            case 1:
                g_sched->sleep_until(SmpMachine::now() + random() % 50'000);
                break;
            case 2:
                (void)g_sched->park(SmpMachine::now() + random() % 50'000, {});
                break;
            default:
                if (born.fetch_add(1) < 300) {
                    const auto priority = static_cast<unsigned>(random() % 32);
                    Ref<Thread> child =
                        random() % 2 == 0
                            ? start(static_cast<unsigned>(random() % kCpuCount), live, nullptr,
                                    priority)
                            : UK_MUST(g_sched->create({.priority = priority}, live, nullptr));
                    g_sched->unpark(*child);
                    EXPECT_TRUE(g_sched->set_priority(*child, 31 - priority).ok());
                    if (random() % 2 == 0)
                        join(child);
                }
            }
        }
        return nullptr;
    };
    run([] {
        for (unsigned i = 0; i < kCpuCount; i++)
            start(i, live);
    });
    EXPECT_GT(born.load(), 20u);
}

struct Wanderers {
    static constexpr unsigned kRounds = 200;
    static inline Wanderers* now = nullptr;
    uk::BasicIrqSpinlock<SmpMachine, uk::LockRank::subsystem> lock;
    unsigned sum = 0;
    std::atomic<bool> go{false};
    WaitQueue queue;
    std::vector<Ref<Thread>> threads;

    static void step(unsigned choice) {
        const uint64_t mask = 1 + choice / 8 % 15;
        Thread& other = *now->threads[choice / 256 % now->threads.size()];
        switch (choice % 8) {
        case 0:
            return g_sched->yield();
        case 1:
            return g_sched->sleep_until(SmpMachine::now() + choice % 20'000);
        case 2:
            (void)now->queue.wait(SmpMachine::now() + choice % 50'000);
            return;
        case 3:
            now->queue.wake_all();
            return;
        case 4:
            UK_MUST(g_sched->set_affinity(SmpMachine::current(), mask));
            return;
        case 5:
            UK_MUST(g_sched->set_affinity(SmpMachine::current(), ~uint64_t{0}));
            return;
        default:
            g_sched->unpark(other);
            UK_MUST(g_sched->set_affinity(other, mask));
        }
    }
    static void* live(void*) {
        while (!now->go) // main is no more urgent
            g_sched->sleep_until(SmpMachine::now() + 20'000);
        for (unsigned i = 0; i < kRounds; i++) {
            step(static_cast<unsigned>(here().random()));
            uk::LockGuard guard(now->lock);
            now->sum++;
        }
        return nullptr;
    }
};

// Everybody moves, by itself and sent by others, under load; what locks order is plain.
TEST_F(SmpTest, EverybodyMoves) {
    Wanderers wanderers;
    Wanderers::now = &wanderers;
    run([] {
        Wanderers& now = *Wanderers::now;
        for (unsigned i = 0; i < 4 * kCpuCount; i++)
            now.threads.push_back(
                UK_MUST(g_sched->create({.priority = 15 + i % 3}, Wanderers::live, nullptr)));
        now.go = true;
        for (const Ref<Thread>& thread : now.threads)
            join(thread);
        EXPECT_EQ(now.sum, 4 * kCpuCount * Wanderers::kRounds);
        now.threads.clear();
    });
}

// Nobody says where: threads that wait for each other, with the policy's wake-ups between CPUs.
TEST_F(SmpTest, ThreadsWithoutAffinityHandAround) {
    struct Ring {
        std::vector<Ref<Thread>> players;
        uk::Atomic<unsigned> turn{0};
        unsigned count = 0;
    };
    static Ring* ring;
    Ring now;
    ring = &now;
    run([] {
        constexpr unsigned kPlayers = 6;
        static std::atomic<bool> go;
        go = false;
        for (unsigned i = 0; i < kPlayers; i++)
            ring->players.push_back(UK_MUST(g_sched->create(
                {},
                [](void* me) -> void* {
                    while (!go)
                        g_sched->yield();
                    const auto self = static_cast<unsigned>(reinterpret_cast<uintptr_t>(me));
                    for (int round = 0; round < 200; round++) {
                        while (ring->turn.load_acquire() != self)
                            g_sched->park(uk::kNever, {});
                        ring->count++;
                        const unsigned next = (self + 1) % kPlayers;
                        ring->turn.store_release(next);
                        g_sched->unpark(*ring->players[next]);
                    }
                    return nullptr;
                },
                reinterpret_cast<void*>(uintptr_t{i}))));
        go = true;
        for (const Ref<Thread>& thread : ring->players)
            join(thread);
        EXPECT_EQ(ring->count, 200u * kPlayers);
        ring->players.clear();
    });
}

} // namespace
