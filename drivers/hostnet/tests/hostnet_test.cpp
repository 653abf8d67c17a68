// SPDX-License-Identifier: BSD-3-Clause
// What of hostnet needs no host: words of netdev.host= and frames in a stream.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/hostnet/framing.hpp"
#include "drivers/hostnet/wanted.hpp"

namespace uk::hostnet {
namespace {

// --- words ---

TEST(Wanted, IsATap) {
    Wanted wanted;
    ASSERT_TRUE(read_wanted("tap:tap0", wanted));
    EXPECT_EQ(wanted.kind, Wanted::Kind::tap);
    EXPECT_STREQ(wanted.name, "tap0");
    EXPECT_FALSE(wanted.has_mac);
}

TEST(Wanted, IsAStreamWithAnAddress) {
    Wanted wanted;
    ASSERT_TRUE(read_wanted("stream:/run/a,b:c,mac=52:54:00:aB:0c:ff", wanted));
    EXPECT_EQ(wanted.kind, Wanted::Kind::stream);
    EXPECT_STREQ(wanted.name, "/run/a,b:c");
    ASSERT_TRUE(wanted.has_mac);
    EXPECT_EQ(wanted.mac.bytes[3], 0xab);
    EXPECT_EQ(wanted.mac.bytes[5], 0xff);
}

TEST(Wanted, IsADescriptor) {
    Wanted wanted;
    ASSERT_TRUE(read_wanted("fd:17,mac=02:00:00:00:00:01", wanted));
    EXPECT_EQ(wanted.descriptor, 17);
}

TEST(Wanted, IsRefusedIfItIsNothing) {
    Wanted wanted;
    for (const char* text : {"",
                             "tap",
                             "tap:",
                             "tap:sixteen-letters-",
                             "tap:0123456789abcdef",
                             "stream:",
                             "fd:",
                             "fd:x",
                             "fd:-1",
                             "fd:65536",
                             "fd:99999999999999999999",
                             "tcp:1",
                             "Tap:a",
                             "tap:a,mac=",
                             "tap:a,mac=52:54:00:12:34",
                             "tap:a,mac=52:54:00:12:34:5",
                             "tap:a,mac=52:54:00:12:34:56:",
                             "tap:a,mac=52:54:00:12:34:567",
                             "tap:a,mac=53:54:00:12:34:56",
                             "tap:,mac=52:54:00:12:34:56",
                             "tap:a,mac=5g:54:00:12:34:56"})
        EXPECT_FALSE(read_wanted(text, wanted)) << text;
    EXPECT_FALSE(read_wanted(("stream:" + std::string(108, 'x')).c_str(), wanted));
    EXPECT_TRUE(read_wanted(("stream:" + std::string(107, 'x')).c_str(), wanted));
    EXPECT_TRUE(read_wanted("tap:0123456789abcde", wanted));
}

// --- frames ---

struct Pipe {
    std::vector<std::byte> memory;
    Framing framing;

    explicit Pipe(size_t room) : memory(room), framing(memory) {}
    // As much as fits of what is at `bytes`; returns how much.
    size_t feed(std::span<const uint8_t> bytes) {
        const std::span<std::byte> space = framing.space();
        const size_t size = std::min(space.size(), bytes.size());
        memcpy(space.data(), bytes.data(), size);
        framing.came(size);
        return size;
    }
};

std::vector<uint8_t> stream_of(std::initializer_list<std::vector<uint8_t>> frames) {
    std::vector<uint8_t> stream;
    for (const std::vector<uint8_t>& frame : frames) {
        const Length length = length_of(static_cast<uint32_t>(frame.size()));
        stream.insert(stream.end(), std::begin(length.bytes), std::end(length.bytes));
        stream.insert(stream.end(), frame.begin(), frame.end());
    }
    return stream;
}

TEST(Framing, FindsFramesHoweverTheStreamIsCut) {
    const std::vector<uint8_t> stream = stream_of({{1, 2, 3}, {4}, {5, 6, 7, 8, 9}, {10, 11}});
    for (size_t step = 1; step <= stream.size(); step++) {
        Pipe pipe(16);
        std::vector<uint8_t> found;
        std::vector<size_t> sizes;
        for (size_t at = 0; at < stream.size();) {
            at += pipe.feed(std::span(stream).subspan(at, std::min(step, stream.size() - at)));
            std::span<const std::byte> frame;
            while (pipe.framing.look(frame) == Framing::Found::frame) {
                sizes.push_back(frame.size());
                for (std::byte byte : frame)
                    found.push_back(static_cast<uint8_t>(byte));
                pipe.framing.pop();
            }
            ASSERT_EQ(pipe.framing.look(frame), Framing::Found::nothing);
            ASSERT_FALSE(pipe.framing.space().empty());
        }
        EXPECT_EQ(sizes, (std::vector<size_t>{3, 1, 5, 2})) << step;
        EXPECT_EQ(found, (std::vector<uint8_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})) << step;
    }
}

TEST(Framing, TakesTheLargestFrameThatFits) {
    Pipe pipe(16);
    pipe.feed(stream_of({std::vector<uint8_t>(12, 7)}));
    std::span<const std::byte> frame;
    ASSERT_EQ(pipe.framing.look(frame), Framing::Found::frame);
    EXPECT_EQ(frame.size(), 12U);
    pipe.framing.pop();
    EXPECT_EQ(pipe.framing.space().size(), 16U);
}

TEST(Framing, IsBrokenByLengthsThatNoFrameHas) {
    for (const std::vector<uint8_t>& bytes : {std::vector<uint8_t>{0, 0, 0, 0},
                                              {0, 0, 0, 13},
                                              {0xff, 0xff, 0xff, 0xff},
                                              {0x80, 0, 0, 1}}) {
        Pipe pipe(16);
        pipe.feed(bytes);
        std::span<const std::byte> frame;
        EXPECT_EQ(pipe.framing.look(frame), Framing::Found::broken);
    }
}

} // namespace
} // namespace uk::hostnet
