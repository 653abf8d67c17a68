// SPDX-License-Identifier: BSD-3-Clause
// What the host tests of the network driver have in common: a driver, its pool, and a device.
#pragma once

#include "fake_net.hpp"

#include "lib/uknetdev/tests/frames.hpp"

#include <gtest/gtest.h>

namespace net_test {

using netdev_test::gather;
using uk::netdev::Buffer;
using uk::netdev::Offload;
using uk::netdev::Pool;
using uk::netdev::release;

class NicTest : public testing::Test {
  protected:
    void make(uint64_t offers = kAll, const uk::netdev::PoolRequest& shape = {.count = 128},
              uint32_t features = ~0u) {
        net.emplace(offers);
        nic.emplace(Virtio{&*net});
        ASSERT_TRUE(nic->identify().ok());
        ASSERT_TRUE(pool.init(shape).ok());
        ASSERT_TRUE(nic->start({.features = features,
                                .pool = &pool,
                                .on_event =
                                    [](void* self, uint16_t, uint8_t what) {
                                        static_cast<NicTest*>(self)->events.push_back(what);
                                    },
                                .context = this})
                        .ok());
    }
    Buffer* packet(const Bytes& bytes) {
        Buffer* buffer = pool.take();
        std::copy_n(bytes.data(), bytes.size(), reinterpret_cast<uint8_t*>(buffer->data()));
        buffer->set_size(static_cast<uint32_t>(bytes.size()));
        return buffer;
    }
    unsigned send(Buffer* buffer) { return nic->transmit(0, {&buffer, 1}); }
    std::vector<Bytes> receive() {
        std::vector<Bytes> all;
        Buffer* packets[8];
        while (const unsigned count = nic->receive(0, packets)) {
            for (unsigned i = 0; i < count; i++) {
                all.push_back(gather(*packets[i]));
                release(packets[i]);
            }
        }
        return all;
    }
    // The device gives all back, used or not, and the pool has all its buffers.
    void TearDown() override {
        if (!net || net->queues.size() < 2) {
            return;
        }
        if (net->queues.size() == 3 && net->queues[2]->ring.in_flight() != 0) {
            answer(0);
        }
        FakeDevice::Chain chain;
        while (net->rx().device.next(chain)) {
            net->rx().device.use(chain.head, 0);
        }
        net->done(net->sent.size());
        while (net->tx().device.next(chain)) {
            net->tx().device.use(chain.head, 0);
        }
        EXPECT_EQ(nic->reclaim(0), 0u);
        uk::virtio::Used used;
        while (net->rx().ring.take(used)) {
            release(static_cast<Buffer*>(used.token));
        }
        EXPECT_EQ(pool.free_count(), pool.shape().count);
        pool.close();
    }
    void answer(uint8_t what) {
        FakeDevice::Chain chain;
        while (net->queues[2]->device.next(chain)) {
            ASSERT_EQ(chain.pieces.size(), 2u);
            const auto* command = reinterpret_cast<const uint8_t*>(chain.pieces[0].address);
            commands.insert(commands.end(), command, command + chain.pieces[0].length);
            *reinterpret_cast<uint8_t*>(chain.pieces[1].address) = what;
            net->queues[2]->device.use(chain.head, 1);
        }
        (void)nic->arm(0, 0);
    }

    std::optional<FakeNet> net;
    std::optional<Nic> nic;
    Pool pool;
    std::vector<uint8_t> events;
    Bytes commands;
};

inline Bytes frame(uint8_t mark, size_t size = 60) {
    Bytes bytes(size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = static_cast<uint8_t>(mark + i);
    }
    return bytes;
}

} // namespace net_test
