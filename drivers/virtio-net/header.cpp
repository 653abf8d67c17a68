// SPDX-License-Identifier: BSD-3-Clause
// VIRTIO 1.2, 5.1.3.1, 5.1.6.2, 5.1.6.4.
#include "header.hpp"

namespace uk::virtio {
namespace {

using netdev::Offload;
using F = NetFeature;

// Whether the two bytes of a sum lie in a packet.
bool has_checksum_field(uint16_t start, uint16_t offset, uint32_t size) {
    return uint32_t{start} + offset + 2 <= size;
}

} // namespace

uint32_t features_from_device(uint64_t features) {
    uint32_t ours = 0;
    if ((features & F::kChecksum) != 0) {
        ours |= netdev::kSendChecksum;
        ours |= (features & F::kHostTso4) != 0 ? netdev::kSendTcp4 : 0;
        ours |= (features & F::kHostTso6) != 0 ? netdev::kSendTcp6 : 0;
    }
    if ((features & F::kGuestChecksum) != 0) {
        ours |= netdev::kReceiveChecksum;
        // Otherwise each buffer had to have room for 64 KiB (5.1.6.3.1).
        if ((features & F::kMergeable) != 0) {
            ours |= (features & F::kGuestTso4) != 0 ? netdev::kReceiveTcp4 : 0;
            ours |= (features & F::kGuestTso6) != 0 ? netdev::kReceiveTcp6 : 0;
        }
    }
    return ours;
}

uint64_t features_for_device(uint32_t features) {
    uint64_t theirs = 0;
    if ((features & netdev::kSendChecksum) != 0) {
        theirs |= F::kChecksum;
        theirs |= (features & netdev::kSendTcp4) != 0 ? F::kHostTso4 | F::kHostEcn : 0;
        theirs |= (features & netdev::kSendTcp6) != 0 ? F::kHostTso6 | F::kHostEcn : 0;
    }
    if ((features & netdev::kReceiveChecksum) != 0) {
        theirs |= F::kGuestChecksum;
        theirs |= (features & netdev::kReceiveTcp4) != 0 ? F::kGuestTso4 | F::kGuestEcn : 0;
        theirs |= (features & netdev::kReceiveTcp6) != 0 ? F::kGuestTso6 | F::kGuestEcn : 0;
    }
    return theirs;
}

bool make_header(const Offload& offload, uint32_t size, uint32_t features, NetHeader& header) {
    header = {};
    if (offload.checksum != Offload::Checksum::partial) {
        return offload.segments == Offload::Segments::none;
    }
    if ((features & netdev::kSendChecksum) == 0 ||
        !has_checksum_field(offload.checksum_start, offload.checksum_offset, size)) {
        return false;
    }
    header.flags = NetHeader::kNeedsChecksum;
    header.checksum_start = offload.checksum_start;
    header.checksum_offset = offload.checksum_offset;
    if (offload.segments == Offload::Segments::none) {
        return true;
    }
    const bool is_v4 = offload.segments == Offload::Segments::tcp4;
    if ((features & (is_v4 ? netdev::kSendTcp4 : netdev::kSendTcp6)) == 0 ||
        offload.segment_bytes == 0 || offload.header_bytes <= offload.checksum_start ||
        offload.header_bytes >= size) {
        return false;
    }
    header.segments = is_v4 ? NetHeader::kTcp4 : NetHeader::kTcp6;
    header.header_bytes = offload.header_bytes;
    header.segment_bytes = offload.segment_bytes;
    return true;
}

bool read_header(const NetHeader& header, uint32_t size, uint32_t features, Offload& offload) {
    offload = {};
    if ((header.flags & NetHeader::kNeedsChecksum) != 0) {
        if ((features & netdev::kReceiveChecksum) == 0 || header.checksum_start < kEthernetBytes ||
            !has_checksum_field(header.checksum_start, header.checksum_offset, size)) {
            return false;
        }
        offload.checksum = Offload::Checksum::partial;
        offload.checksum_start = header.checksum_start;
        offload.checksum_offset = header.checksum_offset;
    } else if ((header.flags & NetHeader::kDataValid) != 0 &&
               (features & netdev::kReceiveChecksum) != 0) {
        offload.checksum = Offload::Checksum::valid;
    }
    const auto kind = static_cast<uint8_t>(header.segments & ~NetHeader::kEcn);
    if (kind == 0) {
        return true;
    }
    const bool is_v4 = kind == NetHeader::kTcp4;
    if ((!is_v4 && kind != NetHeader::kTcp6) ||
        (features & (is_v4 ? netdev::kReceiveTcp4 : netdev::kReceiveTcp6)) == 0 ||
        header.segment_bytes == 0) {
        return false;
    }
    offload.segments = is_v4 ? Offload::Segments::tcp4 : Offload::Segments::tcp6;
    offload.segment_bytes = header.segment_bytes;
    // A hint, which need not be right (5.1.6.4.1).
    offload.header_bytes =
        header.header_bytes <= size ? header.header_bytes : static_cast<uint16_t>(0);
    return true;
}

} // namespace uk::virtio
