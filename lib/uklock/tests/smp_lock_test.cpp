// SPDX-License-Identifier: BSD-3-Clause
// The locks with four CPUs at once: for the thread sanitizer, which sees whether they order what
// they guard. The counters are plain.
#include <uk/fakes/effort.hpp>
#include <uk/lock/completion.hpp>
#include <uk/lock/cond_var.hpp>
#include <uk/lock/event_set.hpp>
#include <uk/lock/rw_lock.hpp>
#include <uk/lock/semaphore.hpp>

#include "../../uksched/tests/smp.hpp"

namespace {

using namespace smp;
using uk::LockGuard;

struct Plain : Face {
    static constexpr bool kLockChecks = false;
};
struct Checked : Face {
    static constexpr bool kLockChecks = true;
};

unsigned random_number() {
    return static_cast<unsigned>(here().random());
}
uint64_t shortly() {
    return SmpMachine::now() + random_number() % 100'000;
}

template <class F>
class SmpLockTest : public SmpTest {
  public:
    // Two threads on each CPU run body(shared, number), which has no state of its own.
    template <class Shared, class Body>
    void crowd(Shared& shared, Body body) {
        static Shared* all;
        static Body* work;
        all = &shared;
        work = &body;
        run([] {
            std::vector<Ref<Thread>> threads;
            for (unsigned i = 0; i < 2 * kCpuCount; i++)
                threads.push_back(start(
                    i % kCpuCount,
                    [](void* me) -> void* {
                        (*work)(*all, static_cast<unsigned>(reinterpret_cast<uintptr_t>(me)));
                        return nullptr;
                    },
                    reinterpret_cast<void*>(uintptr_t{i}), 14 + i % 4));
            for (const Ref<Thread>& thread : threads)
                join(thread);
        });
    }
    inline static const int kRounds = static_cast<int>(uk::fakes::effort(250));
};
using Faces = testing::Types<Plain, Checked>;
TYPED_TEST_SUITE(SmpLockTest, Faces);

TYPED_TEST(SmpLockTest, MutexesAndConditions) {
    struct Shared {
        uk::BasicMutex<TypeParam> mutex{"shared"};
        uk::BasicCondVar<TypeParam> changed;
        int value = 0, took = 0;
        unsigned turn = 0;
    } shared;
    this->crowd(shared, [](Shared& s, unsigned me) {
        for (int i = 0; i < TestFixture::kRounds; i++) {
            bool locked = true;
            if (random_number() % 3 == 0)
                locked = s.mutex.lock_until(shortly()).ok();
            else if (random_number() % 3 == 0)
                locked = s.mutex.try_lock();
            else
                s.mutex.lock();
            if (!locked)
                continue;
            const int before = s.value;
            if (random_number() % 16 == 0)
                g_sched->yield();
            s.value = before + 1;
            s.took++;
            s.mutex.unlock();
        }
        LockGuard guard(s.mutex);
        for (int i = 0; i < 5; i++) { // in turns
            EXPECT_TRUE(s.changed.wait_until(s.mutex, [&] { return s.turn % 8 == me; }).ok());
            s.turn++;
            s.changed.wake_all();
        }
    });
    EXPECT_EQ(shared.value, shared.took);
    EXPECT_GT(shared.took, TestFixture::kRounds);
    EXPECT_EQ(shared.turn, 40u);
}

template <class Lock, class Fixture, class Look>
void goes_with_the_last_unlock(Fixture& test, Look look) {
    struct Object {
        Lock lock;
        int references = 2 * kCpuCount;
    };
    struct Shared {
        std::atomic<Object*> objects[20];
    } shared;
    for (auto& object : shared.objects)
        object = new Object;
    test.crowd(shared, [=](Shared& s, unsigned) {
        for (auto& slot : s.objects) {
            Object* object = slot;
            look(object->lock);
            object->lock.lock();
            const bool last = --object->references == 0;
            object->lock.unlock();
            if (last)
                delete object;
        }
    });
}

TYPED_TEST(SmpLockTest, ObjectsGoWithTheLastUnlock) {
    goes_with_the_last_unlock<uk::BasicMutex<TypeParam>>(*this, [](auto&) {});
    goes_with_the_last_unlock<uk::BasicRwLock<TypeParam>>(
        *this, [](auto& lock) { uk::SharedGuard guard(lock); });
}

TYPED_TEST(SmpLockTest, RwLocks) {
    struct Shared {
        uk::BasicRwLock<TypeParam> lock{"shared"};
        int value = 0, wrote = 0;
    } shared;
    this->crowd(shared, [](Shared& s, unsigned) {
        for (int i = 0; i < TestFixture::kRounds; i++) {
            const bool patient = random_number() % 3 != 0;
            if (random_number() % 3 == 0) {
                if (!s.lock.lock_until(patient ? uk::kNever : shortly()).ok())
                    continue;
                s.value++;
                if (random_number() % 16 == 0)
                    g_sched->yield();
                s.wrote++;
                s.lock.unlock();
            } else {
                if (!s.lock.lock_shared_until(patient ? uk::kNever : shortly()).ok())
                    continue;
                EXPECT_EQ(s.value, s.wrote);
                if (random_number() % 16 == 0)
                    g_sched->yield();
                s.lock.unlock_shared();
            }
        }
    });
    EXPECT_EQ(shared.value, shared.wrote);
    EXPECT_TRUE(shared.wrote > 0 && shared.lock.lock_until(uk::kNever).ok());
}

TYPED_TEST(SmpLockTest, SemaphoresCarryItems) {
    struct Shared {
        uk::BasicSemaphore<TypeParam> filled{0}, free{3};
        int ring[3] = {};
        std::atomic<unsigned> in{0}, out{0};
        std::atomic<int> sum{0};
    } shared;
    this->crowd(shared, [](Shared& s, unsigned me) {
        for (int i = 1; i <= TestFixture::kRounds; i++) {
            if (me == 0) { // one producer and one consumer own the ring, others take part in units
                s.free.acquire();
                s.ring[s.in++ % 3] = i;
                s.filled.release();
            } else if (me == 1) {
                while (!s.filled.acquire_until(shortly()).ok()) {
                }
                s.sum += s.ring[s.out++ % 3];
                s.free.release();
            } else if (s.free.acquire_until(shortly()).ok()) {
                s.free.release();
            }
        }
    });
    EXPECT_EQ(shared.sum, TestFixture::kRounds * (TestFixture::kRounds + 1) / 2);
    EXPECT_EQ(shared.free.units(), 3u);
    EXPECT_EQ(shared.filled.units(), 0u);
}

// Who has got what it wanted may let the object go, however the giver came to give it: to one that
// waits, that gives up just then, or that never waited. take() waits for a moment and may fail.
template <class Object, class Fixture, class Take, class Give>
void goes_when_taken(Fixture& test, Take take, Give give) {
    struct Shared {
        std::atomic<Object*> asked[kCpuCount] = {};
    } shared;
    test.crowd(shared, [=](Shared& s, unsigned me) {
        std::atomic<Object*>& asked = s.asked[me / 2];
        for (int i = 0; i < Fixture::kRounds; i++) {
            Object* object = nullptr;
            if (me % 2 == 0) {
                object = new Object;
                asked = object;
                while (!take(*object, SmpMachine::now() + random_number() % 4000)) {
                }
                delete object;
            } else {
                while ((object = asked.exchange(nullptr)) == nullptr)
                    g_sched->sleep_until(SmpMachine::now() + random_number() % 4000);
                give(*object);
            }
        }
    });
}

TYPED_TEST(SmpLockTest, SemaphoresGoWithTheLastUnit) {
    struct Semaphore : uk::BasicSemaphore<TypeParam> {
        Semaphore() : uk::BasicSemaphore<TypeParam>(0) {}
    };
    goes_when_taken<Semaphore>(
        *this, [](Semaphore& it, uint64_t deadline) { return it.acquire_until(deadline).ok(); },
        [](Semaphore& it) { it.release(); });
}

TYPED_TEST(SmpLockTest, EventSetsGoWithTheLastEvent) {
    using EventSet = uk::BasicEventSet<TypeParam>;
    goes_when_taken<EventSet>(
        *this,
        [](EventSet& it, uint64_t deadline) {
            return it.wait_all(3, uk::EventClear::no, deadline).ok();
        },
        [](EventSet& it) { it.set(3); });
}

TYPED_TEST(SmpLockTest, CompletionsAndEvents) {
    struct Shared {
        std::atomic<uk::BasicCompletion<TypeParam>*> done[kCpuCount] = {};
        uk::BasicEventSet<TypeParam> events;
        int value[kCpuCount] = {};
    } shared;
    this->crowd(shared, [](Shared& s, unsigned me) {
        const unsigned pair = me / 2;
        for (int i = 0; i < 40; i++) {
            if (me % 2 == 0) { // asks, with a completion that goes at once
                uk::BasicCompletion<TypeParam> here;
                s.done[pair] = &here;
                s.events.set(1u << pair);
                while (!here.wait(shortly()).ok()) {
                }
                EXPECT_EQ(s.value[pair], i + 1);
            } else {
                EXPECT_TRUE(s.events.wait_any(1u << pair, uk::EventClear::yes).ok());
                s.value[pair]++;
                s.done[pair].load()->complete();
            }
        }
    });
    EXPECT_EQ(shared.events.events(), 0u);
}

} // namespace
