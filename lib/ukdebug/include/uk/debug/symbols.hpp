// SPDX-License-Identifier: BSD-3-Clause
// Names of functions and source lines inside the image (LIBUKDEBUG_SYMBOLS): the table that
// support/build/symbols.py writes, and how to look something up in it.
//
// Layout; a number is LEB128, seven bits a byte, least significant first:
//   128 tokens: length (1 byte), text. Byte 0x80 + n of a name stands for token n.
//   number of functions; of each, by address: distance from the one before, length (1 byte), name
//   number of files; of each: length (1 byte), name
//   number of rows; of each, by address: distance from the one before; twice the change of the line
//       (zigzag), plus 1 if the file changes; then that file's number. Line 0: no line is known.
// Addresses count from uk_text_start, so that the table may lie before the code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace uk::debug {

struct Place {
    char function[96] = ""; // "uk::sched::park"; empty: not known; cut if longer
    size_t offset = 0;      // from its start
    char file[80] = "";     // below the tree, or absolute; empty: not known
    unsigned line = 0;
};

// Pure; reads the table from its start at each call, which is slow and needs no memory. From
// anywhere.
class SymbolTable {
  public:
    constexpr SymbolTable() = default;
    explicit constexpr SymbolTable(std::span<const unsigned char> bytes) : bytes_(bytes) {}

    // What is at `at`, a distance from uk_text_start. Of a damaged table: what could be read.
    [[nodiscard]] Place find(size_t at) const;

  private:
    std::span<const unsigned char> bytes_;
};

} // namespace uk::debug
