// SPDX-License-Identifier: BSD-3-Clause
// environ and the functions over it.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uk/config.hpp>
#include <uk/libparam.hpp>

#include "locks.hpp"
#include "process.hpp"

namespace {

// Guards environ and all below. What getenv() returned may go when another thread changes it.
constinit nolibc::DataLock g_lock;

constinit char* g_empty[] = {nullptr};

// Our own array, once something was changed: `capacity` pointers that environ shows, then as many
// that say which strings came from setenv and are freed when they are replaced. A program may
// write to environ itself; what it put there is never freed.
constinit char** g_array = nullptr;
constinit size_t g_capacity = 0;

size_t entries() {
    size_t count = 0;
    while (environ != nullptr && environ[count] != nullptr) {
        count++;
    }
    return count;
}

// The index of `name`, or the number of entries.
size_t find(const char* name, size_t length) {
    size_t i = 0;
    for (; environ != nullptr && environ[i] != nullptr; i++) {
        if (strncmp(environ[i], name, length) == 0 && environ[i][length] == '=') {
            break;
        }
    }
    return i;
}

// Makes environ our own array with room for `count` entries and the null behind them.
bool reserve(size_t count) {
    bool ours = environ == g_array && g_array != nullptr;
    if (ours && count < g_capacity) {
        return true;
    }
    size_t present = entries();
    size_t capacity = (count > present ? count : present) + 8;
    char** array = static_cast<char**>(calloc(capacity * 2, sizeof(char*)));
    if (array == nullptr) {
        return false;
    }
    for (size_t i = 0; i < present; i++) {
        array[i] = environ[i];
        array[capacity + i] = ours ? g_array[g_capacity + i] : nullptr;
    }
    free(g_array);
    g_array = environ = array;
    g_capacity = capacity;
    return true;
}

// Puts `text` at `index` (an entry, or the end); `owned` text is freed with its entry.
void put(size_t index, char* text, bool owned) {
    char** owner = &g_array[g_capacity + index];
    if (*owner != nullptr && *owner == environ[index]) {
        free(*owner);
    }
    if (environ[index] == nullptr) {
        environ[index + 1] = nullptr;
        g_array[g_capacity + index + 1] = nullptr;
    }
    environ[index] = text;
    *owner = owned ? text : nullptr;
}

bool bad_name(const char* name, size_t length) {
    return length == 0 || name[length] == '=';
}

} // namespace

char** environ = g_empty;

void nolibc::start_environment() {
    if constexpr (uk::cfg::libuklibparam) {
        environ = uk::params::environment();
    }
}

char* getenv(const char* name) {
    size_t length = strcspn(name, "=");
    if (bad_name(name, length)) {
        return nullptr;
    }
    const nolibc::DataGuard guard(g_lock);
    size_t index = find(name, length);
    return environ != nullptr && environ[index] != nullptr ? environ[index] + length + 1 : nullptr;
}

int setenv(const char* name, const char* value, int overwrite) {
    size_t length = name != nullptr ? strcspn(name, "=") : 0;
    if (name == nullptr || bad_name(name, length)) {
        errno = EINVAL;
        return -1;
    }
    const nolibc::DataGuard guard(g_lock);
    size_t index = find(name, length);
    if (!overwrite && environ != nullptr && environ[index] != nullptr) {
        return 0;
    }
    size_t bytes = strlen(value) + 1;
    char* text = static_cast<char*>(malloc(length + 1 + bytes));
    if (text == nullptr || !reserve(index + 1)) {
        free(text);
        return -1;
    }
    memcpy(text, name, length);
    text[length] = '=';
    memcpy(text + length + 1, value, bytes);
    put(index, text, true);
    return 0;
}

int unsetenv(const char* name) {
    size_t length = name != nullptr ? strcspn(name, "=") : 0;
    if (name == nullptr || bad_name(name, length)) {
        errno = EINVAL;
        return -1;
    }
    const nolibc::DataGuard guard(g_lock);
    size_t count = entries();
    size_t index = find(name, length);
    if (index == count) {
        return 0;
    }
    if (!reserve(count)) {
        return -1;
    }
    while (index < count) {
        put(index, nullptr, false);
        // Close the gap; every pair moves together.
        size_t tail = count - index;
        memmove(environ + index, environ + index + 1, tail * sizeof(char*));
        char** owners = g_array + g_capacity + index;
        memmove(owners, owners + 1, tail * sizeof(char*));
        count--;
        index = find(name, length);
    }
    return 0;
}

int putenv(char* assignment) {
    size_t length = strcspn(assignment, "=");
    if (assignment[length] != '=') {
        return unsetenv(assignment);
    }
    if (length == 0) {
        errno = EINVAL;
        return -1;
    }
    const nolibc::DataGuard guard(g_lock);
    size_t index = find(assignment, length);
    if (!reserve(index + 1)) {
        return -1;
    }
    put(index, assignment, false);
    return 0;
}

int clearenv() {
    const nolibc::DataGuard guard(g_lock);
    if (environ == g_array) {
        for (size_t i = 0, n = entries(); i < n; i++) {
            put(i, nullptr, false);
        }
    }
    environ = g_empty;
    return 0;
}
