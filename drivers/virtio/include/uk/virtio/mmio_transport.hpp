// SPDX-License-Identifier: BSD-3-Clause
// Virtio over memory, version 2. (VIRTIO 1.2, 4.2.)
#pragma once

#include <cstdint>
#include <string_view>

#include <uk/base/address.hpp>
#include <uk/io/reg.hpp>
#include <uk/virtio/config_copy.hpp>
#include <uk/virtio/transport.hpp>

namespace uk::virtio {

// 4.2.2.
struct MmioRegisters {
    static constexpr uint32_t kMagic = 0x00;
    static constexpr uint32_t kVersion = 0x04;
    static constexpr uint32_t kKind = 0x08;
    static constexpr uint32_t kOffered = 0x10;
    static constexpr uint32_t kOfferedSelect = 0x14;
    static constexpr uint32_t kAccepted = 0x20;
    static constexpr uint32_t kAcceptedSelect = 0x24;
    static constexpr uint32_t kQueueSelect = 0x30;
    static constexpr uint32_t kQueueLimit = 0x34;
    static constexpr uint32_t kQueueSize = 0x38;
    static constexpr uint32_t kQueueReady = 0x44;
    static constexpr uint32_t kNotify = 0x50;
    static constexpr uint32_t kInterrupts = 0x60;
    static constexpr uint32_t kAcknowledge = 0x64;
    static constexpr uint32_t kStatus = 0x70;
    static constexpr uint32_t kQueueDescriptors = 0x80;
    static constexpr uint32_t kQueueAvailable = 0x90;
    static constexpr uint32_t kQueueUsed = 0xa0;
    static constexpr uint32_t kGeneration = 0xfc;
    static constexpr uint32_t kConfig = 0x100;

    static constexpr uint32_t kMagicValue = 0x74726976;
    static constexpr uint32_t kVersionValue = 2;
};

// What sits in a slot. Errors: ENODEV (nothing), ENOTSUP (a device of the old version 1).
template <io::RegIo Io>
[[nodiscard]] Result<uint16_t> mmio_kind(Io io) {
    using R = MmioRegisters;
    if (io.template read<uint32_t>(R::kMagic) != R::kMagicValue) {
        return Errno::nodev;
    }
    const auto version = io.template read<uint32_t>(R::kVersion);
    const auto kind = io.template read<uint32_t>(R::kKind);
    if (kind == 0 || kind > 0xffff) {
        return Errno::nodev;
    }
    return version == R::kVersionValue ? Result<uint16_t>(static_cast<uint16_t>(kind))
                                       : Errno::notsup;
}

// Io: the registers, `size` bytes; `at` is where the CPU sees them.
template <io::RegIo Io>
class MmioTransport final : public Transport {
    using R = MmioRegisters;

  public:
    MmioTransport(Io io, volatile void* at, uint32_t size) : io_(io), at_(at), size_(size) {}

    uint8_t status() override { return static_cast<uint8_t>(read(R::kStatus)); }
    void set_status(uint8_t status) override { write(R::kStatus, status); }
    uint32_t offered(unsigned word) override {
        write(R::kOfferedSelect, word);
        return read(R::kOffered);
    }
    void accept(unsigned word, uint32_t features) override {
        write(R::kAcceptedSelect, word);
        write(R::kAccepted, features);
    }
    Result<> read_config(uint32_t offset, std::span<std::byte> out) override {
        return copy_config(
            offset, out,
            [&](uint32_t at) {
                return R::kConfig + at < size_ ? io_.template read<uint8_t>(R::kConfig + at)
                                               : uint8_t{0};
            },
            [&] { return read(R::kGeneration); });
    }
    uint16_t queue_limit(uint16_t index) override {
        write(R::kQueueSelect, index);
        const uint32_t limit = read(R::kQueueLimit);
        return limit <= Layout::kMostSize ? static_cast<uint16_t>(limit) : Layout::kMostSize;
    }
    Result<Doorbell> start_queue(uint16_t index, const SplitQueue& queue,
                                 uint16_t /*vector*/) override {
        const Layout& layout = queue.layout();
        if (layout.size > queue_limit(index)) { // which also selects it
            return Errno::inval;
        }
        if (read(R::kQueueReady) != 0) {
            return Errno::busy;
        }
        write(R::kQueueSize, layout.size);
        set_address(R::kQueueDescriptors, queue.address());
        set_address(R::kQueueAvailable, queue.address() + layout.available());
        set_address(R::kQueueUsed, queue.address() + layout.used());
        write(R::kQueueReady, 1);
        if (read(R::kQueueReady) != 1) {
            return Errno::io;
        }
        return Doorbell{static_cast<volatile char*>(at_) + R::kNotify, index, true};
    }
    bool set_config_vector(uint16_t vector) override { return vector == kNoVector; } // one line
    uint8_t acknowledge() override {
        const uint32_t came = read(R::kInterrupts);
        write(R::kAcknowledge, came);
        return static_cast<uint8_t>(came & 3);
    }

  private:
    uint32_t read(uint32_t offset) { return io_.template read<uint32_t>(offset); }
    void write(uint32_t offset, uint32_t value) { io_.template write<uint32_t>(offset, value); }
    void set_address(uint32_t offset, DmaAddr address) {
        write(offset, static_cast<uint32_t>(address.value()));
        write(offset + 4, static_cast<uint32_t>(address.value() >> 32));
    }

    Io io_;
    volatile void* at_;
    uint32_t size_;
};

// A slot as a monitor names it on the command line: <size>@<address>:<line>[:<number>]; a size may
// end with K, M or G, numbers may be hexadecimal (0x). Errors: EINVAL.
struct Slot {
    PhysRange registers;
    uint32_t line = 0;
};
[[nodiscard]] Result<Slot> parse_slot(std::string_view text);

} // namespace uk::virtio
