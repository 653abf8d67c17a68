// SPDX-License-Identifier: BSD-3-Clause
// Virtio over PCI, as of version 1. (VIRTIO 1.2, 4.1.)
#pragma once

#include <cstdint>

#include <uk/io/reg.hpp>
#include <uk/pci/function.hpp>
#include <uk/virtio/config_copy.hpp>
#include <uk/virtio/transport.hpp>

namespace uk::virtio {

// Where one of the device's structures lies.
struct PciPart {
    uint8_t bar = 0;
    uint32_t offset = 0;
    uint32_t length = 0; // 0 = there is none
};

// 4.1.4: what the function's capabilities say.
struct PciParts {
    PciPart common;
    PciPart notify;
    PciPart isr;
    PciPart device; // may be none
    uint32_t notify_step = 0;
};

// 5: what kind of device it is (network 1, block 2, entropy 4); 0 = not one of version 1. 4.1.2.
[[nodiscard]] uint16_t pci_kind(const pci::Function& function);

// Of several of a kind the first counts (4.1.4.1). Errors: ENODEV (a part is missing or too small:
// an older device).
[[nodiscard]] Result<PciParts> find_parts(const pci::Function& function);

// 4.1.4.3: at these offsets of the common part.
struct PciCommon {
    static constexpr uint32_t kOfferedSelect = 0;
    static constexpr uint32_t kOffered = 4;
    static constexpr uint32_t kAcceptedSelect = 8;
    static constexpr uint32_t kAccepted = 12;
    static constexpr uint32_t kConfigVector = 16;
    static constexpr uint32_t kStatus = 20;
    static constexpr uint32_t kGeneration = 21;
    static constexpr uint32_t kQueueSelect = 22;
    static constexpr uint32_t kQueueSize = 24;
    static constexpr uint32_t kQueueVector = 26;
    static constexpr uint32_t kQueueEnable = 28;
    static constexpr uint32_t kQueueNotify = 30;
    static constexpr uint32_t kQueueDescriptors = 32;
    static constexpr uint32_t kQueueAvailable = 40;
    static constexpr uint32_t kQueueUsed = 48;
    static constexpr uint32_t kBytes = 56;
};

// Io: the registers of each part. `notify` is where the CPU sees the notify part.
template <io::RegIo Io>
class PciTransport final : public Transport {
  public:
    PciTransport(const PciParts& parts, Io common, Io isr, Io device, volatile void* notify)
        : parts_(parts), common_(common), isr_(isr), device_(device), notify_(notify) {}

    uint8_t status() override { return common_.template read<uint8_t>(PciCommon::kStatus); }
    void set_status(uint8_t status) override {
        common_.template write<uint8_t>(PciCommon::kStatus, status);
    }
    uint32_t offered(unsigned word) override {
        common_.template write<uint32_t>(PciCommon::kOfferedSelect, word);
        return common_.template read<uint32_t>(PciCommon::kOffered);
    }
    void accept(unsigned word, uint32_t features) override {
        common_.template write<uint32_t>(PciCommon::kAcceptedSelect, word);
        common_.template write<uint32_t>(PciCommon::kAccepted, features);
    }
    Result<> read_config(uint32_t offset, std::span<std::byte> out) override {
        return copy_config(
            offset, out,
            [&](uint32_t at) {
                return at < parts_.device.length ? device_.template read<uint8_t>(at) : uint8_t{0};
            },
            [&] { return common_.template read<uint8_t>(PciCommon::kGeneration); });
    }
    uint16_t queue_limit(uint16_t index) override {
        common_.template write<uint16_t>(PciCommon::kQueueSelect, index);
        const auto limit = common_.template read<uint16_t>(PciCommon::kQueueSize);
        return limit <= Layout::kMostSize ? limit : Layout::kMostSize;
    }
    Result<Doorbell> start_queue(uint16_t index, const SplitQueue& queue,
                                 uint16_t vector) override {
        const Layout& layout = queue.layout();
        if (layout.size > queue_limit(index)) { // which also selects it
            return Errno::inval;
        }
        if (common_.template read<uint16_t>(PciCommon::kQueueEnable) != 0) {
            return Errno::busy;
        }
        const uint64_t bell =
            uint64_t{common_.template read<uint16_t>(PciCommon::kQueueNotify)} * parts_.notify_step;
        if (bell + 2 > parts_.notify.length) {
            return Errno::io;
        }
        common_.template write<uint16_t>(PciCommon::kQueueSize, layout.size);
        common_.template write<uint16_t>(PciCommon::kQueueVector, vector);
        if (common_.template read<uint16_t>(PciCommon::kQueueVector) != vector) {
            return Errno::io; // 4.1.5.1.2.1: it has no means for one more
        }
        set_address(PciCommon::kQueueDescriptors, queue.address());
        set_address(PciCommon::kQueueAvailable, queue.address() + layout.available());
        set_address(PciCommon::kQueueUsed, queue.address() + layout.used());
        common_.template write<uint16_t>(PciCommon::kQueueEnable, 1);
        return Doorbell{static_cast<volatile char*>(notify_) + bell, index, false};
    }
    uint8_t acknowledge() override { return isr_.template read<uint8_t>(0); }

    bool set_config_vector(uint16_t vector) override {
        common_.template write<uint16_t>(PciCommon::kConfigVector, vector);
        return common_.template read<uint16_t>(PciCommon::kConfigVector) == vector;
    }

  private:
    void set_address(uint32_t offset, DmaAddr address) { // 4.1.3.1: in halves
        common_.template write<uint32_t>(offset, static_cast<uint32_t>(address.value()));
        common_.template write<uint32_t>(offset + 4, static_cast<uint32_t>(address.value() >> 32));
    }

    PciParts parts_;
    Io common_;
    Io isr_;
    Io device_;
    volatile void* notify_;
};

} // namespace uk::virtio
