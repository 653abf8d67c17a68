// SPDX-License-Identifier: BSD-3-Clause
// What becomes of streams when the program ends.
#include "host_inet.hpp"

#include <lwip/priv/tcp_priv.h>

namespace {

using namespace inet_tests;

class TcpEnds : public ::testing::Test {
    Stack stack_;
};

TEST_F(TcpEnds, AllEndsWithTheProgram) {
    auto [client, server] = tcp_pair();
    const Ref<Socket> door = listener(), full = listener(0), first = tcp(), waits = tcp();
    EXPECT_TRUE(send(*client, "hello").ok());
    EXPECT_EQ(first->connect(local(*full)).code(), Errno::inprogress);
    EXPECT_EQ(waits->connect(local(*full)).code(), Errno::inprogress); // is not answered
    {
        HostInet::Core core;
        uk::lwip::TcpEnd::end_all();
        for (const tcp_pcb* one = tcp_active_pcbs; one != nullptr; one = one->next)
            EXPECT_TRUE(one->state != ESTABLISHED && one->callback_arg == nullptr);
    }
    // For threads that go on nothing comes, and nothing fits: no error, and no SIGPIPE.
    EXPECT_EQ(receive(*server), "hello");
    EXPECT_EQ(receive(*server), "<EAGAIN>");
    EXPECT_EQ(receive(*client), "<EAGAIN>");
    EXPECT_EQ(send(*client, "x").code(), Errno::again);
    EXPECT_EQ(client->ready(), 0U);
    const Ref<Socket> late = tcp();
    EXPECT_EQ(late->connect(local(*door)).code(), Errno::inprogress);
    EXPECT_EQ(receive(*late), "<ECONNRESET>");
}

} // namespace
