// SPDX-License-Identifier: BSD-3-Clause
// What one send or one receive is about: bytes, an address, control data, flags. They live on the
// caller's stack and only refer to what they name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <uk/file/io_pieces.hpp>
#include <uk/socket/address.hpp>
#include <uk/socket/control.hpp>

namespace uk {

// To be sent.
struct SocketOut {
    IoPieces& data; // the cursor moves as far as bytes were taken
    // UK_MSG_*. With UK_MSG_DONTWAIT it never waits; BasicSocket sets that for sockets with
    // UK_O_NONBLOCK, so that a family looks at this alone.
    int flags = 0;
    const SocketAddress* to = nullptr;    // null: to whom the socket is connected
    std::span<const std::byte> control{}; // a copy of the application's; see ControlReader
};

// To be received.
struct SocketIn {
    IoPieces& data;
    int flags = 0;                 // as of SocketOut
    SocketAddress* from = nullptr; // gets who sent it, size 0 if nobody can tell; null: not asked
    ControlWriter* control = nullptr; // null: not asked
    int got_flags = 0; // what receive() says: UK_MSG_TRUNC, UK_MSG_EOR, UK_MSG_OOB ...; that
                       // control data were cut is the writer's to say
};

} // namespace uk
