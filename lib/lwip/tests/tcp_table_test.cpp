// SPDX-License-Identifier: BSD-3-Clause
// Host tests of TcpTable, and of the order of connections in TIME_WAIT.
#include "../tcp_table.hpp"

#include <algorithm>
#include <deque>
#include <random>
#include <set>
#include <vector>

#include <lwip/priv/tcp_priv.h>
#include <tcp_table.h>

#include "host_inet.hpp"

namespace {

using uk::lwip::TcpSums;
using uk::lwip::TcpTable;
using uk::lwip::TcpTuple;

ip_addr_t address_v4(uint32_t number) {
    ip_addr_t address = IPADDR4_INIT(lwip_htonl(number));
    return address;
}
ip_addr_t address_v6(uint32_t number) {
    ip_addr_t address = IPADDR6_INIT_HOST(0xfd000000, 0, 0, number);
    return address;
}
TcpTuple tuple_of(const tcp_pcb& pcb) {
    return {&pcb.local_ip, &pcb.remote_ip, pcb.local_port, pcb.remote_port};
}
TcpSums sums_of(uint32_t seed) {
    std::mt19937_64 random(seed);
    uint64_t secret[TcpSums::kWords];
    for (uint64_t& word : secret)
        word = random();
    return TcpSums(secret);
}

struct Block : tcp_pcb {
    Block(ip_addr_t local, uint16_t at, ip_addr_t remote, uint16_t from,
          tcp_state in = ESTABLISHED) {
        std::memset(static_cast<tcp_pcb*>(this), 0, sizeof(tcp_pcb));
        local_ip = local;
        remote_ip = remote;
        local_port = at;
        remote_port = from;
        state = in;
    }
};

struct Few {
    tcp_pcb* connections[4] = {};
    tcp_pcb* ports[2] = {};
    TcpTable table{connections, ports};
    explicit Few(uint32_t seed = 1) { table.set_secret(sums_of(seed)); }
};

// --- by the pair of sockets ---

// So few buckets that most meet others.
TEST(TcpTable, FindsEachAmongThoseInItsBucket) {
    Few few;
    std::mt19937 random(7);
    std::deque<Block> blocks;
    for (uint32_t i = 0; i < 200; i++) {
        const bool is_v6 = i % 3 == 0;
        const auto make = is_v6 ? address_v6 : address_v4;
        blocks.emplace_back(make(1), 80, make(i / 8), static_cast<uint16_t>(1000 + i % 8));
    }
    std::set<Block*> in;
    for (int step = 0; step < 4'000; step++) {
        Block& one = blocks[random() % blocks.size()];
        if (in.erase(&one) != 0) {
            few.table.remove_connection(one);
        } else {
            few.table.add_connection(one);
            in.insert(&one);
        }
        Block& other = blocks[random() % blocks.size()];
        ASSERT_EQ(few.table.find(tuple_of(other), nullptr), in.contains(&other) ? &other : nullptr);
    }
    for (Block* one : in)
        few.table.remove_connection(*one);
    for (const tcp_pcb* first : few.connections)
        EXPECT_EQ(first, nullptr);
}

TEST(TcpTable, KnowsVersionsPortsAndSides) {
    Few few;
    Block one(address_v4(1), 80, address_v4(2), 81);
    few.table.add_connection(one);
    const ip_addr_t mine = address_v4(1), his = address_v4(2);
    const ip_addr_t mine_v6 = address_v6(1), his_v6 = address_v6(2);
    EXPECT_EQ(few.table.find({&mine, &his, 80, 81}, nullptr), &one);
    EXPECT_EQ(few.table.find({&mine, &his, 81, 80}, nullptr), nullptr);
    EXPECT_EQ(few.table.find({&his, &mine, 80, 81}, nullptr), nullptr);
    EXPECT_EQ(few.table.find({&mine_v6, &his_v6, 80, 81}, nullptr), nullptr);
}

// The same four numbers again: a connection comes before one in TIME_WAIT, in either order.
TEST(TcpTable, PrefersThoseThatLive) {
    Few few;
    Block old(address_v4(1), 80, address_v4(2), 81, TIME_WAIT);
    Block young(address_v4(1), 80, address_v4(2), 81);
    few.table.add_connection(old);
    EXPECT_EQ(few.table.find(tuple_of(old), nullptr), &old);
    few.table.add_connection(young);
    EXPECT_EQ(few.table.find(tuple_of(old), nullptr), &young);
    few.table.remove_connection(old);
    few.table.add_connection(old);
    EXPECT_EQ(few.table.find(tuple_of(old), nullptr), &young);
    few.table.remove_connection(young);
    EXPECT_EQ(few.table.find(tuple_of(old), nullptr), &old);
}

TEST(TcpTable, KeepsInterfacesApart) {
    Few few;
    Block first(address_v4(1), 80, address_v4(2), 81), second(address_v4(1), 80, address_v4(2), 81);
    netif one = {}, two = {}, three = {};
    two.num = 1;
    three.num = 2;
    first.netif_idx = netif_get_index(&one);
    second.netif_idx = netif_get_index(&two);
    few.table.add_connection(first);
    few.table.add_connection(second);
    EXPECT_EQ(few.table.find(tuple_of(first), &one), &first);
    EXPECT_EQ(few.table.find(tuple_of(first), &two), &second);
    EXPECT_EQ(few.table.find(tuple_of(first), &three), nullptr);
}

// --- by the port ---

std::vector<tcp_pcb*> at_port(const TcpTable& table, uint16_t port) {
    std::vector<tcp_pcb*> found;
    for (tcp_pcb* each = table.at_port(port); each != nullptr; each = each->links.behind)
        found.push_back(each);
    return found;
}

TEST(TcpTable, ListsEachPortListenersFirst) {
    Few few;
    std::mt19937 random(9);
    std::deque<Block> blocks;
    for (uint16_t i = 0; i < 60; i++)
        blocks.emplace_back(address_v4(1), i % 10, address_v4(2), i, i % 5 == 0 ? LISTEN : CLOSED);
    std::set<tcp_pcb*> in;
    for (int step = 0; step < 4'000; step++) {
        Block& one = blocks[random() % blocks.size()];
        if (in.erase(&one) != 0) {
            few.table.remove_port(one);
        } else {
            few.table.add_port(one, one.state == LISTEN);
            in.insert(&one);
        }
        const auto port = static_cast<uint16_t>(random() % 10);
        const std::vector<tcp_pcb*> found = at_port(few.table, port);
        const auto has_port = [port](const tcp_pcb* pcb) { return pcb->local_port == port; };
        ASSERT_TRUE(std::ranges::all_of(found, has_port));
        ASSERT_EQ(std::set(found.begin(), found.end()).size(), found.size());
        ASSERT_EQ(std::ranges::count_if(in, has_port), static_cast<ptrdiff_t>(found.size()));
        ASSERT_TRUE(std::ranges::is_partitioned(
            found, [](const tcp_pcb* pcb) { return pcb->state == LISTEN; }));
    }
    for (tcp_pcb* one : in)
        few.table.remove_port(*one);
    EXPECT_EQ(few.ports[0], nullptr);
    EXPECT_EQ(few.ports[1], nullptr);
}

// --- strangers ---

// How many are in the fullest of as many buckets.
size_t fullest(const TcpSums& sums, const std::vector<Block>& blocks) {
    std::vector<size_t> counts(1024);
    for (const Block& block : blocks)
        counts[sums.of(tuple_of(block)) % counts.size()]++;
    return std::ranges::max(counts);
}

// What one side can choose: its ports and its addresses, in steps. Chance alone gives 9 to 13 of
// 2,048 in 1,024 buckets.
TEST(TcpSums, SpreadWhatOneSideChooses) {
    for (uint32_t step : {1u, 2u, 5u, 16u, 31u}) {
        std::vector<Block> by_port, by_address, by_network, by_address_v6;
        for (uint32_t i = 0; i < 2'048; i++) {
            const auto port = static_cast<uint16_t>(1024 + i * step);
            by_port.emplace_back(address_v4(1), 80, address_v4(2), port);
            by_address.emplace_back(address_v4(1), 80, address_v4(i * step), 81);
            by_network.emplace_back(address_v4(1), 80, address_v4(i * step << 16), 81);
            by_address_v6.emplace_back(address_v6(1), 80, address_v6(i * step), 81);
        }
        const std::vector<Block>* const sets[] = {&by_port, &by_address, &by_network,
                                                  &by_address_v6};
        for (const std::vector<Block>* blocks : sets) {
            for (uint32_t seed = 0; seed < 8; seed++)
                EXPECT_LE(fullest(sums_of(seed), *blocks), 16u) << step << " " << seed;
        }
    }
}

// Those that meet with one secret do not with another.
TEST(TcpSums, SecretDecidesWhoMeets) {
    const TcpSums one = sums_of(1), other = sums_of(2);
    std::vector<Block> same;
    for (uint32_t i = 0; same.size() < 512; i++) {
        const Block block(address_v4(1), 80, address_v4(i / 60'000),
                          static_cast<uint16_t>(i % 60'000));
        if (one.of(tuple_of(block)) % 1024 == 0)
            same.push_back(block);
    }
    EXPECT_EQ(fullest(one, same), 512u);
    EXPECT_LE(fullest(other, same), 10u);
}

// --- in lwIP ---

class TcpLists : public ::testing::Test {
    inet_tests::Stack stack_;
};

std::vector<tcp_pcb*> waiting(const std::deque<Block>& ours) {
    std::vector<tcp_pcb*> found;
    for (tcp_pcb* each = tcp_tw_pcbs; each != nullptr; each = each->next) {
        EXPECT_EQ(*each->links.list, each);
        for (const Block& one : ours) {
            if (&one == each)
                found.push_back(each);
        }
    }
    return found;
}

TEST_F(TcpLists, TheOldestWaitsFirst) {
    inet_tests::HostInet::Core core;
    std::deque<Block> blocks;
    for (uint16_t i = 0; i < 4; i++) {
        blocks.emplace_back(address_v4(1), 9, address_v4(2), i, TIME_WAIT);
        uk_lwip_tcp_enter(&tcp_tw_pcbs, &blocks.back());
    }
    const auto at = [&](int index) {
        return static_cast<tcp_pcb*>(&blocks[static_cast<size_t>(index)]);
    };
    EXPECT_EQ(waiting(blocks), (std::vector{at(0), at(1), at(2), at(3)}));
    uk_lwip_tcp_leave(&tcp_tw_pcbs, at(3)); // the end
    uk_lwip_tcp_leave(&tcp_tw_pcbs, at(1));
    uk_lwip_tcp_leave(&tcp_tw_pcbs, at(1)); // nothing happens
    uk_lwip_tcp_enter(&tcp_tw_pcbs, at(1));
    EXPECT_EQ(waiting(blocks), (std::vector{at(0), at(2), at(1)}));
    EXPECT_EQ(uk_lwip_tcp_find(&at(1)->local_ip, 9, &at(1)->remote_ip, 1, nullptr), at(1));
    EXPECT_EQ(uk_lwip_tcp_find(&at(3)->local_ip, 9, &at(3)->remote_ip, 3, nullptr), nullptr);
    for (int index : {0, 1, 2})
        uk_lwip_tcp_leave(&tcp_tw_pcbs, at(index));
    EXPECT_TRUE(waiting(blocks).empty());
    EXPECT_EQ(uk_lwip_tcp_at_port(9), nullptr);
}

tcp_pcb* begin_to_wait(uint16_t port) {
    tcp_pcb* const pcb = tcp_new();
    EXPECT_NE(pcb, nullptr);
    pcb->local_ip = address_v4(1);
    pcb->remote_ip = address_v4(2);
    pcb->local_port = 9;
    pcb->remote_port = port;
    pcb->state = TIME_WAIT;
    TCP_REG_TW(pcb);
    return pcb;
}
tcp_pcb* find(uint16_t port) {
    const ip_addr_t mine = address_v4(1), his = address_v4(2);
    return uk_lwip_tcp_find(&mine, 9, &his, port, nullptr);
}

TEST_F(TcpLists, WaitsEndInTheirOrder) {
    inet_tests::HostInet::Core core;
    constexpr uint32_t kWait = 2 * TCP_MSL / TCP_SLOW_INTERVAL;
    begin_to_wait(1);
    const uint32_t begin = tcp_ticks;
    tcp_ticks += 100;
    tcp_pcb* const second = begin_to_wait(2);
    tcp_ticks = begin + kWait - 1;
    tcp_slowtmr();
    EXPECT_NE(find(1), nullptr);
    tcp_slowtmr();
    EXPECT_EQ(find(1), nullptr);
    EXPECT_EQ(find(2), second);
    tcp_ticks += 100;
    tcp_slowtmr();
    EXPECT_EQ(find(2), nullptr);
}

TEST_F(TcpLists, TheOldestMakesRoomAtTheLimit) {
    inet_tests::HostInet::Core core;
    constexpr uint16_t kMore = 100;
    for (uint16_t i = 0; i < MEMP_NUM_TCP_PCB + kMore; i++)
        begin_to_wait(i);
    for (uint16_t i = 0; i < kMore; i++)
        EXPECT_EQ(find(i), nullptr);
    for (uint16_t i = MEMP_NUM_TCP_PCB; i < MEMP_NUM_TCP_PCB + kMore; i++)
        EXPECT_NE(find(i), nullptr);
    while (tcp_tw_pcbs != nullptr)
        tcp_abort(tcp_tw_pcbs);
    EXPECT_EQ(find(MEMP_NUM_TCP_PCB), nullptr);
    EXPECT_EQ(uk_lwip_tcp_at_port(9), nullptr);
}

} // namespace
