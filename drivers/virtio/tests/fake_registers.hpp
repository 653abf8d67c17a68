// SPDX-License-Identifier: BSD-3-Clause
// The registers of a virtio device for host tests, over PCI and over memory.
#pragma once

#include <uk/virtio/mmio_transport.hpp>
#include <uk/virtio/pci_transport.hpp>

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace virtio_test {

// What both kinds have in common.
struct FakeRegisters {
    uint64_t offers = uk::virtio::kVersion1 | uk::virtio::kEventIndex | 0x21;
    uint64_t takes = ~uint64_t{0}; // what it agrees to
    uint64_t accepted = 0;
    uint8_t status = 0;
    std::vector<uint8_t> history; // of the status
    bool resets = true;
    uint32_t select = 0;
    uint32_t generation = 0;
    unsigned changes = 0; // how often the configuration changes while it is read
    std::string config = "ABCDEFGH";
    uint16_t limit = 256;
    bool enabled = false;
    uint32_t size = 0;
    uint16_t vector = 0;
    uint16_t config_vector = 0xffff;
    bool has_vectors = true;
    std::map<uint32_t, uint32_t> addresses;
    uint32_t notify_offset = 3;
    uint32_t interrupts = 0;

    void set_status(uint8_t value) {
        history.push_back(value);
        if ((value & uk::virtio::kFeaturesOk) != 0 && (accepted & ~takes) != 0) {
            value &= static_cast<uint8_t>(~uk::virtio::kFeaturesOk);
        }
        status = value == 0 && !resets ? status : value;
    }
    void accept(uint32_t half) {
        const uint64_t mask = uint64_t{0xffffffff} << (select * 32);
        accepted = (accepted & ~mask) | uint64_t{half} << (select * 32);
    }
    uint8_t config_byte(uint32_t at) {
        if (changes > 0) {
            changes--;
            generation++;
        }
        return at < config.size() ? static_cast<uint8_t>(config[at]) : 0xee;
    }
};

// Which part of a PCI device an accessor reaches.
enum class Part { common, isr, device };

struct PciIo {
    FakeRegisters* fake;
    Part part;
    using C = uk::virtio::PciCommon;

    template <class T>
    T read(uint32_t at) {
        return static_cast<T>(value(at));
    }
    template <class T>
    void write(uint32_t at, T what) {
        switch (at) {
        case C::kOfferedSelect:
        case C::kAcceptedSelect:
            fake->select = what;
            break;
        case C::kAccepted:
            fake->accept(static_cast<uint32_t>(what));
            break;
        case C::kStatus:
            fake->set_status(static_cast<uint8_t>(what));
            break;
        case C::kQueueSelect:
            fake->select = what;
            break;
        case C::kQueueSize:
            fake->size = what;
            break;
        case C::kQueueVector:
            fake->vector = fake->has_vectors ? static_cast<uint16_t>(what) : uint16_t{0xffff};
            break;
        case C::kConfigVector:
            fake->config_vector =
                fake->has_vectors ? static_cast<uint16_t>(what) : uint16_t{0xffff};
            break;
        case C::kQueueEnable:
            fake->enabled = what != 0;
            break;
        default:
            fake->addresses[at] = static_cast<uint32_t>(what);
        }
    }
    uint32_t value(uint32_t at) {
        if (part == Part::isr) {
            const uint32_t came = fake->interrupts;
            fake->interrupts = 0;
            return came;
        }
        if (part == Part::device) {
            return fake->config_byte(at);
        }
        switch (at) {
        case C::kOffered:
            return static_cast<uint32_t>(fake->offers >> (fake->select * 32));
        case C::kStatus:
            return fake->status;
        case C::kGeneration:
            return fake->generation;
        case C::kQueueSize:
            return fake->select == 0 ? fake->limit : 0;
        case C::kConfigVector:
            return fake->config_vector;
        case C::kQueueVector:
            return fake->vector;
        case C::kQueueEnable:
            return fake->enabled ? 1 : 0;
        case C::kQueueNotify:
            return fake->notify_offset;
        default:
            return 0;
        }
    }
};

struct MmioIo {
    FakeRegisters* fake;
    uint32_t magic = 0x74726976;
    uint32_t version = 2;
    uint32_t kind = 4;
    using R = uk::virtio::MmioRegisters;

    template <class T>
    T read(uint32_t at) {
        return static_cast<T>(at >= R::kConfig ? fake->config_byte(at - R::kConfig) : value(at));
    }
    template <class T>
    void write(uint32_t at, T what) {
        switch (at) {
        case R::kOfferedSelect:
        case R::kAcceptedSelect:
        case R::kQueueSelect:
            fake->select = what;
            break;
        case R::kAccepted:
            fake->accept(what);
            break;
        case R::kStatus:
            fake->set_status(static_cast<uint8_t>(what));
            break;
        case R::kQueueSize:
            fake->size = what;
            break;
        case R::kQueueReady:
            fake->enabled = what != 0 && fake->has_vectors;
            break;
        case R::kAcknowledge:
            fake->interrupts &= ~what;
            break;
        default:
            fake->addresses[at] = what;
        }
    }
    uint32_t value(uint32_t at) const {
        switch (at) {
        case R::kMagic:
            return magic;
        case R::kVersion:
            return version;
        case R::kKind:
            return kind;
        case R::kOffered:
            return static_cast<uint32_t>(fake->offers >> (fake->select * 32));
        case R::kStatus:
            return fake->status;
        case R::kGeneration:
            return fake->generation;
        case R::kQueueLimit:
            return fake->select == 0 ? fake->limit : 0;
        case R::kQueueReady:
            return fake->enabled ? 1 : 0;
        case R::kInterrupts:
            return fake->interrupts;
        default:
            return 0;
        }
    }
};

} // namespace virtio_test
