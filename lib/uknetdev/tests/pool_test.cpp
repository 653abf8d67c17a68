// SPDX-License-Identifier: BSD-3-Clause
// Host tests of buffers, pools, and the list of devices.
#include "../basic_pool.hpp"
#include "fake_wire.hpp"
#include "lib/ukfile/tests/host_lock.hpp"

#include <uk/fakes/frames.hpp>

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace {

using uk::Errno;
using uk::netdev::BasicPool;
using uk::netdev::Buffer;
using uk::netdev::Pool;
using uk::netdev::release;

TEST(Buffer, MovesItsEnds) {
    alignas(64) std::byte memory[256];
    Buffer buffer(memory, sizeof memory, 64, nullptr);
    EXPECT_EQ(buffer.headroom(), 64u);
    EXPECT_EQ(buffer.tailroom(), 192u);
    buffer.set_size(100);
    EXPECT_EQ(buffer.tailroom(), 92u);
    EXPECT_EQ(buffer.push(14), memory + 50);
    EXPECT_EQ(buffer.size(), 114u);
    buffer.pull(20);
    EXPECT_EQ(buffer.data(), memory + 70);
    EXPECT_EQ(buffer.size(), 94u);
    buffer.offload.segment_bytes = 5;
    buffer.reset(0);
    EXPECT_EQ(buffer.headroom(), 0u);
    EXPECT_EQ(buffer.tailroom(), 256u);
    EXPECT_EQ(buffer.offload.segment_bytes, 0);
}

TEST(BufferDeath, KeepsToItsMemory) {
    alignas(64) std::byte memory[64];
    Buffer buffer(memory, sizeof memory, 16, nullptr);
    EXPECT_DEATH(buffer.push(17), "headroom");
    EXPECT_DEATH(buffer.set_size(49), "");
    EXPECT_DEATH(buffer.pull(1), "size_");
    EXPECT_DEATH(buffer.reset(65), "headroom");
}

TEST(Pool, GivesAllAndTakesThemBack) {
    Pool pool;
    ASSERT_TRUE(pool.init({.count = 5, .bytes = 256, .headroom = 32, .private_bytes = 20}).ok());
    std::set<Buffer*> taken;
    std::set<std::byte*> memory;
    while (Buffer* buffer = pool.take()) {
        taken.insert(buffer);
        memory.insert(buffer->data() - 32);
        EXPECT_EQ(buffer->headroom(), 32u);
        EXPECT_EQ(buffer->tailroom(), 224u);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer->data() - 32) % 64, 0u);
        EXPECT_EQ(reinterpret_cast<uintptr_t>(Pool::private_of(*buffer)) % 16, 0u);
        EXPECT_EQ(*static_cast<char*>(Pool::private_of(*buffer)), 0);
        std::memset(Pool::private_of(*buffer), 1, 20);
        std::memset(buffer->push(32), 2, 256);
    }
    EXPECT_EQ(taken.size(), 5u);
    EXPECT_EQ(memory.size(), 5u);
    EXPECT_GE(*std::next(memory.begin()) - *memory.begin(), 256);
    EXPECT_EQ(pool.free_count(), 0u);
    for (Buffer* buffer : taken)
        release(buffer);
    EXPECT_EQ(pool.free_count(), 5u);
    Buffer* again = pool.take();
    EXPECT_EQ(again->size(), 0u);
    EXPECT_EQ(again->headroom(), 32u);
    EXPECT_EQ(*static_cast<char*>(Pool::private_of(*again)), 1) << "as it was left";
    release(again);
    pool.close();
    EXPECT_EQ(uk::fakes::frames_live(), 0u);
}

TEST(Pool, GivesSeveralAtOnce) {
    Pool pool;
    ASSERT_TRUE(pool.init({.count = 5}).ok());
    Buffer* some[4];
    EXPECT_EQ(pool.take(some), 4u);
    Buffer* rest[4];
    EXPECT_EQ(pool.take(rest), 1u);
    some[0]->next = some[1]; // a packet of three
    some[1]->next = some[2];
    release(some[0]);
    EXPECT_EQ(pool.free_count(), 3u);
    release(rest[0]);
    EXPECT_DEATH(pool.close(), "free_count");
    release(some[3]);
    pool.close();
}

TEST(Pool, RefusesWhatCannotBe) {
    Pool pool;
    EXPECT_EQ(pool.init({}).code(), Errno::inval);
    EXPECT_EQ(pool.init({.count = 1, .bytes = 100}).code(), Errno::inval);
    EXPECT_EQ(pool.init({.count = 1, .bytes = 0}).code(), Errno::inval);
    EXPECT_EQ(pool.init({.count = 1, .bytes = 64, .headroom = 65}).code(), Errno::inval);
    EXPECT_EQ(pool.init({.count = ~0u, .bytes = 64}).code(), Errno::inval);
    EXPECT_EQ(pool.init({.count = 1, .bytes = 64, .headroom = 0, .private_bytes = ~0u}).code(),
              Errno::inval);
    EXPECT_EQ(pool.take(), nullptr) << "there are none";
    uk::fakes::frames_fail_at(1);
    EXPECT_EQ(pool.init({.count = 1}).code(), Errno::nomem);
    uk::fakes::frames_fail_at(0);
    ASSERT_TRUE(pool.init({.count = 1}).ok());
    pool.close();
}

TEST(Pool, FromThreads) {
    constexpr unsigned kRounds = 5000;
    BasicPool<HostLock> pool;
    ASSERT_TRUE(pool.init({.count = 8, .bytes = 64, .headroom = 0}).ok());
    auto work = [&](unsigned mark) {
        for (unsigned i = 0; i < kRounds; i++) {
            Buffer* buffers[3];
            const size_t count = pool.take(buffers);
            for (size_t k = 0; k < count; k++) {
                buffers[k]->set_size(64);
                std::memset(buffers[k]->data(), static_cast<int>(mark), 64);
            }
            for (size_t k = 0; k < count; k++)
                release(buffers[k]);
        }
    };
    std::thread one(work, 1);
    std::thread two(work, 2);
    work(3);
    one.join();
    two.join();
    EXPECT_EQ(pool.free_count(), 8u);
    pool.close();
}

// What the next device that is added is listed as; null: itself.
uk::netdev::Device* g_in_its_place = nullptr;
uk::netdev::Device& wrap(uk::netdev::Device& device) {
    return g_in_its_place != nullptr ? *g_in_its_place : device;
}
UK_NETDEV_WRAPPER({.wrap = wrap});

TEST(Devices, AreFoundInTheirOrder) {
    static netdev_test::FakeWire wire; // devices live for ever
    EXPECT_EQ(uk::netdev::find(0), nullptr);
    uk::netdev::add(wire.left());
    uk::netdev::add(wire.right());
    EXPECT_EQ(uk::netdev::count(), 2u);
    EXPECT_EQ(uk::netdev::find(0), &wire.left());
    EXPECT_EQ(uk::netdev::find(1), &wire.right());
    EXPECT_EQ(uk::netdev::find(1)->index(), 1u);
    EXPECT_EQ(uk::netdev::find(2), nullptr);

    static netdev_test::FakeWire other;
    g_in_its_place = &other.right();
    uk::netdev::add(other.left());
    EXPECT_EQ(uk::netdev::find(2), &other.right());
    EXPECT_EQ(other.right().index(), 2u);
    EXPECT_EQ(other.left().index(), 2u) << "the driver's messages name it as all do";
}

} // namespace
