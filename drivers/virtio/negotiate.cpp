// SPDX-License-Identifier: BSD-3-Clause
// VIRTIO 1.2, 3.1.1: the first six steps.
#include <uk/virtio/transport.hpp>

#include <uk/print.h>

namespace uk::virtio {

bool reset(Transport& transport) {
    constexpr unsigned kPatience = 100'000; // looks, each of which is an exit of the guest
    transport.set_status(0);
    for (unsigned i = 0; i < kPatience; i++) {
        if (transport.status() == 0) {
            return true;
        }
    }
    return false;
}

Result<uint64_t> negotiate(Transport& transport, const char* name, uint64_t wanted,
                           uint64_t needed) {
    needed |= kVersion1;
    if (!reset(transport)) {
        uk_pr_warn("%s: the device does not reset\n", name);
        return Errno::io;
    }
    transport.set_status(kAcknowledge);
    transport.set_status(kAcknowledge | kDriver);
    const uint64_t offered = transport.offered(0) | uint64_t{transport.offered(1)} << 32;
    const uint64_t chosen = offered & (wanted | needed);
    if ((needed & ~offered) != 0) {
        uk_pr_warn("%s: the device offers features %#llx and lacks %#llx, which it takes\n", name,
                   static_cast<unsigned long long>(offered),
                   static_cast<unsigned long long>(needed & ~offered));
        transport.set_status(kAcknowledge | kDriver | kFailed);
        return Errno::notsup;
    }
    transport.accept(0, static_cast<uint32_t>(chosen));
    transport.accept(1, static_cast<uint32_t>(chosen >> 32));
    transport.set_status(kAcknowledge | kDriver | kFeaturesOk);
    if ((transport.status() & kFeaturesOk) == 0) {
        uk_pr_warn("%s: the device does not take features %#llx\n", name,
                   static_cast<unsigned long long>(chosen));
        transport.set_status(kAcknowledge | kDriver | kFailed);
        return Errno::io;
    }
    uk_pr_info("%s: features %#llx of %#llx offered\n", name,
               static_cast<unsigned long long>(chosen), static_cast<unsigned long long>(offered));
    return chosen;
}

} // namespace uk::virtio
