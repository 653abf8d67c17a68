// SPDX-License-Identifier: BSD-3-Clause
// VIRTIO 1.2, 5.1.3.1.
#include "header.hpp"

namespace uk::virtio {

using F = NetFeature;

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

} // namespace uk::virtio
