// SPDX-License-Identifier: BSD-3-Clause
// Features and configuration of a network device, and what stands before each packet in its queues.
// VIRTIO 1.2, 5.1.3, 5.1.4, 5.1.6.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/netdev.hpp>
#include <uk/netdev/offload_header.hpp>

namespace uk::virtio {

// 5.1.3: bits of the features.
struct NetFeature {
    static constexpr uint64_t kChecksum = uint64_t{1} << 0;
    static constexpr uint64_t kGuestChecksum = uint64_t{1} << 1;
    static constexpr uint64_t kMtu = uint64_t{1} << 3;
    static constexpr uint64_t kMac = uint64_t{1} << 5;
    static constexpr uint64_t kGuestTso4 = uint64_t{1} << 7;
    static constexpr uint64_t kGuestTso6 = uint64_t{1} << 8;
    static constexpr uint64_t kGuestEcn = uint64_t{1} << 9;
    static constexpr uint64_t kHostTso4 = uint64_t{1} << 11;
    static constexpr uint64_t kHostTso6 = uint64_t{1} << 12;
    static constexpr uint64_t kHostEcn = uint64_t{1} << 13;
    static constexpr uint64_t kMergeable = uint64_t{1} << 15;
    static constexpr uint64_t kStatus = uint64_t{1} << 16;
    static constexpr uint64_t kControl = uint64_t{1} << 17;
    static constexpr uint64_t kControlReceive = uint64_t{1} << 18;
};

// 5.1.4: the configuration.
struct NetConfig {
    uint8_t mac[6];
    uint16_t status; // bit 0: the link is up
    uint16_t most_pairs;
    uint16_t mtu;
};
static_assert(sizeof(NetConfig) == 12);

// 5.1.6.
using NetHeader = netdev::OffloadHeader;
using netdev::kEthernetBytes;
using netdev::make_header;
using netdev::read_header;
inline constexpr uint32_t kNetHeaderBytes = sizeof(NetHeader);

// The largest packet: an Ethernet frame with an IP packet of 65535 bytes, perhaps a VLAN's four.
inline constexpr uint32_t kMostPacketBytes = 65535 + kEthernetBytes + 4;

// What uknetdev calls the features that were agreed on, and which to ask for to get some of those.
[[nodiscard]] uint32_t features_from_device(uint64_t features);
[[nodiscard]] uint64_t features_for_device(uint32_t features);

} // namespace uk::virtio
