// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the network driver with a device on another thread.
#include "nic_test.hpp"

#include <uk/fakes/effort.hpp>

#include <random>
#include <thread>

namespace {

using namespace net_test;

class EachKind : public NicTest, public testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(EventIndex, EachKind, testing::Bool());

struct Wakeup {
    uk::Atomic<bool> set{false};
    void wait() {
        while (!set.exchange_acq_rel(false)) {
            std::this_thread::yield();
        }
    }
};

// The driver sleeps only when arm() lets it; nobody sleeps for ever, and nothing is lost.
TEST_P(EachKind, NoInterruptIsLost) {
    constexpr unsigned kRounds = uk::fakes::kOnlyThreads ? 5'000 : 20'000;
    net.emplace(GetParam() ? kAll : kAll & ~uk::virtio::kEventIndex);
    net->limit = 8;
    nic.emplace(Virtio{&*net});
    ASSERT_TRUE(nic->identify().ok());
    ASSERT_TRUE(pool.init({.count = 32, .bytes = 128, .headroom = 64}).ok());
    Wakeup wakeup;
    ASSERT_TRUE(nic->start({.pool = &pool,
                            .on_event =
                                [](void* at, uint16_t, uint8_t) {
                                    static_cast<Wakeup*>(at)->set.exchange_acq_rel(true);
                                },
                            .context = &wakeup})
                    .ok());
    uk::Atomic<unsigned> received{0};
    std::thread device([&] {
        std::minstd_rand random(1);
        for (unsigned i = 0; i < kRounds;) {
            // Every other time it waits until the driver is about to sleep.
            while (i % 2 == 0 && received.load_acquire() != i) {
                std::this_thread::yield();
            }
            for (unsigned pause = random() % 400; pause > 0; pause--) {
                uk::detail::compiler_barrier();
            }
            if (net->bring(Bytes(26, static_cast<uint8_t>(i)), {})) {
                i++;
            } else {
                std::this_thread::yield(); // it looks: notifications are not what is tested
            }
        }
    });
    unsigned count = 0;
    while (count < kRounds) {
        Buffer* packets[4];
        const unsigned some = nic->receive(0, packets);
        for (unsigned i = 0; i < some; i++) {
            ASSERT_EQ(*reinterpret_cast<uint8_t*>(packets[i]->data()),
                      static_cast<uint8_t>(count++));
            release(packets[i]);
        }
        received.store_release(count);
        if (some == 0 && count < kRounds && nic->arm(0, 0)) {
            wakeup.wait();
        }
    }
    device.join();
}

TEST_P(EachKind, NoRoomIsLost) {
    constexpr unsigned kRounds = uk::fakes::kOnlyThreads ? 5'000 : 20'000;
    net.emplace(GetParam() ? kAll : kAll & ~uk::virtio::kEventIndex);
    net->limit = 4;
    nic.emplace(Virtio{&*net});
    ASSERT_TRUE(nic->identify().ok());
    ASSERT_TRUE(pool.init({.count = 32, .bytes = 128, .headroom = 64}).ok());
    Wakeup wakeup;
    ASSERT_TRUE(nic->start({.pool = &pool,
                            .on_event =
                                [](void* at, uint16_t, uint8_t) {
                                    static_cast<Wakeup*>(at)->set.exchange_acq_rel(true);
                                },
                            .context = &wakeup})
                    .ok());
    std::thread device([&] {
        Bytes all;
        for (unsigned i = 0; i < kRounds;) {
            if (net->fetch(all)) {
                ASSERT_EQ(all[12], static_cast<uint8_t>(i++));
                net->done();
            } else {
                std::this_thread::yield();
            }
        }
    });
    for (unsigned i = 0; i < kRounds;) {
        Buffer* one = packet(Bytes(26, static_cast<uint8_t>(i)));
        while (send(one) == 0) {
            wakeup.wait();
        }
        i++;
    }
    device.join();
}

} // namespace
