// SPDX-License-Identifier: BSD-3-Clause
// Fuzz target: frames of any bytes for the stack, and answers of a DNS and a DHCP server that are
// right as far as the stack can know, and then anything.
#include "begin.hpp"
#include "lib/lwip/interface.hpp"
#include "lib/uknetdev/tests/fake_wire.hpp"

#include <lwip/dhcp.h>
#include <lwip/dns.h>
#include <lwip/ethip6.h>
#include <lwip/ip.h>
#include <lwip/prot/dhcp.h>
#include <lwip/udp.h>
#include <netif/ethernet.h>

#include <cstdlib>
#include <cstring>
#include <string>

using namespace uk::lwip;
namespace netdev = uk::netdev;

namespace {

// One that asks DHCP; checksums are not looked at, so that what is behind them is.
class World {
  public:
    World() {
        lwip_tests::begin_lwip();
        if (!peer_pool_.init({.count = 256}).ok() ||
            !wire_.right().start({.pool = &peer_pool_}).ok() ||
            !interface_.start({.buffers = 64}).ok())
            abort();
        interface_.lwip().chksum_flags = 0;
        server_ = udp_new();
        if (udp_bind(server_, IP_ADDR_ANY, 53) != ERR_OK)
            abort();
        udp_recv(server_, on_question, this);
    }

    void frame(const uint8_t* data, size_t size) {
        pbuf* const packet = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(size), PBUF_RAM);
        if (packet == nullptr)
            return;
        (void)pbuf_take(packet, data, static_cast<u16_t>(size));
        netif& at = interface_.lwip();
        if (at.input(packet, &at) != ERR_OK)
            pbuf_free(packet);
        settle();
    }
    // In an IPv4 or IPv6 packet to us.
    void packet(uint8_t protocol, bool v6, const uint8_t* data, size_t size) {
        std::string out(v6 ? 54 : 34, '\0');
        memcpy(out.data(), interface_.lwip().hwaddr, 6);
        out[6] = 2;
        const auto put16 = [&](size_t at, size_t value) {
            out[at] = static_cast<char>(value >> 8);
            out[at + 1] = static_cast<char>(value);
        };
        put16(12, v6 ? 0x86dd : 0x0800);
        if (v6) {
            out[14] = 0x60;
            put16(18, size);
            out[20] = static_cast<char>(protocol);
            out[21] = '\xff';
            out[22] = '\xfe', out[23] = '\x80', out[37] = 1;
            memcpy(out.data() + 38, netif_ip6_addr(&interface_.lwip(), 0)->addr, 16);
        } else {
            out[14] = 0x45;
            put16(16, 20 + size);
            out[22] = 64;
            out[23] = static_cast<char>(protocol);
            const uint32_t to = ip4_addr_get_u32(netif_ip4_addr(&interface_.lwip()));
            memcpy(out.data() + 26, "\x0a\0\0\1", 4);
            memcpy(out.data() + 30, to != 0 ? static_cast<const void*>(&to) : "\xff\xff\xff\xff",
                   4);
        }
        out.append(reinterpret_cast<const char*>(data), size);
        frame(reinterpret_cast<const uint8_t*>(out.data()), out.size());
    }
    void dhcp_answer(const uint8_t* data, size_t size) {
        const dhcp* const state = netif_dhcp_data(&interface_.lwip());
        std::string out(8 + 240, '\0');
        const size_t whole = out.size() + size;
        out[1] = 67, out[3] = 68;
        out[4] = static_cast<char>(whole >> 8), out[5] = static_cast<char>(whole);
        out[8] = 2, out[9] = 1, out[10] = 6;
        const uint32_t xid = lwip_htonl(state->xid);
        memcpy(out.data() + 12, &xid, 4);
        memcpy(out.data() + 24, "\x0a\0\0\2", 4);
        memcpy(out.data() + 36, interface_.lwip().hwaddr, 6);
        memcpy(out.data() + 244, "\x63\x82\x53\x63", 4);
        out.append(reinterpret_cast<const char*>(data), size);
        packet(IP_PROTO_UDP, false, reinterpret_cast<const uint8_t*>(out.data()), out.size());
    }
    // The answer begins with the question and its head, unless the first byte says otherwise.
    void dns_answer(bool v6, const uint8_t* data, size_t size) {
        ip_addr_t server = IPADDR4_INIT_BYTES(127, 0, 0, 1);
        dns_setserver(0, &server);
        dns_setserver(1, nullptr);
        question_.clear();
        ends_ = 0;
        ip_addr_t found;
        const std::string name = "a" + std::to_string(count_++) + ".bc.test"; // nobody knows it
        const err_t asked =
            dns_gethostbyname_addrtype(name.c_str(), &found, on_answer, this,
                                       v6 ? LWIP_DNS_ADDRTYPE_IPV6 : LWIP_DNS_ADDRTYPE_IPV4);
        settle();
        if (asked == ERR_INPROGRESS && size > 0 && question_.size() > 12) {
            std::string out = question_;
            if ((data[0] & 3) == 0)
                out.resize(2);
            else
                out[2] |= '\x80', out[3] = static_cast<char>(data[0] >> 4), out[7] = 3;
            out.append(reinterpret_cast<const char*>(data) + 1, size - 1);
            send(out);
            question_[2] |= '\x80', question_[3] = 3; // no such name: ends what goes on
            if (ends_ == 0)
                send(question_);
            if (ends_ == 0)
                abort();
        }
        if (ends_ > 1)
            abort();
    }

