// SPDX-License-Identifier: BSD-3-Clause
// Private: keys, and what each thread keeps under them. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

#include <uk/base/atomic.hpp>
#include <uk/base/result.hpp>
#include <uk/spinlock/basic.hpp>

namespace uk::pthread {

// Which keys there are. A key that is deleted leaves its values with the threads; they belong to a
// generation of it, and the next one does not see them.
template <class Lock, size_t kCount>
class KeyTable {
  public:
    using Destructor = void (*)(void* value);
    static constexpr size_t kKeys = kCount;

    constexpr KeyTable() = default;

    // Errors: EAGAIN (there are kCount).
    [[nodiscard]] Result<unsigned> create(Destructor wanted) {
        LockGuard guard(lock_);
        for (unsigned key = 0; key < kCount; key++) {
            Slot& slot = slots_[key];
            const uint32_t generation = slot.generation.load_relaxed();
            if (generation % 2 == 0) {
                slot.destructor = wanted;
                slot.generation.store_release(generation + 1);
                return key;
            }
        }
        return Errno::again;
    }
    // Errors: EINVAL (there is no such key).
    [[nodiscard]] Result<> remove(unsigned key) {
        LockGuard guard(lock_);
        if (generation(key) == 0)
            return Errno::inval;
        slots_[key].generation.store_relaxed(generation(key) + 1);
        return ok();
    }
    // 0: there is no such key.
    [[nodiscard]] uint32_t generation(unsigned key) const {
        if (key >= kCount)
            return 0;
        const uint32_t generation = slots_[key].generation.load_acquire();
        return generation % 2 != 0 ? generation : 0;
    }
    // Of a key of that generation; null if it has none, or is gone.
    [[nodiscard]] Destructor destructor(unsigned key, uint32_t of) {
        LockGuard guard(lock_);
        return generation(key) == of ? slots_[key].destructor : nullptr;
    }

  private:
    struct Slot {
        Atomic<uint32_t> generation{0}; // odd: in use
        Destructor destructor = nullptr;
    };
    [[no_unique_address]] Lock lock_;
    Slot slots_[kCount];
};

// One thread's values. Nobody else touches it. Memory: static allocate(size), null without memory,
// and deallocate(block).
template <class Table, class Memory>
class KeyValues {
    static constexpr size_t kInBlock = 16;

  public:
    constexpr KeyValues() = default;
    KeyValues(const KeyValues&) = delete;
    KeyValues& operator=(const KeyValues&) = delete;

    // Null where nothing was set.
    [[nodiscard]] void* get(const Table& table, unsigned key) const {
        const uint32_t generation = table.generation(key);
        if (generation == 0 || blocks_[key / kInBlock] == nullptr)
            return nullptr;
        const Value& value = blocks_[key / kInBlock]->values[key % kInBlock];
        return value.generation == generation ? value.value : nullptr;
    }
    // Errors: EINVAL (there is no such key), ENOMEM.
    [[nodiscard]] Result<> set(const Table& table, unsigned key, void* value) {
        const uint32_t generation = table.generation(key);
        if (generation == 0)
            return Errno::inval;
        Block*& block = blocks_[key / kInBlock];
        if (block == nullptr) {
            void* memory = Memory::allocate(sizeof(Block));
            if (memory == nullptr)
                return Errno::nomem;
            block = ::new (memory) Block;
        }
        block->values[key % kInBlock] = {value, generation};
        return ok();
    }
    // Calls the destructors of all that is not null, which may set further values; after `rounds`
    // of this what they leave is forgotten.
    void destroy(Table& table, unsigned rounds) {
        while (rounds-- > 0 && destroy_once(table)) {
        }
        for (Block*& block : blocks_) {
            Memory::deallocate(block);
            block = nullptr;
        }
    }

  private:
    struct Value {
        void* value = nullptr;
        uint32_t generation = 0;
    };
    struct Block {
        Value values[kInBlock];
    };

    bool destroy_once(Table& table) {
        bool any = false;
        for (unsigned key = 0; key < Table::kKeys; key++) {
            void* value = get(table, key);
            if (value == nullptr)
                continue;
            Value& place = blocks_[key / kInBlock]->values[key % kInBlock];
            const auto destructor = table.destructor(key, place.generation);
            place.value = nullptr;
            if (destructor != nullptr) {
                destructor(value);
                any = true;
            }
        }
        return any;
    }

    Block* blocks_[(Table::kKeys + kInBlock - 1) / kInBlock] = {};
};

} // namespace uk::pthread
