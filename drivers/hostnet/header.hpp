// SPDX-License-Identifier: BSD-3-Clause
// The header that the host's taps put in front of a frame (IFF_VNET_HDR): struct virtio_net_hdr of
// VIRTIO 1.2, 5.1.6, in the byte order of the CPU, which is little-endian. Pure.
#pragma once

#include <cstdint>

#include <uk/netdev.hpp>

namespace uk::hostnet {

struct Header {
    uint8_t flags;
    uint8_t segments;
    uint16_t header_bytes;
    uint16_t segment_bytes;
    uint16_t checksum_start;
    uint16_t checksum_offset;
};
static_assert(sizeof(Header) == 10);

inline constexpr uint8_t kNeedsChecksum = 1; // flags
inline constexpr uint8_t kDataValid = 2;
inline constexpr uint8_t kSegmentsNone = 0; // segments
inline constexpr uint8_t kSegmentsTcp4 = 1;
inline constexpr uint8_t kSegmentsTcp6 = 4;
inline constexpr uint8_t kSegmentsEcn = 0x80; // beside one of these

// For a packet that is sent. False: it asks for what is not among `features`, or cannot be meant.
[[nodiscard]] bool to_header(const netdev::Offload& offload, uint32_t packet_bytes,
                             uint32_t features, Header& header);
// Of a packet that came. False: it is not what was agreed on, or cannot be true.
[[nodiscard]] bool from_header(const Header& header, uint32_t packet_bytes, uint32_t features,
                               netdev::Offload& offload);

} // namespace uk::hostnet
