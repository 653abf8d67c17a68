// SPDX-License-Identifier: BSD-3-Clause
// The intrusive list: against std::list, and its lifecycle checks.
#include <uk/base/list.hpp>

#include <gtest/gtest.h>

#include <list>
#include <memory>
#include <random>
#include <vector>

namespace {

struct Item {
    int value = 0;
    uk::ListNode<Item> node;
    uk::ListNode<Item> other_node;
};
using Items = uk::List<&Item::node>;
using OtherItems = uk::List<&Item::other_node>;

class Owner { // a private hook, and an alias that may use it
    uk::ListNode<Owner> node_;

  public:
    using Queue = uk::List<&Owner::node_>;
};

static_assert(sizeof(uk::ListNode<Item>) == 2 * sizeof(void*) &&
              sizeof(Items) == 2 * sizeof(void*));

std::vector<int> values(const Items& items) {
    std::vector<int> result;
    for (const Item& item : items)
        result.push_back(item.value);
    return result;
}

TEST(List, RotatePutsInBehindAndTakesTheFirst) {
    Item a{1, {}, {}};
    Item b{2, {}, {}};
    Item c{3, {}, {}};
    Items items;
    items.push_back(a);
    EXPECT_EQ(items.rotate(b), &a);
    EXPECT_FALSE(a.node.is_linked());
    EXPECT_EQ(values(items), (std::vector{2}));
    items.push_back(c);
    EXPECT_EQ(items.rotate(a), &b);
    EXPECT_EQ(values(items), (std::vector{3, 1}));
    EXPECT_EQ(items.prev(c), nullptr);
    EXPECT_EQ(items.prev(a), &c);
    EXPECT_EQ(items.back(), &a);
    items.clear();
    EXPECT_DEATH(items.rotate(b), "!empty");
}

TEST(List, Basics) {
    Item a{1, {}, {}};
    Item b{2, {}, {}};
    Item c{3, {}, {}};
    Items items;
    EXPECT_TRUE(items.empty());
    EXPECT_EQ(items.front(), nullptr);
    EXPECT_EQ(items.pop_front(), nullptr);
    EXPECT_EQ(items.pop_back(), nullptr);
    items.push_back(b);
    items.push_front(a);
    items.push_back(c);
    EXPECT_EQ(values(items), (std::vector{1, 2, 3}));
    EXPECT_EQ(items.next(a), &b);
    EXPECT_EQ(items.next(c), nullptr);
    EXPECT_EQ(items.prev(c), &b);
    EXPECT_EQ(items.prev(a), nullptr);
    EXPECT_TRUE(a.node.is_linked());
    EXPECT_FALSE(a.other_node.is_linked());
    OtherItems others; // the same objects in a second list
    others.push_back(c);
    others.push_back(a);
    items.erase(a);
    EXPECT_FALSE(a.node.is_linked());
    EXPECT_EQ(items.front(), &b);
    EXPECT_EQ(items.prev(b), nullptr);
    EXPECT_EQ(others.front(), &c);
    others.clear();
    items.clear();
    Owner owner;
    Owner::Queue queue;
    queue.push_back(owner);
    EXPECT_EQ(queue.pop_back(), &owner);
}

/// Both directions of the links tell the same story.
void expect_same(Items& items, const std::list<int>& model) {
    ASSERT_EQ(values(items), std::vector<int>(model.begin(), model.end()));
    ASSERT_EQ(items.count(), model.size());
    ASSERT_EQ(items.empty(), model.empty());
    auto at = model.rbegin();
    for (Item* item = items.back(); item != nullptr; item = items.prev(*item))
        ASSERT_EQ(item->value, *at++);
    ASSERT_EQ(at, model.rend());
}

TEST(List, RandomOperations) {
    std::mt19937 random(1);
    std::vector<std::unique_ptr<Item>> pool;
    for (int i = 0; i < 24; i++) {
        pool.push_back(std::make_unique<Item>());
        pool.back()->value = i;
    }
    Items items;
    std::list<int> model;
    for (int i = 0; i < 30000; i++) {
        Item& item = *pool[random() % pool.size()];
        const auto at = std::find(model.begin(), model.end(), item.value);
        ASSERT_EQ(item.node.is_linked(), at != model.end());
        if (at != model.end()) {
            items.erase(item);
            model.erase(at);
        } else {
            Item& pos = *pool[random() % pool.size()];
            auto pos_at = std::find(model.begin(), model.end(), pos.value);
            switch (random() % (pos_at == model.end() ? 2 : 4)) {
            case 0:
                items.push_front(item);
                model.push_front(item.value);
                break;
            case 1:
                items.push_back(item);
                model.push_back(item.value);
                break;
            case 2:
                items.insert_before(pos, item);
                model.insert(pos_at, item.value);
                break;
            default:
                items.insert_after(pos, item);
                model.insert(++pos_at, item.value);
                break;
            }
        }
        if (random() % 16 == 0) {
            const Item* popped = random() % 2 ? items.pop_back() : items.pop_front();
            if (popped != nullptr)
                model.remove(popped->value);
        }
        expect_same(items, model);
        if (HasFatalFailure())
            break;
    }
    items.clear();
}

TEST(List, Splice) {
    for (int left = 0; left < 3; left++)
        for (int right = 0; right < 3; right++) {
            std::vector<std::unique_ptr<Item>> pool;
            Items a;
            Items b;
            std::list<int> model;
            for (int i = 0; i < left + right; i++) {
                pool.push_back(std::make_unique<Item>());
                pool.back()->value = i;
                (i < left ? a : b).push_back(*pool.back());
                model.push_back(i);
            }
            a.splice_back(b);
            expect_same(a, model);
            EXPECT_TRUE(b.empty());
            EXPECT_EQ(b.back(), nullptr);
            for (auto& item : pool) { // links stay good
                a.erase(*item);
                model.pop_front();
                expect_same(a, model);
            }
        }
}

TEST(ListDeathTest, LifecycleIsChecked) {
    EXPECT_DEATH(
        {
            Items items;
            Item item;
            items.push_back(item);
        },
        "object destroyed while in a list");
    EXPECT_DEATH(
        {
            auto* item = new Item;
            Items items;
            items.push_back(*item);
        },
        "list destroyed while not empty");
    Item item;
    Item never;
    Items items;
    Items wrong;
    items.push_back(item);
    EXPECT_DEATH(items.push_back(item), "is_linked");
    EXPECT_DEATH(items.push_front(item), "is_linked");
    EXPECT_DEATH(items.erase(never), "is_linked");
    EXPECT_DEATH(wrong.erase(item), "object is in another list");
    EXPECT_DEATH(items.insert_before(never, never), "is_linked");
    items.erase(item);
}

} // namespace
