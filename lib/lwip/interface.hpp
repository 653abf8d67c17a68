// SPDX-License-Identifier: BSD-3-Clause
// Interface: a network device as lwIP sees it. Packets go through without a copy, both ways.
#pragma once

#include <cstdint>

#include <lwip/netif.h>
#include <lwip/pbuf.h>

#include <uk/base/result.hpp>
#include <uk/lwip/settings.hpp>
#include <uk/netdev.hpp>

namespace uk::lwip {

// Packets that went no further, and why. Under the stack's lock.
struct DropCounters {
    uint64_t rx_too_long = 0;  // received, more than 64 KiB
    uint64_t tx_no_room = 0;   // the device took no more
    uint64_t tx_no_memory = 0; // no memory to name the pieces to the device
    uint64_t rx_copied = 0;    // no drops: copied, because few buffers were left
};

// One for each device; lives for ever. Everything under the stack's lock but for receive_pending().
class Interface {
  public:
    struct Request {
        uint32_t buffers = 512;
        const Settings* settings = nullptr; // null: DHCP
        const char* host = nullptr;         // for DHCP; lives for ever
        void (*on_event)(void* context, uint16_t queue, uint8_t what) = nullptr;
        void* context = nullptr;
    };

    constexpr explicit Interface(netdev::Device& device) : device_(device) {}
    Interface(const Interface&) = delete;
    Interface& operator=(const Interface&) = delete;

    // Takes buffers, starts the device, and tells lwIP. Errors: those of Pool::init() and
    // Device::start().
    [[nodiscard]] Result<> start(const Request& request);
    // Hands lwIP up to `most` packets that have come; returns how many. Frees what was sent.
    unsigned receive(unsigned most);
    // After an interrupt of the device; false: there are packets already.
    [[nodiscard]] bool arm() { return device_.arm(0); }
    void disarm() { device_.disarm(0); }
    // Packets that the device has not read yet.
    [[nodiscard]] unsigned unsent() { return device_.reclaim(0); }
    // The link may have changed.
    void look_at_link();

    // "net0"
    [[nodiscard]] const char* name() const { return name_; }
    [[nodiscard]] netif& lwip() { return netif_; }
    [[nodiscard]] netdev::Device& device() { return device_; }
    [[nodiscard]] const DropCounters& drops() const { return drops_; }
    [[nodiscard]] const netdev::Pool& pool() const { return pool_; }
    // Has the address that was asked for, or waits for none.
    [[nodiscard]] bool has_address() const;
    bool link_was_down = false; // and it was said
    [[nodiscard]] static Interface& of(netif& of) { return *static_cast<Interface*>(of.state); }
#if LWIP_IPV6
    // Of netif; null: none is fixed.
    [[nodiscard]] static const ip6_addr_t* gateway_v6(netif& of);
#endif

  private:
    static constexpr unsigned kBurst = 32;

    // A piece of a packet at the device; those that are not there form a list by Buffer::link.
    struct Piece;

    static err_t set_up(netif* of);
    static err_t send(netif* of, pbuf* packet);
    static void sent(netdev::Buffer& piece);
    err_t transmit(pbuf& packet);
    netdev::Buffer* describe(pbuf& packet);
    Piece* take_piece();
    [[nodiscard]] uint32_t wanted_features(uint32_t buffers) const;
    void configure(const Request& request);
    void input(netdev::Buffer& packet);
    pbuf* wrap(netdev::Buffer& packet);

    netdev::Device& device_;
    netdev::Pool pool_;
    netif netif_ = {};
    DropCounters drops_;
    Piece* pieces_ = nullptr;
    char name_[8] = {};
    bool is_static_ = false;
#if LWIP_IPV6
    ip6_addr_t gateway_v6_ = {}; // netif_.ip6_autoconfig_enabled is 0
#endif
};

} // namespace uk::lwip
