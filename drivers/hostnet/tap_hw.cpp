// SPDX-License-Identifier: BSD-3-Clause
// Interfaces of the host.
#include "tap.hpp"

namespace uk::hostnet {
namespace {

using netdev::Buffer;

using netdev::kEthernetBytes;
using netdev::kTapHeaderBytes;
using netdev::OffloadHeader;

constexpr uint32_t kMostFrame = 1500 + kEthernetBytes + 4; // with a VLAN's tag
constexpr uint32_t kMostLarge = 65535 + kEthernetBytes;

} // namespace

netdev::Mac mac_of(const Wanted& wanted) {
    netdev::Mac mac = wanted.mac;
    if (!wanted.has_mac) {
        random_bytes(mac.bytes);
        mac.bytes[0] = static_cast<uint8_t>((mac.bytes[0] & 0xfc) | 2); // of one's own, one's alone
    }
    return mac;
}

Result<> TapDevice::open(const Wanted& wanted) {
    using namespace netdev;
    descriptor_ = UK_TRY(open_tap(wanted.name));
    info_.driver = "tap";
    info_.mac = mac_of(wanted);
    info_.most_pieces = kMostSent;
    info_.features =
        kSendChecksum | kSendTcp4 | kSendTcp6 | kReceiveChecksum | kReceiveTcp4 | kReceiveTcp6;
    return ok();
}

// How many buffers of the pool the largest packet takes, if that can be had.
bool TapDevice::choose_pieces() {
    constexpr uint32_t kLarge = netdev::kReceiveTcp4 | netdev::kReceiveTcp6;
    const netdev::PoolRequest& shape = pool_->shape();
    const uint32_t room = shape.bytes - shape.headroom;
    // Of a small pool nothing would be left for others.
    if (kMostLarge > room * kMostPieces || shape.count < 2 * kMostPieces ||
        (features_ & netdev::kReceiveChecksum) == 0)
        features_ &= ~kLarge;
    const uint32_t most = (features_ & kLarge) != 0 ? kMostLarge : kMostFrame;
    pieces_ = (most + room - 1) / room;
    spare_ = pieces_;
    return pieces_ <= kMostPieces;
}

Result<> TapDevice::start(const netdev::StartRequest& request) {
    if (started_)
        return Errno::busy;
    if (request.queues != 1 || request.pool == nullptr)
        return Errno::inval;
    pool_ = request.pool;
    features_ = info_.features & request.features;
    if (!choose_pieces())
        return Errno::inval;
    UK_TRY(set_tap_features(descriptor_, features_));
    if (request.on_event != nullptr)
        UK_TRY(came_.attach(static_cast<uint32_t>(descriptor_), netdev::kReceived, request,
                            counters_.interrupts));
    started_ = true;
    return ok();
}

void TapDevice::send(Buffer* packet) {
    const uint32_t bytes = netdev::packet_size(*packet);
    OffloadHeader header;
    Piece pieces[kMostSent + 1] = {{&header, kTapHeaderBytes}};
    unsigned count = 1;
    Buffer* piece = packet;
    for (; piece != nullptr && count <= kMostSent; piece = piece->next)
        pieces[count++] = {piece->data(), piece->size()};
    if (piece != nullptr || !make_header(packet->offload, bytes, features_, header)) {
        add(counters_.tx_bad, 1);
    } else if (write_pieces(descriptor_, {pieces, count}) > 0) {
        add(counters_.tx_packets, 1);
        add(counters_.tx_bytes, bytes);
    } // else the interface is down: lost, as on a wire that nobody has plugged in
    netdev::release(packet);
}

unsigned TapDevice::transmit(unsigned /*queue*/, std::span<Buffer* const> packets) {
    for (Buffer* packet : packets)
        send(packet);
    return static_cast<unsigned>(packets.size());
}

bool TapDevice::refill() {
    if (spare_ != 0) {
        const unsigned missing = spare_;
        const auto got = static_cast<unsigned>(pool_->take({spares_, missing}));
        spare_ = missing - got;
        for (unsigned i = got; i-- > 0 && spare_ != 0;) // what there is goes to the end
            spares_[i + spare_] = spares_[i];
    }
    if (spare_ != 0)
        add(counters_.rx_no_buffer, 1);
    return spare_ == 0;
}

// The packet that was read into the spares; null: it cannot be true.
Buffer* TapDevice::take(uint32_t bytes, const OffloadHeader& header) {
    netdev::Offload offload;
    if (bytes < kEthernetBytes || !read_header(header, bytes, features_, offload)) {
        add(counters_.rx_bad, 1);
        return nullptr;
    }
    uint32_t left = bytes;
    Buffer* last = nullptr;
    while (left != 0) {
        Buffer* piece = spares_[spare_++];
        const uint32_t size = left < piece->tailroom() ? left : piece->tailroom();
        piece->set_size(size);
        left -= size;
        if (last != nullptr)
            last->next = piece;
        last = piece;
    }
    add(counters_.rx_packets, 1);
    add(counters_.rx_bytes, bytes);
    spares_[0]->offload = offload;
    return spares_[0];
}

unsigned TapDevice::receive(unsigned /*queue*/, std::span<Buffer*> packets) {
    unsigned count = 0;
    while (count < packets.size() && refill()) {
        OffloadHeader header;
        Piece pieces[kMostPieces + 1] = {{&header, kTapHeaderBytes}};
        size_t room = kTapHeaderBytes;
        for (unsigned i = 0; i < pieces_; i++) {
            pieces[i + 1] = {spares_[i]->data(), spares_[i]->tailroom()};
            room += spares_[i]->tailroom();
        }
        const long got = read_pieces(descriptor_, {pieces, pieces_ + 1});
        if (got <= 0)
            break; // nothing there
        if (static_cast<size_t>(got) < kTapHeaderBytes || static_cast<size_t>(got) > room) {
            add(counters_.rx_bad, 1);
            continue;
        }
        if (Buffer* packet = take(static_cast<uint32_t>(got) - uint32_t{kTapHeaderBytes}, header))
            packets[count++] = packet;
    }
    return count;
}

bool TapDevice::arm(unsigned /*queue*/, uint16_t /*more*/) {
    if (can_be_read(descriptor_))
        return false;
    came_.arm();
    return true;
}

} // namespace uk::hostnet
