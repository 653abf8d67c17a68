// SPDX-License-Identifier: BSD-3-Clause
// OffloadHeader: what is said of a packet to a device that is not of this system, in front of it:
// in the queues of virtio's network devices (VIRTIO 1.2, 5.1.6), and by the taps of Linux hosts
// (IFF_VNET_HDR), little-endian as all machines of ours. Pure: what it reads is not trusted.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/netdev.hpp>

namespace uk::netdev {

struct OffloadHeader {
    static constexpr uint8_t kNeedsChecksum = 1;
    static constexpr uint8_t kDataValid = 2;
    static constexpr uint8_t kTcp4 = 1; // kinds of segments
    static constexpr uint8_t kTcp6 = 4;
    static constexpr uint8_t kEcn = 0x80;

    uint8_t flags = 0;
    uint8_t segments = 0;
    uint16_t header_bytes = 0;
    uint16_t segment_bytes = 0;
    uint16_t checksum_start = 0;
    uint16_t checksum_offset = 0;
    uint16_t buffers = 0; // of virtio's queues: that a received packet takes
};
static_assert(sizeof(OffloadHeader) == 12);
inline constexpr size_t kTapHeaderBytes = 10; // of it that taps have: not `buffers`
inline constexpr uint32_t kEthernetBytes = 14;

// The header of a packet of `size` bytes to send. False: it asks for what was not agreed on
// (`features` as in uknetdev), or for what lies outside of it.
[[nodiscard]] bool make_header(const Offload& offload, uint32_t size, uint32_t features,
                               OffloadHeader& header);

// What the device says of a packet that it brings. False: it cannot be true (5.1.6.4).
[[nodiscard]] bool read_header(const OffloadHeader& header, uint32_t size, uint32_t features,
                               Offload& offload);

} // namespace uk::netdev
