// SPDX-License-Identifier: BSD-3-Clause
// flock() and the locks of fcntl().
#include "file_locks.hpp"

#include <new>

#include <uk/abi/fcntl.h>
#include <uk/abi/unistd.h>
#include <uk/alloc/heap.hpp>
#include <uk/user.hpp>
#include <uk/vfs/open_node.hpp>

#include "node_state.hpp"

namespace uk::vfs {

namespace {

// There is one process, and this is it: the owner of locks that belong to none of its files.
constexpr char kProcess = 0;

} // namespace

Result<FileLocks*> FileLocks::of(Node& node) {
    if (FileLocks* there = existing(node))
        return there;
    LockGuard guard(node.lock());
    if (FileLocks* there = existing(node))
        return there;
    void* memory = heap::allocate(sizeof(FileLocks));
    if (memory == nullptr)
        return Errno::nolck;
    auto* made = new (memory) FileLocks;
    NodeState::locks(node).store_release(made);
    return made;
}

FileLocks* FileLocks::existing(Node& node) {
    return NodeState::locks(node).load_acquire();
}

void FileLocks::destroy(FileLocks* locks) {
    if (locks == nullptr)
        return;
    locks->~FileLocks();
    heap::deallocate(locks);
}

Result<> FileLocks::lock(RangeLocks& locks, const Request& request) {
    LockGuard guard(mutex_);
    if (request.kind == Kind::none) {
        UK_TRY(locks.clear(request.owner, request.first, request.last));
        (void)changed_.wake_all();
        return ok();
    }
    const bool exclusive = request.kind == Kind::exclusive;
    while (locks.conflict(request.owner, request.first, request.last, exclusive) != nullptr) {
        if (!request.waits)
            return Errno::again;
        UK_TRY(changed_.wait(mutex_));
    }
    UK_TRY(locks.set(request.owner, request.first, request.last, exclusive));
    (void)changed_.wake_all(); // what was exclusive may be shared now
    return ok();
}

FileLocks::Request FileLocks::find_range(const Request& request) {
    LockGuard guard(mutex_);
    const RangeLocks::Range* found = ranges_.conflict(request.owner, request.first, request.last,
                                                      request.kind == Kind::exclusive);
    if (found == nullptr)
        return {request.owner, Kind::none, false, request.first, request.last};
    return {found->owner, found->exclusive ? Kind::exclusive : Kind::shared, false, found->first,
            found->last};
}

void FileLocks::drop(const void* owner) {
    LockGuard guard(mutex_);
    const bool ranges = ranges_.drop(owner);
    const bool files = files_.drop(owner);
    if (ranges || files)
        (void)changed_.wake_all();
}

// Those of the process are gone but for what another thread asked for while it closed the file.
void OpenNode::drop_locks() {
    FileLocks* locks = FileLocks::existing(node());
    if (locks == nullptr)
        return;
    locks->drop(this);
    locks->drop(&kProcess);
}

void OpenNode::descriptor_closed() {
    FileLocks* locks = FileLocks::existing(node());
    if (locks != nullptr && !is_path_only())
        locks->drop(&kProcess);
}

Result<> OpenNode::lock_file(int operation) {
    const bool waits = (operation & UK_LOCK_NB) == 0;
    if (is_path_only())
        return Errno::badf;
    FileLocks::Kind kind = FileLocks::Kind::none;
    switch (operation & ~UK_LOCK_NB) {
    case UK_LOCK_SH:
        kind = FileLocks::Kind::shared;
        break;
    case UK_LOCK_EX:
        kind = FileLocks::Kind::exclusive;
        break;
    case UK_LOCK_UN:
        break;
    default:
        return Errno::inval;
    }
    return UK_TRY(FileLocks::of(node()))->lock_file({this, kind, waits});
}

namespace {

// The bytes that a struct flock is about; negative lengths go backwards.
Result<> read_range(const uk_flock& wanted, uint64_t base, FileLocks::Request& request) {
    int64_t start = 0;
    if (base > INT64_MAX ||
        __builtin_add_overflow(static_cast<int64_t>(base), wanted.l_start, &start))
        return Errno::overflow;
    if (start < 0)
        return Errno::inval;
    int64_t end = 0; // behind it
    if (wanted.l_len > 0) {
        // One byte more than the last one may be too much, the last one is not.
        if (wanted.l_len - 1 > INT64_MAX - start)
            return Errno::overflow;
    } else if (wanted.l_len < 0) {
        end = start;
        if (__builtin_add_overflow(start, wanted.l_len, &start))
            return Errno::inval;
    }
    if (start < 0)
        return Errno::inval;
    request.first = static_cast<uint64_t>(start);
    request.last = wanted.l_len == 0  ? RangeLocks::kEnd
                   : wanted.l_len > 0 ? request.first + static_cast<uint64_t>(wanted.l_len) - 1
                                      : static_cast<uint64_t>(end) - 1;
    return ok();
}

void write_range(const FileLocks::Request& found, uk_flock& out) {
    out.l_type = UK_F_UNLCK;
    if (found.kind == FileLocks::Kind::none)
        return;
    out.l_type = found.kind == FileLocks::Kind::exclusive ? UK_F_WRLCK : UK_F_RDLCK;
    out.l_whence = UK_SEEK_SET;
    out.l_start = static_cast<int64_t>(found.first);
    out.l_len =
        found.last == RangeLocks::kEnd ? 0 : static_cast<int64_t>(found.last - found.first + 1);
    out.l_pid = found.owner == &kProcess ? 1 : -1; // the number of the one process
}

Result<FileLocks::Kind> kind_of(int type) {
    switch (type) {
    case UK_F_RDLCK:
        return FileLocks::Kind::shared;
    case UK_F_WRLCK:
        return FileLocks::Kind::exclusive;
    case UK_F_UNLCK:
        return FileLocks::Kind::none;
    default:
        return Errno::inval;
    }
}

} // namespace

// F_GETLK, F_SETLK, F_SETLKW, and those of open file descriptions, which ask for l_pid 0.
Result<long> OpenNode::control(int command, uintptr_t argument) {
    const bool own = command >= UK_F_OFD_GETLK && command <= UK_F_OFD_SETLKW;
    if (!own && (command < UK_F_GETLK || command > UK_F_SETLKW))
        return Errno::notty;
    if (is_path_only())
        return Errno::badf;
    auto wanted = UK_TRY(user::read<uk_flock>(Vaddr{argument}));
    if (own && wanted.l_pid != 0)
        return Errno::inval;
    uint64_t base = 0;
    if (wanted.l_whence == UK_SEEK_CUR || wanted.l_whence == UK_SEEK_END) {
        Result<uint64_t> there =
            wanted.l_whence == UK_SEEK_CUR ? seek(0, UK_SEEK_CUR) : do_seek(0, 0, UK_SEEK_END);
        base = there.ok() ? there.value() : 0; // of a stream
    } else if (wanted.l_whence != UK_SEEK_SET) {
        return Errno::inval;
    }
    FileLocks::Request request{own ? static_cast<const void*>(this) : &kProcess,
                               UK_TRY(kind_of(wanted.l_type)), false};
    UK_TRY(read_range(wanted, base, request));
    if (command == UK_F_GETLK || command == UK_F_OFD_GETLK) {
        if (request.kind == FileLocks::Kind::none)
            return Errno::inval;
        write_range(UK_TRY(FileLocks::of(node()))->find_range(request), wanted);
        UK_TRY(user::write(Vaddr{argument}, wanted));
        return 0;
    }
    if ((request.kind == FileLocks::Kind::shared && !may_read()) ||
        (request.kind == FileLocks::Kind::exclusive && !may_write()))
        return Errno::badf;
    request.waits = command == UK_F_SETLKW || command == UK_F_OFD_SETLKW;
    UK_TRY(UK_TRY(FileLocks::of(node()))->lock_range(request));
    return 0;
}

} // namespace uk::vfs
