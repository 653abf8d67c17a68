// SPDX-License-Identifier: BSD-3-Clause
// xenstore's client against a server that answers, lies, or is silent.
#include <gtest/gtest.h>

#include <string>

#include <uk/xen/errors.hpp>

#include "drivers/xen/tests/store_server.hpp"

namespace {

using uk::Errno;
using uk::xen::Store;
using uk::xen::StoreHeader;
using uk::xen::fake::StoreServer;

TEST(Store, WritesReadsListsAndRemoves) {
    StoreServer server;
    Store store(server.page, server.port());
    char text[4096];
    for (int round = 0; round < 50; round++) { // the ring wraps many times
        std::string value(static_cast<size_t>(round * 40), static_cast<char>('a' + round % 26));
        ASSERT_TRUE(store.write("data/x", value).ok());
        auto size = store.read("data/x", text);
        ASSERT_TRUE(size.ok());
        EXPECT_EQ(std::string(text, size.value()), value);
    }
    ASSERT_TRUE(store.write("data/y", "").ok());
    auto size = store.list("data", text);
    ASSERT_TRUE(size.ok());
    EXPECT_EQ(std::string(text, size.value()), std::string("x\0y\0", 4));
    EXPECT_TRUE(store.remove("data/x").ok());
    EXPECT_EQ(store.read("data/x", text).code(), Errno::noent);
    EXPECT_EQ(store.remove("data/x").code(), Errno::noent);
}

TEST(Store, RefusesWhatIsNoRequest) {
    StoreServer server;
    Store store(server.page, server.port());
    EXPECT_EQ(store.write("", "x").code(), Errno::inval);
    EXPECT_EQ(store.write(std::string_view("a\0b", 3), "x").code(), Errno::inval);
    EXPECT_EQ(store.write("a", std::string(4095, 'x')).code(), Errno::e2big);
    EXPECT_EQ(store.write(std::string(4096, 'a'), "").code(), Errno::e2big);
    EXPECT_EQ(server.page.requests_produced, 0U);
    EXPECT_TRUE(store.write("a", std::string(4094, 'x')).ok());
}

TEST(Store, ValueThatIsTooLongLeavesTheNextMessageReadable) {
    StoreServer server;
    Store store(server.page, server.port());
    char text[3];
    server.values["a"] = "12345";
    EXPECT_EQ(store.read("a", text).code(), Errno::range);
    server.values["a"] = "123";
    EXPECT_EQ(store.read("a", text).value_or(0), 3U);
}

TEST(Store, SkipsWatchEventsAndOldAnswers) {
    StoreServer server;
    Store store(server.page, server.port());
    server.values["a"] = "1";
    server.raw = StoreServer::message(15, 0, std::string(500, 'w')) +
                 StoreServer::message(15, 1, "w") + StoreServer::message(2, 77, "old");
    char text[8];
    auto size = store.read("a", text);
    ASSERT_TRUE(size.ok());
    EXPECT_EQ(std::string(text, size.value()), "1");
}

TEST(Store, NonsenseEndsTheConversation) {
    const std::string answers[] = {
        StoreServer::message(11, 1, "OK"),                    // another request's type
        std::string("\2\0\0\0\1\0\0\0\0\0\0\0\1\20\0\0", 16), // 4097 bytes
        [] {
            std::string many;
            for (int i = 0; i < 1025; i++) {
                many += StoreServer::message(15, 0, "");
            }
            return many;
        }(),
    };
    for (const std::string& answer : answers) {
        StoreServer server;
        server.answers = false;
        server.raw = answer;
        Store store(server.page, server.port());
        char text[8];
        EXPECT_EQ(store.read("a", text).code(), Errno::proto);
        EXPECT_EQ(store.read("a", text).code(), Errno::io);
    }
}

TEST(Store, CountersThatLieAreAnError) {
    StoreServer server;
    server.page.requests_consumed = 5; // more than was ever sent
    Store store(server.page, server.port());
    EXPECT_EQ(store.write("a", "b").code(), Errno::proto);
    StoreServer other;
    other.answers = false;
    other.page.replies_produced = 1025;
    Store second(other.page, other.port());
    EXPECT_EQ(second.write("a", "b").code(), Errno::proto);
}

TEST(Store, SilenceEnds) {
    StoreServer server;
    server.answers = false;
    server.waits_left = 10;
    Store store(server.page, server.port());
    EXPECT_EQ(store.write("a", "b").code(), Errno::timedout);
    server.answers = true;
    EXPECT_EQ(store.write("a", "b").code(), Errno::io);
}

TEST(Errors, AreThoseOfXen) {
    using uk::xen::errno_named;
    using uk::xen::result_of;
    EXPECT_EQ(result_of(0).value_or(1), 0U);
    EXPECT_EQ(result_of(7).value_or(0), 7U);
    EXPECT_EQ(result_of(-38).code(), Errno::nosys);
    EXPECT_EQ(result_of(-4095).code(), Errno::io);
    EXPECT_EQ(result_of(-4096).value_or(0), static_cast<uint64_t>(-4096));
    EXPECT_EQ(errno_named("EACCES"), Errno::acces);
    EXPECT_EQ(errno_named("ENOTHING"), Errno::io);
    EXPECT_EQ(errno_named(""), Errno::io);
    EXPECT_EQ(errno_named("E?"), Errno::io);
}

} // namespace
