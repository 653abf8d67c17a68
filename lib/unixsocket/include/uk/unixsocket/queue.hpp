// SPDX-License-Identifier: BSD-3-Clause
// What waits to be received: bytes in chunks, and records, which say where messages begin and what
// came with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include <uk/abi/socket.h>
#include <uk/assert.h>
#include <uk/base/minmax.hpp>
#include <uk/base/ref.hpp>
#include <uk/base/result.hpp>

namespace uk::unixsocket {

// Bytes in the order in which they came, in chunks of 4 KiB; an empty queue that had some keeps
// one. Not synchronised. E: allocate() and deallocate().
template <class E>
class ByteQueue {
  public:
    constexpr ByteQueue() = default;
    ByteQueue(const ByteQueue&) = delete;
    ByteQueue& operator=(const ByteQueue&) = delete;
    ~ByteQueue() { free_from(first_); }

    [[nodiscard]] size_t used() const { return used_; }

    // Appends `size` bytes, by copy(to, part) for each part, all of them or none. Errors: copy's,
    // ENOMEM.
    template <class Copy>
    [[nodiscard]] Result<> put(size_t size, Copy copy) {
        Chunk* const last = last_;
        const size_t end = end_;
        for (size_t done = 0; done < size;) {
            if ((last_ == nullptr || end_ == kChunk) && !extend()) {
                cut(last, end);
                return Errno::nomem;
            }
            const size_t part = min(size - done, kChunk - end_);
            if (const Result<> moved = copy(last_->data + end_, part); !moved.ok()) {
                cut(last, end);
                return moved.error();
            }
            end_ += part;
            done += part;
        }
        used_ += size;
        return ok();
    }

    // Gives `size` bytes from `offset` on to copy(from, part), and keeps them. Errors: copy's.
    template <class Copy>
    [[nodiscard]] Result<> look(size_t offset, size_t size, Copy copy) const {
        UK_ASSERT(offset + size <= used_);
        const Chunk* chunk = first_;
        size_t at = begin_ + offset;
        while (size != 0) {
            while (at >= kChunk) {
                chunk = chunk->next;
                at -= kChunk;
            }
            const size_t part = min(size, kChunk - at);
            UK_TRY(copy(chunk->data + at, part));
            at += part;
            size -= part;
        }
        return ok();
    }

    void drop(size_t size) {
        UK_ASSERT(size <= used_);
        used_ -= size;
        if (used_ == 0) {
            if (first_ != nullptr)
                free_from(std::exchange(first_->next, nullptr));
            last_ = first_;
            begin_ = end_ = 0;
            return;
        }
        for (begin_ += size; begin_ >= kChunk; begin_ -= kChunk)
            E::deallocate(std::exchange(first_, first_->next));
    }

  private:
    static constexpr size_t kChunk = 4096 - sizeof(void*);
    struct Chunk {
        Chunk* next;
        char data[kChunk];
    };

    bool extend() {
        auto* const more = static_cast<Chunk*>(E::allocate(sizeof(Chunk)));
        if (more == nullptr)
            return false;
        more->next = nullptr;
        (last_ != nullptr ? last_->next : first_) = more;
        last_ = more;
        end_ = 0;
        return true;
    }
    void cut(Chunk* last, size_t end) {
        free_from(std::exchange(last != nullptr ? last->next : first_, nullptr));
        last_ = last;
        end_ = end;
    }
    static void free_from(Chunk* chunk) {
        while (chunk != nullptr)
            E::deallocate(std::exchange(chunk, chunk->next));
    }

    Chunk* first_ = nullptr;
    Chunk* last_ = nullptr;
    size_t begin_ = 0; // in the first chunk
    size_t end_ = 0;   // in the last one
    size_t used_ = 0;
};

constexpr bool same(const uk_ucred& one, const uk_ucred& other) {
    return one.pid == other.pid && one.uid == other.uid && one.gid == other.gid;
}

// What comes with the bytes of a message. Sender and Rights count or free themselves.
template <class Sender, class Rights>
struct Attachment {
    Ref<Sender> sender;     // of a packet; its name is the one that it has when this is received
    Rights rights;          // descriptors, perhaps none
    uk_ucred credentials{}; // pid 0: nobody asked
};

// Records and their bytes. A stream joins messages that nothing came with. Not synchronised.
template <class E, class Attached>
class RecordQueue {
  public:
    struct Record {
        Record* next = nullptr;
        size_t left = 0; // bytes
        Attached with;
    };

    constexpr RecordQueue() = default;
    RecordQueue(const RecordQueue&) = delete;
    RecordQueue& operator=(const RecordQueue&) = delete;
    ~RecordQueue() {
        while (first_ != nullptr)
            free(std::exchange(first_, first_->next));
        if (spare_ != nullptr)
            E::deallocate(spare_);
    }

    [[nodiscard]] bool empty() const { return first_ == nullptr; }
    [[nodiscard]] unsigned count() const { return count_; }
    [[nodiscard]] size_t bytes() const { return bytes_.used(); }
    // With what records take, so that empty messages are not for nothing.
    [[nodiscard]] size_t used() const { return bytes_.used() + count_ * sizeof(Record); }
    [[nodiscard]] Record* first() const { return first_; }
    [[nodiscard]] Record* last() const { return last_; }

    // A new record with `size` bytes. `with` is taken only if it succeeds.
    template <class Copy>
    [[nodiscard]] Result<> append(size_t size, Attached& with, Copy copy) {
        void* const memory = spare_ != nullptr ? spare_ : E::allocate(sizeof(Record));
        if (memory == nullptr)
            return Errno::nomem;
        spare_ = memory;
        UK_TRY(bytes_.put(size, copy));
        spare_ = nullptr;
        auto* const record = ::new (memory) Record{nullptr, size, std::move(with)};
        (last_ != nullptr ? last_->next : first_) = record;
        last_ = record;
        count_++;
        return ok();
    }
    // More bytes of the last record, which exists.
    template <class Copy>
    [[nodiscard]] Result<> extend(size_t size, Copy copy) {
        UK_TRY(bytes_.put(size, copy));
        last_->left += size;
        return ok();
    }
    // As of ByteQueue; the offset is from the first byte of the first record.
    template <class Copy>
    [[nodiscard]] Result<> look(size_t offset, size_t size, Copy copy) const {
        return bytes_.look(offset, size, copy);
    }
    // Of the first record, which has them and stays.
    void drop_bytes(size_t size) {
        first_->left -= size;
        bytes_.drop(size);
    }
    // The first record with what is left of it.
    void drop_record() {
        Record* const record = first_;
        bytes_.drop(record->left);
        first_ = record->next;
        if (first_ == nullptr)
            last_ = nullptr;
        count_--;
        free(record);
    }

  private:
    void free(Record* record) {
        record->~Record();
        if (spare_ == nullptr)
            spare_ = record;
        else
            E::deallocate(record);
    }

    Record* first_ = nullptr;
    Record* last_ = nullptr;
    unsigned count_ = 0;
    void* spare_ = nullptr; // memory for a record
    ByteQueue<E> bytes_;
};

} // namespace uk::unixsocket
