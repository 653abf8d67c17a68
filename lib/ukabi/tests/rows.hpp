// SPDX-License-Identifier: BSD-3-Clause
// Private to the tests: what the generated comparisons hand to abi_test.cpp.
#pragma once

#include <stddef.h>

/// A constant, a size or an offset, as our headers and as Linux's have it.
struct AbiRow {
    const char* what;
    long long ours;
    long long theirs;
};

/// All rows of one header; enters itself into a list.
struct AbiTable {
    AbiTable(const char* header_name, const AbiRow* first_row, size_t row_count)
        : header(header_name), rows(first_row), count(row_count), next(first()) {
        first() = this;
    }
    static AbiTable*& first();

    const char* header;
    const AbiRow* rows;
    size_t count;
    AbiTable* next;
};
