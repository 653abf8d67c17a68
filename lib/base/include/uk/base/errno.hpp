// SPDX-License-Identifier: BSD-3-Clause
// Error numbers of the whole system: one enum with Linux values, and their names.
//
// Enumerators drop the E and are lower case: Errno::noent is ENOENT (E2BIG is Errno::e2big), so
// that they never clash with the macros of a C library. All functions may be called from anywhere
// and never block.
#pragma once

#include <uk/base/errno_list.hpp>

namespace uk {

enum class Errno : int {
    ok = 0,
#define UK_ERRNO_ENUMERATOR(id, value, name, text) id = value,
#define UK_ERRNO_NOTHING(value)
    UK_ERRNO_LIST(UK_ERRNO_ENUMERATOR, UK_ERRNO_NOTHING)
#undef UK_ERRNO_ENUMERATOR
#undef UK_ERRNO_NOTHING
        wouldblock = again,
    deadlock = deadlk,
    notsup = opnotsupp,
};

inline constexpr int kErrnoMax = 133; // the largest value in the list

/// "ENOENT" for Errno::noent, "OK" for Errno::ok, "E?" for a value that is in no list. Never
/// nullptr.
const char* errno_name(Errno e);

/// "No such file or directory" for Errno::noent, "Success" for Errno::ok, nullptr for an unknown
/// value.
const char* errno_text(Errno e);

} // namespace uk
