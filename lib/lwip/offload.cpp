// SPDX-License-Identifier: BSD-3-Clause
// Headers of a frame, as far as checksums go: Ethernet, IPv4 or IPv6 without extensions, TCP or
// UDP.
#include "offload.hpp"

#include <uk/lwip/checksum.hpp>

namespace uk::lwip {
namespace {

constexpr size_t kEthernet = 14;
constexpr uint8_t kTcp = 6, kUdp = 17;

uint8_t byte_at(std::span<const std::byte> bytes, size_t at) {
    return static_cast<uint8_t>(bytes[at]);
}
uint16_t word_at(std::span<const std::byte> bytes, size_t at) {
    return static_cast<uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}

} // namespace

bool leave_to_device(std::span<std::byte> head, size_t size, uint16_t mss, netdev::Offload& out) {
    if (head.size() < kEthernet + 20)
        return false;
    size_t transport = 0;
    uint8_t protocol = 0;
    bool is_v6 = false;
    uint32_t sum = 0;
    switch (word_at(head, 12)) {
    case 0x0800:
        if ((word_at(head, kEthernet + 6) & 0x3fff) != 0) // a fragment
            return false;
        transport = kEthernet + (byte_at(head, kEthernet) & 15u) * 4u;
        protocol = byte_at(head, kEthernet + 9);
        sum = internet_sum(head.subspan(kEthernet + 12, 8));
        break;
    case 0x86dd:
        if (head.size() < kEthernet + 40)
            return false;
        is_v6 = true;
        transport = kEthernet + 40;
        protocol = byte_at(head, kEthernet + 6);
        sum = internet_sum(head.subspan(kEthernet + 8, 32));
        break;
    default:
        return false;
    }
    const size_t least = protocol == kTcp ? 20 : 8;
    if ((protocol != kTcp && protocol != kUdp) || head.size() < transport + least)
        return false;
    out.checksum = netdev::Offload::Checksum::partial;
    out.checksum_start = static_cast<uint16_t>(transport);
    out.checksum_offset = protocol == kTcp ? 16 : 6;
    const size_t headers =
        transport + (protocol == kTcp ? (byte_at(head, transport + 12) >> 4) * 4u : 8u);
    if (protocol == kTcp && mss != 0 && size > headers + mss) {
        out.segments = is_v6 ? netdev::Offload::Segments::tcp6 : netdev::Offload::Segments::tcp4;
        out.header_bytes = static_cast<uint16_t>(headers);
        out.segment_bytes = mss;
    }
    // Words in network order are added as the machine has them, so protocol and length are swapped.
    sum += static_cast<uint32_t>(protocol) << 8;
    sum += __builtin_bswap16(static_cast<uint16_t>(size - transport));
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    const auto word = static_cast<uint16_t>(sum);
    __builtin_memcpy(head.data() + transport + out.checksum_offset, &word, sizeof word);
    return true;
}

} // namespace uk::lwip
