// SPDX-License-Identifier: BSD-3-Clause
// What a packet that lwIP sends leaves to the device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/netdev/buffer.hpp>

namespace uk::lwip {

// Says in `out` what the device has to do for an Ethernet frame whose TCP or UDP checksum is zero
// so far, and puts the sum of the pseudo header into that field, as it wants it. `head`: the first
// bytes of the frame with all its headers; `size`: of the whole. A TCP segment with more payload
// than `mss` is to be cut by the device. False: it is neither TCP nor UDP, or its headers are not
// all in `head`; nothing has changed. Pure.
bool leave_to_device(std::span<std::byte> head, size_t size, uint16_t mss, netdev::Offload& out);

} // namespace uk::lwip
