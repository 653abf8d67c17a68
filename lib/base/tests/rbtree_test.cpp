// SPDX-License-Identifier: BSD-3-Clause
// The red-black tree: invariants and behaviour against std::multiset under random operations.
#include <uk/base/rbtree.hpp>
#include <uk/fakes/effort.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>
#include <vector>

namespace {

struct Item {
    long padding = 0; // the hook is not at the start
    int key = 0;
    uk::RbNode<Item> node;
};
struct ByKey {
    bool operator()(const Item& a, const Item& b) const { return a.key < b.key; }
    bool operator()(const Item& a, int b) const { return a.key < b; }
    bool operator()(int a, const Item& b) const { return a < b.key; }
};
using Tree = uk::RbTree<&Item::node, ByKey>;

static_assert(sizeof(uk::RbNode<Item>) == 3 * sizeof(void*) && sizeof(Tree) == sizeof(void*));
constinit Tree g_tree; // constant initialisation; empty at exit

using uk::detail::RbLinks;

RbLinks* parent_of(const RbLinks* n) {
    return reinterpret_cast<RbLinks*>(n->up & ~(RbLinks::kRed | RbLinks::kLinked));
}
bool is_red(const RbLinks* n) {
    return n != nullptr && (n->up & RbLinks::kRed) != 0;
}

/// The number of black nodes on every way down; -1 when an invariant is broken.
int black_height(const RbLinks* n) {
    if (n == nullptr)
        return 0;
    for (const RbLinks* child : n->child)
        if (child != nullptr && (parent_of(child) != n || (is_red(n) && is_red(child))))
            return -1;
    const int left = black_height(n->child[0]);
    const int right = black_height(n->child[1]);
    return left < 0 || left != right ? -1 : left + !is_red(n);
}

// RbTree keeps its root private; it is the tree's first member.
const RbLinks* top_of(const Tree& tree) {
    return reinterpret_cast<const uk::detail::RbRoot&>(tree).top;
}

void expect_sound(const Tree& tree) {
    const RbLinks* top = top_of(tree);
    ASSERT_TRUE(top == nullptr || parent_of(top) == nullptr);
    ASSERT_FALSE(is_red(top));
    ASSERT_GE(black_height(top), 0);
}

void expect_same(Tree& tree, const std::multiset<int>& model) {
    std::vector<int> forward;
    for (const Item& item : tree)
        forward.push_back(item.key);
    ASSERT_EQ(forward, std::vector<int>(model.begin(), model.end()));
    std::vector<int> backward;
    for (Item* item = tree.max(); item != nullptr; item = tree.prev(*item))
        backward.push_back(item->key);
    ASSERT_EQ(backward, std::vector<int>(model.rbegin(), model.rend()));
    ASSERT_EQ(tree.empty(), model.empty());
}

void expect_same_searches(Tree& tree, const std::multiset<int>& model, int key) {
    const auto low = model.lower_bound(key);
    const auto high = model.upper_bound(key);
    const Item* item = tree.lower_bound(key);
    ASSERT_EQ(item == nullptr, low == model.end());
    ASSERT_TRUE(item == nullptr || item->key == *low);
    item = tree.upper_bound(key);
    ASSERT_EQ(item == nullptr, high == model.end());
    ASSERT_TRUE(item == nullptr || item->key == *high);
    item = tree.find_at_or_below(key);
    ASSERT_EQ(item == nullptr, high == model.begin());
    ASSERT_TRUE(item == nullptr || item->key == *std::prev(high));
    ASSERT_EQ(tree.find(key) != nullptr, model.contains(key));
}

/// Random inserts and erases; sizes go up and down, so that all shapes occur.
void random_operations(unsigned seed, size_t pool_size, int keys, int steps) {
    std::mt19937 random(seed);
    std::vector<std::unique_ptr<Item>> pool;
    for (size_t i = 0; i < pool_size; i++)
        pool.push_back(std::make_unique<Item>());
    Tree tree;
    std::multiset<int> model;
    for (int i = 0; i < steps; i++) {
        Item& item = *pool[random() % pool.size()];
        if (item.node.is_linked()) {
            model.erase(model.find(item.key));
            tree.erase(item);
        } else {
            item.key = static_cast<int>(random() % static_cast<unsigned>(keys));
            if (const auto way = random() % 4; way < 2) {
                way == 0 ? tree.insert_multi(item) : tree.insert_multi_first(item);
                const Item* beside = way == 0 ? tree.next(item) : tree.prev(item);
                ASSERT_TRUE(beside == nullptr || beside->key != item.key);
                model.insert(item.key);
            } else if (const Item* there = tree.insert(item); there == nullptr) {
                ASSERT_FALSE(model.contains(item.key));
                model.insert(item.key);
            } else {
                ASSERT_EQ(there->key, item.key);
                ASSERT_FALSE(item.node.is_linked());
            }
        }
        expect_sound(tree);
        expect_same(tree, model);
        expect_same_searches(tree, model,
                             static_cast<int>(random() % static_cast<unsigned>(keys + 2)) - 1);
        if (::testing::Test::HasFatalFailure())
            break;
    }
    tree.clear();
    EXPECT_TRUE(tree.empty());
}

TEST(RbTree, RandomOperationsSmall) {
    for (unsigned seed = 0; seed < uk::fakes::effort(20); seed++)
        random_operations(seed, 12, 8, 500);
}

TEST(RbTree, RandomOperationsLarge) {
    random_operations(100, 300, 1000, 6000);
    random_operations(101, 300, 10, 3000);
}

TEST(RbTree, AscendingAndDescending) {
    for (const bool up : {false, true}) {
        std::vector<std::unique_ptr<Item>> pool;
        Tree tree;
        for (int i = 0; i < 2000; i++) {
            pool.push_back(std::make_unique<Item>());
            pool.back()->key = up ? i : -i;
            EXPECT_EQ(tree.insert(*pool.back()), nullptr);
        }
        expect_sound(tree);
        EXPECT_LE(black_height(top_of(tree)), 11);
        for (auto& item : pool) {
            tree.erase(*item);
            expect_sound(tree);
        }
    }
}

TEST(RbTree, EqualObjectsKeepTheirOrder) {
    Item items[9];
    Tree tree;
    for (Item& item : items)
        tree.insert_multi(item);
    const Item* wanted = items;
    for (Item& item : tree)
        EXPECT_EQ(&item, wanted++);
    tree.clear();
    for (Item& item : items)
        tree.insert_multi_first(item);
    for (Item& item : tree)
        EXPECT_EQ(&item, --wanted);
    tree.clear();
}

struct ByOrder : ByKey {
    int order(int key, const Item& item) const { return key < item.key ? -1 : key > item.key; }
};

TEST(RbTree, FindsByOneComparison) {
    uk::RbTree<&Item::node, ByOrder> tree;
    std::vector<Item> items(200);
    for (size_t i = 0; i < items.size(); i++) {
        items[i].key = static_cast<int>(i * 7 % 200) * 2;
        EXPECT_EQ(tree.find(items[i].key), nullptr);
        EXPECT_EQ(tree.insert(items[i]), nullptr);
    }
    for (Item& item : items) {
        EXPECT_EQ(tree.find(item.key), &item);
        EXPECT_EQ(tree.find(item.key + 1), nullptr);
    }
    EXPECT_EQ(tree.find(-1), nullptr);
    tree.clear();
}

TEST(RbTreeDeathTest, LifecycleIsChecked) {
    EXPECT_DEATH(
        {
            Tree tree;
            Item item;
            tree.insert_multi(item);
        },
        "object destroyed while in a tree");
    EXPECT_DEATH(
        {
            auto* item = new Item;
            Tree tree;
            tree.insert_multi(*item);
        },
        "tree destroyed while not empty");
    Item item;
    Item never;
    g_tree.insert_multi(item);
    EXPECT_DEATH(g_tree.insert_multi(item), "linked");
    EXPECT_DEATH(g_tree.erase(never), "linked");
    g_tree.erase(item);
}

} // namespace
