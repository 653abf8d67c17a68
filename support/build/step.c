// SPDX-License-Identifier: BSD-3-Clause
// Runs one build command so that it either completes or leaves nothing that the next make would
// trust.
//
//   step [-a] [-d] [-l label] [-r record] -o output command
//
// The command is one shell line; it writes to "$OUT" and, with -d, its compiler dependencies to
// "$DEP". Afterwards
//   output      is renamed into place; its time is the moment the command started, so a source that
//   is edited while it
//               is compiled is newer than its object
//   output.d    (-d) a make fragment: every header, and one stamp file cfg/X for each CONFIG_X or
//   cfg::x they mention output.cmd  (or the file named by -r) the command itself, written last;
//   build.mk rebuilds when it is missing or
//               differs
// With $UK_STEP_OBJECTS set, objects of other build folders are taken from there: object_cache.h.
// -a: the command takes long, so the progress line comes before it.
// What the command printed is shown in one piece with a progress counter; if it fails, its words go
// to the file $UK_STEP_FAILED, which is printed when everything else has ended.
#define _GNU_SOURCE
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char temporary[PATH_MAX], dependencies[PATH_MAX], record[PATH_MAX], fragment[PATH_MAX];

static void die(const char* what, const char* name) {
    fprintf(stderr, "step: %s %s: %s\n", what, name, strerror(errno));
    unlink(temporary);
    unlink(dependencies);
    exit(1);
}

static const char* env(const char* name) {
    const char* value = getenv(name);
    return value ? value : "";
}

// Creates the folders above `path`.
static void make_parents(const char* path) {
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    for (char* slash = copy + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (mkdir(copy, 0777) && errno != EEXIST)
            die("cannot create folder", copy);
        *slash = '/';
    }
}

// Reads a whole file into memory that is never freed (one step is one short process); NULL if it
// cannot be read.
static char* slurp(const char* path, size_t* size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0)
        return NULL;
    if (fstat(fd, &info) || !S_ISREG(info.st_mode)) {
        close(fd);
        return NULL;
    }
    char* text = malloc((size_t)info.st_size + 1);
    size_t have = 0;
    for (ssize_t n; text && have < (size_t)info.st_size; have += (size_t)n)
        if ((n = read(fd, text + have, (size_t)info.st_size - have)) <= 0)
            break;
    close(fd);
    if (!text)
        die("out of memory reading", path);
    text[have] = '\0';
    *size = have;
    return text;
}

// Writes a file under a temporary name and renames it.
static void store(const char* path, const char* text, size_t size) {
    char name[PATH_MAX + 8];
    snprintf(name, sizeof name, "%s.tmp~", path);
    FILE* file = fopen(name, "w");
    if (!file || fwrite(text, 1, size, file) != size || fclose(file) || rename(name, path))
        die("cannot write", path);
}

// A small set of strings, kept in order of arrival.
struct names {
    char** list;
    size_t count, room;
};

static int add_name(struct names* set, const char* text, size_t size) {
    for (size_t i = 0; i < set->count; i++)
        if (!strncmp(set->list[i], text, size) && set->list[i][size] == '\0')
            return 0;
    if (set->count == set->room) {
        set->room = set->room ? 2 * set->room : 64;
        set->list = realloc(set->list, set->room * sizeof *set->list);
        if (!set->list)
            die("out of memory for", "names");
    }
    set->list[set->count++] = strndup(text, size);
    return 1;
}

static int is_word(int c) {
    return isalnum(c) || c == '_';
}

// Collects every symbol that `text` mentions as CONFIG_NAME or cfg::name (stored in upper case).
static void scan_text(const char* text, size_t size, struct names* symbols) {
    static const char* const marks[] = {"CONFIG_", "cfg::"};
    for (int kind = 0; kind < 2; kind++) {
        size_t length = strlen(marks[kind]);
        const char* at = text;
        while ((at = memmem(at, size - (size_t)(at - text), marks[kind], length))) {
            const char* name = at + length;
            const char* end = name;
            char upper[256];
            while (is_word((unsigned char)*end))
                end++;
            size_t count = (size_t)(end - name);
            if ((at == text || !is_word((unsigned char)at[-1])) && count && count < sizeof upper) {
                for (size_t i = 0; i < count; i++)
                    upper[i] = kind ? (char)toupper((unsigned char)name[i]) : name[i];
                add_name(symbols, upper, count);
            }
            at = end;
        }
    }
}

