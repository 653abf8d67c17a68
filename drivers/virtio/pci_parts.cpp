// SPDX-License-Identifier: BSD-3-Clause
// VIRTIO 1.2, 4.1.2, 4.1.4.
#include <uk/virtio/pci_transport.hpp>

namespace uk::virtio {
namespace {

constexpr uint8_t kVendorCapability = 9;
constexpr uint8_t kCapabilityBytes = 16;
constexpr uint8_t kNotifyBytes = 20;

enum Kind : uint8_t { kCommon = 1, kNotify = 2, kIsr = 3, kDeviceConfig = 4 };

} // namespace

uint16_t pci_kind(const pci::Function& function) {
    constexpr uint16_t kFirstModern = 0x1040;
    constexpr uint32_t kSubsystem = 0x2e;
    const uint16_t device = function.device();
    return device >= kFirstModern ? static_cast<uint16_t>(device - kFirstModern)
                                  : function.read<uint16_t>(kSubsystem);
}

Result<PciParts> find_parts(const pci::Function& function) {
    PciParts parts;
    const pci::CapabilityList list = function.capabilities();
    for (unsigned i = 0; i < list.count; i++) {
        const uint32_t at = list.entries[i].offset;
        const auto length = function.read<uint8_t>(at + 2);
        if (list.entries[i].id != kVendorCapability || length < kCapabilityBytes ||
            at + length > 256) {
            continue;
        }
        const auto kind = function.read<uint8_t>(at + 3);
        const PciPart part{function.read<uint8_t>(at + 4), function.read<uint32_t>(at + 8),
                           function.read<uint32_t>(at + 12)};
        if (part.bar >= pci::Function::kBars) {
            continue; // reserved (4.1.4.1)
        }
        if (kind == kCommon && parts.common.length == 0) {
            parts.common = part;
        } else if (kind == kNotify && parts.notify.length == 0 && length >= kNotifyBytes) {
            parts.notify = part;
            parts.notify_step = function.read<uint32_t>(at + 16);
        } else if (kind == kIsr && parts.isr.length == 0) {
            parts.isr = part;
        } else if (kind == kDeviceConfig && parts.device.length == 0) {
            parts.device = part;
        }
    }
    if (parts.common.length < PciCommon::kBytes || parts.notify.length < 2 ||
        parts.isr.length == 0) {
        return Errno::nodev;
    }
    return parts;
}

} // namespace uk::virtio
