// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the ring: what comes out is what a reader of pcap expects.
#include "lib/ukfile/tests/host_lock.hpp"

#include <uk/netcapture/ring.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <deque>
#include <random>
#include <thread>
#include <vector>

namespace {

using uk::netcapture::BasicRing;
using uk::netcapture::kMostBytes;
using uk::netcapture::kMostRecord;
using uk::netcapture::RecordHeader;
using uk::netdev::Buffer;

using Bytes = std::vector<uint8_t>;

Bytes bytes_of(size_t size, uint8_t first) {
    Bytes bytes(size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = static_cast<uint8_t>(first + i * 7);
    return bytes;
}

struct Record {
    RecordHeader header{};
    Bytes bytes;
};

// A ring with memory, and the ends that tests look at.
struct Rig {
    explicit Rig(size_t size) : memory(size / 8) {
        ring.init(std::as_writable_bytes(std::span(memory)));
    }
    // In pieces of at most `piece` bytes.
    auto add(Bytes bytes, uint64_t now = 0, size_t piece = 1 << 20) {
        std::deque<Buffer> pieces;
        for (size_t at = 0; at < bytes.size() || at == 0; at += piece) {
            const size_t size = std::min(piece, bytes.size() - at);
            pieces.emplace_back(bytes.data() + at, static_cast<uint32_t>(size), 0, nullptr);
            pieces.back().set_size(static_cast<uint32_t>(size));
            if (pieces.size() > 1)
                pieces[pieces.size() - 2].next = &pieces.back();
        }
        return ring.add(pieces.front(), now);
    }
    void keep(const Bytes& bytes, uint64_t now = 0) { ring.settle(add(bytes, now), true); }
    std::vector<Record> take(size_t room = kMostRecord) {
        std::vector<std::byte> out(room);
        const size_t size = ring.take(out);
        std::vector<Record> records;
        for (size_t at = 0; at < size;) {
            Record& record = records.emplace_back();
            std::memcpy(&record.header, out.data() + at, sizeof record.header);
            const auto* data =
                reinterpret_cast<const uint8_t*>(out.data()) + at + sizeof record.header;
            at += sizeof record.header + record.header.kept_bytes;
            EXPECT_LE(at, size) << "records are whole";
            if (at > size)
                break;
            record.bytes.assign(data, data + record.header.kept_bytes);
        }
        return records;
    }
    BasicRing<HostLock> ring;
    std::vector<uint64_t> memory;
};

TEST(Ring, GivesRecordsInOrder) {
    Rig rig(4096);
    rig.keep(bytes_of(60, 1), 1'700'000'000'123'456'789);
    rig.ring.settle(rig.add(bytes_of(301, 2), 5, 64), true);
    const std::vector<Record> records = rig.take();
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].header.seconds, 1'700'000'000u);
    EXPECT_EQ(records[0].header.nanoseconds, 123'456'789u);
    EXPECT_EQ(records[0].header.bytes, 60u);
    EXPECT_EQ(records[0].bytes, bytes_of(60, 1));
    EXPECT_EQ(records[1].bytes, bytes_of(301, 2)) << "from five pieces";
    EXPECT_TRUE(rig.take().empty());
}

TEST(Ring, WaitsForWhatIsNotSettled) {
    Rig rig(4096);
    const auto first = rig.add(bytes_of(60, 1));
    const auto second = rig.add(bytes_of(60, 2));
    rig.keep(bytes_of(60, 3));
    EXPECT_TRUE(rig.take().empty());
    rig.ring.settle(second, false);
    EXPECT_TRUE(rig.take().empty());
    rig.ring.settle(first, true);
    const std::vector<Record> records = rig.take();
    ASSERT_EQ(records.size(), 2u) << "what was left out is not there";
    EXPECT_EQ(records[0].bytes, bytes_of(60, 1));
    EXPECT_EQ(records[1].bytes, bytes_of(60, 3));
}

TEST(Ring, LosesWhatFindsNoRoom) {
    Rig rig(256);
    rig.keep(bytes_of(100, 1)); // 8 + 16 + 100, to a multiple of 8: 128
    rig.keep(bytes_of(104, 2));
    EXPECT_EQ(rig.ring.lost(), 0u) << "full to the last byte";
    rig.keep(bytes_of(1, 3));
    EXPECT_EQ(rig.ring.lost(), 1u);
    EXPECT_EQ(rig.take().size(), 2u);
    rig.keep(bytes_of(1, 4));
    ASSERT_EQ(rig.take().size(), 1u);
    rig.ring.close();
    rig.keep(bytes_of(1, 5));
    EXPECT_TRUE(rig.take().empty());
    EXPECT_EQ(rig.ring.lost(), 1u) << "closed is not lost";
}

TEST(Ring, CutsWhatNoDeviceTakes) {
    Rig rig(1 << 18);
    rig.keep(bytes_of(kMostBytes, 1));
    rig.keep(bytes_of(kMostBytes + 5, 2));
    const std::vector<Record> first = rig.take();
    ASSERT_EQ(first.size(), 1u) << "the second is for the next call";
    EXPECT_EQ(first[0].bytes, bytes_of(kMostBytes, 1));
    const std::vector<Record> second = rig.take();
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].header.bytes, kMostBytes + 5);
    Bytes cut = bytes_of(kMostBytes + 5, 2);
    cut.resize(kMostBytes);
    EXPECT_EQ(second[0].bytes, cut);
}

