// SPDX-License-Identifier: BSD-3-Clause
// Network devices of this machine.
#include <uk/alloc/box.hpp>
#include <uk/hal/memory.hpp>
#include <uk/virtio/device.hpp>

#include "net_device.hpp"

namespace uk::virtio {
namespace {

// The core's device, and the addresses of its memory.
struct Machine {
    using Queue = virtio::Queue;

    Device* device;

    Transport& transport() { return device->transport(); }
    Result<uint64_t> negotiate(const char* name, uint64_t wanted, uint64_t needed) {
        return device->negotiate(name, wanted, needed);
    }
    Result<Queue*> add_queue(const QueueRequest& request) { return device->add_queue(request); }
    Result<> watch_config(void (*on_changed)(void* context), void* context) {
        return device->watch_config(on_changed, context);
    }
    void start() { device->start(); }
    void give_up() { device->give_up(); }
    static DmaAddr to_device(const void* at) { return hal::dma_address(hal::direct_map_paddr(at)); }
};

Result<> probe(Device& device) {
    Box<NetDevice<Machine>> found =
        UK_TRY(make<NetDevice<Machine>>(default_heap(), Machine{&device}));
    UK_TRY(found->identify());
    netdev::add(*found.release());
    return {};
}

constexpr uint16_t kNetworkDevice = 1;
UK_VIRTIO_DRIVER({"virtio-net", kNetworkDevice, probe});

} // namespace
} // namespace uk::virtio
