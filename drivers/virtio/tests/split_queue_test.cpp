// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the split virtqueue, against a device that keeps to the specification and against
// such that do not.
#include "drivers/virtio/tests/fake_device.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <random>
#include <thread>
#include <vector>

#include <uk/fakes/effort.hpp>

namespace {

using uk::DmaAddr;
using uk::Errno;
using uk::virtio::Buffer;
using uk::virtio::Layout;
using uk::virtio::SplitQueue;
using uk::virtio::Used;
using virtio_test::FakeDevice;
using virtio_test::Memory;

struct Pair {
    Memory memory;
    SplitQueue queue;
    FakeDevice device;
    Pair(uint16_t size, uint16_t indirect, bool event_index)
        : memory(Layout{size, indirect}),
          queue(memory.layout, memory.data(), DmaAddr{Memory::kBase}, memory.slots, event_index),
          device(memory, event_index) {}
};

void* token(uintptr_t number) {
    return reinterpret_cast<void*>(number);
}
Buffer buffer(uint64_t address, uint32_t size) {
    return {DmaAddr{address}, size};
}

TEST(Layout, AsTheSpecificationWantsIt) {
    constexpr Layout kSmall{1, 0};
    EXPECT_EQ(kSmall.available(), 16u);
    EXPECT_EQ(kSmall.used(), 64u);
    EXPECT_EQ(kSmall.tables(), 128u);
    constexpr Layout kUsual{256, 4};
    EXPECT_EQ(kUsual.available(), 4096u);
    EXPECT_EQ(kUsual.used(), 4096u + 576);
    EXPECT_EQ(kUsual.bytes(), kUsual.tables() + 256u * 64);
}

class EachKind : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(EventIndex, EachKind, testing::Bool());

TEST_P(EachKind, ChainsGoThereAndComeBack) {
    Pair pair(4, 0, GetParam());
    const Buffer out[] = {buffer(0x1000, 10), buffer(0x2000, 20)};
    const Buffer in[] = {buffer(0x3000, 30)};
    ASSERT_TRUE(pair.queue.add(out, in, token(7)).ok());
    FakeDevice::Chain chain;
    EXPECT_FALSE(pair.device.next(chain)) << "not published";
    EXPECT_TRUE(pair.queue.publish());
    EXPECT_FALSE(pair.queue.publish()) << "nothing new";
    ASSERT_TRUE(pair.device.next(chain));
    ASSERT_EQ(chain.pieces.size(), 3u);
    EXPECT_EQ(chain.pieces[1].address, 0x2000u);
    EXPECT_EQ(chain.pieces[1].length, 20u);
    EXPECT_TRUE(chain.pieces[2].writes);
    Used used;
    EXPECT_FALSE(pair.queue.take(used));
    pair.device.use(chain.head, 30);
    ASSERT_TRUE(pair.queue.take(used));
    EXPECT_EQ(used.token, token(7));
    EXPECT_EQ(used.written, 30u);
    EXPECT_EQ(pair.queue.free_descriptors(), 4);
    EXPECT_EQ(pair.queue.in_flight(), 0);
    EXPECT_FALSE(pair.queue.take(used));
}

TEST_P(EachKind, RefusesWhatDoesNotFit) {
    Pair pair(4, 0, GetParam());
    const Buffer five[5] = {buffer(1, 1), buffer(1, 1), buffer(1, 1), buffer(1, 1), buffer(1, 1)};
    EXPECT_EQ(pair.queue.add({}, {}, nullptr).code(), Errno::inval);
    EXPECT_EQ(pair.queue.add(five, {}, nullptr).code(), Errno::inval);
    const Buffer empty = buffer(0x1000, 0);
    EXPECT_EQ(pair.queue.add({&empty, 1}, {}, nullptr).code(), Errno::inval);
    EXPECT_EQ(pair.queue.add({}, {&empty, 1}, nullptr).code(), Errno::inval);
    const Buffer huge[] = {buffer(0, ~0U), buffer(0, 1)};
    EXPECT_EQ(pair.queue.add({}, huge, nullptr).code(), Errno::inval);
    ASSERT_TRUE(pair.queue.add(std::span(five).first(3), {}, nullptr).ok());
    EXPECT_EQ(pair.queue.add(std::span(five).first(2), {}, nullptr).code(), Errno::again);
    EXPECT_TRUE(pair.queue.add(std::span(five).first(1), {}, nullptr).ok());
    EXPECT_EQ(pair.queue.add(std::span(five).first(1), {}, nullptr).code(), Errno::again);
    EXPECT_EQ(pair.queue.free_descriptors(), 0);
}

TEST_P(EachKind, TablesTakeOneDescriptor) {
    Pair pair(2, 3, GetParam());
    const Buffer three[3] = {buffer(0x10, 1), buffer(0x20, 2), buffer(0x30, 3)};
    ASSERT_TRUE(pair.queue.add(three, {}, token(1)).ok());
    ASSERT_TRUE(pair.queue.add(std::span(three).first(2), std::span(three).last(1), token(2)).ok());
    EXPECT_EQ(pair.queue.free_descriptors(), 0);
    (void)pair.queue.publish();
    FakeDevice::Chain chain;
    ASSERT_TRUE(pair.device.next(chain));
    EXPECT_EQ(chain.pieces.size(), 3u);
    EXPECT_FALSE(chain.pieces[2].writes);
    FakeDevice::Chain second;
    ASSERT_TRUE(pair.device.next(second));
    EXPECT_TRUE(second.pieces[2].writes);
    EXPECT_EQ(second.pieces[2].address, 0x30u);
    pair.device.use(second.head, 3);
    Used used;
    ASSERT_TRUE(pair.queue.take(used));
    EXPECT_EQ(used.token, token(2));
    const Buffer four[4] = {three[0], three[1], three[2], three[0]};
    EXPECT_EQ(pair.queue.add(four, {}, nullptr).code(), Errno::inval) << "longer than a table";
}

// The device takes its time and gives back in any order; indices wrap.
TEST_P(EachKind, AnyOrderForLong) {
    if (uk::fakes::kOnlyThreads)
        GTEST_SKIP();
    Pair pair(16, 4, GetParam());
    std::mt19937 random(1);
    std::deque<FakeDevice::Chain> held;
    std::vector<unsigned> room(1 << 20);
    uintptr_t sent = 0;
    uintptr_t back = 0;
    while (back < uk::fakes::effort(700'000)) { // more often than the 16 bits of an index, at least
        const unsigned pieces = random() % 6 + 1;
        std::vector<Buffer> buffers(pieces, buffer(0x1000, 8));
        if (random() % 2 == 0 && sent + 1 < room.size() &&
            pair.queue.add({}, buffers, token(sent + 1)).ok()) {
            room[++sent] = pieces * 8;
        }
        (void)pair.queue.publish();
        FakeDevice::Chain chain;
        if (random() % 2 == 0 && pair.device.next(chain)) {
            held.push_back(chain);
        }
        if (random() % 2 == 0 && !held.empty()) {
            std::swap(held.front(), held[random() % held.size()]);
            pair.device.use(held.front().head, static_cast<uint32_t>(held.front().pieces.size()));
            held.pop_front();
        }
        Used used;
        while (pair.queue.take(used)) {
            const auto number = reinterpret_cast<uintptr_t>(used.token);
            ASSERT_NE(room[number], 0u) << "twice";
            ASSERT_EQ(used.written, room[number] / 8);
            room[number] = 0;
            back++;
        }
    }
    EXPECT_FALSE(pair.queue.is_broken());
    EXPECT_EQ(pair.queue.in_flight(), sent - back);
}

TEST_P(EachKind, NotifiesOnlyWhoWantsIt) {
    Pair pair(8, 0, GetParam());
    const Buffer one = buffer(0x1000, 1);
    auto send = [&] { return pair.queue.add({&one, 1}, {}, nullptr).ok() && pair.queue.publish(); };
    EXPECT_TRUE(send());
    FakeDevice::Chain chain;
    EXPECT_TRUE(pair.device.next(chain));
    EXPECT_FALSE(pair.device.want_notify(false));
    EXPECT_FALSE(send());
    EXPECT_FALSE(send());
    EXPECT_TRUE(pair.device.want_notify(true)) << "some came";
    EXPECT_TRUE(pair.device.next(chain));
    EXPECT_TRUE(pair.device.next(chain));
    EXPECT_FALSE(pair.device.want_notify(true));
    EXPECT_TRUE(send());
}

// As on an emulator that leaves fences out: neither side has seen what the other has just written.
TEST_P(EachKind, IsDueWhenBothLookedTooEarly) {
    Pair pair(8, 0, GetParam());
    const Buffer one = buffer(0x1000, 1);
    auto send = [&] { return pair.queue.add({&one, 1}, {}, nullptr).ok() && pair.queue.publish(); };
    FakeDevice::Chain chain;
    EXPECT_FALSE(pair.queue.is_due()) << "nothing is there";
    for (int round = 0; round < 40'000; round++) { // indices wrap
        ASSERT_TRUE(send());
        ASSERT_FALSE(pair.queue.is_due()) << "it was told";
        ASSERT_TRUE(pair.device.next(chain));
        (void)pair.device.want_notify(false);
        ASSERT_FALSE(send());
        ASSERT_FALSE(pair.queue.is_due()) << "it is busy";
        ASSERT_TRUE(pair.device.want_notify(true)) << "which it does not see";
        ASSERT_FALSE(pair.queue.publish());
        ASSERT_TRUE(pair.queue.is_due());
        ASSERT_FALSE(pair.queue.is_due()) << "once";
        (void)pair.device.use(chain.head, 0);
        ASSERT_TRUE(pair.device.next(chain));
        (void)pair.device.use(chain.head, 0);
        ASSERT_FALSE(pair.device.want_notify(true));
        Used used;
        while (pair.queue.take(used)) {
        }
        ASSERT_FALSE(pair.queue.is_due()) << "nothing is left";
    }
}

// A device that wanted nothing for long, as one that receives and has buffers.
TEST_P(EachKind, IsDueAfterAnyNumberOfSilentChains) {
    if (uk::fakes::kOnlyThreads)
        GTEST_SKIP();
    Pair pair(8, 0, GetParam());
    const Buffer one = buffer(0x1000, 1);
    FakeDevice::Chain chain;
    Used used;
    const uint32_t side = uk::fakes::effort(20);
    for (uint32_t silent = 65'536 - side; silent < 65'536 + side; silent++) {
        ASSERT_TRUE(pair.queue.add({&one, 1}, {}, nullptr).ok() && pair.queue.publish());
        ASSERT_TRUE(pair.device.next(chain));
        (void)pair.device.want_notify(false);
        (void)pair.device.use(chain.head, 0);
        for (uint32_t i = 0; i < silent; i++) {
            ASSERT_TRUE(pair.queue.take(used));
            ASSERT_TRUE(pair.queue.add({&one, 1}, {}, nullptr).ok() && !pair.queue.publish());
            ASSERT_TRUE(pair.device.next(chain));
            (void)pair.device.want_notify(false);
            (void)pair.device.use(chain.head, 0);
        }
        ASSERT_TRUE(pair.queue.take(used));
        ASSERT_TRUE(pair.queue.add({&one, 1}, {}, nullptr).ok() && !pair.queue.publish());
        ASSERT_TRUE(pair.device.want_notify(true)) << "which it does not see";
        ASSERT_TRUE(pair.queue.is_due()) << silent;
        ASSERT_TRUE(pair.device.next(chain));
        (void)pair.device.use(chain.head, 0);
        ASSERT_TRUE(pair.queue.take(used));
        (void)pair.device.want_notify(true);
    }
}

TEST_P(EachKind, InterruptsOnlyWhoWantsThem) {
    Pair pair(8, 0, GetParam());
    const Buffer one = buffer(0x1000, 1);
    auto round = [&] {
        FakeDevice::Chain chain;
        EXPECT_TRUE(pair.queue.add({&one, 1}, {}, nullptr).ok());
        (void)pair.queue.publish();
        EXPECT_TRUE(pair.device.next(chain));
        return pair.device.use(chain.head, 0);
    };
    Used used;
    EXPECT_TRUE(round()) << "a new queue wants one";
    EXPECT_FALSE(pair.queue.arm()) << "there is one already";
    EXPECT_TRUE(pair.queue.take(used));
    EXPECT_TRUE(pair.queue.arm());
    EXPECT_TRUE(round());
    pair.queue.disarm();
    EXPECT_FALSE(round());
    EXPECT_FALSE(round());
    EXPECT_FALSE(pair.queue.arm());
    while (pair.queue.take(used)) {
    }
    EXPECT_TRUE(pair.queue.arm());
    EXPECT_TRUE(round());
}

TEST(EventIndex, InterruptsOnceForSeveral) {
    Pair pair(8, 0, true);
    const Buffer one = buffer(0x1000, 1);
    EXPECT_TRUE(pair.queue.arm(2));
    unsigned interrupts = 0;
    for (int i = 0; i < 3; i++) {
        FakeDevice::Chain chain;
        ASSERT_TRUE(pair.queue.add({&one, 1}, {}, nullptr).ok());
        (void)pair.queue.publish();
        ASSERT_TRUE(pair.device.next(chain));
        const bool wanted = pair.device.use(chain.head, 0);
        EXPECT_EQ(wanted, i == 2);
        interrupts += wanted ? 1 : 0;
    }
    EXPECT_EQ(interrupts, 1u);
}

TEST(EventIndex, WrapsAround) {
    EXPECT_TRUE(uk::virtio::passes_event(0xffff, 0, 0xffff));
    EXPECT_TRUE(uk::virtio::passes_event(5, 6, 5));
    EXPECT_FALSE(uk::virtio::passes_event(6, 6, 5));
    EXPECT_FALSE(uk::virtio::passes_event(4, 6, 5));
    EXPECT_TRUE(uk::virtio::passes_event(0, 2, 0xfffe));
}

// --- devices that misbehave ----------------------------------------------------------------------

struct Given {
    Pair pair{8, 0, false};
    FakeDevice::Chain chain;
    Given() {
        const Buffer one = buffer(0x1000, 64);
        EXPECT_TRUE(pair.queue.add({}, {&one, 1}, token(1)).ok());
        EXPECT_TRUE(pair.queue.add({}, {&one, 1}, token(2)).ok());
        (void)pair.queue.publish();
        EXPECT_TRUE(pair.device.next(chain));
    }
    // Takes until there is no more; whether the queue is broken then, and stays so.
    bool breaks(unsigned good = 0) {
        Used used;
        for (unsigned i = 0; i < good; i++) {
            EXPECT_TRUE(pair.queue.take(used));
        }
        EXPECT_FALSE(pair.queue.take(used));
        const Buffer one = buffer(0x1000, 64);
        if (pair.queue.is_broken()) {
            EXPECT_EQ(pair.queue.add({&one, 1}, {}, nullptr).code(), Errno::io);
            EXPECT_FALSE(pair.queue.publish());
            EXPECT_FALSE(pair.queue.take(used));
        }
        return pair.queue.is_broken();
    }
};

TEST(Misbehaves, HeadOutOfRange) {
    Given given;
    given.pair.device.use(8, 0);
    EXPECT_TRUE(given.breaks());
}
TEST(Misbehaves, HeadOutOfAnyRange) {
    Given given;
    given.pair.device.use(0xffffffff, 0);
    EXPECT_TRUE(given.breaks());
}
TEST(Misbehaves, HeadThatWasNotGiven) {
    Given given;
    given.pair.device.use(5, 0);
    EXPECT_TRUE(given.breaks());
}
TEST(Misbehaves, HeadTwice) {
    Given given;
    given.pair.device.use(given.chain.head, 0);
    given.pair.device.use(given.chain.head, 0);
    EXPECT_TRUE(given.breaks(1));
}
TEST(Misbehaves, MoreWrittenThanThereIsRoom) {
    Given given;
    given.pair.device.use(given.chain.head, 65);
    EXPECT_TRUE(given.breaks());
}
TEST(Misbehaves, IndexJumps) {
    Given given;
    given.pair.device.jump(3);
    EXPECT_TRUE(given.breaks());
}
TEST(Misbehaves, IndexGoesBack) {
    Given given;
    given.pair.device.jump(0xffff);
    EXPECT_TRUE(given.breaks());
}
TEST(Misbehaves, UsesWhatIsNotPublished) {
    Given given;
    Used used;
    given.pair.device.use(0, 0);
    given.pair.device.use(1, 0);
    EXPECT_TRUE(given.pair.queue.take(used) && given.pair.queue.take(used));
    const Buffer one = buffer(0x1000, 64);
    EXPECT_TRUE(given.pair.queue.add({&one, 1}, {}, nullptr).ok());
    given.pair.device.use(1, 0);
    EXPECT_TRUE(given.breaks());
}
TEST(Misbehaves, ReadOnlyChainsHaveNoRoom) {
    Pair pair(2, 0, false);
    const Buffer one = buffer(0x1000, 64);
    EXPECT_TRUE(pair.queue.add({&one, 1}, {}, nullptr).ok());
    (void)pair.queue.publish();
    pair.device.use(0, 1);
    Used used;
    EXPECT_FALSE(pair.queue.take(used));
    EXPECT_TRUE(pair.queue.is_broken());
}

// Driver and device on threads of their own: nobody sleeps for ever, for lack of a notification or
// of an interrupt.
TEST_P(EachKind, TwoThreads) {
    constexpr unsigned kRounds = 20'000;
    Pair pair(8, 2, GetParam());
    uk::Atomic<bool> notified{false};
    uk::Atomic<bool> interrupted{false};
    std::thread device([&] {
        unsigned done = 0;
        while (done < kRounds) {
            FakeDevice::Chain chain;
            (void)pair.device.want_notify(false);
            while (pair.device.next(chain)) {
                if (pair.device.use(chain.head, 1)) {
                    interrupted.store_release(true);
                }
                done++;
            }
            if (!pair.device.want_notify(true)) {
                while (done < kRounds && !notified.exchange_acq_rel(false)) {
                    std::this_thread::yield();
                }
            }
        }
    });
    unsigned sent = 0;
    unsigned back = 0;
    const Buffer two[] = {buffer(0x1000, 1), buffer(0x2000, 1)};
    while (back < kRounds) {
        pair.queue.disarm();
        while (sent < kRounds && pair.queue.add({two, 1}, {two + 1, 1}, token(sent + 1)).ok()) {
            sent++;
        }
        if (pair.queue.publish()) {
            notified.store_release(true);
        }
        Used used;
        while (pair.queue.take(used)) {
            ASSERT_EQ(used.token, token(back + 1));
            back++;
        }
        if (pair.queue.in_flight() != 0 && pair.queue.arm()) {
            while (!interrupted.exchange_acq_rel(false)) {
                std::this_thread::yield();
            }
        }
    }
    device.join();
    EXPECT_FALSE(pair.queue.is_broken());
}

} // namespace
