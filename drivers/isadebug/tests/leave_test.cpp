// SPDX-License-Identifier: BSD-3-Clause
// What arrives of an exit status on machines with both devices, one, and none.
#include <uk/isadebug/leave.hpp>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace uk::isadebug;

constexpr Ports kPorts{.exit = 0x501, .status = 0x505, .answer = 0xe9};

struct Model {
    bool ends, takes_bytes;
    std::vector<std::string> done{};
};

struct Machine {
    Model* model;

    uint8_t read(uint16_t port) const {
        if (port == kPorts.exit && model->ends) {
            return 0;
        }
        return port == kPorts.status && model->takes_bytes ? kPorts.answer : 0xff;
    }
    void write(uint16_t port, uint8_t value) const {
        const char* name = port == kPorts.exit ? "exit " : "status ";
        model->done.push_back(name + std::to_string(value));
    }
    void say(std::string_view text) const { model->done.emplace_back(text); }
    void settle() const { model->done.emplace_back("settle"); }
};

std::vector<std::string> left(bool whole, bool panic, int status) {
    Model model{true, whole};
    EXPECT_TRUE(leave(Machine{&model}, kPorts, panic, status));
    return model.done;
}

using Steps = std::vector<std::string>;

TEST(Leave, GivesTheWholeByteFirst) {
    EXPECT_EQ(left(true, false, 0), (Steps{"status 0", "settle", "exit 0"}));
    EXPECT_EQ(left(true, false, 200), (Steps{"status 200", "settle", "exit 72"}));
    EXPECT_EQ(left(true, false, 127), (Steps{"status 127", "settle", "exit 1"}));
    EXPECT_EQ(left(true, true, 134), (Steps{"status 134", "settle", "exit 127"}));
}

TEST(Leave, SaysWhatDoesNotArrive) {
    EXPECT_EQ(left(true, false, -1),
              (Steps{"Microlith: exit status -1 arrives as 255: there are 8 bits.\n", "status 255",
                     "settle", "exit 1"}));
    EXPECT_EQ(left(false, false, 200),
              (Steps{"Microlith: exit status 200 arrives as 72: there are 7 bits.\n", "status 200",
                     "settle", "exit 72"}));
    EXPECT_EQ(left(false, false, 126), (Steps{"status 126", "settle", "exit 126"}));
    EXPECT_EQ(left(false, false, 255)[0],
              "Microlith: exit status 255 arrives as 1: there are 7 bits.\n");
    EXPECT_EQ(left(false, true, 134), (Steps{"status 134", "settle", "exit 127"}));
}

TEST(Leave, LeavesAnEmptyBusAlone) {
    Model model{false, true};
    EXPECT_FALSE(leave(Machine{&model}, kPorts, false, 3));
    EXPECT_TRUE(model.done.empty());
}

} // namespace
