// SPDX-License-Identifier: BSD-3-Clause
// Host tests of the two ways to configuration space.
#include <uk/pci/config.hpp>

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace {

using uk::pci::Address;
using uk::pci::EcamSpace;
using uk::pci::PortSpace;

// Notes each access; answers with the offset.
struct Io {
    std::string* log;
    template <class T>
    T read(uint32_t offset) {
        note("r", sizeof(T), offset, 0);
        return static_cast<T>(0x44332211 >> offset % 4 * 8);
    }
    template <class T>
    void write(uint32_t offset, T value) {
        note("w", sizeof(T), offset, value);
    }
    void note(const char* what, size_t size, uint32_t offset, uint32_t value) const {
        char text[64];
        snprintf(text, sizeof text, "%s%zu@%x=%x ", what, size, offset, value);
        *log += text;
    }
};

TEST(PortSpace, SelectsThenAccesses) {
    std::string log;
    PortSpace<Io> space(Io{&log});
    EXPECT_EQ(space.read({2, 3, 1}, 0x3d, 1), 0x22u);
    EXPECT_EQ(log, "w4@0=8002193c r1@5=0 ");
    log.clear();
    space.write({0, 31, 7}, 0x06, 2, 0x1234);
    EXPECT_EQ(log, "w4@0=8000ff04 w2@6=1234 ");
}

TEST(PortSpace, DoesNotReachBeyond) {
    std::string log;
    PortSpace<Io> space(Io{&log});
    EXPECT_EQ(space.read({0, 0, 0}, 256, 4), ~0u);
    space.write({0, 0, 0}, 4092, 4, 1);
    EXPECT_EQ(log, "");
}

TEST(EcamSpace, IsPlainMemory) {
    std::string log;
    EcamSpace<Io> space(Io{&log}, 4, 5);
    (void)space.read({4, 1, 2}, 0x10, 4);
    EXPECT_EQ(log, "r4@a010=0 ");
    log.clear();
    space.write({5, 31, 7}, 0xffe, 2, 7);
    EXPECT_EQ(log, "w2@1ffffe=7 ");
}

TEST(EcamSpace, HasItsBusesOnly) {
    std::string log;
    EcamSpace<Io> space(Io{&log}, 4, 5);
    EXPECT_EQ(space.read({3, 0, 0}, 0, 4), ~0u);
    EXPECT_EQ(space.read({6, 0, 0}, 0, 4), ~0u);
    EXPECT_EQ(space.read({4, 0, 0}, 4096, 4), ~0u);
    space.write({6, 0, 0}, 0, 4, 1);
    EXPECT_EQ(log, "");
}

} // namespace
