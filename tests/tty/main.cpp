// SPDX-License-Identifier: BSD-3-Clause
// What tests/system/test_tty.py types to. The argument says what the program does with the console:
//   lines  writes each line back in brackets, until the end of file
//   poll   the same, and reads only what poll() says is there
//   raw    lines, but with single keys, until q
//   spin   computes for ever
//   idle   waits two seconds for keys
//   away   waits two seconds, and leaves keys alone
//   crash  reads a line, then dies of a null pointer
//   what   says what descriptors 0 to 2 are
#include <stdio.h>
#include <string.h>

#include <uk/abi/fcntl.h>
#include <uk/abi/ioctl.h>
#include <uk/abi/poll.h>
#include <uk/abi/stat.h>
#include <uk/abi/termios.h>
#include <uk/syscall.h>

namespace {

void print(const char* text) {
    uk_sys_write(1, text, strlen(text));
}

int lines() {
    char line[4096];
    for (;;) {
        const long got = uk_sys_read(0, line, sizeof(line));
        if (got <= 0)
            return got == 0 ? 0 : 1;
        print("[");
        uk_sys_write(1, line, static_cast<size_t>(got) - (line[got - 1] == '\n' ? 1 : 0));
        print("]\n");
    }
}

int polled_lines() {
    uk_sys_fcntl(0, UK_F_SETFL, UK_O_NONBLOCK);
    char line[4096];
    for (;;) {
        uk_pollfd input = {0, UK_POLLIN, 0};
        if (uk_sys_poll(&input, 1, -1) != 1)
            return 1;
        const long got = uk_sys_read(0, line, sizeof(line));
        if (got <= 0)
            return got == 0 ? 0 : 2;
        print("[");
        uk_sys_write(1, line, static_cast<size_t>(got) - (line[got - 1] == '\n' ? 1 : 0));
        print("]\n");
    }
}

int raw() {
    uk_termios before;
    if (uk_sys_ioctl(0, UK_TCGETS, reinterpret_cast<unsigned long>(&before)) != 0)
        return 1;
    uk_termios modes = before;
    modes.c_lflag &= ~static_cast<uint32_t>(UK_ICANON | UK_ECHO | UK_ISIG);
    modes.c_iflag &= ~static_cast<uint32_t>(UK_ICRNL);
    uk_sys_ioctl(0, UK_TCSETSF, reinterpret_cast<unsigned long>(&modes));
    print("raw\n");
    for (char key = 0; key != 'q';) {
        if (uk_sys_read(0, &key, 1) != 1)
            return 1;
        char text[16];
        snprintf(text, sizeof(text), "<%02x>", static_cast<unsigned char>(key));
        print(text);
    }
    print("\n");
    uk_sys_ioctl(0, UK_TCSETSW, reinterpret_cast<unsigned long>(&before));
    return 0;
}

int idle(short events) {
    uk_pollfd input = {0, events, 0};
    return uk_sys_poll(&input, 1, 2000) == 0 ? 0 : 1;
}

int what() {
    for (int fd = 0; fd <= 2; fd++) {
        uk_stat stat{};
        uk_winsize window{};
        const long kind = uk_sys_fstat(fd, &stat);
        const long size = uk_sys_ioctl(fd, UK_TIOCGWINSZ, reinterpret_cast<unsigned long>(&window));
        char text[80];
        snprintf(text, sizeof(text), "%d: %ld %o, %ld %ux%u\n", fd, kind, stat.st_mode, size,
                 window.ws_row, window.ws_col);
        print(text);
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const char* task = argc > 1 ? argv[1] : "lines";
    if (strcmp(task, "raw") == 0)
        return raw();
    if (strcmp(task, "what") == 0)
        return what();
    print("ready\n");
    if (strcmp(task, "lines") == 0)
        return lines();
    if (strcmp(task, "poll") == 0)
        return polled_lines();
    if (strcmp(task, "idle") == 0)
        return idle(UK_POLLIN);
    if (strcmp(task, "away") == 0)
        return idle(0);
    if (strcmp(task, "spin") == 0)
        for (volatile unsigned long count = 0;;)
            count = count + 1;
    char line[64];
    long got = uk_sys_read(0, line, sizeof(line));
    if (strcmp(task, "crash") == 0)
        *reinterpret_cast<volatile char*>(got - got) = 1;
    return 2;
}
