// SPDX-License-Identifier: BSD-3-Clause
// Errors of ICMP: what is read of them, and who hears.
#include "../sockets/icmp_error.hpp"
#include "../sockets/udp_socket.hpp"
#include "host_inet.hpp"

#include <hooks.h>

#include <lwip/inet_chksum.h>
#include <lwip/priv/tcp_priv.h>

#include <vector>

namespace {

using namespace inet_tests;
using uk::lwip::IcmpError;
using uk::lwip::parse_icmp_error;
using UdpSocket = uk::lwip::UdpSocket<HostInet>;
using Bytes = std::vector<uint8_t>;

// About a packet from 10.0.0.2:0x1234 to 10.0.0.9:0x50, number 0x01020304.
Bytes message(uint8_t type, uint8_t code, uint8_t protocol = 17, size_t options = 0) {
    Bytes out = {type, code, 0, 0, 0, 0, 0, 0};
    out.push_back(static_cast<uint8_t>(0x45 + options / 4));
    out.insert(out.end(), {0, 0, 40, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 2, 10, 0, 0, 9});
    out.resize(out.size() + options);
    out.insert(out.end(), {0x12, 0x34, 0, 0x50, 1, 2, 3, 4});
    return out;
}
Bytes message_v6(uint8_t type, uint8_t code) {
    Bytes out = {type, code, 0, 0, 0, 0, 0, 0, 0x60, 0, 0, 0, 0, 8, 17, 64};
    for (const uint8_t last : {2, 9}) {
        out.insert(out.end(), {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last});
    }
    out.insert(out.end(), {0x12, 0x34, 0, 0x50, 1, 2, 3, 4});
    return out;
}
// The error and whether it is final.
std::string meaning(const Bytes& bytes, bool v6 = false) {
    IcmpError error;
    if (!parse_icmp_error(bytes, v6, error))
        return "nothing";
    EXPECT_EQ(error.local.port, 0x1234);
    EXPECT_EQ(error.peer.port, 0x50);
    EXPECT_EQ(error.sequence, 0x01020304U);
    EXPECT_STREQ(ipaddr_ntoa(&error.peer.ip), v6 ? "2001:DB8::9" : "10.0.0.9");
    EXPECT_STREQ(ipaddr_ntoa(&error.local.ip), v6 ? "2001:DB8::2" : "10.0.0.2");
    return std::string(Result<>(error.problem).error().name()) + (error.is_final ? "!" : "");
}

TEST(IcmpErrors, MeanWhatTheyDoOnLinux) {
    EXPECT_EQ(meaning(message(3, 0)), "ENETUNREACH");
    EXPECT_EQ(meaning(message(3, 1)), "EHOSTUNREACH");
    EXPECT_EQ(meaning(message(3, 2)), "ENOPROTOOPT!");
    EXPECT_EQ(meaning(message(3, 3)), "ECONNREFUSED!");
    EXPECT_EQ(meaning(message(3, 4)), "nothing");
    EXPECT_EQ(meaning(message(3, 13)), "EHOSTUNREACH!");
    EXPECT_EQ(meaning(message(3, 16)), "nothing");
    EXPECT_EQ(meaning(message(11, 0)), "EHOSTUNREACH");
    EXPECT_EQ(meaning(message(0, 3)), "nothing");
    EXPECT_EQ(meaning(message(3, 3, 17, 40)), "ECONNREFUSED!");
    EXPECT_EQ(meaning(message_v6(1, 0), true), "ENETUNREACH");
    EXPECT_EQ(meaning(message_v6(1, 1), true), "EACCES!");
    EXPECT_EQ(meaning(message_v6(1, 4), true), "ECONNREFUSED!");
    EXPECT_EQ(meaning(message_v6(1, 7), true), "nothing");
    EXPECT_EQ(meaning(message_v6(3, 0), true), "EHOSTUNREACH");
}

TEST(IcmpErrors, AreNothingWhenTheyAreCut) {
    for (const bool v6 : {false, true}) {
        const Bytes whole = v6 ? message_v6(1, 4) : message(3, 3);
        for (size_t size = 0; size < whole.size(); size++) {
            IcmpError error;
            const Bytes part(whole.begin(), whole.begin() + static_cast<long>(size));
            EXPECT_FALSE(parse_icmp_error(part, v6, error)) << size;
        }
        IcmpError error;
        EXPECT_FALSE(parse_icmp_error(whole, !v6, error));
    }
    Bytes fragment = message(3, 3);
    fragment[15] = 1;
    EXPECT_EQ(meaning(fragment), "nothing");
    Bytes few_words = message(3, 3);
    few_words[8] = 0x44;
    EXPECT_EQ(meaning(few_words), "nothing");
}

// --- sockets ---

class IcmpErrorsOf : public ::testing::Test {
    Stack stack_;
};

// A port that nobody has.
uk::SocketAddress nobody(int domain) {
    const Ref<Socket> taken = std::move(UdpSocket::make(domain, UK_O_NONBLOCK)).value();
    EXPECT_TRUE(taken->bind(domain == UK_AF_INET ? v4(0) : v6(0, "::1")).ok());
    return local(*taken);
}

TEST_F(IcmpErrorsOf, ConnectedDatagrams) {
    for (const int domain : {UK_AF_INET, UK_AF_INET6}) {
        const Ref<Socket> client = std::move(UdpSocket::make(domain, UK_O_NONBLOCK)).value();
        EXPECT_TRUE(client->connect(nobody(domain)).ok());
        EXPECT_TRUE(send(*client, "one").ok());
        EXPECT_NE(client->ready() & UK_POLLERR, 0U);
        EXPECT_EQ(receive(*client), "<ECONNREFUSED>");
        EXPECT_EQ(client->ready() & UK_POLLERR, 0U);
        EXPECT_EQ(receive(*client), "<EAGAIN>");
        EXPECT_TRUE(send(*client, "two").ok());
        EXPECT_EQ(send(*client, "three").code(), Errno::connrefused);
        EXPECT_TRUE(send(*client, "four").ok());
        EXPECT_EQ(pending(*client), static_cast<int>(Errno::connrefused));
        EXPECT_EQ(pending(*client), 0);
    }
}

TEST_F(IcmpErrorsOf, ConnectedDatagramsWakeWhoWaits) {
    const Ref<Socket> client = std::move(UdpSocket::make(UK_AF_INET, 0)).value();
    EXPECT_TRUE(client->connect(nobody(UK_AF_INET)).ok());
    std::string got;
    std::thread reader([&] { got = receive(*client); });
    EXPECT_TRUE(send(*client, "one").ok());
    reader.join();
    EXPECT_EQ(got, "<ECONNREFUSED>");
}

TEST_F(IcmpErrorsOf, OthersDoNotHear) {
    const uk::SocketAddress to = nobody(UK_AF_INET);
    const Ref<Socket> client = std::move(UdpSocket::make(UK_AF_INET, UK_O_NONBLOCK)).value();
    EXPECT_TRUE(send_bytes(*client, "x", 1, 0, &to).ok());
    EXPECT_EQ(receive(*client), "<EAGAIN>");
}

// A message for the stack, about the last segment of a connection that is not there yet.
void tell(uint8_t code, uint32_t wrong_number, bool wrong_sum) {
    HostInet::Core core;
    const tcp_pcb* pcb = tcp_active_pcbs;
    while (pcb != nullptr && pcb->state != SYN_SENT)
        pcb = pcb->next;
    ASSERT_NE(pcb, nullptr);
    Bytes bytes = message(3, code, 6);
    memcpy(&bytes[8 + 12], &ip_2_ip4(&pcb->local_ip)->addr, 4);
    memcpy(&bytes[8 + 16], &ip_2_ip4(&pcb->remote_ip)->addr, 4);
    const uint16_t ports[] = {lwip_htons(pcb->local_port), lwip_htons(pcb->remote_port)};
    const uint32_t number = lwip_htonl(lwip_ntohl(pcb->unacked->tcphdr->seqno) + wrong_number);
    memcpy(&bytes[28], ports, 4);
    memcpy(&bytes[32], &number, 4);
    const uint16_t sum = inet_chksum(bytes.data(), static_cast<u16_t>(bytes.size()));
    memcpy(&bytes[2], &sum, 2);
    bytes[3] ^= wrong_sum ? 1 : 0;
    pbuf* const packet = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(bytes.size()), PBUF_RAM);
    (void)pbuf_take(packet, bytes.data(), static_cast<u16_t>(bytes.size()));
    netif from = {};
    from.chksum_flags = NETIF_CHECKSUM_ENABLE_ALL;
    uk_lwip_icmp_error(packet, &from);
    pbuf_free(packet);
}

TEST_F(IcmpErrorsOf, AttemptsToConnect) {
    const Ref<Socket> full = listener(0);
    const Ref<Socket> first = tcp(), client = tcp();
    EXPECT_EQ(first->connect(local(*full)).code(), Errno::inprogress);
    EXPECT_EQ(client->connect(local(*full)).code(), Errno::inprogress); // is not answered
    tell(1, 1, false);
    tell(1, 0, true);
    EXPECT_EQ(client->connect(local(*full)).code(), Errno::already);
    tell(1, 0, false);
    EXPECT_NE(client->ready() & UK_POLLERR, 0U);
    EXPECT_EQ(client->connect(local(*full)).code(), Errno::hostunreach);
    EXPECT_EQ(client->connect(local(*full)).code(), Errno::inprogress); // and may try again
    tell(3, 0, false);
    EXPECT_EQ(pending(*client), static_cast<int>(Errno::connrefused));
}

} // namespace
