// SPDX-License-Identifier: BSD-3-Clause
// VIRTIO 1.2, 5.1.6.2, 5.1.6.4.
#include <uk/netdev/offload_header.hpp>

namespace uk::netdev {
namespace {

// Whether the two bytes of a sum lie in a packet, behind its Ethernet header.
bool has_checksum_field(uint16_t start, uint16_t offset, uint32_t size) {
    return start >= kEthernetBytes && uint32_t{start} + offset + 2 <= size;
}

} // namespace

bool make_header(const Offload& offload, uint32_t size, uint32_t features, OffloadHeader& header) {
    header = {};
    if (offload.checksum != Offload::Checksum::partial) {
        return offload.segments == Offload::Segments::none;
    }
    if ((features & kSendChecksum) == 0 ||
        !has_checksum_field(offload.checksum_start, offload.checksum_offset, size)) {
        return false;
    }
    header.flags = OffloadHeader::kNeedsChecksum;
    header.checksum_start = offload.checksum_start;
    header.checksum_offset = offload.checksum_offset;
    if (offload.segments == Offload::Segments::none) {
        return true;
    }
    const bool is_v4 = offload.segments == Offload::Segments::tcp4;
    if ((features & (is_v4 ? kSendTcp4 : kSendTcp6)) == 0 || offload.segment_bytes == 0 ||
        offload.header_bytes <= offload.checksum_start || offload.header_bytes >= size) {
        return false;
    }
    header.segments = is_v4 ? OffloadHeader::kTcp4 : OffloadHeader::kTcp6;
    header.header_bytes = offload.header_bytes;
    header.segment_bytes = offload.segment_bytes;
    return true;
}

bool read_header(const OffloadHeader& header, uint32_t size, uint32_t features, Offload& offload) {
    offload = {};
    if ((header.flags & OffloadHeader::kNeedsChecksum) != 0) {
        if ((features & kReceiveChecksum) == 0 ||
            !has_checksum_field(header.checksum_start, header.checksum_offset, size)) {
            return false;
        }
        offload.checksum = Offload::Checksum::partial;
        offload.checksum_start = header.checksum_start;
        offload.checksum_offset = header.checksum_offset;
    } else if ((header.flags & OffloadHeader::kDataValid) != 0 &&
               (features & kReceiveChecksum) != 0) {
        offload.checksum = Offload::Checksum::valid;
    }
    const auto kind = static_cast<uint8_t>(header.segments & ~OffloadHeader::kEcn);
    if (kind == 0) {
        return true;
    }
    const bool is_v4 = kind == OffloadHeader::kTcp4;
    if ((!is_v4 && kind != OffloadHeader::kTcp6) ||
        (features & (is_v4 ? kReceiveTcp4 : kReceiveTcp6)) == 0 || header.segment_bytes == 0) {
        return false;
    }
    offload.segments = is_v4 ? Offload::Segments::tcp4 : Offload::Segments::tcp6;
    offload.segment_bytes = header.segment_bytes;
    // A hint, which need not be right (5.1.6.4.1).
    offload.header_bytes =
        header.header_bytes <= size ? header.header_bytes : static_cast<uint16_t>(0);
    return true;
}

} // namespace uk::netdev
