// SPDX-License-Identifier: BSD-3-Clause
// Calls that nobody provides say so, and say it once.
#include <uk/syscall.h>

#include <cerrno>
#include <string>

#include <gtest/gtest.h>
#include <uk/fakes/log.hpp>
#include <uk/syscall/edge.hpp>

namespace {

TEST(Absent, SaysEnosysEachTimeAndItsNameOnce) {
    EXPECT_EQ(uk_sys_pause(), -ENOSYS);
    EXPECT_EQ(uk_sys_pause(), -ENOSYS);
    EXPECT_EQ(uk_sys_fork(), -ENOSYS);
    const std::string log = uk::fakes::log_text();
    EXPECT_NE(log.find("pause"), std::string::npos);
    EXPECT_EQ(log.find("pause"), log.rfind("pause"));
    EXPECT_NE(log.find("fork"), std::string::npos);
}

TEST(Edge, GivesWhatTheBodyGives) {
    EXPECT_EQ(uk::syscall([] { return uk::Result<int>(7); }), 7);
    EXPECT_EQ(uk::syscall([] { return uk::Result<size_t>(uk::Errno::fault); }), -EFAULT);
    EXPECT_EQ(uk::syscall([] { return uk::ok(); }), 0);
    EXPECT_EQ(uk::syscall([] { return uk::Result<>(uk::Errno::intr); }), -EINTR);
    EXPECT_EQ(uk::syscall([] { return -3L; }), -3);
}

} // namespace
