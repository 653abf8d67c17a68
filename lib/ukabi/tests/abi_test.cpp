// SPDX-License-Identifier: BSD-3-Clause
// Every constant, size and offset of <uk/abi/*.h> against Linux's headers: those of this machine at
// run time, those of the other ISA by its compiler. compare.py writes the rows.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include <uk/base/errno.hpp>

#include "rows.hpp"

AbiTable*& AbiTable::first() {
    static AbiTable* table = nullptr;
    return table;
}

namespace {

TEST(Abi, IsTheHosts) {
    size_t compared = 0;
    for (const AbiTable* table = AbiTable::first(); table != nullptr; table = table->next) {
        for (size_t i = 0; i < table->count; i++, compared++) {
            EXPECT_EQ(table->rows[i].ours, table->rows[i].theirs)
                << "<uk/abi/" << table->header << ".h>: " << table->rows[i].what;
        }
    }
    EXPECT_GT(compared, 1000U); // the headers were read
}

TEST(Abi, EveryHeaderIsCompared) {
    std::set<std::string> compared, there;
    for (const AbiTable* table = AbiTable::first(); table != nullptr; table = table->next) {
        compared.insert(table->header);
    }
    for (const auto& entry : std::filesystem::directory_iterator("lib/ukabi/include/uk/abi")) {
        if (entry.is_regular_file()) {
            there.insert(entry.path().stem());
        }
    }
    EXPECT_EQ(compared, there);
}

#ifdef __x86_64__
constexpr const char* kOtherIsa = "arm64";
constexpr const char* kOtherCompiler = "aarch64-linux-gnu-g++";
#else
constexpr const char* kOtherIsa = "x86_64";
constexpr const char* kOtherCompiler = "x86_64-linux-gnu-g++";
#endif

TEST(Abi, OfTheOtherIsaIsLinuxs) {
    const std::string isa = kOtherIsa, compiler = kOtherCompiler;
    const std::string folder = std::string(UK_ABI_OUT) + "/" + isa;
    ASSERT_EQ(system((compiler + " --version >/dev/null").c_str()), 0)
        << compiler << " is missing; support/setup kvm-" << isa << " installs it";
    const std::string command = compiler + " -std=c++20 -w -fsyntax-only -DUK_ABI_STATIC " +
                                "-Ilib/ukabi/include -Ilib/ukabi/" + isa + "/include ";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        EXPECT_EQ(system((command + entry.path().string() + " 1>&2").c_str()), 0) << entry.path();
    }
}

TEST(Abi, HeadersAreC11) {
    for (const std::string isa : {"x86_64", "arm64"}) {
        std::string all;
        for (const auto& entry : std::filesystem::directory_iterator("lib/ukabi/include/uk/abi")) {
            if (entry.is_regular_file()) {
                all += " -include uk/abi/" + entry.path().filename().string();
            }
        }
        const std::string command = "echo | cc -std=c11 -Wall -Wextra -Wpedantic -Werror "
                                    "-fsyntax-only -Ilib/ukabi/include -Ilib/ukabi/" +
                                    isa + "/include" + all + " -x c -";
        EXPECT_EQ(system(command.c_str()), 0) << isa;
    }
}

TEST(Abi, ErrnoIsTheKernels) {
    const AbiTable* table = AbiTable::first();
    while (table != nullptr && std::string(table->header) != "errno") {
        table = table->next;
    }
    ASSERT_NE(table, nullptr);
    std::set<long long> numbers;
    for (size_t i = 0; i < table->count; i++) {
        const long long number = table->rows[i].ours;
        const std::string name = table->rows[i].what;
        if (name != "EWOULDBLOCK" && name != "EDEADLOCK" && name != "ENOTSUP") {
            EXPECT_EQ(uk::errno_name(static_cast<uk::Errno>(number)), name);
        }
        numbers.insert(number);
    }
    for (int number = 1; number <= uk::kErrnoMax; number++) {
        const bool known = uk::errno_text(static_cast<uk::Errno>(number)) != nullptr;
        EXPECT_EQ(known, numbers.count(number) == 1) << number;
    }
}

} // namespace
