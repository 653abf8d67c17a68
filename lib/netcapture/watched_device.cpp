// SPDX-License-Identifier: BSD-3-Clause
// Takes packets as its device does, and leaves a copy of each in the ring.
#include <uk/netcapture/watched_device.hpp>

namespace uk::netcapture {

Result<> WatchedDevice::start(const netdev::StartRequest& request) {
    UK_TRY(device_.start(request));
    started_ = true;
    features_ = device_.features();
    return ok();
}

unsigned WatchedDevice::transmit(unsigned queue, std::span<netdev::Buffer* const> packets) {
    constexpr unsigned kBurst = 16;
    unsigned done = 0;
    while (done < packets.size()) {
        const auto burst =
            packets.subspan(done, packets.size() - done < kBurst ? packets.size() - done : kBurst);
        // Copied before they are the device's, which may release them at once.
        Ring::Entry entries[kBurst];
        for (unsigned i = 0; i < burst.size(); i++) {
            entries[i] = ring_.add(*burst[i], around_.wall_ns());
        }
        const unsigned taken = device_.transmit(queue, burst);
        for (unsigned i = 0; i < burst.size(); i++) {
            ring_.settle(entries[i], i < taken);
        }
        done += taken;
        if (taken < burst.size()) {
            break;
        }
    }
    if (done != 0) {
        around_.wake();
    }
    return done;
}

unsigned WatchedDevice::receive(unsigned queue, std::span<netdev::Buffer*> packets) {
    const unsigned count = device_.receive(queue, packets);
    for (unsigned i = 0; i < count; i++) {
        ring_.settle(ring_.add(*packets[i], around_.wall_ns()), true);
    }
    if (count != 0) {
        around_.wake();
    }
    return count;
}

} // namespace uk::netcapture
