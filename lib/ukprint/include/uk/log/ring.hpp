// SPDX-License-Identifier: BSD-3-Clause
// A ring of text lines in one block of bytes; a new line pushes out as many whole old lines as it
// needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace uk::log {

// Not synchronised. Pure; constinit with a static buffer. `storage` is not owned; an empty one
// makes a ring that drops everything.
class Ring {
  public:
    static constexpr size_t kMaxLine = 1023;

    struct Line {
        const char* first; // a line may wrap around the end of the storage:
        size_t first_size; // it is `first`, then `second`
        const char* second;
        size_t second_size;
        uint8_t level;
        bool seen;
    };

    explicit constexpr Ring(std::span<char> storage) : storage_(storage) {}

    // Appends a line, cut at kMaxLine bytes and at what the storage can hold. `seen`: see
    // set_seen().
    void append(const char* text, size_t size, uint8_t level, bool seen);

    // oldest() is the position of the oldest of lines() lines, next() steps to the following one.
    // Positions are invalid after append().
    [[nodiscard]] size_t lines() const { return lines_; }
    [[nodiscard]] size_t oldest() const { return head_; }
    [[nodiscard]] Line at(size_t position) const;
    [[nodiscard]] size_t next(size_t position) const;
    void set_seen(size_t position);

  private:
    static constexpr size_t kHeader = 3; // length (2), level and seen (1)
    [[nodiscard]] uint8_t byte(size_t position) const;
    void put(size_t position, char value);
    [[nodiscard]] size_t wrap(size_t position) const;
    [[nodiscard]] size_t length_at(size_t position) const;
    void drop_oldest();

    std::span<char> storage_;
    size_t head_ = 0; // where the oldest line starts
    size_t used_ = 0; // bytes in use from head_ on
    size_t lines_ = 0;
};

} // namespace uk::log
