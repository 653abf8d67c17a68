// SPDX-License-Identifier: BSD-3-Clause
// Each system call that takes a descriptor, with each kind of descriptor, once: prints a line with
// the answer of each. The same source is a program of the host and an image; test_descriptors.py
// compares what they print. Argument: a folder that may be written to.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "table.h"

static const char* g_folder;

const char* in_folder(const char* name) {
    static char path[256];
    snprintf(path, sizeof(path), "%s/%s", g_folder, name);
    return path;
}

long answer(long result) {
    return result < 0 ? -errno : result;
}

long answer_fd(long result) {
    if (result >= 0)
        close((int)result);
    return result < 0 ? -errno : 0;
}

int file_with(const char* name, int flags) {
    const int fd = open(in_folder(name), O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write(fd, "0123456789", 10) != 10) {
        perror(in_folder(name));
        exit(1);
    }
    close(fd);
    return open(in_folder(name), flags);
}

// The same folder for each call, whatever the last one did to it.
static void prepare(void) {
    mkdir(in_folder("d"), 0755);
    close(file_with("d/inner", O_RDONLY));
    chmod(in_folder("d"), 0755);
    chmod(in_folder("f"), 0644);
    unlink(in_folder("new"));
    unlink(in_folder("bound"));
    unlink(in_folder("d/x"));
    rmdir(in_folder("d/x"));
}

static void try(const struct Kind* kind, const struct Call* call) {
    prepare();
    g_text[0] = '\0';
    g_others[0] = g_others[1] = -1;
    const int fd = kind->open();
    if (fd < 0 && kind->open != open_none) {
        printf("%s cannot be opened: %d\n", kind->name, errno);
        return;
    }
    const long result = call->run(fd);
    printf("%s %s %ld%s%s\n", kind->name, call->name, result, g_text[0] != '\0' ? " " : "", g_text);
    close(fd);
    for (int i = 0; i < 2; i++)
        if (g_others[i] >= 0)
            close(g_others[i]);
}

int main(int count, char** words) {
    if (count < 2)
        return 2;
    g_folder = words[1];
    mkdir(g_folder, 0755);
    signal(SIGPIPE, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    umask(022);
    for (const struct Kind* kind = g_kinds; kind->name != NULL; kind++) {
        if (count > 2 && strcmp(words[2], kind->name) != 0)
            continue;
        for (const struct Call* call = g_calls; call->name != NULL; call++)
            if (!(kind->is_shared && call->changes))
                try(kind, call);
    }
    printf("end\n");
    return 0;
}