// True for headers of the compiler and the machine: they change with the compiler, which build.mk
// notices by itself.
static int is_system(const char* path) {
    const char* tree = env("UK_STEP_TREE");
    if (!strncmp(tree, "/usr/", 5))
        return 0;
    return !strncmp(path, "/usr/include/", 13) || !strncmp(path, "/usr/lib/", 9);
}

// Reads the compiler's dependency file: words up to the first colon are targets, the rest are
// files.
static void read_dependencies(struct names* files) {
    size_t size;
    char* text = slurp(dependencies, &size);
    if (!text)
        die("no dependency file", dependencies);
    char* at = strchr(text, ':');
    for (at = at ? at + 1 : text; *at;) {
        while (isspace((unsigned char)*at) || (*at == '\\' && at[1] == '\n'))
            at++;
        char* end = at;
        while (*end && !isspace((unsigned char)*end) && !(*end == '\\' && end[1] == '\n'))
            end++;
        const char* generated = env("UK_STEP_GENERATED");
        size_t length = (size_t)(end - at);
        char saved = *end;
        *end = '\0';
        if (length && !is_system(at) && (!*generated || strncmp(at, generated, strlen(generated))))
            add_name(files, at, length);
        *end = saved;
        at = end;
    }
}

// A stamp of a symbol that no Config.uk defines yet; old enough not to trigger anything.
static void ensure_stamp(const char* path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return;
    struct timespec old[2] = {{1, 0}, {1, 0}};
    futimens(fd, old);
    close(fd);
}

// What the command read: files, and the symbols that they mention.
static void find_inputs(struct names* files, struct names* symbols) {
    size_t size;
    read_dependencies(files);
    for (size_t i = 0; i < files->count; i++) {
        char* content = slurp(files->list[i], &size);
        if (content)
            scan_text(content, size, symbols);
    }
}

// Turns that into output.d.
static void write_fragment(const char* output, const struct names* files,
                           const struct names* symbols) {
    char* text;
    size_t size;
    FILE* memory = open_memstream(&text, &size);
    fprintf(memory, "%s:", output);
    for (size_t i = 0; i < files->count; i++)
        fprintf(memory, " %s", files->list[i]);
    make_parents(env("UK_STEP_CFG"));
    mkdir(env("UK_STEP_CFG"), 0777);
    for (size_t i = 0; i < symbols->count; i++) {
        char stamp[PATH_MAX];
        snprintf(stamp, sizeof stamp, "%s/%s", env("UK_STEP_CFG"), symbols->list[i]);
        ensure_stamp(stamp);
        fprintf(memory, " %s", stamp);
    }
    for (size_t i = 0; i < files->count; i++)
        fprintf(memory, "\n%s:", files->list[i]);
    fprintf(memory, "\n");
    fclose(memory);
    store(fragment, text, size);
}

// Runs the command with both outputs caught; returns its wait status.
static int run(const char* command, char** text, size_t* size) {
    int channel[2];
    if (pipe2(channel, O_CLOEXEC))
        die("cannot create", "a pipe");
    pid_t child = fork();
    if (child == 0) {
        dup2(channel[1], 1);
        dup2(channel[1], 2);
        execl("/bin/sh", "sh", "-c", command, (char*)NULL);
        _exit(127);
    }
    close(channel[1]);
    FILE* memory = open_memstream(text, size);
    char block[4096];
    for (ssize_t n; (n = read(channel[0], block, sizeof block)) != 0;) {
        if (n > 0)
            fwrite(block, 1, (size_t)n, memory);
        else if (errno != EINTR)
            break;
    }
    fclose(memory);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0)
        die("cannot run", command);
    return status;
}

// Appends to a file in one write; returns the file's size afterwards, 0 if it cannot be written.
static long append(const char* path, const char* text, size_t size) {
    struct stat info = {0};
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0)
        return 0;
    int good = write(fd, text, size) == (ssize_t)size && !fstat(fd, &info);
    close(fd);
    return good ? (long)info.st_size : 0;
}

#include "object_cache.h"

