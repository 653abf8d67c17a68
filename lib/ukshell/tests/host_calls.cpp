// SPDX-License-Identifier: BSD-3-Clause
// The system calls that commands make, done by the host, whose ABI is the same.
#include <uk/syscall.h>

#include <cerrno>
#include <csignal>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

template <class... Arguments>
long call(long number, Arguments... arguments) {
    const long result = ::syscall(number, arguments...);
    return result < 0 ? -errno : result;
}

} // namespace

extern "C" {

long uk_sys_chdir(const char* path) {
    return call(SYS_chdir, path);
}
long uk_sys_close(int fd) {
    return call(SYS_close, fd);
}
long uk_sys_fstat(int fd, uk_stat* out) {
    return call(SYS_fstat, fd, out);
}
long uk_sys_getcwd(char* path, size_t size) {
    return call(SYS_getcwd, path, size);
}
long uk_sys_getdents64(int fd, void* entries, size_t size) {
    return call(SYS_getdents64, fd, entries, size);
}
long uk_sys_ioctl(int fd, unsigned request, unsigned long argument) {
    return call(SYS_ioctl, fd, request, argument);
}
long uk_sys_kill(int process, int signal) {
    return call(SYS_kill, process, signal);
}
long uk_sys_tkill(int thread, int signal) {
    return call(SYS_tkill, thread, signal);
}
long uk_sys_mkdirat(int folder, const char* path, unsigned mode) {
    return call(SYS_mkdirat, folder, path, mode);
}
long uk_sys_mknodat(int folder, const char* path, unsigned mode, unsigned device) {
    return call(SYS_mknodat, folder, path, mode, device);
}
long uk_sys_newfstatat(int folder, const char* path, uk_stat* out, int flags) {
    return call(SYS_newfstatat, folder, path, out, flags);
}
long uk_sys_openat(int folder, const char* path, int flags, unsigned mode) {
    return call(SYS_openat, folder, path, flags, mode);
}
long uk_sys_ppoll(uk_pollfd* fds, unsigned count, uk_timespec* timeout, const uk_sigset_t* mask,
                  size_t mask_bytes) {
    return call(SYS_ppoll, fds, count, timeout, mask, mask_bytes);
}
long uk_sys_read(int fd, void* data, size_t size) {
    return call(SYS_read, fd, data, size);
}
long uk_sys_readlinkat(int folder, const char* path, char* target, size_t size) {
    return call(SYS_readlinkat, folder, path, target, size);
}
long uk_sys_renameat(int from_folder, const char* from, int to_folder, const char* to) {
    return call(SYS_renameat2, from_folder, from, to_folder, to, 0);
}
long uk_sys_rt_sigprocmask(int how, const uk_sigset_t* set, uk_sigset_t* old, size_t mask_bytes) {
    return call(SYS_rt_sigprocmask, how, set, old, mask_bytes);
}
long uk_sys_symlinkat(const char* target, int folder, const char* path) {
    return call(SYS_symlinkat, target, folder, path);
}
long uk_sys_unlinkat(int folder, const char* path, int flags) {
    return call(SYS_unlinkat, folder, path, flags);
}
long uk_sys_write(int fd, const void* data, size_t size) {
    return call(SYS_write, fd, data, size);
}

// The host's libc has to know how handlers return, so it gets one of its own. One at a time.
long uk_sys_rt_sigaction(int signal, const uk_sigaction* wanted, uk_sigaction* before,
                         size_t /*mask_bytes*/) {
    static void (*handler)(int, uk_siginfo*, void*);
    struct sigaction next = {};
    handler = wanted->handler;
    if (handler != nullptr)
        next.sa_handler = [](int number) { handler(number, nullptr, nullptr); };
    if (before != nullptr)
        *before = {};
    return ::sigaction(signal, &next, nullptr) == 0 ? 0 : -errno;
}

} // extern "C"
