// SPDX-License-Identifier: BSD-3-Clause
// Names and texts of error numbers.
#include <uk/base/errno.hpp>

#include <cstddef>

namespace uk {

namespace {

// One string of NUL-terminated entries in ascending order, empty for the holes: no table of
// pointers, and a name is looked up only when something has failed.
#define UK_ERRNO_NAME(id, value, name, text) name "\0"
#define UK_ERRNO_TEXT(id, value, name, text) text "\0"
#define UK_ERRNO_EMPTY(value) "\0"
constexpr char kNames[] = "OK\0" UK_ERRNO_LIST(UK_ERRNO_NAME, UK_ERRNO_EMPTY);
constexpr char kTexts[] = "Success\0" UK_ERRNO_LIST(UK_ERRNO_TEXT, UK_ERRNO_EMPTY);

// The lookup counts entries, so the list must be 1, 2, 3 ... without gaps.
#define UK_ERRNO_VALUE(id, value, name, text) value,
#define UK_ERRNO_HOLE_VALUE(value) value,
constexpr int kValues[] = {0, UK_ERRNO_LIST(UK_ERRNO_VALUE, UK_ERRNO_HOLE_VALUE)};
constexpr bool ascending() {
    for (int i = 0; i <= kErrnoMax; i++)
        if (kValues[i] != i)
            return false;
    return true;
}
static_assert(sizeof(kValues) / sizeof(kValues[0]) == kErrnoMax + 1 && ascending());

/// Entry number e, or nullptr when there is none.
const char* entry(const char* list, Errno e) {
    const int wanted = static_cast<int>(e);
    if (wanted < 0 || wanted > kErrnoMax)
        return nullptr;
    for (int i = 0; i < wanted; i++) {
        while (*list != '\0')
            list++;
        list++;
    }
    return *list != '\0' ? list : nullptr;
}

} // namespace

const char* errno_name(Errno e) {
    const char* name = entry(kNames, e);
    return name != nullptr ? name : "E?";
}

const char* errno_text(Errno e) {
    return entry(kTexts, e);
}

} // namespace uk
