// SPDX-License-Identifier: BSD-3-Clause
// Frames of tests: what a network card does to them when its driver leaves it work, and sums.
#pragma once

#include <uk/netdev.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace netdev_test {

using Bytes = std::vector<uint8_t>;

struct Frame {
    Bytes bytes;
    uk::netdev::Offload offload; // as its receiver sees it
};

// What is in all buffers of a packet.
inline Bytes gather(const uk::netdev::Buffer& packet) {
    Bytes all;
    for (const uk::netdev::Buffer* piece = &packet; piece != nullptr; piece = piece->next) {
        const auto* data = reinterpret_cast<const uint8_t*>(piece->data());
        all.insert(all.end(), data, data + piece->size());
    }
    return all;
}

inline uint32_t get16(const Bytes& bytes, size_t at) {
    return uint32_t{bytes.at(at)} << 8 | bytes.at(at + 1);
}
inline void put16(Bytes& bytes, size_t at, uint32_t value) {
    bytes.at(at) = static_cast<uint8_t>(value >> 8);
    bytes.at(at + 1) = static_cast<uint8_t>(value);
}

// RFC 1071, not complemented; `sum` goes on.
inline uint32_t add_up(const Bytes& bytes, size_t from, size_t to, uint32_t sum = 0) {
    for (size_t at = from; at < to; at++)
        sum += at % 2 == from % 2 ? uint32_t{bytes.at(at)} << 8 : bytes.at(at);
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

// Puts the checksum that was left to the device in. False: its place is not in the frame.
inline bool finish_checksum(Bytes& bytes, const uk::netdev::Offload& offload) {
    const size_t at = size_t{offload.checksum_start} + offload.checksum_offset;
    if (at + 2 > bytes.size())
        return false;
    const uint32_t sum = ~add_up(bytes, offload.checksum_start, bytes.size()) & 0xffff;
    put16(bytes, at, sum == 0 ? 0xffff : sum);
    return true;
}

// One frame of a large one, as TCP segmentation does it: `from` is where its part of the payload
// is.
inline Bytes cut(const Bytes& large, const uk::netdev::Offload& offload, size_t from, size_t size,
                 unsigned number) {
    const bool is_v4 = offload.segments == uk::netdev::Offload::Segments::tcp4;
    const size_t ip = 14;
    const size_t tcp = offload.checksum_start;
    Bytes part(large.begin(), large.begin() + offload.header_bytes);
    part.insert(part.end(), large.begin() + static_cast<long>(from),
                large.begin() + static_cast<long>(from + size));
    const uint32_t was = static_cast<uint32_t>(large.size() - tcp);
    const uint32_t is = static_cast<uint32_t>(part.size() - tcp);
    if (is_v4) {
        put16(part, ip + 2, static_cast<uint32_t>(part.size() - ip));
        put16(part, ip + 4, get16(part, ip + 4) + number);
        put16(part, ip + 10, 0);
        put16(part, ip + 10, ~add_up(part, ip, tcp) & 0xffff);
    } else {
        put16(part, ip + 4, static_cast<uint32_t>(part.size() - ip - 40));
    }
    const uint32_t sequence = get16(part, tcp + 4) << 16 | get16(part, tcp + 6);
    const uint32_t moved = sequence + static_cast<uint32_t>(from - offload.header_bytes);
    put16(part, tcp + 4, moved >> 16);
    put16(part, tcp + 6, moved);
    if (from + size < large.size())
        part.at(tcp + 13) &= static_cast<uint8_t>(~0x09); // FIN and PSH belong to the last
    if (number != 0)
        part.at(tcp + 13) &= static_cast<uint8_t>(~0x80); // CWR to the first
    // The length is in the sum of the pseudo header.
    const uint32_t pseudo = get16(part, tcp + 16) + (~was & 0xffff) + is;
    put16(part, tcp + 16, (pseudo & 0xffff) + (pseudo >> 16));
    uk::netdev::Offload one = offload;
    (void)finish_checksum(part, one);
    return part;
}

// What a frame is on the other side of a device that was given `offload`, with the features that
// both sides agreed on with their devices. Nothing: the sender may not ask for it.
inline std::optional<std::vector<Frame>> do_offload(Bytes bytes, uk::netdev::Offload offload,
                                                    uint32_t sender, uint32_t receiver) {
    using namespace uk::netdev;
    using enum Offload::Checksum;
    if (bytes.size() < 14)
        return {};
    if (offload.checksum == none && offload.segments == Offload::Segments::none)
        return std::vector{Frame{bytes, {}}};
    const bool is_v4 = offload.segments == Offload::Segments::tcp4;
    const bool is_large = offload.segments != Offload::Segments::none;
    if (offload.checksum != partial || (sender & kSendChecksum) == 0 ||
        size_t{offload.checksum_start} + offload.checksum_offset + 2 > bytes.size() ||
        (is_large && (sender & (is_v4 ? kSendTcp4 : kSendTcp6)) == 0))
        return {};
    if (!is_large) {
        if ((receiver & kReceiveChecksum) == 0) {
            (void)finish_checksum(bytes, offload);
            offload = {};
        }
        return std::vector{Frame{bytes, offload}};
    }
    if (offload.segment_bytes == 0 || offload.header_bytes < offload.checksum_start + 20U ||
        offload.header_bytes >= bytes.size())
        return {};
    if ((receiver & (is_v4 ? kReceiveTcp4 : kReceiveTcp6)) != 0)
        return std::vector{Frame{bytes, offload}};
    std::vector<Frame> frames;
    for (size_t from = offload.header_bytes; from < bytes.size(); from += offload.segment_bytes) {
        const size_t size = std::min(size_t{offload.segment_bytes}, bytes.size() - from);
        frames.push_back(
            {cut(bytes, offload, from, size, static_cast<unsigned>(frames.size())), {}});
    }
    return frames;
}

} // namespace netdev_test
