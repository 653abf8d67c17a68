// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: a bus whose registers answer with anything, differently each time.
#include <uk/pci/msix.hpp>
#include <uk/pci/scan.hpp>

namespace {

class Hostile final : public uk::pci::ConfigSpace {
  public:
    Hostile(const uint8_t* data, size_t size) : data_(data), size_(size) {}

    uint32_t read(uk::pci::Address, uint32_t, unsigned bytes) override {
        if (++reads_ > 3'000'000) {
            __builtin_trap(); // not bounded
        }
        uint32_t value = 0;
        for (unsigned i = 0; i < bytes; i++) {
            value = value << 8 | (at_ < size_ ? data_[at_++] : 0xffU);
        }
        return value;
    }
    void write(uk::pci::Address, uint32_t, unsigned, uint32_t) override {}

  private:
    const uint8_t* data_;
    size_t size_;
    size_t at_ = 0;
    unsigned reads_ = 0;
};

void use(const uk::pci::Host& host, const uk::pci::Function& function) {
    const uk::pci::CapabilityList list = function.capabilities();
    if (list.count > list.kMost) {
        __builtin_trap();
    }
    (void)list.find(9);
    for (unsigned i = 0; i < 8; i++) {
        uk::Result<uk::pci::Bar> bar = function.bar(i);
        if (!bar.ok()) {
            continue;
        }
        uk::Result<uk::Paddr> at = host.to_cpu(bar.value());
        if (at.ok() && host.low.size != 0 && (at.value() < uk::Paddr{0x10000000})) {
            __builtin_trap();
        }
    }
    if (uk::Result<uk::pci::MsixPlace> place = uk::pci::find_msix(function); place.ok()) {
        if (place.value().vectors > 2048 || place.value().bar > 5) {
            __builtin_trap();
        }
        uk::pci::switch_msix(function, place.value(), true);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) {
        return 0;
    }
    Hostile bus(data + 1, size - 1);
    uk::pci::Host host;
    host.space = &bus;
    host.last_bus = static_cast<uint8_t>(data[0] | 3);
    if ((data[0] & 1) != 0) {
        host.assigns = true;
        host.low = {0x10000000, uk::Paddr{0x10000000}, 0x1000000};
        host.high = {0x8000000000, uk::Paddr{0x8000000000}, uint64_t{1} << 39};
    }
    uk::pci::Found found;
    uk::pci::scan(host, found);
    if (found.count > uk::pci::Found::kMost) {
        __builtin_trap();
    }
    for (const uk::pci::Function& function : found.span()) {
        use(host, function);
    }
    return 0;
}
