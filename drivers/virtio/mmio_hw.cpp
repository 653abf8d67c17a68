// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices over memory.
#include <uk/alloc/box.hpp>
#include <uk/hal/memory.hpp>
#include <uk/init.hpp>
#include <uk/print.h>
#include <uk/virtio/device.hpp>
#include <uk/virtio/mmio_transport.hpp>

#include "slots.hpp"

namespace uk::virtio {
namespace {

class MmioVectors final : public VectorSource {
  public:
    explicit MmioVectors(const SlotPlace& place) : place_(place) {}
    Result<Vector> open(unsigned index) override {
        if (index != 0) {
            return Errno::nospc;
        }
        return Vector{UK_TRY(hal::irq_line(place_.line, place_.trigger)), kNoVector, true};
    }

  private:
    SlotPlace place_;
};

struct MmioDevice {
    MmioTransport<io::Mmio> transport;
    MmioVectors vectors;
    Device device;

    MmioDevice(volatile void* at, const SlotPlace& place, uint16_t kind)
        : transport(io::Mmio{at}, at, static_cast<uint32_t>(place.registers.size)), vectors(place),
          device(transport, vectors, kind) {}
};

// Slots that have a driver: two sources may name the same.
constinit Paddr g_taken[16]{};
constinit unsigned g_count = 0;

bool is_taken(Paddr start) {
    for (unsigned i = 0; i < g_count; i++) {
        if (g_taken[i] == start) {
            return true;
        }
    }
    return false;
}

Result<> probe_slot(const SlotPlace& place) {
    volatile void* at = UK_TRY(hal::map_device(place.registers.start, place.registers.size));
    const Result<uint16_t> kind = mmio_kind(io::Mmio{at});
    if (kind.code() == Errno::notsup) {
        uk_pr_warn("virtio device at %#llx is of the old version 1, which has no driver (QEMU: "
                   "-global virtio-mmio.force-legacy=false)\n",
                   static_cast<unsigned long long>(place.registers.start.value()));
    }
    if (!kind.ok()) {
        return {};
    }
    const Driver* driver = find_driver(kind.code() == Errno::ok ? Result(kind).take() : 0);
    if (driver == nullptr || g_count == sizeof g_taken / sizeof *g_taken) {
        return {};
    }
    g_taken[g_count++] = place.registers.start;
    MmioDevice* device =
        UK_TRY(make<MmioDevice>(default_heap(), at, place, driver->kind)).release();
    if (probe(*driver, device->device).ok()) {
        uk_pr_info("%s at %#llx, line %u\n", driver->name,
                   static_cast<unsigned long long>(place.registers.start.value()), place.line);
    }
    return {};
}

void use(const SlotPlace& place) {
    constexpr uint64_t kMostBytes = 1 << 20;
    const uint64_t size = place.registers.size;
    if (size < MmioRegisters::kConfig || size > kMostBytes || is_taken(place.registers.start)) {
        return;
    }
    if (Result<> done = probe_slot(place); !done.ok()) {
        uk_pr_warn("virtio slot at %#llx: %s\n",
                   static_cast<unsigned long long>(place.registers.start.value()),
                   done.error().name());
    }
}

UK_INIT(dev, "virtio slots", [] { each_slot(use); });

} // namespace
} // namespace uk::virtio
