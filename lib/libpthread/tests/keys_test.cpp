// SPDX-License-Identifier: BSD-3-Clause
// Keys and values of threads.
#include <cstdlib>
#include <vector>

#include <gtest/gtest.h>

#include "../keys.hpp"

namespace {

using uk::Errno;

struct NoLock {
    struct State {};
    State lock() { return {}; }
    void unlock(State /*state*/) {}
};
struct Memory {
    static inline bool fails = false;
    static inline int blocks = 0;
    static void* allocate(size_t size) {
        if (fails)
            return nullptr;
        blocks++;
        return std::malloc(size);
    }
    static void deallocate(void* block) {
        blocks -= block != nullptr ? 1 : 0;
        std::free(block);
    }
};
using Table = uk::pthread::KeyTable<NoLock, 40>;
using Values = uk::pthread::KeyValues<Table, Memory>;

std::vector<void*> g_destroyed;
Table* g_table;
Values* g_values;
unsigned g_key;

int g_objects[50];

TEST(Keys, AreSoMany) {
    Table table;
    for (unsigned i = 0; i < 40; i++)
        EXPECT_EQ(table.create(nullptr).value(), i);
    EXPECT_EQ(table.create(nullptr).code(), Errno::again);
    EXPECT_TRUE(table.remove(17).ok());
    EXPECT_EQ(table.remove(17).code(), Errno::inval);
    EXPECT_EQ(table.remove(40).code(), Errno::inval);
    EXPECT_EQ(table.create(nullptr).value(), 17u);
}

TEST(Keys, ValuesBelongToThreadAndKey) {
    Table table;
    Values mine, yours;
    const unsigned key = table.create(nullptr).value();
    for (unsigned i = 0; i < 30; i++)
        (void)table.create(nullptr);
    EXPECT_EQ(mine.get(table, key), nullptr);
    EXPECT_TRUE(mine.set(table, key, g_objects).ok());
    EXPECT_TRUE(mine.set(table, 30, g_objects + 1).ok());
    EXPECT_EQ(mine.get(table, key), g_objects);
    EXPECT_EQ(mine.get(table, 30), g_objects + 1);
    EXPECT_EQ(mine.get(table, 29), nullptr);
    EXPECT_EQ(yours.get(table, key), nullptr);
    EXPECT_EQ(mine.set(table, 31, g_objects).code(), Errno::inval);
    EXPECT_EQ(mine.set(table, 1000, g_objects).code(), Errno::inval);
    EXPECT_EQ(mine.get(table, 31), nullptr);
    EXPECT_EQ(mine.get(table, 1000), nullptr);
    EXPECT_TRUE(table.remove(key).ok());
    EXPECT_EQ(mine.get(table, key), nullptr);
    EXPECT_EQ(table.create(nullptr).value(), key);
    EXPECT_EQ(mine.get(table, key), nullptr) << "the value of the key before";
    EXPECT_EQ(Memory::blocks, 2);
    mine.destroy(table, 4);
    yours.destroy(table, 4);
    EXPECT_EQ(Memory::blocks, 0);
}

TEST(Keys, WithoutMemoryNothingIsSet) {
    Table table;
    Values values;
    const unsigned key = table.create(nullptr).value();
    Memory::fails = true;
    EXPECT_EQ(values.set(table, key, g_objects).code(), Errno::nomem);
    Memory::fails = false;
    EXPECT_EQ(values.get(table, key), nullptr);
    values.destroy(table, 4);
}

TEST(Keys, DestructorsGetWhatIsNotNull) {
    Table table;
    Values values;
    g_destroyed.clear();
    const auto note = [](void* value) { g_destroyed.push_back(value); };
    for (int i = 0; i < 5; i++)
        (void)table.create(i == 3 ? nullptr : +note);
    for (unsigned key = 0; key < 5; key++)
        EXPECT_TRUE(values.set(table, key, key == 1 ? nullptr : g_objects + key).ok());
    EXPECT_TRUE(table.remove(4).ok());
    values.destroy(table, 4);
    EXPECT_EQ(g_destroyed, (std::vector<void*>{g_objects, g_objects + 2}));
    EXPECT_EQ(Memory::blocks, 0);
}

TEST(Keys, DestructorsThatSetAgainAreCalledSoOften) {
    Table table;
    Values values;
    g_table = &table;
    g_values = &values;
    g_destroyed.clear();
    g_key = table
                .create([](void* value) {
                    EXPECT_EQ(g_values->get(*g_table, g_key), nullptr);
                    g_destroyed.push_back(value);
                    EXPECT_TRUE(g_values->set(*g_table, g_key, value).ok());
                })
                .value();
    EXPECT_TRUE(values.set(table, g_key, g_objects).ok());
    values.destroy(table, 4);
    EXPECT_EQ(g_destroyed.size(), 4u);
    EXPECT_EQ(Memory::blocks, 0);
}

} // namespace
