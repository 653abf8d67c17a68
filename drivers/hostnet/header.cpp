// SPDX-License-Identifier: BSD-3-Clause
// Offloads as the host's taps say them.
#include "header.hpp"

namespace uk::hostnet {
namespace {

using netdev::Offload;

constexpr uint32_t kEthernetHeader = 14;
constexpr uint32_t kChecksumBytes = 2;

// The field lies in the packet, behind the Ethernet header.
bool has_checksum(const Offload& offload, uint32_t packet_bytes) {
    return offload.checksum_start >= kEthernetHeader && offload.checksum_start < packet_bytes &&
           uint32_t{offload.checksum_start} + offload.checksum_offset + kChecksumBytes <=
               packet_bytes;
}

// Segments are cut by who makes their checksums.
bool has_segments(const Offload& offload, uint32_t packet_bytes) {
    return offload.checksum == Offload::Checksum::partial && offload.segment_bytes != 0 &&
           offload.header_bytes > offload.checksum_start && offload.header_bytes < packet_bytes;
}

} // namespace

bool to_header(const Offload& offload, uint32_t packet_bytes, uint32_t features, Header& header) {
    header = {};
    if (offload.checksum == Offload::Checksum::partial) {
        if ((features & netdev::kSendChecksum) == 0 || !has_checksum(offload, packet_bytes))
            return false;
        header.flags = kNeedsChecksum;
        header.checksum_start = offload.checksum_start;
        header.checksum_offset = offload.checksum_offset;
    }
    if (offload.segments == Offload::Segments::none)
        return true;
    const bool is_4 = offload.segments == Offload::Segments::tcp4;
    if ((features & (is_4 ? netdev::kSendTcp4 : netdev::kSendTcp6)) == 0 ||
        !has_segments(offload, packet_bytes))
        return false;
    header.segments = is_4 ? kSegmentsTcp4 : kSegmentsTcp6;
    header.header_bytes = offload.header_bytes;
    header.segment_bytes = offload.segment_bytes;
    return true;
}

bool from_header(const Header& header, uint32_t packet_bytes, uint32_t features, Offload& offload) {
    offload = {};
    const uint8_t segments = header.segments & static_cast<uint8_t>(~kSegmentsEcn);
    if (header.flags == 0 && header.segments == kSegmentsNone)
        return true;
    if ((features & netdev::kReceiveChecksum) == 0)
        return false;
    if ((header.flags & kNeedsChecksum) != 0) {
        offload.checksum = Offload::Checksum::partial;
        offload.checksum_start = header.checksum_start;
        offload.checksum_offset = header.checksum_offset;
        if (!has_checksum(offload, packet_bytes))
            return false;
    } else if ((header.flags & kDataValid) != 0) {
        offload.checksum = Offload::Checksum::valid;
    }
    if (segments == kSegmentsNone)
        return true;
    const bool is_4 = segments == kSegmentsTcp4;
    if ((!is_4 && segments != kSegmentsTcp6) ||
        (features & (is_4 ? netdev::kReceiveTcp4 : netdev::kReceiveTcp6)) == 0)
        return false;
    offload.segments = is_4 ? Offload::Segments::tcp4 : Offload::Segments::tcp6;
    offload.header_bytes = header.header_bytes;
    offload.segment_bytes = header.segment_bytes;
    return has_segments(offload, packet_bytes);
}

} // namespace uk::hostnet
