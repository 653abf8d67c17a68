// SPDX-License-Identifier: BSD-3-Clause
// System calls that take a descriptor.
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

#include "table.h"

char g_text[256];

static void* volatile g_nowhere = (void*)8; // the compiler need not know
static char g_bytes[4096] = "abcdefgh";

static long with_file(int fd, long (*run)(int fd, int file)) {
    const int file = file_with("other", O_RDWR);
    const long result = run(fd, file);
    close(file);
    return result;
}

static long show_stat(long result, const struct stat* seen) {
    if (result == 0) {
        const int sized = S_ISREG(seen->st_mode) || (seen->st_mode & S_IFMT) == 0;
        sprintf(g_text, "mode %o links %ld size %ld device %lx", (unsigned)seen->st_mode,
                S_ISDIR(seen->st_mode) ? 0 : (long)seen->st_nlink, sized ? (long)seen->st_size : 0,
                (long)seen->st_rdev);
    }
    return result;
}
static long call_fstat(int fd) {
    struct stat seen;
    return show_stat(answer(fstat(fd, &seen)), &seen);
}
static long call_fstatat(int fd) {
    struct stat seen;
    return show_stat(answer(fstatat(fd, "", &seen, AT_EMPTY_PATH)), &seen);
}
static long call_stat_below(int fd) {
    struct stat seen;
    return show_stat(answer(fstatat(fd, "inner", &seen, 0)), &seen);
}
static long call_fstatfs(int fd) {
    struct statfs seen;
    const long result = answer(fstatfs(fd, &seen));
    if (result == 0)
        sprintf(g_text, "type %lx block %ld", (long)seen.f_type, (long)seen.f_bsize);
    return result;
}
static long call_fchmod(int fd) {
    const long result = answer(fchmod(fd, 0640));
    struct stat seen;
    fstat(fd, &seen);
    return show_stat(result, &seen);
}
static long call_ftruncate(int fd) {
    const long result = answer(ftruncate(fd, 100));
    struct stat seen;
    fstat(fd, &seen);
    return show_stat(result, &seen);
}
static long call_seek_past(int fd) {
    const long result = answer(lseek(fd, 0, SEEK_END));
    if (result > 0)
        sprintf(g_text, "then %ld", answer(lseek(fd, 5, SEEK_CUR)));
    return result;
}
static long call_getfl(int fd) {
    const long result = answer(fcntl(fd, F_GETFL));
    if (result >= 0)
        sprintf(g_text, "%lo", result);
    return result < 0 ? result : 0;
}
static long call_setfl(int fd) {
    const long result = answer(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
    call_getfl(fd);
    return result;
}
static long lock(int fd, int command, short type) {
    struct flock wanted = {.l_type = type, .l_whence = SEEK_SET, .l_len = 5};
    const long result = answer(fcntl(fd, command, &wanted));
    if (result == 0 && command == F_GETLK)
        sprintf(g_text, "type %d", wanted.l_type);
    return result;
}
static long call_poll(int fd) {
    struct pollfd entry = {.fd = fd,
                           .events = POLLIN | POLLOUT | POLLPRI | POLLRDNORM | POLLWRNORM};
    const long result = answer(poll(&entry, 1, 0));
    sprintf(g_text, "%x", (unsigned)entry.revents);
    return result;
}
static long call_epoll_add(int fd) {
    const int set = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT};
    const long result = answer(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event));
    event.events = 0;
    if (result == 0 && epoll_wait(set, &event, 1, 0) >= 0)
        sprintf(g_text, "%x", (unsigned)event.events);
    close(set);
    return result;
}
static long map(int fd, int protection, int flags) {
    char* there = mmap(NULL, 4096, protection, flags, fd, 0);
    if (there == MAP_FAILED)
        return answer(-1);
    munmap(there, 4096);
    return 0;
}
static long send_from(int fd, int file) {
    return answer(sendfile(file, fd, NULL, 4));
}
static long send_to(int fd, int file) {
    return answer(sendfile(fd, file, NULL, 4));
}
static long send_from_start(int fd, int file) {
    off_t start = 2;
    return answer(sendfile(file, fd, &start, 4));
}
static long copy_from(int fd, int file) {
    return answer(copy_file_range(fd, NULL, file, NULL, 4, 0));
}
static long copy_to(int fd, int file) {
    return answer(copy_file_range(file, NULL, fd, NULL, 4, 0));
}
static long call_entries(int fd) {
    const long result = answer(syscall(SYS_getdents64, fd, g_bytes, sizeof(g_bytes)));
    return result < 0 ? result : 0;
}
static long call_ioctl(int fd, unsigned long request) {
    int number = 0;
    const long result = answer(ioctl(fd, request, &number));
    if (result >= 0 && request == FIONREAD)
        sprintf(g_text, "%d", number);
    return result;
}
static long call_termios(int fd) {
    struct termios settings;
    return answer(tcgetattr(fd, &settings));
}
static long move(int fd, ssize_t (*how)(int, const struct iovec*, int), int count) {
    const struct iovec pieces[2] = {{g_bytes, 4}, {g_bytes + 4, 4}};
    return answer(how(fd, pieces, count));
}
static long call_option(int fd) {
    int type = 0;
    socklen_t size = sizeof(type);
    const long result = answer(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size));
    if (result == 0)
        sprintf(g_text, "type %d", type);
    return result;
}
static long call_name(int fd, int (*how)(int, struct sockaddr*, socklen_t*)) {
    struct sockaddr_storage name;
    socklen_t size = sizeof(name);
    memset(&name, 0, sizeof(name));
    const long result = answer(how(fd, (struct sockaddr*)&name, &size));
    if (result == 0 && name.ss_family == AF_UNIX)
        size = 0; // as long as the folder's name
    if (result == 0)
        sprintf(g_text, "family %d size %d", name.ss_family, (int)size);
    return result;
}
static long with_unix_name(int fd, int (*how)(int, const struct sockaddr*, socklen_t),
                           const char* path) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    strncpy(name.sun_path, in_folder(path), sizeof(name.sun_path) - 1);
    return answer(how(fd, (struct sockaddr*)&name, sizeof(name)));
}
static long call_timer(int fd) {
    const struct itimerspec when = {.it_value = {.tv_sec = 100}};
    return answer(timerfd_settime(fd, 0, &when, NULL));
}
static long call_times(int fd) {
    const struct timespec times[2] = {{.tv_sec = 5}, {.tv_sec = 7}};
    const long result = answer(futimens(fd, times));
    struct stat seen;
    if (result == 0 && fstat(fd, &seen) == 0)
        sprintf(g_text, "modified %ld", (long)seen.st_mtime);
    return result;
}
static const char* name_in_proc(int fd) {
    static char path[64];
    sprintf(path, "/proc/self/fd/%d", fd);
    return path;
}
static long call_proc_link(int fd) {
    char target[256] = "";
    const long result = answer(readlink(name_in_proc(fd), target, sizeof(target) - 1));
    const size_t folder = strlen(in_folder("")) - 1;
    const char* shown = strncmp(target, in_folder(""), folder) == 0 ? target + folder : target;
    const size_t length = strcspn(shown, "#[0123456789"); // numbers of inodes
    sprintf(g_text, "%.*s", (int)length, shown);
    return result < 0 ? result : 0;
}
static long call_flock(int fd, int how) {
    return answer(flock(fd, how));
}
static long call_dup(int fd) {
    return answer_fd(dup(fd));
}
static long call_close_twice(int fd) {
    const long first = answer(close(fd));
    sprintf(g_text, "then %ld", answer(close(fd)));
    return first;
}
static long call_change_folder(int fd) {
    const long result = answer(fchdir(fd));
    return result != 0 ? result : answer(chdir("/"));
}

