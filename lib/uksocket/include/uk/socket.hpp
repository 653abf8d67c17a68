// SPDX-License-Identifier: BSD-3-Clause
// Sockets of this image: uk::Socket, and the table of families, which libraries add rows to.
//
//     class UdpSocket final : public uk::Socket { ... name(), do_send(), do_receive() ... };
//     uk::Result<uk::Ref<uk::Socket>> create(const uk::SocketKind& kind, uint32_t status);
//     UK_SOCKET_FAMILY({.domain = UK_AF_INET, .name = "inet", .create = create});
//
// What its functions promise stands in <uk/socket/basic_socket.hpp>.
#pragma once

#include <span>

#include <uk/base/section_table.hpp>
#include <uk/file.hpp>
#include <uk/hal/clock.hpp>
#include <uk/socket/basic_socket.hpp>
#include <uk/socket/families.hpp>

namespace uk {

namespace socket {

// What write() to a socket that nobody reads does to the calling thread. Set once, at init level
// lib, by who has signals.
using Broken = void (*)();
void set_broken(Broken broken);

struct Image {
    using File = uk::File;
    static uint64_t now_ns() { return hal::clock_monotonic_ns(); }
    static void broken();
};

} // namespace socket

using Socket = BasicSocket<socket::Image>;
using SocketFamily = BasicSocketFamily<Socket>;

UK_SECTION_TABLE(uk_socket_families, uk::SocketFamily);

namespace socket {

// socket(), socketpair() without descriptors: the sockets, from the families of the image.
// `status`: UK_O_NONBLOCK or 0. Thread context; may block. Errors: those of make_socket().
[[nodiscard]] Result<Ref<Socket>> make(const SocketKind& kind, uint32_t status);
[[nodiscard]] Result<SocketPair<Socket>> make_pair(const SocketKind& kind, uint32_t status);

} // namespace socket

} // namespace uk

#define UK_SOCKET_FAMILY(...) UK_SECTION_ROW(uk_socket_families, uk::SocketFamily, __VA_ARGS__)
