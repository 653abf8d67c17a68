// SPDX-License-Identifier: BSD-3-Clause
// Host tests of what is said of a packet in front of it.
#include <uk/netdev/offload_header.hpp>

#include <gtest/gtest.h>

namespace {

using namespace uk::netdev;
using Checksum = Offload::Checksum;
using Segments = Offload::Segments;

TEST(MakeHeader, SaysWhatIsToBeDone) {
    OffloadHeader header;
    EXPECT_TRUE(make_header({}, 60, 0, header));
    EXPECT_EQ(header.flags, 0);
    EXPECT_EQ(header.buffers, 0) << "5.1.6.2.1";
    EXPECT_TRUE(make_header({.checksum = Checksum::valid}, 60, 0, header)) << "a forwarded packet";
    EXPECT_EQ(header.flags, 0);
    const Offload sum{.checksum = Checksum::partial, .checksum_start = 34, .checksum_offset = 16};
    EXPECT_FALSE(make_header(sum, 60, 0, header)) << "not agreed on";
    EXPECT_FALSE(make_header(sum, 51, kSendChecksum, header)) << "beyond the end";
    EXPECT_TRUE(make_header(sum, 52, kSendChecksum, header));
    EXPECT_EQ(header.flags, 1);
    EXPECT_EQ(header.checksum_start, 34);
    EXPECT_EQ(header.checksum_offset, 16);
    Offload wide = sum;
    wide.checksum_start = wide.checksum_offset = 0xffff;
    EXPECT_FALSE(make_header(wide, 60, kSendChecksum, header));
    wide.checksum_start = 13;
    wide.checksum_offset = 16;
    EXPECT_FALSE(make_header(wide, 60, kSendChecksum, header)) << "in the Ethernet header";
    const Offload large{Checksum::partial, Segments::tcp4, 54, 1448, 34, 16};
    EXPECT_FALSE(make_header(large, 3000, kSendChecksum | kSendTcp6, header));
    EXPECT_TRUE(make_header(large, 3000, kSendChecksum | kSendTcp4, header));
    EXPECT_EQ(header.segments, 1);
    EXPECT_EQ(header.header_bytes, 54);
    EXPECT_EQ(header.segment_bytes, 1448);
    EXPECT_FALSE(make_header(large, 54, ~0u, header)) << "no payload";
    Offload none = large;
    none.segment_bytes = 0;
    EXPECT_FALSE(make_header(none, 3000, ~0u, header));
    none = large;
    none.checksum = Checksum::none;
    EXPECT_FALSE(make_header(none, 3000, ~0u, header)) << "segments have sums of their own";
    none = large;
    none.segments = Segments::tcp6;
    EXPECT_TRUE(make_header(none, 3000, ~0u, header));
    EXPECT_EQ(header.segments, 4);
}

TEST(ReadHeader, BelievesWhatCanBe) {
    Offload offload;
    OffloadHeader header;
    EXPECT_TRUE(read_header(header, 60, ~0u, offload));
    EXPECT_EQ(offload.checksum, Checksum::none);
    header.flags = OffloadHeader::kDataValid;
    EXPECT_TRUE(read_header(header, 60, ~0u, offload));
    EXPECT_EQ(offload.checksum, Checksum::valid);
    EXPECT_TRUE(read_header(header, 60, 0, offload));
    EXPECT_EQ(offload.checksum, Checksum::none) << "not agreed on";
    header = {.flags = OffloadHeader::kNeedsChecksum, .checksum_start = 34, .checksum_offset = 16};
    EXPECT_FALSE(read_header(header, 60, ~kReceiveChecksum, offload));
    EXPECT_FALSE(read_header(header, 51, ~0u, offload)) << "beyond the end";
    EXPECT_TRUE(read_header(header, 52, ~0u, offload));
    EXPECT_EQ(offload.checksum, Checksum::partial);
    EXPECT_EQ(offload.checksum_start, 34);
    header.checksum_start = 13;
    EXPECT_FALSE(read_header(header, 60, ~0u, offload)) << "in the Ethernet header";
    header.checksum_start = 0xffff;
    header.checksum_offset = 0xffff;
    EXPECT_FALSE(read_header(header, 60, ~0u, offload));
    header = {.flags = 1,
              .segments = 0x81,
              .header_bytes = 54,
              .segment_bytes = 1448,
              .checksum_start = 34,
              .checksum_offset = 16};
    EXPECT_TRUE(read_header(header, 3000, ~0u, offload)) << "with congestion bits";
    EXPECT_EQ(offload.segments, Segments::tcp4);
    EXPECT_EQ(offload.segment_bytes, 1448);
    EXPECT_EQ(offload.header_bytes, 54);
    EXPECT_FALSE(read_header(header, 3000, ~kReceiveTcp4, offload));
    header.header_bytes = 0xffff;
    EXPECT_TRUE(read_header(header, 3000, ~0u, offload));
    EXPECT_EQ(offload.header_bytes, 0) << "only a hint";
    header.segment_bytes = 0;
    EXPECT_FALSE(read_header(header, 3000, ~0u, offload));
    for (unsigned kind = 1; kind < 256; kind++) {
        header = {.segments = static_cast<uint8_t>(kind), .segment_bytes = 1};
        EXPECT_EQ(read_header(header, 3000, ~0u, offload),
                  (kind & 0x7f) == 0 || kind % 128 == 1 || kind % 128 == 4)
            << kind;
    }
}

TEST(ReadHeader, UnderstandsWhatWasMade) {
    for (const Segments kind : {Segments::none, Segments::tcp4, Segments::tcp6}) {
        const bool is_large = kind != Segments::none;
        const Offload sent{Checksum::partial,
                           kind,
                           static_cast<uint16_t>(is_large ? 54 : 0),
                           static_cast<uint16_t>(is_large ? 1460 : 0),
                           34,
                           16};
        OffloadHeader header;
        Offload came;
        ASSERT_TRUE(make_header(sent, 4000, ~0u, header));
        ASSERT_TRUE(read_header(header, 4000, ~0u, came));
        EXPECT_EQ(came.checksum, sent.checksum);
        EXPECT_EQ(came.segments, sent.segments);
        EXPECT_EQ(came.header_bytes, sent.header_bytes);
        EXPECT_EQ(came.segment_bytes, sent.segment_bytes);
        EXPECT_EQ(came.checksum_start, sent.checksum_start);
        EXPECT_EQ(came.checksum_offset, sent.checksum_offset);
    }
}

} // namespace
