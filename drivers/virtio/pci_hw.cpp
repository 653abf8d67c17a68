// SPDX-License-Identifier: BSD-3-Clause
// Virtio devices on PCI.
#include <uk/alloc/box.hpp>
#include <uk/hal/irq_line.hpp>
#include <uk/pci/driver.hpp>
#include <uk/pci/msix.hpp>
#include <uk/print.h>
#include <uk/virtio/device.hpp>
#include <uk/virtio/pci_transport.hpp>

namespace uk::virtio {
namespace {

// Messages where function and platform have them, else the function's interrupt line.
class PciVectors final : public VectorSource {
  public:
    explicit PciVectors(const pci::Function& function) : function_(function) {}

    Result<Vector> open(unsigned index) override {
        if (index == 0) {
            find_table();
        }
        if (!messages_) {
            return index == 0 ? line() : Result<Vector>(Errno::nospc);
        }
        if (index >= place_.vectors) {
            return Errno::nospc;
        }
        Result<hal::MsiLine> message = hal::irq_msi_allocate();
        if (!message.ok()) {
            messages_ = index != 0;
            return index == 0 ? line() : Result<Vector>(message.error());
        }
        table().set(index, message.value().address, message.value().data).ok(); // it has room
        pci::switch_msix(function_, place_, true);
        function_.command(pci::Function::kNoInterruptLine, 0);
        return Vector{message.value().line, static_cast<uint16_t>(index), false};
    }

  private:
    void find_table() {
        Result<pci::MsixPlace> place = pci::find_msix(function_);
        if (!place.ok()) {
            return;
        }
        place_ = place.value();
        Result<volatile void*> at = pci::map_bar(function_, place_.bar, place_.offset,
                                                 place_.vectors * pci::MsixPlace::kEntryBytes);
        if (at.ok()) {
            at_ = at.value();
            table().mask_all();
            messages_ = true;
        }
    }
    pci::MsixTable<io::Mmio> table() { return {io::Mmio{at_}, place_.vectors}; }
    Result<Vector> line() {
        return Vector{UK_TRY(pci::interrupt_line(function_)), kNoVector, true};
    }

    pci::Function function_;
    pci::MsixPlace place_;
    volatile void* at_ = nullptr;
    bool messages_ = false;
};

struct PciDevice {
    PciTransport<io::Mmio> transport;
    PciVectors vectors;
    Device device;

    PciDevice(const PciTransport<io::Mmio>& registers, const pci::Function& function, uint16_t kind)
        : transport(registers), vectors(function), device(transport, vectors, kind) {}
};

Result<volatile void*> map(const pci::Function& function, const PciPart& part) {
    return pci::map_bar(function, part.bar, part.offset, part.length);
}

Result<> probe_function(const pci::Function& function) {
    const uint16_t kind = pci_kind(function);
    const Driver* driver = find_driver(kind);
    if (driver == nullptr) {
        return Errno::nodev;
    }
    const PciParts parts = UK_TRY(find_parts(function));
    volatile void* common = UK_TRY(map(function, parts.common));
    volatile void* isr = UK_TRY(map(function, parts.isr));
    volatile void* notify = UK_TRY(map(function, parts.notify));
    volatile void* config = parts.device.length == 0 ? common : UK_TRY(map(function, parts.device));
    function.command(pci::Function::kMemoryAccess | pci::Function::kBusMaster, 0);
    const PciTransport<io::Mmio> registers(parts, io::Mmio{common}, io::Mmio{isr}, io::Mmio{config},
                                           notify);
    PciDevice* device =
        UK_TRY(make<PciDevice>(default_heap(), registers, function, kind)).release();
    if (Result<> done = probe(*driver, device->device); !done.ok()) {
        return {}; // it has been logged; it stays, as its interrupts may be attached
    }
    const pci::Address at = function.address();
    const char* how = device->device.has_messages()     ? ", MSI-X"
                      : device->device.has_interrupts() ? ", interrupt line"
                                                        : "";
    uk_pr_info("%s on PCI %02x:%02x.%u%s\n", driver->name, at.bus, at.device, at.function, how);
    return {};
}

constexpr uint16_t kVendor = 0x1af4;
UK_PCI_DRIVER({"virtio", kVendor, 0x1000, 0x107f, probe_function});

} // namespace
} // namespace uk::virtio
