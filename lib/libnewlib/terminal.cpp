// SPDX-License-Identifier: BSD-3-Clause
// Terminals: ioctl() and what POSIX makes of it.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <uk/cancel_point.h>
#include <uk/syscall.h>

#include "result.hpp"

// No longer POSIX's: programs have one of their own.
#pragma weak getpass

using newlib::status;

static int request(int fd, unsigned long what, unsigned long argument) {
    return status(uk_sys_ioctl(fd, static_cast<unsigned>(what), argument));
}

static unsigned long pointer(const void* argument) {
    return reinterpret_cast<unsigned long>(argument);
}

// As in files.cpp: variadic for its callers only.
#pragma redefine_extname ioctl_with ioctl
extern "C" int ioctl_with(int fd, unsigned long what, unsigned long argument);

int ioctl_with(int fd, unsigned long what, unsigned long argument) {
    return request(fd, what, argument);
}

int isatty(int fd) {
    struct termios mode;
    return request(fd, TCGETS, pointer(&mode)) == 0;
}

// The only terminal there is has one name, if /dev is there.
int ttyname_r(int fd, char* name, size_t room) {
    static constexpr char kPath[] = "/dev/console";
    struct stat open_one;
    struct stat named;
    if (!isatty(fd)) {
        return errno;
    }
    if (fstat(fd, &open_one) != 0 || stat(kPath, &named) != 0 || !S_ISCHR(named.st_mode) ||
        named.st_rdev != open_one.st_rdev) {
        return ENODEV;
    }
    if (room < sizeof(kPath)) {
        return ERANGE;
    }
    memcpy(name, kPath, sizeof(kPath));
    return 0;
}

char* ttyname(int fd) {
    static char name[TTY_NAME_MAX];
    const int error = ttyname_r(fd, name, sizeof(name));
    if (error != 0) {
        errno = error;
        return nullptr;
    }
    return name;
}

int tcgetattr(int fd, struct termios* mode) {
    return request(fd, TCGETS, pointer(mode));
}

int tcsetattr(int fd, int when, const struct termios* mode) {
    if (when < TCSANOW || when > TCSAFLUSH) {
        errno = EINVAL;
        return -1;
    }
    static_assert(TCSETSW == TCSETS + TCSADRAIN && TCSETSF == TCSETS + TCSAFLUSH);
    return request(fd, TCSETS + static_cast<unsigned long>(when), pointer(mode));
}

int tcsendbreak(int fd, int /*duration*/) {
    return request(fd, TCSBRK, 0);
}

int tcdrain(int fd) {
    return status(UK_CANCELLABLE(uk_sys_ioctl(fd, TCSBRK, 1)));
}

int tcflush(int fd, int queue) {
    return request(fd, TCFLSH, static_cast<unsigned long>(queue));
}

int tcflow(int fd, int action) {
    return request(fd, TCXONC, static_cast<unsigned long>(action));
}

pid_t tcgetpgrp(int fd) {
    pid_t group = -1;
    return request(fd, TIOCGPGRP, pointer(&group)) == 0 ? group : -1;
}

int tcsetpgrp(int fd, pid_t group) {
    return request(fd, TIOCSPGRP, pointer(&group));
}

pid_t tcgetsid(int fd) {
    pid_t session = -1;
    return request(fd, TIOCGSID, pointer(&session)) == 0 ? session : -1;
}

speed_t cfgetospeed(const struct termios* mode) {
    return mode->c_cflag & CBAUD;
}

speed_t cfgetispeed(const struct termios* mode) {
    return mode->c_cflag & CBAUD;
}

// One speed for both directions, as the structure has it.
int cfsetospeed(struct termios* mode, speed_t speed) {
    if ((speed & ~static_cast<speed_t>(CBAUD)) != 0) {
        errno = EINVAL;
        return -1;
    }
    mode->c_cflag = (mode->c_cflag & ~static_cast<tcflag_t>(CBAUD)) | speed;
    return 0;
}

int cfsetispeed(struct termios* mode, speed_t speed) {
    return speed == B0 ? 0 : cfsetospeed(mode, speed); // B0: that of output
}

int cfsetspeed(struct termios* mode, speed_t speed) {
    return cfsetospeed(mode, speed);
}

void cfmakeraw(struct termios* mode) {
    mode->c_iflag &=
        ~static_cast<tcflag_t>(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    mode->c_oflag &= ~static_cast<tcflag_t>(OPOST);
    mode->c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    mode->c_cflag = (mode->c_cflag & ~static_cast<tcflag_t>(CSIZE | PARENB)) | CS8;
    mode->c_cc[VMIN] = 1;
    mode->c_cc[VTIME] = 0;
}

char* ctermid(char* path) {
    static char own[L_ctermid];
    return strcpy(path != nullptr ? path : own, "/dev/tty");
}

// Reads a line that is not shown, from the terminal or, without one, from the standard input; what
// is longer than the room is left out. No cancellation point, at which the terminal would stay
// silent.
char* getpass(const char* prompt) {
    constexpr size_t kMost = 128;
    static char line[kMost + 1];
    const int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    const int in = tty >= 0 ? tty : STDIN_FILENO;
    const int out = tty >= 0 ? tty : STDERR_FILENO;
    struct termios shown;
    const bool hides = tcgetattr(in, &shown) == 0;
    if (hides) {
        struct termios hidden = shown;
        hidden.c_lflag = (hidden.c_lflag & ~static_cast<tcflag_t>(ECHO | ISIG)) | ICANON;
        tcsetattr(in, TCSAFLUSH, &hidden);
    }
    (void)uk_sys_write(out, prompt, strlen(prompt));
    size_t size = 0;
    char next = 0;
    long got = 0;
    while ((got = uk_sys_read(in, &next, 1)) == 1 && next != '\n') {
        if (size < kMost) {
            line[size++] = next;
        }
    }
    line[size] = 0;
    (void)uk_sys_write(out, "\n", 1);
    if (hides) {
        tcsetattr(in, TCSAFLUSH, &shown);
    }
    if (tty >= 0) {
        uk_sys_close(tty);
    }
    const bool has_line = newlib::result(got) > 0 || (got == 0 && size != 0);
    return has_line ? line : nullptr;
}
