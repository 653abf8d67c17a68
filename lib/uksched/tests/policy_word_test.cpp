// SPDX-License-Identifier: BSD-3-Clause
// The word that applications give a policy: it orders queues that are trees, at any moment.
#include <uk/sched/conformance.hpp>

#include "sim.hpp"

namespace {

using uk::Ref;
using uk::Thread;

// The smaller word runs first.
class WordPolicy {
    struct Smaller {
        bool operator()(const uk::Runnable& a, const uk::Runnable& b) const {
            return a.policy_word < b.policy_word;
        }
    };

  public:
    static constexpr bool kPreempts = true;

    void enqueue(uk::Runnable& thread, uk::Why why) {
        if (why == uk::Why::preempted)
            ready_.insert_multi_first(thread);
        else
            ready_.insert_multi(thread);
    }
    uk::Runnable* pick() {
        uk::Runnable* first = ready_.min();
        if (first != nullptr)
            ready_.erase(*first);
        return first;
    }
    uk::Runnable* rotate(uk::Runnable& thread) {
        uk::Runnable* first = ready_.min();
        if (first == nullptr || Smaller()(thread, *first))
            return nullptr;
        ready_.erase(*first);
        ready_.insert_multi(thread);
        return first;
    }
    void remove(uk::Runnable& thread) { ready_.erase(thread); }
    void set_priority(uk::Runnable& thread, unsigned priority) {
        thread.priority = static_cast<uint8_t>(priority);
    }
    [[nodiscard]] bool preempts(const uk::Runnable& woken, const uk::Runnable& running) const {
        return Smaller()(woken, running);
    }
    [[nodiscard]] uint64_t slice_ns(const uk::Runnable& /*thread*/) const { return uk::kNoSlice; }
    [[nodiscard]] bool empty() const { return ready_.empty(); }

  private:
    uk::RbTree<&uk::Runnable::run_tree_node, Smaller> ready_;
};

using WordPolicies = testing::Types<WordPolicy>;
INSTANTIATE_TYPED_TEST_SUITE_P(Word, PolicyConformance, WordPolicies);

using S = sim::System<WordPolicy>;

std::vector<int> g_order;

Ref<Thread> noting(int number, uint64_t word) {
    return UK_MUST(S::sched->create(
        {.policy_word = word},
        [](void* n) -> void* {
            g_order.push_back(static_cast<int>(reinterpret_cast<uintptr_t>(n)));
            return nullptr;
        },
        reinterpret_cast<void*>(static_cast<uintptr_t>(number))));
}

TEST(PolicyWord, OrdersThreadsFromTheirCreationOn) {
    for (unsigned seed = 1; seed <= 50; seed++) {
        S::run(seed, [] {
            g_order.clear();
            Thread& self = S::M::current();
            EXPECT_EQ(self.policy_word, 0u);
            S::sched->set_policy_word(self, 50);
            EXPECT_EQ(self.policy_word, 50u);
            Ref<Thread> threads[] = {noting(2, 70), noting(3, 80), noting(0, 49), noting(4, 80)};
            EXPECT_EQ(g_order, (std::vector{0})) << "more urgent: at once";
            for (const Ref<Thread>& thread : threads)
                S::join(thread);
            EXPECT_EQ(g_order, (std::vector{0, 2, 3, 4}));
        });
    }
}

TEST(PolicyWord, ChangesOfWaitingAndRunningThreadsCountAtOnce) {
    for (unsigned seed = 1; seed <= 50; seed++) {
        S::run(seed, [] {
            g_order.clear();
            Thread& self = S::M::current();
            S::sched->set_policy_word(self, 50);
            Ref<Thread> a = noting(1, 60);
            Ref<Thread> b = noting(2, 60);
            Ref<Thread> c = noting(3, 60);
            S::sched->set_policy_word(*a, 61);
            EXPECT_TRUE(g_order.empty());
            S::sched->set_policy_word(*c, 40);
            EXPECT_EQ(g_order, (std::vector{3})) << "it became more urgent than the running one";
            S::sched->set_policy_word(self, 55);
            EXPECT_EQ(g_order, (std::vector{3})) << "still the most urgent";
            S::sched->set_policy_word(self, 60);
            EXPECT_EQ(g_order, (std::vector{3})) << "who runs stays before its equals";
            S::sched->set_policy_word(self, 61);
            EXPECT_EQ(g_order, (std::vector{3, 2})) << "less urgent than one that waits";
            S::sched->set_policy_word(self, 62);
            EXPECT_EQ(g_order, (std::vector{3, 2, 1}));
            for (const Ref<Thread>& thread : {a, b, c})
                S::join(thread);
            S::sched->set_policy_word(*a, 1); // it is gone: nothing happens
        });
    }
}

// One that waits gets its word for the time when it is woken.
TEST(PolicyWord, CountsWhenAWaitEnds) {
    for (unsigned seed = 1; seed <= 50; seed++) {
        S::run(seed, [] {
            g_order.clear();
            Thread& self = S::M::current();
            auto parks = [](void* n) -> void* {
                (void)S::sched->park(uk::kNever, {});
                g_order.push_back(static_cast<int>(reinterpret_cast<uintptr_t>(n)));
                return nullptr;
            };
            Ref<Thread> a = S::start(parks, reinterpret_cast<void*>(1));
            Ref<Thread> b = S::start(parks, reinterpret_cast<void*>(2));
            while (a->state() != uk::ThreadState::parked || b->state() != uk::ThreadState::parked)
                S::sched->sleep_until(sim::g->now + 1000);
            S::sched->set_policy_word(self, 10);
            S::sched->set_policy_word(*a, 30);
            S::sched->set_policy_word(*b, 20);
            S::sched->unpark(*a);
            S::sched->unpark(*b);
            EXPECT_TRUE(g_order.empty());
            S::join(a);
            S::join(b);
            EXPECT_EQ(g_order, (std::vector{2, 1}));
        });
    }
}

// Words change while threads sleep, run and wait, with interrupts anywhere: nobody is lost.
TEST(PolicyWord, Torture) {
    for (unsigned seed = 1; seed <= 100 && !testing::Test::HasFailure(); seed++) {
        S::run(seed, [] {
            static std::vector<Thread*> alive;
            alive.clear();
            auto live = [](void*) -> void* {
                alive.push_back(&S::M::current());
                for (int i = 0; i < 15; i++) {
                    auto& random = sim::g->random;
                    S::sched->set_policy_word(*alive[random() % alive.size()], random() % 8);
                    if (random() % 3 == 0)
                        S::sched->sleep_until(sim::g->now + random() % 1'000'000);
                    else
                        S::sched->yield();
                }
                return nullptr;
            };
            std::vector<Ref<Thread>> threads;
            for (uint64_t i = 0; i < 6; i++)
                threads.push_back(UK_MUST(S::sched->create({.policy_word = i % 3}, live, nullptr)));
            for (const Ref<Thread>& thread : threads)
                S::join(thread);
        });
    }
}

} // namespace
