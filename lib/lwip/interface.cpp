// SPDX-License-Identifier: BSD-3-Clause
// Packets between a network device and lwIP.
#include "interface.hpp"

#include <new>

#include <lwip/dhcp.h>
#include <lwip/etharp.h>
#include <lwip/ethip6.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/snmp.h>
#include <netif/ethernet.h>

#include <hooks.h>

#include <uk/base/minmax.hpp>
#include <uk/format.h>

#include "name_servers.hpp"
#include "offload.hpp"

namespace uk::lwip {
namespace {

// Beside each buffer of the pool: the packet buffer that lwIP gets.
struct Wrapper {
    pbuf_custom head;
    netdev::Buffer* buffer;
};

// The application reads, and nobody refers to this part of a packet any more.
void unwrap(pbuf* part) {
    netdev::release(reinterpret_cast<Wrapper*>(part)->buffer);
}

ip_addr_t to_lwip(const Address& address) {
    ip_addr_t out = {};
#if LWIP_IPV4
    if (address.is_v4()) {
        IP_SET_TYPE_VAL(out, IPADDR_TYPE_V4);
        memcpy(&ip_2_ip4(&out)->addr, address.bytes, 4);
    }
#endif
#if LWIP_IPV6
    if (address.is_v6()) {
        IP_SET_TYPE_VAL(out, IPADDR_TYPE_V6);
        memcpy(ip_2_ip6(&out)->addr, address.bytes, 16);
    }
#endif
    return out;
}

// What is checked and computed here, and not by the device.
constexpr uint16_t kOurs = NETIF_CHECKSUM_GEN_IP | NETIF_CHECKSUM_GEN_ICMP |
                           NETIF_CHECKSUM_GEN_ICMP6 | NETIF_CHECKSUM_CHECK_IP |
                           NETIF_CHECKSUM_CHECK_ICMP | NETIF_CHECKSUM_CHECK_ICMP6;
constexpr uint16_t kSent = NETIF_CHECKSUM_GEN_TCP | NETIF_CHECKSUM_GEN_UDP;
constexpr uint16_t kReceived = NETIF_CHECKSUM_CHECK_TCP | NETIF_CHECKSUM_CHECK_UDP;

// Packets of 64 KiB take 33 buffers; of few, nothing would be left for others.
constexpr uint32_t kBuffersForLarge = 128;
// What TCP may leave to a device: an IP packet is not longer than 65535 bytes, with all headers and
// the frame's a pbuf not either, and TcpEnd::reserve() takes four pieces.
constexpr uint16_t kLarge = 64'768;
static_assert(kLarge <= 65535 - 14 - 40 - 60);

} // namespace

struct Interface::Piece {
    Piece(void* memory, uint32_t size, uint32_t headroom)
        : buffer(memory, size, headroom, &Interface::sent) {}
    netdev::Buffer buffer;
    pbuf* packet = nullptr; // of the first piece: given back when it is sent
};

Result<> Interface::start(const Request& request) {
    UK_TRY(pool_.init({.count = request.buffers,
                       .headroom = device_.info().headroom,
                       .private_bytes = sizeof(Wrapper)}));
    UK_TRY(device_.start({.queues = 1,
                          .features = wanted_features(request.buffers),
                          .pool = &pool_,
                          .on_event = request.on_event,
                          .context = request.context}));
    (void)uk_snprintf(name_, sizeof name_, "net%u", device_.index());
#if LWIP_IPV4
    netif* made = netif_add_noaddr(&netif_, this, set_up, ethernet_input);
#else
    netif* made = netif_add(&netif_, this, set_up, ethernet_input);
#endif
    if (made == nullptr)
        return Errno::nomem;
    netif_.hostname = request.host;
    configure(request);
    return ok();
}

uint32_t Interface::wanted_features(uint32_t buffers) const {
    using namespace netdev;
    uint32_t wanted = kSendChecksum | kReceiveChecksum;
    if (buffers >= kBuffersForLarge)
        wanted |= kReceiveTcp4 | kReceiveTcp6;
    if (device_.info().most_pieces >= TCP_LARGE_PBUFS)
        wanted |= kSendTcp4 | kSendTcp6;
    return wanted;
}

err_t Interface::set_up(netif* of) {
    auto& self = Interface::of(*of);
    const netdev::Info& info = self.device_.info();
    of->name[0] = 'e';
    of->name[1] = 'n';
    memcpy(of->hwaddr, info.mac.bytes, sizeof info.mac.bytes);
    of->hwaddr_len = sizeof info.mac.bytes;
    of->mtu = info.mtu;
    of->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_IGMP |
                NETIF_FLAG_MLD6;
#if LWIP_IPV4
    of->output = etharp_output;
#endif
#if LWIP_IPV6
    of->output_ip6 = ethip6_output;
#endif
    of->linkoutput = send;
    const uint32_t features = self.device_.features();
    const bool leaves = (features & netdev::kSendChecksum) != 0;
    of->tcp_large[0] = leaves && (features & netdev::kSendTcp4) != 0 ? kLarge : 0;
    of->tcp_large[1] = leaves && (features & netdev::kSendTcp6) != 0 ? kLarge : 0;
    of->chksum_flags = static_cast<uint16_t>(kOurs | kReceived | (leaves ? 0 : kSent));
    return ERR_OK;
}

void Interface::configure(const Request& request) {
    if (netif_default == nullptr)
        netif_set_default(&netif_);
#if LWIP_IPV6
    netif_create_ip6_linklocal_address(&netif_, 1);
    netif_.ip6_autoconfig_enabled = 1;
#endif
    netif_set_up(&netif_);
    look_at_link();
    const Settings* settings = request.settings;
    if (settings != nullptr) {
#if LWIP_DNS
        ip_addr_t servers[Settings::kDns];
        for (unsigned i = 0; i < Settings::kDns; i++)
            servers[i] = to_lwip(settings->dns[i]);
        set_name_servers(servers);
#endif
        if (settings->host[0] != '\0')
            netif_.hostname = settings->host;
        [[maybe_unused]] const ip_addr_t address = to_lwip(settings->address);
        [[maybe_unused]] const ip_addr_t gateway = to_lwip(settings->gateway);
#if LWIP_IPV4
        if (settings->address.is_v4()) {
            const uint32_t bits =
                settings->prefix == 0 ? 0 : ~uint32_t{0} << (32 - settings->prefix);
            const ip4_addr_t mask = {PP_HTONL(bits)};
            is_static_ = true;
            netif_set_addr(&netif_, ip_2_ip4(&address), &mask, ip_2_ip4(&gateway));
            return;
        }
#endif
#if LWIP_IPV6
        if (settings->address.is_v6()) {
            is_static_ = true;
            netif_.ip6_autoconfig_enabled = settings->gateway.size == 0;
            int8_t index = -1;
            (void)netif_add_ip6_address(&netif_, ip_2_ip6(&address), &index);
            if (settings->gateway.is_v6()) {
                gateway_v6_ = *ip_2_ip6(&gateway);
                ip6_addr_assign_zone(&gateway_v6_, IP6_UNICAST, &netif_);
            }
        }
#endif
    }
#if LWIP_DHCP
    (void)dhcp_start(&netif_);
#endif
}

#if LWIP_IPV6
const ip6_addr_t* Interface::gateway_v6(netif& of) {
    if (of.linkoutput != send || ip6_addr_isany_val(Interface::of(of).gateway_v6_))
        return nullptr;
    return &Interface::of(of).gateway_v6_;
}
#endif

void Interface::look_at_link() {
    const bool up = device_.link_is_up();
    if (up && netif_is_link_up(&netif_) == 0)
        netif_set_link_up(&netif_);
    else if (!up && netif_is_link_up(&netif_) != 0)
        netif_set_link_down(&netif_);
}

bool Interface::has_address() const {
    if (netif_is_link_up(&netif_) == 0)
        return true;
#if LWIP_IPV4 && LWIP_DHCP
    return is_static_ || !ip4_addr_isany_val(*netif_ip4_addr(&netif_));
#else
    return true;
#endif
}

// --- received
// -------------------------------------------------------------------------------------

unsigned Interface::receive(unsigned most) {
    unsigned count = 0;
    while (count < most) {
        netdev::Buffer* burst[kBurst];
        const unsigned wanted = min(most - count, kBurst);
        const unsigned came = device_.receive(0, {burst, wanted});
        if (came > 1)
            tcp_hold_acks();
        for (unsigned i = 0; i < came; i++)
            input(*burst[i]);
        if (came > 1)
            tcp_release_acks();
        count += came;
        if (came < wanted)
            break;
    }
    return count;
}

void Interface::input(netdev::Buffer& packet) {
    const bool is_checked = packet.offload.checksum != netdev::Offload::Checksum::none;
    pbuf* wrapped = wrap(packet);
    if (wrapped == nullptr) {
        drops_.rx_too_long++;
        return;
    }
    // Few are left: what waits to be read goes elsewhere, so that the device finds buffers.
    if (pool_.free_count() < pool_.shape().count / 8) [[unlikely]] {
        if (pbuf* copy = pbuf_clone(PBUF_RAW, PBUF_RAM, wrapped)) {
            (void)pbuf_free(wrapped);
            wrapped = copy;
            drops_.rx_copied++;
        }
    }
    const uint16_t flags = netif_.chksum_flags;
    if (is_checked)
        netif_.chksum_flags = static_cast<uint16_t>(flags & ~kReceived);
    if (ethernet_input(wrapped, &netif_) != ERR_OK)
        (void)pbuf_free(wrapped);
    netif_.chksum_flags = flags;
}

// A chain of packet buffers over the memory of the device's; null: it was too long, and is
// released.
pbuf* Interface::wrap(netdev::Buffer& packet) {
    const uint32_t size = netdev::packet_size(packet);
    if (size > UINT16_MAX) {
        netdev::release(&packet);
        return nullptr;
    }
    pbuf* first = nullptr;
    pbuf** end = &first;
    uint32_t left = size;
    for (netdev::Buffer* part = &packet; part != nullptr;) {
        netdev::Buffer* next = part->next;
        part->next = nullptr;
        auto& wrapper = *static_cast<Wrapper*>(netdev::Pool::private_of(*part));
        pbuf& head = wrapper.head.pbuf;
        head.next = nullptr;
        head.payload = part->data();
        head.tot_len = static_cast<uint16_t>(left);
        head.len = static_cast<uint16_t>(part->size());
        head.type_internal = PBUF_REF;
        head.flags = PBUF_FLAG_IS_CUSTOM;
        head.ref = 1;
        head.if_idx = NETIF_NO_INDEX;
        wrapper.head.custom_free_function = unwrap;
        wrapper.buffer = part;
        left -= part->size();
        *end = &head;
        end = &head.next;
        part = next;
    }
    return first;
}

// --- sent
// -----------------------------------------------------------------------------------------

err_t Interface::send(netif* of, pbuf* packet) {
    return Interface::of(*of).transmit(*packet);
}

Interface::Piece* Interface::take_piece() {
    Piece* piece = pieces_;
    if (piece != nullptr)
        pieces_ = static_cast<Piece*>(piece->buffer.owner);
    else
        piece = static_cast<Piece*>(uk_lwip_allocate(sizeof(Piece)));
    return piece;
}

// One piece for each part of the packet, which stays until all are sent; null: no memory.
netdev::Buffer* Interface::describe(pbuf& packet) {
    netdev::Buffer* first = nullptr;
    netdev::Buffer** end = &first;
    for (pbuf* part = &packet; part != nullptr; part = part->next) {
        if (part->len == 0)
            continue;
        void* memory = take_piece();
        if (memory == nullptr) {
            netdev::release(first);
            return nullptr;
        }
        // In front of what lwIP has allocated itself is room down to its head.
        auto* data = static_cast<std::byte*>(part->payload);
        const bool has_room = pbuf_match_type(part, PBUF_RAM) != 0;
        const auto* floor = reinterpret_cast<std::byte*>(part) + LWIP_MEM_ALIGN_SIZE(sizeof(pbuf));
        const auto headroom = has_room && data > floor ? static_cast<uint32_t>(data - floor) : 0;
        auto* piece = ::new (memory) Piece(data - headroom, headroom + part->len, headroom);
        piece->buffer.set_size(part->len);
        piece->buffer.owner = this;
        *end = &piece->buffer;
        end = &piece->buffer.next;
    }
    if (first != nullptr) {
        reinterpret_cast<Piece*>(first)->packet = &packet;
        pbuf_ref(&packet);
    }
    return first;
}

void Interface::sent(netdev::Buffer& buffer) {
    auto& piece = reinterpret_cast<Piece&>(buffer);
    auto& self = *static_cast<Interface*>(buffer.owner);
    pbuf* packet = piece.packet;
    buffer.owner = self.pieces_;
    self.pieces_ = &piece;
    if (packet != nullptr)
        (void)pbuf_free(packet);
}

err_t Interface::transmit(pbuf& packet) {
    netdev::Buffer* pieces = describe(packet);
    if (pieces == nullptr) {
        drops_.tx_no_memory++;
        return ERR_MEM;
    }
    if ((device_.features() & netdev::kSendChecksum) != 0)
        (void)leave_to_device({static_cast<std::byte*>(packet.payload), packet.len}, packet.tot_len,
                              packet.segment_bytes, pieces->offload);
    if (device_.transmit(0, {&pieces, 1}) == 1)
        return ERR_OK;
    netdev::release(pieces);
    drops_.tx_no_room++;
    return ERR_MEM;
}

} // namespace uk::lwip

#if LWIP_IPV6
extern "C" const ip6_addr_t* uk_lwip_gateway_v6(netif* of) {
    return uk::lwip::Interface::gateway_v6(*of);
}
#endif