TEST(Ring, GoesRoundAsAModelDoes) {
    std::minstd_rand random(20);
    Rig rig(2048);
    std::deque<Bytes> model;
    uint64_t lost = 0;
    for (unsigned step = 0; step < 20'000; step++) {
        if (random() % 3 != 0) {
            const Bytes bytes = bytes_of(random() % 300, static_cast<uint8_t>(step));
            const bool keep = random() % 8 != 0;
            const auto entry = rig.add(bytes, step, 1 + random() % 200);
            rig.ring.settle(entry, keep);
            if (rig.ring.lost() == lost && keep)
                model.push_back(bytes);
            lost = rig.ring.lost();
        } else {
            for (const Record& record : rig.take()) {
                ASSERT_FALSE(model.empty());
                ASSERT_EQ(record.bytes, model.front());
                model.pop_front();
            }
            ASSERT_TRUE(model.empty());
        }
    }
    EXPECT_GT(lost, 100u);
}

TEST(Ring, TakesFromSeveralThreads) {
    constexpr unsigned kThreads = 3, kPackets = 3000;
    Rig rig(8192);
    std::atomic<unsigned> ended{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < kThreads; t++) {
        threads.emplace_back([&, t] {
            for (unsigned i = 0; i < kPackets; i++) {
                Bytes bytes = bytes_of(20 + i % 90, static_cast<uint8_t>(t));
                std::memcpy(bytes.data() + 1, &i, sizeof i);
                rig.ring.settle(rig.add(bytes), i % 5 != 4);
            }
            ended++;
        });
    }
    std::vector<unsigned> next(kThreads, 0);
    uint64_t came = 0;
    for (bool over = false; !over;) {
        over = ended.load() == kThreads; // before the last look
        for (const Record& record : rig.take()) {
            ASSERT_GE(record.bytes.size(), 20u);
            const unsigned thread = record.bytes[0];
            unsigned number = 0;
            std::memcpy(&number, record.bytes.data() + 1, sizeof number);
            ASSERT_LT(thread, kThreads);
            ASSERT_GE(number, next[thread]) << "each thread's in its order";
            ASSERT_NE(number % 5, 4u);
            Bytes sent = bytes_of(20 + number % 90, static_cast<uint8_t>(thread));
            std::memcpy(sent.data() + 1, &number, sizeof number);
            ASSERT_EQ(record.bytes, sent);
            next[thread] = number + 1;
            came++;
        }
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_GT(came, 0U);
    EXPECT_GE(came + rig.ring.lost(), uint64_t{kThreads} * kPackets * 4 / 5);
    EXPECT_LE(came, uint64_t{kThreads} * kPackets * 4 / 5);
}

} // namespace
