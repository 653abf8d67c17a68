// SPDX-License-Identifier: BSD-3-Clause
// RawEnd: packets of one protocol above IP, or echoes of ICMP ("ping sockets"), over lwIP's raw
// interface: what of it happens under the stack's lock. <sockets/raw_socket.hpp> makes a file of
// it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <lwip/raw.h>

#include <uk/base/result.hpp>
#include <uk/socket/options.hpp>

#include "address.hpp"

namespace uk::lwip {

// What it is for, fixed when it is made.
struct RawShape {
    bool is_v6 = false;
    bool echoes = false; // SOCK_DGRAM: sends echo requests, hears the replies to them
    uint8_t protocol = 0;
};

// All functions under the stack's lock. Nothing is left of the object in lwIP when close() returns.
class RawEnd {
  public:
    // A copy of one that has come: of IPv4 with its head, unless it is an echo. It stays until
    // drop_first(), so whoever keeps other readers out may copy it without the lock.
    struct Packet {
        Packet* next;
        ip_addr_t from;
        uint16_t size;
        uint8_t ttl;
        [[nodiscard]] const std::byte* bytes() const {
            return reinterpret_cast<const std::byte*>(this + 1);
        }
        [[nodiscard]] std::byte* bytes() { return reinterpret_cast<std::byte*>(this + 1); }
    };

    RawEnd(const RawEnd&) = delete;
    RawEnd& operator=(const RawEnd&) = delete;

    // Begins to hear. Errors: ENOBUFS.
    [[nodiscard]] Result<> open();
    // The port is an echo's identifier. Errors: EADDRINUSE, EADDRNOTAVAIL.
    [[nodiscard]] Result<> bind(const Place& to);
    // Errors: ENETUNREACH.
    [[nodiscard]] Result<> connect(const Place& to);
    void disconnect();
    void close();
    // Errors: ENOTCONN.
    [[nodiscard]] Result<Place> peer() const;
    [[nodiscard]] Place local() const;

    // `data` stays the caller's; an echo gets its identifier and its sum in it, a packet of
    // ICMPv6 its sum. Errors: EDESTADDRREQ, EACCES (a broadcast), ENETUNREACH, EINVAL (no echo
    // request), ENOBUFS.
    [[nodiscard]] Result<> send(pbuf& data, const Place* to, bool broadcasts);
    // Errors: EAGAIN.
    [[nodiscard]] Result<const Packet*> arrived() const;
    void drop_first();
    [[nodiscard]] size_t next_size() const { return first_ != nullptr ? first_->size : 0; }

    [[nodiscard]] uint32_t ready() const;
    void set_receive_bytes(size_t most) { most_ = most; }
    [[nodiscard]] bool tells_ttl() const { return tells_ttl_; }
    [[nodiscard]] const RawShape& shape() const { return shape_; }
    // TTL, TOS, IP_RECVTTL and their IPv6 kin, ICMP_FILTER, ICMP6_FILTER. Errors: ENOPROTOOPT,
    // EINVAL.
    [[nodiscard]] Result<size_t> option(const SocketOption& option);

  protected:
    explicit RawEnd(const RawShape& shape) : shape_(shape) {}
    ~RawEnd() = default;

    // Something may be ready now: UK_POLL* bits. Under the stack's lock; does not block.
    virtual void on_events(uint32_t events) = 0;

  private:
    static u8_t on_received(void* self, raw_pcb* pcb, pbuf* packet, const ip_addr_t* from);
    void receive(pbuf& packet, const ip_addr_t& from);
    [[nodiscard]] bool is_whole(pbuf& message, const ip_addr_t& from) const;
    [[nodiscard]] bool wants(pbuf& message, const ip_addr_t& from) const;
    [[nodiscard]] bool is_icmp() const;
    [[nodiscard]] static const RawEnd* find_echo(uint16_t id);
    void take_id();
    Result<> prepare_echo(pbuf& data);
    Result<size_t> answer(const SocketOption& option) const;
    Result<size_t> filter(const SocketOption& option);

    RawShape shape_;
    RawEnd* next_echo_ = nullptr;
    raw_pcb* pcb_ = nullptr;
    Packet* first_ = nullptr;
    Packet* last_ = nullptr;
    size_t used_ = 0;
    size_t most_ = SocketOptions::kBuffer;
    uint16_t id_ = 0; // of echoes; 0: none yet
    bool tells_ttl_ = false;
    uint32_t blocked_[8] = {}; // types of ICMP that are not heard, a bit for each
};

} // namespace uk::lwip
