// SPDX-License-Identifier: BSD-3-Clause
// Where thread-local variables lie, against what the ABIs say; and against the host's own linker.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <link.h>
#include <vector>

#include <uk/tls/exit_stack.hpp>
#include <uk/tls/layout.hpp>

namespace {

using uk::tls::Abi;
using uk::tls::Image;
using uk::tls::Layout;
using uk::tls::layout_of;

constexpr Abi kBelow{.below = true, .head_bytes = 48};   // x86_64
constexpr Abi kBehind{.below = false, .head_bytes = 16}; // arm64
#ifdef __x86_64__
constexpr Abi kHost = kBelow;
#else
constexpr Abi kHost = kBehind;
#endif

constexpr Image image(size_t bytes, size_t align) {
    return {nullptr, 0, bytes, align};
}

TEST(TlsLayoutTest, Examples) {
    EXPECT_EQ(layout_of(kBelow, image(0, 0)), (Layout{48, 16, 0, 0}));
    EXPECT_EQ(layout_of(kBelow, image(8, 4)), (Layout{64, 16, 16, 8}));
    EXPECT_EQ(layout_of(kBelow, image(0x688, 0x80)), (Layout{0x730, 0x80, 0x700, 0}));
    EXPECT_EQ(layout_of(kBehind, image(0, 0)), (Layout{16, 16, 0, 16}));
    EXPECT_EQ(layout_of(kBehind, image(8, 4)), (Layout{24, 16, 0, 16}));
    EXPECT_EQ(layout_of(kBehind, image(0x688, 0x80)), (Layout{0x708, 0x80, 0, 0x80}));
}

TEST(TlsLayoutTest, WhatLinkersCountOn) {
    for (size_t align = 1; align <= 4096; align *= 2) {
        for (size_t bytes = 1; bytes < 5000; bytes = bytes * 3 / 2 + 1) {
            const Layout below = layout_of(kBelow, image(bytes, align));
            // A variable at offset x is at: pointer - align_up(bytes, align) + x.
            EXPECT_EQ(below.pointer - below.image, (bytes + align - 1) / align * align);
            EXPECT_GE(below.bytes, below.pointer + 48);
            const Layout behind = layout_of(kBehind, image(bytes, align));
            // At: pointer + align_up(16, align) + x.
            EXPECT_EQ(behind.image - behind.pointer, (16 + align - 1) / align * align);
            EXPECT_GE(behind.bytes, behind.image + bytes);
            for (const Layout& each : {below, behind}) {
                EXPECT_EQ(each.align % align, 0u);
                EXPECT_EQ(each.pointer % 16, 0u);
                EXPECT_EQ(each.pointer % align, 0u);
                EXPECT_EQ(each.image % align, 0u);
            }
        }
    }
}

alignas(64) thread_local uint32_t t_wide = 1;
thread_local char t_byte = 2;

// The test program's own PT_TLS; it is the main program, so its variables are the first ones.
int take_tls(dl_phdr_info* info, size_t /*size*/, void* to) {
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr)& header = info->dlpi_phdr[i];
        if (header.p_type == PT_TLS) {
            *static_cast<Image*>(to) = {nullptr, header.p_filesz, header.p_memsz, header.p_align};
        }
    }
    return 1; // the first is enough
}

TEST(TlsLayoutTest, AgreesWithTheHost) {
    Image linked{};
    dl_iterate_phdr(take_tls, &linked);
    ASSERT_GE(linked.align, 64u);
    const Layout where = layout_of(kHost, linked);
    const auto pointer = reinterpret_cast<uintptr_t>(__builtin_thread_pointer());
    const uintptr_t first = pointer - where.pointer + where.image;
    for (const uintptr_t address :
         {reinterpret_cast<uintptr_t>(&t_wide), reinterpret_cast<uintptr_t>(&t_byte)}) {
        EXPECT_GE(address, first);
        EXPECT_LT(address, first + linked.bytes);
    }
    EXPECT_EQ(first % linked.align, 0u);
}

// --- functions at the end of a thread
// --------------------------------------------------------------

struct Memory {
    static inline int left = 0;
    static inline int blocks = 0;
    static void* allocate(size_t bytes) {
        if (blocks == left) {
            return nullptr;
        }
        blocks++;
        return malloc(bytes);
    }
    static void deallocate(void* block) {
        blocks--;
        free(block);
    }
};

using Stack = uk::tls::ExitStack<Memory>;

std::vector<int> g_called;
Stack* g_stack = nullptr;
int g_numbers[] = {0, 1, 2, 3};

void call(void* argument) {
    g_called.push_back(*static_cast<int*>(argument));
}

void call_and_push(void* argument) {
    call(argument);
    EXPECT_TRUE(g_stack->push(call, &g_numbers[3]));
}

TEST(ExitStackTest, LastInFirstOut) {
    Memory::left = 3;
    g_called.clear();
    Stack stack;
    g_stack = &stack;
    EXPECT_TRUE(stack.push(call, &g_numbers[0]));
    EXPECT_TRUE(stack.push(call_and_push, &g_numbers[1]));
    EXPECT_TRUE(stack.push(call, &g_numbers[2]));
    EXPECT_FALSE(stack.push(call, &g_numbers[3])) << "there is no memory";
    stack.run();
    EXPECT_EQ(g_called, (std::vector<int>{2, 1, 3, 0}));
    EXPECT_EQ(Memory::blocks, 0);
    stack.run();
    EXPECT_EQ(g_called.size(), 4u);
}

} // namespace
