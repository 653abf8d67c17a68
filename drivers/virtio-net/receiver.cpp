// SPDX-License-Identifier: BSD-3-Clause
// The receiving queue of a network device.
#include "receiver.hpp"

namespace uk::virtio {
namespace {

using netdev::Counters;

constexpr uint32_t kFirstTarget = 32;

// There is always room for the largest packet, and while one comes for the next.
uint16_t first_target(const Receiver::Setup& setup) {
    const uint32_t two = setup.largest > 1 ? 2 * setup.largest + Receiver::kSlack : 0;
    const uint32_t wanted = two > kFirstTarget ? two : kFirstTarget;
    return setup.most < wanted ? setup.most : static_cast<uint16_t>(wanted);
}

} // namespace

Receiver::Receiver(SplitQueue& ring, Counters& counters, const Setup& setup)
    : ring_(ring), counters_(counters), setup_(setup), target_(first_target(setup)) {}

netdev::Buffer* Receiver::drop(netdev::Buffer* packet) {
    Counters::add(counters_.rx_bad, 1);
    netdev::release(packet);
    return nullptr;
}

netdev::Buffer* Receiver::finish(netdev::Buffer& packet, const NetHeader& header, uint32_t size) {
    if ((header.flags | header.segments) != 0) [[unlikely]] {
        if (!read_header(header, size, setup_.features, packet.offload)) {
            return drop(&packet);
        }
    }
    Counters::add(counters_.rx_bytes, size);
    return &packet;
}

// The first buffer of a packet: the header, and what of the frame had room.
netdev::Buffer* Receiver::begin_packet(netdev::Buffer& buffer, uint32_t written) {
    if (written < kNetHeaderBytes + kEthernetBytes) {
        return drop(&buffer);
    }
    NetHeader header; // read once: the device may write to it still
    __builtin_memcpy(&header, buffer.data() - kNetHeaderBytes, sizeof header);
    const uint32_t size = written - kNetHeaderBytes;
    buffer.set_size(size);
    if (!setup_.mergeable || header.buffers == 1) [[likely]] {
        return finish(buffer, header, size);
    }
    if (header.buffers == 0 || header.buffers > ring_.layout().size) {
        return drop(&buffer);
    }
    left_ = static_cast<uint16_t>(header.buffers - 1);
    is_bad_ = false;
    size_ = size;
    first_ = last_ = &buffer;
    header_ = header;
    return nullptr;
}

// One more buffer: all of it is data, from where the header would be.
netdev::Buffer* Receiver::continue_packet(netdev::Buffer& buffer, uint32_t written) {
    is_bad_ = is_bad_ || written == 0;
    buffer.push(kNetHeaderBytes);
    buffer.set_size(written);
    size_ += written; // of at most 32768 buffers of at most 1 MiB
    last_->next = &buffer;
    last_ = &buffer;
    is_bad_ = is_bad_ || size_ > kMostPacketBytes;
    if (--left_ != 0) {
        return nullptr;
    }
    netdev::Buffer& packet = *first_;
    first_ = last_ = nullptr;
    return is_bad_ ? drop(&packet) : finish(packet, header_, size_);
}

unsigned Receiver::receive(std::span<netdev::Buffer*> packets) {
    unsigned count = 0;
    unsigned buffers = 0;
    Used used;
    while (count < packets.size() && ring_.take(used)) {
        buffers++;
        auto& buffer = *static_cast<netdev::Buffer*>(used.token);
        netdev::Buffer* packet =
            left_ == 0 ? begin_packet(buffer, used.written) : continue_packet(buffer, used.written);
        if (packet != nullptr) {
            packets[count++] = packet;
        }
    }
    if (count != 0) {
        Counters::add(counters_.rx_packets, count);
        if (buffers >= target_ / 4U && target_ < setup_.most) {
            const auto more = static_cast<uint32_t>(target_) * 2;
            target_ = more < setup_.most ? static_cast<uint16_t>(more) : setup_.most;
        }
    }
    refill();
    return count;
}

void Receiver::take_back() {
    if (first_ != nullptr) {
        netdev::release(first_);
        first_ = last_ = nullptr;
        left_ = 0;
    }
    Used used;
    while (ring_.take_back(used)) {
        netdev::release(static_cast<netdev::Buffer*>(used.token));
    }
}

void Receiver::refill() {
    const uint16_t has = ring_.in_flight();
    if (has + kSlack > target_ && has > target_ / 2) {
        return;
    }
    auto missing = static_cast<unsigned>(target_ - has);
    while (missing != 0) {
        constexpr unsigned kAtOnce = 16;
        netdev::Buffer* fresh[kAtOnce];
        const unsigned wanted = missing < kAtOnce ? missing : kAtOnce;
        const size_t count = setup_.pool->take(std::span(fresh, wanted));
        for (size_t i = 0; i < count; i++) {
            netdev::Buffer& buffer = *fresh[i];
            const auto at = reinterpret_cast<uintptr_t>(buffer.data()) - kNetHeaderBytes;
            const Buffer room{DmaAddr{at + setup_.to_device}, buffer.tailroom() + kNetHeaderBytes};
            if (!ring_.add_one(room, true, &buffer).ok()) [[unlikely]] { // it is broken
                for (; i < count; i++) {
                    netdev::release(fresh[i]);
                }
                return;
            }
        }
        missing -= static_cast<unsigned>(count);
        if (count < wanted) {
            Counters::add(counters_.rx_no_buffer, 1);
            return;
        }
    }
}

} // namespace uk::virtio
