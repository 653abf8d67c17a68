// SPDX-License-Identifier: BSD-3-Clause
// The names in a folder.
#include "names.hpp"

#include <uk/abi/dirent.h>
#include <uk/abi/errno.h>
#include <uk/alloc/heap.hpp>
#include <uk/shell.hpp>
#include <uk/string.h>
#include <uk/syscall.h>

#include <new>

namespace uk::shell {

Names::~Names() {
    while (Entry* entry = tree_.min()) {
        tree_.erase(*entry);
        heap::deallocate(entry);
    }
}

// False without memory.
bool Names::add(const char* name) {
    const size_t size = strlen(name);
    void* memory = heap::allocate(sizeof(Entry) + size + 1);
    if (memory == nullptr)
        return false;
    auto* entry = ::new (memory) Entry{.node = {}, .size = size};
    memcpy(entry->text(), name, size + 1);
    tree_.insert_multi(*entry);
    return true;
}

long Names::read(int fd, bool all) {
    alignas(uk_dirent64) char room[1024];
    for (;;) {
        const long size = uk_sys_getdents64(fd, room, sizeof(room));
        if (size <= 0 || stopped())
            return size < 0 ? size : 0;
        for (long at = 0; at < size;) {
            const auto* entry = reinterpret_cast<const uk_dirent64*>(room + at);
            const char* name = room + at + offsetof(uk_dirent64, d_name);
            if ((all || name[0] != '.') && !add(name))
                return -UK_ENOMEM;
            at += entry->d_reclen;
        }
    }
}

} // namespace uk::shell
