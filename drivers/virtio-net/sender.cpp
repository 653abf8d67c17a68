// SPDX-License-Identifier: BSD-3-Clause
// The sending queue of a network device.
#include "sender.hpp"

namespace uk::virtio {

using netdev::Counters;

void Sender::reclaim() {
    Used used;
    while (ring_.in_flight() != 0 && ring_.take(used)) {
        netdev::release(static_cast<netdev::Buffer*>(used.token));
    }
}

void Sender::take_back() {
    Used used;
    while (ring_.take_back(used)) {
        netdev::release(static_cast<netdev::Buffer*>(used.token));
    }
}

bool Sender::drop(netdev::Buffer& packet) {
    Counters::add(counters_.tx_bad, 1);
    netdev::release(&packet);
    return true;
}

// A broken queue never has any again.
bool Sender::has_no_room(netdev::Buffer& packet) {
    return ring_.is_broken() && drop(packet);
}

// Of several pieces, the header before the first.
bool Sender::send_pieces(netdev::Buffer& packet) {
    Buffer pieces[kMostPieces];
    unsigned count = 0;
    uint32_t size = 0;
    for (const netdev::Buffer* piece = &packet; piece != nullptr; piece = piece->next) {
        const uint32_t header = piece == &packet ? kNetHeaderBytes : 0;
        size += piece->size();
        if (piece->size() + header == 0) {
            continue;
        }
        if (count == kMostPieces || piece->size() > kMostPacketBytes) {
            return drop(packet);
        }
        pieces[count++] = seen_by_device(piece->data() - header, piece->size() + header);
    }
    if (size < kEthernetBytes || size > kMostPacketBytes || count > ring_.layout().size) {
        return drop(packet);
    }
    NetHeader header;
    if (!make_header(packet.offload, size, setup_.features, header)) {
        return drop(packet);
    }
    if (count > ring_.free_descriptors()) {
        return has_no_room(packet);
    }
    __builtin_memcpy(packet.data() - kNetHeaderBytes, &header, sizeof header);
    if (!ring_.add({pieces, count}, {}, &packet).ok()) {
        return drop(packet); // it is broken
    }
    Counters::add(counters_.tx_packets, 1);
    Counters::add(counters_.tx_bytes, size);
    return true;
}

// Without headroom: the header goes before a buffer of the pool that is empty.
bool Sender::send_with_header(netdev::Buffer& packet) {
    netdev::Buffer* front = setup_.pool->take();
    if (front == nullptr) {
        return drop(packet);
    }
    front->offload = packet.offload;
    front->next = &packet;
    if (send_pieces(*front)) {
        return true;
    }
    front->next = nullptr;
    netdev::release(front);
    return false;
}

bool Sender::send(netdev::Buffer& packet) {
    if (packet.headroom() < kNetHeaderBytes) [[unlikely]] {
        return send_with_header(packet);
    }
    const uint32_t size = packet.size();
    if (packet.next != nullptr || size < kEthernetBytes || size > kMostPacketBytes) {
        return send_pieces(packet);
    }
    if (ring_.free_descriptors() == 0) {
        return has_no_room(packet);
    }
    std::byte* at = packet.data() - kNetHeaderBytes;
    NetHeader header;
    if (!make_header(packet.offload, size, setup_.features, header)) [[unlikely]] {
        return drop(packet);
    }
    __builtin_memcpy(at, &header, sizeof header);
    const Buffer whole = seen_by_device(at, size + kNetHeaderBytes);
    if (!ring_.add_one(whole, false, &packet).ok()) [[unlikely]] {
        return drop(packet);
    }
    Counters::add(counters_.tx_packets, 1);
    Counters::add(counters_.tx_bytes, size);
    return true;
}

unsigned Sender::transmit(std::span<netdev::Buffer* const> packets) {
    reclaim();
    unsigned count = 0;
    while (count < packets.size() && send(*packets[count])) {
        count++;
    }
    return count;
}

} // namespace uk::virtio
