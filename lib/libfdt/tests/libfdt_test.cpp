// SPDX-License-Identifier: BSD-3-Clause
// Host tests of what we take of libfdt: that it is compiled as meant and answers as <uk/fdt.h>
// says.
#include <uk/fdt.h>

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace {

// / { compatible = "x"; aliases { one = "/chosen"; }; chosen { phandle = <7>; bootargs = "a b"; };
// };
struct Tree {
    alignas(8) unsigned char bytes[512] = {};
    std::string structure, strings;

    static std::string word(uint32_t value) {
        return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
                static_cast<char>(value >> 8), static_cast<char>(value)};
    }
    static std::string padded(std::string text) {
        text.resize((text.size() + 3) & ~size_t{3});
        return text;
    }
    void begin(const char* name) { structure += word(1) + padded(std::string(name) + '\0'); }
    void property(const char* name, const std::string& value) {
        structure += word(3) + word(static_cast<uint32_t>(value.size())) +
                     word(static_cast<uint32_t>(strings.size())) + padded(value);
        strings += std::string(name) + '\0';
    }
    void end() { structure += word(2); }

    Tree() {
        using namespace std::string_literals;
        begin("");
        property("compatible", "x\0"s);
        begin("aliases");
        property("one", "/chosen\0"s);
        end();
        begin("chosen");
        property("phandle", word(7));
        property("bootargs", "a b\0"s);
        end();
        end();
        structure += word(9);
        auto size = static_cast<uint32_t>(structure.size());
        auto names = static_cast<uint32_t>(strings.size());
        std::string all = word(0xd00dfeed) + word(56 + size + names) + word(56) + word(56 + size) +
                          word(40) + word(17) + word(16) + word(0) + word(names) + word(size) +
                          std::string(16, '\0') + structure + strings;
        memcpy(bytes, all.data(), all.size());
    }
};

TEST(Libfdt, WalksTheNodes) {
    Tree tree;
    int depth = -1;
    int root = uk_fdt_next_node(tree.bytes, -1, &depth);
    EXPECT_EQ(root, 0);
    EXPECT_EQ(depth, 0);
    int aliases = uk_fdt_next_node(tree.bytes, root, &depth);
    EXPECT_EQ(depth, 1);
    int chosen = uk_fdt_next_node(tree.bytes, aliases, &depth);
    EXPECT_EQ(depth, 1);
    EXPECT_EQ(chosen, uk_fdt_path_offset_namelen(tree.bytes, "/chosen:rest", 7));
    EXPECT_EQ(chosen, uk_fdt_path_offset_namelen(tree.bytes, "one:rest", 3));
    EXPECT_EQ(chosen, uk_fdt_node_offset_by_phandle(tree.bytes, 7));
    EXPECT_EQ(uk_fdt_node_offset_by_phandle(tree.bytes, 8), UK_FDT_NOT_FOUND);
    (void)uk_fdt_next_node(tree.bytes, chosen, &depth);
    EXPECT_LT(depth, 0);
}

TEST(Libfdt, ReadsProperties) {
    Tree tree;
    int chosen = uk_fdt_path_offset_namelen(tree.bytes, "/chosen", 7);
    int length = 0;
    const void* value = uk_fdt_getprop(tree.bytes, chosen, "bootargs", &length);
    ASSERT_NE(value, nullptr);
    EXPECT_EQ(length, 4);
    EXPECT_STREQ(static_cast<const char*>(value), "a b");
    EXPECT_EQ(uk_fdt_getprop(tree.bytes, chosen, "none", &length), nullptr);
    EXPECT_EQ(length, UK_FDT_NOT_FOUND);
}

// The reason for using it: its checks are on. Every byte of the tree is damaged once.
TEST(Libfdt, ChecksWhatItReads) {
    for (size_t at = 0; at < 300; at++) {
        for (unsigned char value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
            Tree tree;
            if (at >= 4 && at < 40) {
                continue; // sizes and offsets: compared with the memory by drivers/devicetree
            }
            tree.bytes[at] = value;
            int depth = -1;
            unsigned steps = 0;
            int length = 0;
            for (int node = uk_fdt_next_node(tree.bytes, -1, &depth);
                 node >= 0 && depth >= 0 && steps < 100;
                 node = uk_fdt_next_node(tree.bytes, node, &depth)) {
                (void)uk_fdt_getprop(tree.bytes, node, "bootargs", &length);
                steps++;
            }
            EXPECT_LT(steps, 100u);
        }
    }
}

} // namespace
