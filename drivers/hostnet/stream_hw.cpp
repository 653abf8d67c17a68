// SPDX-License-Identifier: BSD-3-Clause
// Streams of frames.
#include "stream.hpp"

#include <uk/hal/irq.hpp>
#include <uk/linuxabi/lines.hpp>
#include <uk/print.h>
#include <uk/string.h>

#include "tap.hpp"

namespace uk::hostnet {
namespace {

using netdev::Buffer;

constexpr size_t kEthernetHeader = 14;
constexpr size_t kMostFrame = 1500 + kEthernetHeader + 4; // with a VLAN's tag

bool would_wait(long result) {
    return result == -static_cast<long>(Errno::again) || result == -static_cast<long>(Errno::intr);
}

} // namespace

// What goes out by one system call.
struct StreamDevice::Batch {
    Piece pieces[kBatch];
    Length lengths[kBatch / 2];
    unsigned piece_count = 0;
    unsigned frames = 0;
};

Result<> StreamDevice::open(const Wanted& wanted) {
    if (wanted.kind == Wanted::Kind::descriptor) {
        UK_TRY(make_non_blocking(wanted.descriptor));
        descriptor_ = wanted.descriptor;
    } else {
        descriptor_ = UK_TRY(connect_to(wanted.name));
    }
    info_.driver = "stream";
    info_.mac = mac_of(wanted);
    info_.most_pieces = kMostSent;
    is_up_ = true;
    return ok();
}

Result<> StreamDevice::start(const netdev::StartRequest& request) {
    if (started_)
        return Errno::busy;
    if (request.queues != 1 || request.pool == nullptr)
        return Errno::inval;
    request_ = request;
    pool_ = request.pool;
    if (request.on_event != nullptr) {
        UK_TRY(came_.attach(static_cast<uint32_t>(descriptor_), netdev::kReceived, request,
                            counters_.interrupts));
        const int other = UK_TRY(duplicate(descriptor_));
        UK_TRY(room_.attach(static_cast<uint32_t>(other) | linuxabi::kLineToWrite, netdev::kSent,
                            request, counters_.interrupts));
    }
    started_ = true;
    return ok();
}

void StreamDevice::hang_up(const char* why) {
    if (!is_up_)
        return;
    uk_pr_warn("netdev %u: %s; the link is down\n", index(), why);
    is_up_ = false;
    came_.disarm();
    room_.disarm();
    netdev::release(begun_);
    begun_ = nullptr;
    if (request_.on_event != nullptr) { // as an interrupt would
        const hal::IrqState state = hal::irq_save();
        request_.on_event(request_.context, 0, netdev::kLink);
        hal::irq_restore(state);
    }
}

// --- sending ---

void StreamDevice::sent(Buffer* packet) {
    add(counters_.tx_packets, 1);
    add(counters_.tx_bytes, netdev::packet_size(*packet));
    netdev::release(packet);
}

// The rest of a packet that was begun. True: nothing is left.
bool StreamDevice::flush() {
    while (begun_ != nullptr) {
        const Length length = length_of(netdev::packet_size(*begun_));
        Piece pieces[kMostSent + 1];
        unsigned count = 0;
        size_t skip = begun_bytes_;
        const auto put = [&](const void* data, size_t size) {
            const size_t gone = skip < size ? skip : size;
            skip -= gone;
            if (gone < size)
                pieces[count++] = {const_cast<char*>(static_cast<const char*>(data)) + gone,
                                   size - gone};
        };
        put(length.bytes, sizeof length.bytes);
        for (Buffer* piece = begun_; piece != nullptr; piece = piece->next)
            put(piece->data(), piece->size());
        const long done = write_pieces(descriptor_, {pieces, count});
        if (done < 0) {
            if (!would_wait(done))
                hang_up("the other side takes nothing any more");
            return begun_ == nullptr;
        }
        begun_bytes_ += static_cast<size_t>(done);
        if (begun_bytes_ == sizeof length.bytes + netdev::packet_size(*begun_)) {
            sent(begun_);
            begun_ = nullptr;
        }
    }
    return true;
}

// As many of the packets as one call takes. False: the first can never be sent.
bool StreamDevice::gather(std::span<Buffer* const> packets, Batch& batch) {
    for (Buffer* packet : packets) {
        unsigned pieces = 0;
        for (const Buffer* piece = packet; piece != nullptr; piece = piece->next)
            pieces++;
        const bool is_bad = pieces > kMostSent ||
                            packet->offload.checksum == netdev::Offload::Checksum::partial ||
                            packet->offload.segments != netdev::Offload::Segments::none;
        if (is_bad || batch.piece_count + 1 + pieces > kBatch)
            return !is_bad || batch.frames != 0;
        Length& length = batch.lengths[batch.frames++];
        length = length_of(netdev::packet_size(*packet));
        batch.pieces[batch.piece_count++] = {length.bytes, sizeof length.bytes};
        for (Buffer* piece = packet; piece != nullptr; piece = piece->next)
            batch.pieces[batch.piece_count++] = {piece->data(), piece->size()};
    }
    return true;
}

// The host took so many bytes of these. Returns how many packets are ours now.
unsigned StreamDevice::settle(std::span<Buffer* const> packets, size_t done) {
    unsigned taken = 0;
    for (Buffer* packet : packets) {
        const size_t size = Framing::kLengthBytes + netdev::packet_size(*packet);
        if (done == 0)
            break;
        taken++;
        if (done < size) {
            begun_ = packet;
            begun_bytes_ = done;
            break;
        }
        done -= size;
        sent(packet);
    }
    return taken;
}

unsigned StreamDevice::transmit(unsigned /*queue*/, std::span<Buffer* const> packets) {
    unsigned taken = 0;
    while (taken < packets.size() && is_up_ && flush()) {
        const std::span<Buffer* const> rest = packets.subspan(taken);
        Batch batch;
        if (!gather(rest, batch)) {
            add(counters_.tx_bad, 1);
            netdev::release(rest[0]);
            taken++;
            continue;
        }
        const long done = write_pieces(descriptor_, {batch.pieces, batch.piece_count});
        if (done > 0) {
            taken += settle(rest.first(batch.frames), static_cast<size_t>(done));
        } else if (would_wait(done)) {
            break;
        } else {
            hang_up("the other side takes nothing any more");
        }
    }
    if (is_up_ && (taken < packets.size() || begun_ != nullptr))
        room_.arm();
    for (; !is_up_ && taken < packets.size(); taken++)
        netdev::release(packets[taken]); // lost, as on a wire that nobody has plugged in
    return taken;
}

unsigned StreamDevice::reclaim(unsigned /*queue*/) {
    return flush() ? 0 : 1;
}

// --- receiving ---

// Reads what has come. False: nothing.
bool StreamDevice::fill() {
    if (is_drained_ || !is_up_) {
        is_drained_ = false;
        return false;
    }
    const std::span<std::byte> space = framing_.space();
    const Piece piece{space.data(), space.size()};
    const long got = read_pieces(descriptor_, {&piece, 1});
    if (got > 0) {
        framing_.came(static_cast<size_t>(got));
        is_drained_ = static_cast<size_t>(got) < space.size();
        return true;
    }
    if (!would_wait(got))
        hang_up(got == 0 ? "the other side has closed the stream" : "the stream is broken");
    return false;
}

// Null: the pool is empty.
Buffer* StreamDevice::copy(std::span<const std::byte> frame) {
    Buffer* first = nullptr;
    Buffer** end = &first;
    for (size_t at = 0; at < frame.size();) {
        Buffer* piece = pool_->take();
        if (piece == nullptr) {
            netdev::release(first);
            return nullptr;
        }
        const size_t left = frame.size() - at;
        const size_t size = left < piece->tailroom() ? left : piece->tailroom();
        memcpy(piece->data(), frame.data() + at, size);
        piece->set_size(static_cast<uint32_t>(size));
        at += size;
        *end = piece;
        end = &piece->next;
    }
    return first;
}

unsigned StreamDevice::receive(unsigned /*queue*/, std::span<Buffer*> packets) {
    unsigned count = 0;
    while (count < packets.size()) {
        std::span<const std::byte> frame;
        const Framing::Found found = framing_.look(frame);
        if (found == Framing::Found::broken) {
            hang_up("a length that no frame has");
            break;
        }
        if (found == Framing::Found::nothing) {
            if (!fill())
                break;
            continue;
        }
        if (frame.size() < kEthernetHeader || frame.size() > kMostFrame) {
            add(counters_.rx_bad, 1);
            framing_.pop();
            continue;
        }
        Buffer* packet = copy(frame);
        if (packet == nullptr) {
            add(counters_.rx_no_buffer, 1);
            break;
        }
        add(counters_.rx_packets, 1);
        add(counters_.rx_bytes, frame.size());
        framing_.pop();
        packets[count++] = packet;
    }
    return count;
}

bool StreamDevice::arm(unsigned /*queue*/, uint16_t /*more*/) {
    std::span<const std::byte> frame;
    if (is_up_ && (framing_.look(frame) == Framing::Found::frame || can_be_read(descriptor_)))
        return false;
    if (is_up_)
        came_.arm();
    return true;
}

} // namespace uk::hostnet
