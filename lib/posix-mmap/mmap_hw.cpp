// SPDX-License-Identifier: BSD-3-Clause
// The system calls of memory, over the address space of this image.
#include <uk/config.hpp>
#include <uk/lock.hpp>
#include <uk/mmap/calls.hpp>
#include <uk/mmap/program_break.hpp>
#include <uk/syscall.h>
#include <uk/syscall/edge.hpp>
#include <uk/user.hpp>
#include <uk/vmem.hpp>
#ifdef CONFIG_LIBPOSIX_FDTAB
#include <uk/posix/fdtab.hpp>
#endif

namespace uk::mmap {

namespace {

struct ImageSpace {
    static Result<Vaddr> map(const MapRequest& request) { return vmem::map(request); }
    static Result<> unmap(Vaddr at, uint64_t size) { return vmem::unmap(at, size); }
    static Result<> protect(Vaddr at, uint64_t size, Protection protection) {
        return vmem::protect(at, size, protection);
    }
    static Result<> populate(Vaddr at, uint64_t size) { return vmem::populate(at, size); }
    static Result<> discard(Vaddr at, uint64_t size) { return vmem::discard(at, size); }
    static Result<> sync(Vaddr at, uint64_t size) { return vmem::sync(at, size); }
    static Result<Vaddr> first_present(Vaddr at, uint64_t size) {
        return vmem::first_present(at, size);
    }
    static Result<AreaInfo> find(Vaddr at) { return vmem::find(at); }
    static VirtRange range() { return vmem::range(); }
    static Result<> copy_page(Vaddr to, Vaddr from) {
        return user::copy_in(to.as<void>(), from, kPageSize);
    }
};

constexpr Calls<ImageSpace> kCalls{ImageSpace{}};

struct Break {
    Mutex lock{"brk"};
    ProgramBreak<ImageSpace> end{ImageSpace{}, uint64_t{cfg::libposix_mmap_brk_mib} << 20};
};
constinit Break g_break;

// Globals and the heap of the kernel are always in memory.
Result<> lock(Vaddr start, uint64_t size) {
    if (vmem::range().contains(start))
        return kCalls.lock(start, size);
    Result<> there = user::access(start, size, hal::Access::read);
    return there.ok() ? there : Errno::nomem;
}
Result<> unlock(Vaddr start, uint64_t size) {
    return vmem::range().contains(start) ? kCalls.unlock(start, size) : lock(start, size);
}

Result<long> address(Result<Vaddr> at) {
    return static_cast<long>(UK_TRY(at).value());
}

#ifdef CONFIG_LIBPOSIX_FDTAB
// What mmap() says of a file that cannot be mapped: whether it may be read comes first.
Errno unmappable(const File& file, int protection, int flags) {
    const uint32_t mode = file.status() & UK_O_ACCMODE;
    const bool changes = (protection & UK_PROT_WRITE) != 0 && (flags & UK_MAP_PRIVATE) == 0;
    return mode == UK_O_WRONLY || (changes && mode == UK_O_RDONLY) ? Errno::acces : Errno::nodev;
}
#endif

Result<Vaddr> map(Vaddr start, uint64_t size, int protection, int flags, [[maybe_unused]] int fd,
                  int64_t offset) {
#ifdef CONFIG_LIBPOSIX_FDTAB
    if ((flags & UK_MAP_ANONYMOUS) == 0) {
        Ref<File> file = UK_TRY(posix::working_fd(fd));
        Result<Vaddr> there = kCalls.map_file(start, size, protection, flags, offset, *file);
        return there.code() == Errno::nodev ? unmappable(*file, protection, flags) : there;
    }
#endif
    return kCalls.map(start, size, protection, flags, offset);
}

} // namespace

} // namespace uk::mmap

using namespace uk;

extern "C" {

long uk_sys_mmap(void* start, size_t size, int protection, int flags, int fd, int64_t offset) {
    return syscall([=] {
        return mmap::address(mmap::map(Vaddr::of(start), size, protection, flags, fd, offset));
    });
}
long uk_sys_munmap(void* start, size_t size) {
    return syscall([=] { return mmap::kCalls.unmap(Vaddr::of(start), size); });
}
long uk_sys_mprotect(void* start, size_t size, int protection) {
    return syscall([=] { return mmap::kCalls.protect(Vaddr::of(start), size, protection); });
}
long uk_sys_madvise(void* start, size_t size, int advice) {
    return syscall([=] { return mmap::kCalls.advise(Vaddr::of(start), size, advice); });
}
long uk_sys_msync(void* start, size_t size, int flags) {
    return syscall([=] { return mmap::kCalls.sync(Vaddr::of(start), size, flags); });
}
long uk_sys_mremap(void* start, size_t size, size_t new_size, int flags, void* new_start) {
    return syscall([=] {
        return mmap::address(
            mmap::kCalls.remap(Vaddr::of(start), size, new_size, flags, Vaddr::of(new_start)));
    });
}
long uk_sys_mlock(const void* start, size_t size) {
    return syscall([=] { return mmap::lock(Vaddr::of(start), size); });
}
long uk_sys_munlock(const void* start, size_t size) {
    return syscall([=] { return mmap::unlock(Vaddr::of(start), size); });
}
long uk_sys_brk(void* end) {
    return syscall([=] {
        LockGuard guard(mmap::g_break.lock);
        return static_cast<long>(mmap::g_break.end.set(Vaddr::of(end)).value());
    });
}

} // extern "C"