  private:
    static void on_question(void* self, udp_pcb* /*pcb*/, pbuf* data, const ip_addr_t* from,
                            u16_t port) {
        auto& world = *static_cast<World*>(self);
        world.question_.resize(data->tot_len);
        (void)pbuf_copy_partial(data, world.question_.data(), data->tot_len, 0);
        world.from_ = *from;
        world.port_ = port;
        pbuf_free(data);
    }
    static void on_answer(const char* /*name*/, const ip_addr_t* /*ip*/, void* self) {
        static_cast<World*>(self)->ends_++;
    }
    void send(const std::string& text) {
        const auto size = static_cast<u16_t>(text.size());
        pbuf* const data = pbuf_alloc(PBUF_TRANSPORT, size, PBUF_RAM);
        if (data == nullptr)
            abort();
        (void)pbuf_take(data, text.data(), size);
        (void)udp_sendto(server_, data, &from_, port_);
        pbuf_free(data);
        settle();
    }
    // What is sent arrives, or is gone.
    void settle() {
        netif_poll_all();
        netdev::Buffer* buffer = nullptr;
        while (wire_.right().receive(0, {&buffer, 1}) == 1)
            netdev::release(buffer);
        (void)wire_.left().reclaim(0);
    }

    netdev_test::FakeWire wire_{{}};
    netdev::Pool peer_pool_;
    Interface interface_{wire_.left()};
    udp_pcb* server_ = nullptr;
    std::string question_;
    ip_addr_t from_ = {};
    u16_t port_ = 0;
    int ends_ = 0;
    unsigned count_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static World& world = *new World;
    // Pieces: what, how long, and its bytes.
    while (size >= 3) {
        const uint8_t what = data[0];
        const size_t wanted = data[1] | static_cast<size_t>(data[2] & 3) << 8;
        data += 3, size -= 3;
        const size_t taken = wanted < size ? wanted : size;
        switch (what % 6) {
        case 0:
            world.frame(data, taken);
            break;
        case 1:
            world.packet(what >> 4 & 1 ? IP_PROTO_ICMP : IP_PROTO_UDP, false, data, taken);
            break;
        case 2:
            world.packet(what >> 4 & 1 ? IP6_NEXTH_ICMP6 : IP6_NEXTH_HOPBYHOP, true, data, taken);
            break;
        case 3:
            world.dhcp_answer(data, taken);
            break;
        default:
            world.dns_answer((what & 1) != 0, data, taken);
            break;
        }
        data += taken, size -= taken;
    }
    return 0;
}