// One line of progress, the command in verbose mode, and whatever the command printed.
static void announce(const char* label, const char* more, const char* command, const char* text,
                     size_t size) {
    const char* total = env("UK_STEP_TOTAL");
    char* message;
    size_t length;
    FILE* memory = open_memstream(&message, &length);
    long done = *total ? append(env("UK_STEP_COUNT"), ".", 1) : 0;
    if (done > atol(total))
        fprintf(memory, "[%*ld/%ld] %s%s\n", (int)strlen(total), done, done, label, more);
    else
        fprintf(memory, "[%*ld/%s] %s%s\n", (int)strlen(total), done, total, label, more);
    if (*env("UK_STEP_VERBOSE"))
        fprintf(memory, "%s\n", command);
    fwrite(text, 1, size, memory);
    fclose(memory);
    if (write(1, message, length) < 0)
        _exit(1);
}

static void report_failure(const char* label, const char* command, const char* text, size_t size,
                           int status) {
    char* message;
    size_t length;
    FILE* memory = open_memstream(&message, &length);
    fprintf(memory, "%s failed:\n", label);
    if (*env("UK_STEP_VERBOSE") || !size)
        fprintf(memory, "%s\n", command);
    fwrite(text, 1, size, memory);
    if (size && text[size - 1] != '\n')
        fputc('\n', memory);
    if (WIFSIGNALED(status))
        fprintf(memory, "(ended by signal %d, %s)\n", WTERMSIG(status),
                strsignal(WTERMSIG(status)));
    else if (!size)
        fprintf(memory, "(exit status %d, no message)\n", WEXITSTATUS(status));
    fclose(memory);
    if (!*env("UK_STEP_FAILED") || !append(env("UK_STEP_FAILED"), message, length))
        fwrite(message, 1, length, stderr);
    unlink(temporary);
    unlink(dependencies);
}

struct options {
    const char* label;
    const char* output;
    int with_dependencies, announced;
};

// Fills `given` and `record`; false if the command line is wrong.
static int read_options(int argc, char** argv, struct options* given) {
    for (int option; (option = getopt(argc, argv, "+adl:o:r:")) != -1;) {
        if (option == 'a')
            given->announced = 1;
        else if (option == 'd')
            given->with_dependencies = 1;
        else if (option == 'l')
            given->label = optarg;
        else if (option == 'o')
            given->output = optarg;
        else if (option == 'r')
            snprintf(record, sizeof record, "%s", optarg);
        else
            return 0;
    }
    return given->output && optind + 1 == argc && strlen(given->output) + 16 <= PATH_MAX;
}

int main(int argc, char** argv) {
    struct options given = {.label = ""};
    if (!read_options(argc, argv, &given)) {
        fprintf(stderr, "usage: step [-a] [-d] [-l label] [-r record] -o output command\n");
        return 2;
    }
    const char *label = given.label, *output = given.output;
    const int with_dependencies = given.with_dependencies;
    const char* command = argv[optind];
    snprintf(temporary, sizeof temporary, "%s.tmp~", output);
    snprintf(dependencies, sizeof dependencies, "%s.dep~", output);
    if (!record[0])
        snprintf(record, sizeof record, "%s.cmd", output);
    snprintf(fragment, sizeof fragment, "%s.d", output);
    make_parents(output);
    make_parents(record);
    unlink(record);
    unlink(temporary);
    struct timespec times[2];
    clock_gettime(CLOCK_REALTIME_COARSE, &times[0]);
    times[1] = times[0];
    setenv("OUT", temporary, 1);
    setenv("DEP", dependencies, 1);
    char* text = "";
    size_t size = 0;
    if (given.announced)
        announce(label, "", command, "", 0);
    struct names files = {0}, symbols = {0};
    const int taken = with_dependencies && take_object(command, temporary, &files, &symbols);
    if (!taken) {
        int status = run(command, &text, &size);
        if (status != 0) {
            report_failure(*label ? label : output, command, text, size, status);
            return 1;
        }
        if (with_dependencies) {
            find_inputs(&files, &symbols);
            if (size == 0) // its warnings are to be seen each time
                keep_object(command, temporary, &files, &symbols, &times[0]);
        }
    }
    if (with_dependencies)
        write_fragment(output, &files, &symbols);
    unlink(dependencies);
    if (utimensat(AT_FDCWD, temporary, times, 0) || rename(temporary, output))
        die("cannot write", output);
    store(record, command, strlen(command));
    if (!given.announced)
        announce(label, taken ? " (kept)" : "", command, text, size);
    return 0;
}
