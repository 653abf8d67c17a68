// SPDX-License-Identifier: BSD-3-Clause
// Host tests: looking up names and lines, also in tables that are damaged.
#include <uk/debug/symbols.hpp>

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using uk::debug::Place;
using uk::debug::SymbolTable;

class Builder {
  public:
    std::vector<unsigned char> bytes;

    Builder& number(size_t value) {
        for (; value >= 0x80; value >>= 7)
            bytes.push_back(static_cast<unsigned char>(value | 0x80));
        bytes.push_back(static_cast<unsigned char>(value));
        return *this;
    }
    Builder& text(const std::string& text) {
        bytes.push_back(static_cast<unsigned char>(text.size()));
        bytes.insert(bytes.end(), text.begin(), text.end());
        return *this;
    }
};

// Functions one at 0x10, two::deep at 0x250; lines a.c:5 at 0x10, a.c:3 at 0x20, b.c:7 at 0x250,
// nothing known at 0x260, b.c:8 at 0x270.
std::vector<unsigned char> example() {
    Builder table;
    table.text("two::").text("de");
    for (int token = 2; token < 128; token++)
        table.text("");
    table.number(2).number(0x10).text("one").number(0x240).text("\x80\x81"
                                                                "ep");
    table.number(2).text("a.c").text("b.c");
    table.number(5);
    table.number(0x10).number(10 << 1);               // + 5
    table.number(0x10).number(3 << 1);                // - 2
    table.number(0x230).number(8 << 1 | 1).number(1); // + 4, file 1
    table.number(0x10).number(13 << 1);               // - 7
    table.number(0x10).number(16 << 1);               // + 8
    return table.bytes;
}

TEST(Symbols, FindsFunctionAndLine) {
    const std::vector<unsigned char> bytes = example();
    const SymbolTable table(bytes);

    Place place = table.find(0x1f);
    EXPECT_STREQ(place.function, "one");
    EXPECT_EQ(place.offset, 0xfU);
    EXPECT_STREQ(place.file, "a.c");
    EXPECT_EQ(place.line, 5U);

    place = table.find(0x20);
    EXPECT_EQ(place.line, 3U);

    place = table.find(0x250);
    EXPECT_STREQ(place.function, "two::deep");
    EXPECT_EQ(place.offset, 0U);
    EXPECT_STREQ(place.file, "b.c");
    EXPECT_EQ(place.line, 7U);

    place = table.find(0x26f);
    EXPECT_STREQ(place.function, "two::deep");
    EXPECT_EQ(place.line, 0U);
    EXPECT_STREQ(place.file, "");

    place = table.find(0x10000);
    EXPECT_EQ(place.line, 8U);
    EXPECT_EQ(place.offset, 0x10000U - 0x250U);
}

TEST(Symbols, KnowsNothingBeforeTheFirstFunction) {
    const std::vector<unsigned char> bytes = example();
    const Place place = SymbolTable(bytes).find(0xf);
    EXPECT_STREQ(place.function, "");
    EXPECT_EQ(place.line, 0U);
    EXPECT_STREQ(SymbolTable().find(0x10).function, "");
}

TEST(Symbols, CutsLongNames) {
    Builder table;
    table.text(std::string(255, 'x'));
    for (int token = 1; token < 128; token++)
        table.text("");
    table.number(1).number(0).text("\x80\x80\x80").number(0).number(0);
    const Place place = SymbolTable(table.bytes).find(0);
    EXPECT_EQ(std::string(place.function), std::string(sizeof(place.function) - 1, 'x'));
}

TEST(Symbols, SurvivesEveryCutAndRandomDamage) {
    const std::vector<unsigned char> whole = example();
    for (size_t size = 0; size < whole.size(); size++) {
        // A copy of its own, so that the sanitizer sees a read behind it.
        const std::vector<unsigned char> cut(whole.begin(),
                                             whole.begin() + static_cast<ptrdiff_t>(size));
        static_cast<void>(SymbolTable(cut).find(0x270));
    }
    std::mt19937 random(7); // NOLINT: the same bytes each time
    for (int round = 0; round < 20'000; round++) {
        std::vector<unsigned char> damaged = whole;
        for (int i = 0; i < 4; i++)
            damaged[random() % damaged.size()] = static_cast<unsigned char>(random());
        static_cast<void>(SymbolTable(damaged).find(random() % 0x300));
    }
}

} // namespace
