// SPDX-License-Identifier: BSD-3-Clause
// What the devices ask of the host. Nothing blocks but connect_to(). Thread context.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/base/result.hpp>

namespace uk::hostnet {

// struct iovec.
struct Piece {
    void* data;
    size_t size;
};

// readv(), writev(): bytes, 0 at the end, or -errno.
long read_pieces(int descriptor, std::span<const Piece> pieces);
long write_pieces(int descriptor, std::span<const Piece> pieces);
[[nodiscard]] bool can_be_read(int descriptor);
// A tap of this name, which is made if there is none; frames have the first kTapHeaderBytes of an
// OffloadHeader in front.
[[nodiscard]] Result<int> open_tap(const char* name);
// What the tap may bring: bits of netdev's features. Errors: as the host says.
[[nodiscard]] Result<> set_tap_features(int descriptor, uint32_t features);
// A connection to the socket that listens there.
[[nodiscard]] Result<int> connect_to(const char* path);
// A descriptor that the process was given.
[[nodiscard]] Result<> make_non_blocking(int descriptor);
[[nodiscard]] Result<int> duplicate(int descriptor);
void random_bytes(std::span<uint8_t> bytes);

} // namespace uk::hostnet
