// SPDX-License-Identifier: BSD-3-Clause
// The network devices of this image, in the order in which they were found.
#include <uk/netdev.hpp>

namespace uk::netdev {
namespace {

constinit Device* g_first = nullptr; // complete before threads are: no lock

} // namespace

void add(Device& device) {
    Device** end = &g_first;
    unsigned index = 0;
    for (; *end != nullptr; end = &(*end)->next_)
        index++;
    device.index_ = index;
    Device* listed = &device;
    for (const Wrapper* each : UK_SECTION_SPAN(uk_netdev_wrappers))
        listed = &each->wrap(*listed);
    listed->index_ = index;
    *end = listed;
}

Device* find(unsigned index) {
    Device* device = g_first;
    for (; device != nullptr && index > 0; index--)
        device = device->next_;
    return device;
}

unsigned count() {
    unsigned count = 0;
    for (const Device* device = g_first; device != nullptr; device = device->next_)
        count++;
    return count;
}

} // namespace uk::netdev
