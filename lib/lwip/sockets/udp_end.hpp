// SPDX-License-Identifier: BSD-3-Clause
// UdpEnd: a UDP socket over lwIP's raw interface: what of it happens under the stack's lock.
// <sockets/udp_socket.hpp> makes a file of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <lwip/udp.h>

#include <uk/base/result.hpp>
#include <uk/socket/options.hpp>

#include "address.hpp"
#include "icmp_error.hpp"

namespace uk::lwip {

// All functions under the stack's lock. Nothing is left of the object in lwIP when close() returns.
class UdpEnd {
  public:
    // The first datagram that has come. It stays until drop_first(), so whoever keeps other readers
    // out may copy it without the lock.
    struct Arrived {
        const pbuf* data = nullptr;
        size_t size = 0;
        Place from;
        ip_addr_t to = {};
        uint8_t interface = 0;
    };

    UdpEnd(const UdpEnd&) = delete;
    UdpEnd& operator=(const UdpEnd&) = delete;

    // Errors: EADDRINUSE, EADDRNOTAVAIL, EINVAL (bound already), ENOBUFS.
    [[nodiscard]] Result<> bind(const Place& to, uint8_t type, bool reuse);
    // Whom it speaks to and hears from. Errors: ENETUNREACH, EACCES (a broadcast), ENOBUFS ...
    [[nodiscard]] Result<> connect(const Place& to, uint8_t type, bool broadcasts);
    void disconnect();
    // Errors: ENOTCONN.
    [[nodiscard]] Result<> shutdown(bool receive, bool send);
    void close();
    [[nodiscard]] Result<Place> peer() const;
    [[nodiscard]] Place local() const;

    // `data` stays the caller's. Errors: EDESTADDRREQ, EACCES (a broadcast), ENETUNREACH, EPIPE,
    // ENOBUFS ..., and what became of an earlier one to the peer: ECONNREFUSED ...
    [[nodiscard]] Result<> send(pbuf& data, const Place* to, uint8_t type, bool broadcasts);
    // Without data: the end, after shutdown(). Errors: EAGAIN, what became of one sent to the peer.
    [[nodiscard]] Result<Arrived> arrived();
    void drop_first();
    [[nodiscard]] size_t next_size() const { return first_ != nullptr ? first_->tot_len : 0; }
    // Datagrams for which there was no room.
    [[nodiscard]] uint64_t dropped() const { return dropped_; }

    [[nodiscard]] uint32_t ready() const;
    [[nodiscard]] Errno take_error();
    [[nodiscard]] bool is_bound() const { return pcb_ != nullptr && pcb_->local_port != 0; }
    void set_receive_bytes(size_t most) { most_ = most; }
    [[nodiscard]] bool tells_info() const { return tells_info_; }
    // Options of the levels IPPROTO_IP and IPPROTO_IPV6. Errors: ENOPROTOOPT, EINVAL, ENODEV,
    // EADDRINUSE, EADDRNOTAVAIL, ENOBUFS.
    [[nodiscard]] Result<size_t> option(const SocketOption& option, uint8_t type);

    // Tells the socket that it is about, if that is connected and the error is final, as on Linux.
    static void on_icmp_error(const IcmpError& error);

  protected:
    UdpEnd() = default;
    ~UdpEnd() = default;

    // Something may be ready now: UK_POLL* bits. Under the stack's lock; does not block.
    virtual void on_events(uint32_t events) = 0;

  private:
    // In front of each datagram that waits, where its headers of IP and UDP were.
    struct Note;
    // A group that it belongs to.
    struct Group {
        ip_addr_t ip;
        uint8_t interface; // 0: none, the place is free
    };
    static constexpr size_t kGroups = 8;

    static void on_received(void* self, udp_pcb* pcb, pbuf* data, const ip_addr_t* from,
                            uint16_t port);
    void append(pbuf& data);
    err_t send_whole(pbuf& data, const Place& to);
    Result<> need_pcb(uint8_t type);
    Result<size_t> answer(const SocketOption& option, bool v6) const;
    Result<> change(const SocketOption& option, bool v6, uint8_t type);
    Result<> change_group(const SocketOption& option, bool v6, bool joins);
    Result<> join(const Group& group);
    Result<> leave(const Group& group);
    void leave_all();

    udp_pcb* pcb_ = nullptr;
    pbuf* first_ = nullptr; // the last part of each refers to the first of the next
    pbuf* last_ = nullptr;
    size_t used_ = 0;
    size_t most_ = SocketOptions::kBuffer;
    uint64_t dropped_ = 0;
    Errno error_ = Errno::ok;
    bool reads_ = true;
    bool writes_ = true;
    bool tells_info_ = false;
    Group groups_[kGroups] = {};
};

} // namespace uk::lwip