// Change what the descriptor means: not of the host's own files.
#define EACH_CHANGE(X)                                                                             \
    X(fchmod, call_fchmod(fd))                                                                     \
    X(futimens, call_times(fd))                                                                    \
    X(xattr_set, answer(fsetxattr(fd, "user.some", "1", 1, 0)))

#define EACH_CALL(X)                                                                               \
    X(read, answer(read(fd, g_bytes + 100, 8)))                                                    \
    X(read_4, answer(read(fd, g_bytes + 100, 4)))                                                  \
    X(read_nothing, answer(read(fd, g_bytes + 100, 0)))                                            \
    X(read_nowhere, answer(read(fd, g_nowhere, 8)))                                                \
    X(write, answer(write(fd, g_bytes, 8)))                                                        \
    X(write_4, answer(write(fd, g_bytes, 4)))                                                      \
    X(write_nothing, answer(write(fd, g_bytes, 0)))                                                \
    X(write_nowhere, answer(write(fd, g_nowhere, 8)))                                              \
    X(readv, move(fd, readv, 2))                                                                   \
    X(readv_none, move(fd, readv, 0))                                                              \
    X(readv_wrong, move(fd, readv, -1))                                                            \
    X(writev, move(fd, writev, 2))                                                                 \
    X(writev_none, move(fd, writev, 0))                                                            \
    X(writev_wrong, move(fd, writev, -1))                                                          \
    X(pread, answer(pread(fd, g_bytes + 100, 8, 1)))                                               \
    X(pread_nothing, answer(pread(fd, g_bytes + 100, 0, 1)))                                       \
    X(pread_before, answer(pread(fd, g_bytes + 100, 8, -1)))                                       \
    X(pwrite, answer(pwrite(fd, g_bytes, 8, 1)))                                                   \
    X(pwrite_nothing, answer(pwrite(fd, g_bytes, 0, 1)))                                           \
    X(pwrite_before, answer(pwrite(fd, g_bytes, 8, -1)))                                           \
    X(seek_set, answer(lseek(fd, 3, SEEK_SET)))                                                    \
    X(seek_before, answer(lseek(fd, -1, SEEK_SET)))                                                \
    X(seek_current, answer(lseek(fd, 0, SEEK_CUR)))                                                \
    X(seek_forward, answer(lseek(fd, 3, SEEK_CUR)))                                                \
    X(seek_end, S_ISDIR(mode_of(fd)) ? 0 : call_seek_past(fd))                                     \
    X(seek_data, answer(lseek(fd, 0, SEEK_DATA)))                                                  \
    X(seek_hole, answer(lseek(fd, 2, SEEK_HOLE)) < 0 ? answer(lseek(fd, 2, SEEK_HOLE)) : 0)        \
    X(seek_wrong, answer(lseek(fd, 0, 9)))                                                         \
    X(ftruncate, call_ftruncate(fd))                                                               \
    X(ftruncate_before, answer(ftruncate(fd, -1)))                                                 \
    X(fallocate, answer(fallocate(fd, 0, 0, 100)))                                                 \
    X(fallocate_wrong, answer(fallocate(fd, 0, 0, 0)))                                             \
    X(fallocate_keep, answer(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 100)))                          \
    X(posix_fadvise, posix_fadvise(fd, 0, 0, POSIX_FADV_NORMAL))                                   \
    X(posix_fadvise_wrong, posix_fadvise(fd, 0, 0, 77))                                            \
    X(fsync, answer(fsync(fd)))                                                                    \
    X(fdatasync, answer(fdatasync(fd)))                                                            \
    X(syncfs, answer(syncfs(fd)))                                                                  \
    X(fstat, call_fstat(fd))                                                                       \
    X(fstatat_empty, call_fstatat(fd))                                                             \
    X(fstatat_below, call_stat_below(fd))                                                          \
    X(fstatfs, call_fstatfs(fd))                                                                   \
    X(fchown, answer(fchown(fd, (uid_t)-1, (gid_t)-1)))                                            \
    X(fchownat_empty, answer(fchownat(fd, "", (uid_t)-1, (gid_t)-1, AT_EMPTY_PATH)))               \
    X(utimensat_below, answer(utimensat(fd, "inner", NULL, 0)))                                    \
    X(fchdir, call_change_folder(fd))                                                              \
    X(entries, call_entries(fd))                                                                   \
    X(openat_below, answer_fd(openat(fd, "inner", O_RDONLY)))                                      \
    X(openat_nothing, answer_fd(openat(fd, "", O_RDONLY)))                                         \
    X(openat_from_root, answer_fd(openat(fd, "/", O_RDONLY)))                                      \
    X(mkdirat, answer(mkdirat(fd, "x", 0700)))                                                     \
    X(unlinkat, answer(unlinkat(fd, "inner", 0)))                                                  \
    X(faccessat, answer(faccessat(fd, "inner", R_OK, 0)))                                          \
    X(symlinkat, answer(symlinkat("inner", fd, "x")))                                              \
    X(readlinkat_nothing, answer(readlinkat(fd, "", g_bytes + 100, 100)))                          \
    X(linkat_empty, answer(linkat(fd, "", AT_FDCWD, in_folder("new"), AT_EMPTY_PATH)))             \
    X(flock, call_flock(fd, LOCK_EX | LOCK_NB))                                                    \
    X(flock_end, call_flock(fd, LOCK_UN))                                                          \
    X(flock_wrong, call_flock(fd, 77))                                                             \
    X(lock_to_read, lock(fd, F_SETLK, F_RDLCK))                                                    \
    X(lock_to_write, lock(fd, F_SETLK, F_WRLCK))                                                   \
    X(lock_end, lock(fd, F_SETLK, F_UNLCK))                                                        \
    X(lock_ask, lock(fd, F_GETLK, F_WRLCK))                                                        \
    X(lock_open_file, lock(fd, F_OFD_SETLK, F_RDLCK))                                              \
    X(getfl, call_getfl(fd))                                                                       \
    X(setfl, call_setfl(fd))                                                                       \
    X(getfd, answer(fcntl(fd, F_GETFD)))                                                           \
    X(setfd, answer(fcntl(fd, F_SETFD, FD_CLOEXEC)))                                               \
    X(fcntl_wrong, answer(fcntl(fd, 777)))                                                         \
    X(pipe_size, answer(fcntl(fd, F_GETPIPE_SZ)))                                                  \
    X(pipe_set_size, answer(fcntl(fd, F_SETPIPE_SZ, 8192)))                                        \
    X(dup, call_dup(fd))                                                                           \
    X(dupfd, answer_fd(fcntl(fd, F_DUPFD, 20)))                                                    \
    X(dup3_wrong, answer_fd(dup3(fd, 50, 77)))                                                     \
    X(close_twice, call_close_twice(fd))                                                           \
    X(available, call_ioctl(fd, FIONREAD))                                                         \
    X(no_waiting, call_ioctl(fd, FIONBIO))                                                         \
    X(window_size, call_ioctl(fd, TIOCGWINSZ))                                                     \
    X(ioctl_wrong, call_ioctl(fd, 0x1234))                                                         \
    X(termios, call_termios(fd))                                                                   \
    X(isatty, isatty(fd) ? 1 : answer(-1))                                                         \
    X(map_private, map(fd, PROT_READ, MAP_PRIVATE))                                                \
    X(map_shared, map(fd, PROT_READ, MAP_SHARED))                                                  \
    X(map_writable, map(fd, PROT_READ | PROT_WRITE, MAP_SHARED))                                   \
    X(poll, call_poll(fd))                                                                         \
    X(epoll_add, call_epoll_add(fd))                                                               \
    X(epoll_wait, answer(epoll_wait(fd, (struct epoll_event*)(void*)(g_bytes + 512), 1, 0)))       \
    X(sendfile_from, with_file(fd, send_from))                                                     \
    X(sendfile_from_start, with_file(fd, send_from_start))                                         \
    X(sendfile_to, with_file(fd, send_to))                                                         \
    X(copy_from, with_file(fd, copy_from))                                                         \
    X(copy_to, with_file(fd, copy_to))                                                             \
    X(xattr_get, answer(fgetxattr(fd, "user.none", g_bytes + 100, 100)))                           \
    X(xattr_list, answer(flistxattr(fd, g_bytes + 100, 100)) < 0 ? answer(-1) : 0)                 \
    X(xattr_remove, answer(fremovexattr(fd, "user.none")))                                         \
    X(option, call_option(fd))                                                                     \
    X(own_name, call_name(fd, getsockname))                                                        \
    X(peer_name, call_name(fd, getpeername))                                                       \
    X(bind, with_unix_name(fd, bind, "bound"))                                                     \
    X(connect, with_unix_name(fd, connect, "nobody"))                                              \
    X(listen, answer(listen(fd, 1)))                                                               \
    X(accept, answer_fd(accept(fd, NULL, NULL)))                                                   \
    X(send, answer(send(fd, g_bytes, 8, MSG_DONTWAIT | MSG_NOSIGNAL)))                             \
    X(receive, answer(recv(fd, g_bytes + 100, 8, MSG_DONTWAIT)))                                   \
    X(shutdown, answer(shutdown(fd, SHUT_WR)))                                                     \
    X(timer_set, call_timer(fd))                                                                   \
    X(proc_link, call_proc_link(fd))                                                               \
    X(proc_open, answer_fd(open(name_in_proc(fd), O_RDONLY | O_NONBLOCK)))

static mode_t mode_of(int fd) {
    struct stat seen;
    return fstat(fd, &seen) == 0 ? seen.st_mode : 0;
}

#define DEFINE(name, expression)                                                                   \
    static long try_##name(int fd) {                                                               \
        return expression;                                                                         \
    }
EACH_CALL(DEFINE)
EACH_CHANGE(DEFINE)

#define ROW(name, expression) {#name, try_##name, 0},
#define ROW_CHANGE(name, expression) {#name, try_##name, 1},
const struct Call g_calls[] = {EACH_CALL(ROW) EACH_CHANGE(ROW_CHANGE){0}};
