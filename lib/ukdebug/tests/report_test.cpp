// SPDX-License-Identifier: BSD-3-Clause
// Host tests: the text of crash reports, with readable, short and unreadable memory.
#include "fake_memory.hpp"

#include <uk/debug/report.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using uk::debug::Report;

std::string g_text;

void write(const char* data, size_t size) {
    g_text.append(data, size);
}

constexpr unsigned char kNote[] = {4, 0, 0,   0,   4,   0, 0,    0,    3,    0,
                                   0, 0, 'G', 'N', 'U', 0, 0xde, 0xad, 0xbe, 0xef};

class CrashReport : public ::testing::Test {
  protected:
    uk::debug::Machine machine_{write, fake::kView, fake::kText - 0x100, kNote};
    Report report_{machine_};

    void SetUp() override {
        g_text.clear();
        fake::g_stack.assign(256, 0);
    }
    std::string text() { return std::exchange(g_text, ""); }
    void panic(const char* format, ...) {
        va_list arguments;
        va_start(arguments, format);
        report_.panic("lib/x/y.cpp", 12, "f", format, arguments);
        va_end(arguments);
    }
};

TEST_F(CrashReport, BeginsWithMarkerAndBuildId) {
    report_.begin();
    report_.end();
    EXPECT_EQ(text(), "\n---- Microlith crash report begins ----\nbuild deadbeef\n"
                      "---- Microlith crash report ends ----\n");
    machine_.note = {};
    report_.begin();
    EXPECT_NE(text().find("build ? (the image has no build id)\n"), std::string::npos);
}

TEST_F(CrashReport, NamesTheException) {
    uk::hal::TrapInfo info;
    info.name = "page fault";
    info.number = 14;
    info.error_code = 2;
    report_.exception(info);
    EXPECT_EQ(text(), "page fault (14, error 0x2)\n");
    info.access = uk::hal::Access::write;
    info.has_fault_address = true;
    info.fault_address = 0x1008;
    info.nested = true;
    report_.exception(info);
    EXPECT_EQ(text(),
              "page fault (14, error 0x2): write to an address that is not mapped, while "
              "another exception or an interrupt was handled\naddress 0x0000000000001008\n");
    info.detail = "what the architecture says comes first";
    info.nested = false;
    report_.exception(info);
    EXPECT_EQ(text(), "page fault (14, error 0x2): what the architecture says comes first\n"
                      "address 0x0000000000001008\n");
}

TEST_F(CrashReport, PanicHasPlaceAndMessageAndIsCutWhenLong) {
    panic("assertion failed: %s", "a == b");
    EXPECT_EQ(text(), "panic: lib/x/y.cpp:12: f: assertion failed: a == b\n");
    panic("%s", std::string(1000, 'x').c_str());
    const std::string line = text();
    EXPECT_LE(line.size(), 512u);
    EXPECT_EQ(line.back(), '\n');
}

TEST_F(CrashReport, RegistersThreeInARow) {
    const uk::hal::NamedRegister registers[] = {
        {"rax", 1}, {"rbx", 0xffffffffffffffff}, {"rcx", 2}, {"rip", 3}};
    report_.registers(registers);
    EXPECT_EQ(text(), "    rax 0000000000000001    rbx ffffffffffffffff    rcx 0000000000000002\n"
                      "    rip 0000000000000003\n");
    report_.registers({});
    EXPECT_EQ(text(), "");
}

TEST_F(CrashReport, CodeAroundThePc) {
    report_.code(fake::kText + 0x20);
    EXPECT_EQ(text(),
              "code 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f [20] 21 22 23 24 25 26 27 28 "
              "29 2a 2b 2c 2d 2e 2f\n");
    report_.code(fake::kText + 2); // the text begins here
    EXPECT_EQ(text().substr(0, 16), "code 00 01 [02] ");
    report_.code(fake::kText + fake::kTextSize - 2); // and ends here
    EXPECT_NE(text().find(" [fe] ff\n"), std::string::npos);
    for (uintptr_t wild : {uintptr_t{0}, uintptr_t{5}, UINTPTR_MAX, fake::kStack}) {
        report_.code(wild);
        EXPECT_NE(text().find("cannot be read"), std::string::npos);
    }
}

TEST_F(CrashReport, StackInHexAndAscii) {
    fake::put(0, 0x6463626100206162);
    report_.stack(fake::kStack, 16);
    EXPECT_EQ(text(), "stack at 0x0000000007000000\n"
                      "  +000 62 61 20 00 61 62 63 64 00 00 00 00 00 00 00 00  ba .abcd........\n");
    report_.stack(fake::kStack + 250, 64);
    EXPECT_EQ(
        text(),
        "stack at 0x00000000070000fa\n"
        "  +000 00 00 00 00 00 00                                ...... (unmapped from here)\n");
    report_.stack(UINTPTR_MAX, 64);
    EXPECT_NE(text().find("(unmapped from here)"), std::string::npos);
}

TEST_F(CrashReport, CallsAreOffsetsIntoTheImage) {
    fake::frame(0, fake::kStack + 64, fake::kText + 0x10);
    fake::frame(64, 0, fake::kText + 0x20);
    report_.calls(fake::kText, fake::kStack, fake::kStack);
    EXPECT_EQ(text(),
              "calls, latest first\n  #0 image+0x100\n  #1 image+0x110\n  #2 image+0x120\n");
    report_.calls(0, fake::kStack, 0); // a panic: no pc of its own
    EXPECT_EQ(text(), "calls, latest first\n  #0 image+0x110\n  #1 image+0x120\n");
}

TEST_F(CrashReport, ACallThroughAWildPointerShowsTheCaller) {
    fake::put(128, fake::kText + 0x30);
    report_.calls(0, 0, 0x1000, fake::kText + 0x30); // where calls leave it in a register
    EXPECT_EQ(text(),
              "calls, latest first\n  #0 0x0000000000000000 (not in code)\n  #1 image+0x130\n");
    report_.calls(0, 0, fake::kStack + 128);
    EXPECT_EQ(text(),
              "calls, latest first\n  #0 0x0000000000000000 (not in code)\n  #1 image+0x130\n");
}

TEST_F(CrashReport, AFunctionWithoutFrameMayHaveItsCallerOnTopOfTheStack) {
    fake::frame(64, 0, fake::kText + 0x20);
    fake::put(32, fake::kText + 0x10);
    report_.calls(fake::kText, fake::kStack + 64, fake::kStack + 32);
    EXPECT_EQ(text(), "calls, latest first\n  #0 image+0x100\n  #? maybe image+0x110\n"
                      "  #1 image+0x120\n");
}

TEST_F(CrashReport, ADamagedStackIsSearchedForAddresses) {
    fake::put(16, fake::kText + 0x40);
    fake::put(48, fake::kText + 0x50);
    report_.calls(fake::kText, 0x4141414141414141, fake::kStack);
    EXPECT_EQ(text(), "calls, latest first\n  #0 image+0x100\n"
                      "  (frame pointer is not aligned: 0x4141414141414141)\n"
                      "  #? maybe image+0x140\n  #? maybe image+0x150\n");
    report_.calls(fake::kText, 0x4141414141414141, 0x1000); // no stack at all
    EXPECT_EQ(text(), "calls, latest first\n  #0 image+0x100\n"
                      "  (frame pointer is not aligned: 0x4141414141414141)\n");
}

} // namespace
