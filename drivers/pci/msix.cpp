// SPDX-License-Identifier: BSD-3-Clause
// PCI Local Bus Specification 3.0, 6.8.2.
#include <uk/pci/msix.hpp>

namespace uk::pci {
namespace {

constexpr uint16_t kEnable = 1 << 15;
constexpr uint16_t kMaskAll = 1 << 14;

} // namespace

Result<MsixPlace> find_msix(const Function& function) {
    const uint8_t at = function.capabilities().find(kMsixCapability);
    if (at == 0 || at > 0xf4) { // three words
        return Errno::nodev;
    }
    const auto table = function.read<uint32_t>(at + 4U);
    MsixPlace place;
    place.capability = at;
    place.bar = static_cast<uint8_t>(table & 7);
    place.offset = table & ~7U;
    place.vectors = (function.read<uint16_t>(at + 2U) & 0x7ffU) + 1;
    return place.bar < Function::kBars ? Result<MsixPlace>(place) : Errno::nodev;
}

void switch_msix(const Function& function, const MsixPlace& place, bool on) {
    const auto before = function.read<uint16_t>(place.capability + 2U);
    const auto other = static_cast<uint16_t>(before & ~(kEnable | kMaskAll));
    function.write<uint16_t>(place.capability + 2U,
                             static_cast<uint16_t>(on ? other | kEnable : other));
}

} // namespace uk::pci
