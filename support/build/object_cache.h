// SPDX-License-Identifier: BSD-3-Clause
// Objects that an earlier build of the same sources left in the folder $UK_STEP_OBJECTS. A part of
// step.c.
//
//   <hash of the command>.list    what it read, each time differently chosen: paths, then symbols
//   <hash of all that and its contents>.o
//
// The build folder is written as "@" in both, so folders share objects. Images with other libraries
// have other include folders: those are no part of the command here, but each header must be found
// where it was. A file that is missing and a list that is nonsense are misses; nothing
// here ends the step.

// FIPS 180-4.
struct sha256 {
    uint32_t state[8];
    unsigned char block[64];
    uint64_t length;
};

static uint32_t rotate(uint32_t value, int by) {
    return value >> by | value << (32 - by);
}

static void sha256_block(uint32_t state[8], const unsigned char* block) {
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2};
    uint32_t w[64];
    for (int i = 0; i < 16; i++) {
        uint32_t word;
        memcpy(&word, block + 4 * i, sizeof word);
        w[i] = be32toh(word);
    }
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + w[i - 7] +
               (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) +
               (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
        uint32_t one =
            h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i];
        uint32_t two =
            (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + one;
        d = c, c = b, b = a, a = one + two;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void sha256_begin(struct sha256* hash) {
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(hash->state, start, sizeof start);
    hash->length = 0;
}

static void sha256_add(struct sha256* hash, const void* data, size_t size) {
    const unsigned char* at = data;
    const size_t have = hash->length % 64;
    hash->length += size;
    if (have + size >= 64) {
        if (have) {
            memcpy(hash->block + have, at, 64 - have);
            sha256_block(hash->state, hash->block);
            at += 64 - have, size -= 64 - have;
        }
        for (; size >= 64; at += 64, size -= 64)
            sha256_block(hash->state, at);
        memcpy(hash->block, at, size);
    } else {
        memcpy(hash->block + have, at, size);
    }
}

// With the zero at its end, so that two strings never look like one.
static void sha256_add_text(struct sha256* hash, const char* text) {
    sha256_add(hash, text, strlen(text) + 1);
}

static void sha256_end(struct sha256* hash, char hex[65]) {
    const uint64_t bits = hash->length * 8;
    sha256_add(hash, "\x80", 1);
    while (hash->length % 64 != 56)
        sha256_add(hash, "", 1);
    for (int i = 0; i < 8; i++) {
        unsigned char byte = (unsigned char)(bits >> (56 - 8 * i));
        sha256_add(hash, &byte, 1);
    }
    for (int i = 0; i < 8; i++)
        snprintf(hex + 8 * i, 9, "%08x", hash->state[i]);
}

// `text` with the build folder as "@"; never freed.
static char* without_build_folder(const char* text) {
    const char* folder = env("UK_STEP_BUILD");
    const size_t length = strlen(folder);
    char* result;
    size_t size;
    FILE* memory = open_memstream(&result, &size);
    for (const char* found; length != 0 && (found = strstr(text, folder)); text = found + length) {
        fwrite(text, 1, (size_t)(found - text), memory);
        fputc('@', memory);
    }
    fputs(text, memory);
    fclose(memory);
    return result;
}

static void object_path(char* path, const char* hash, const char* suffix) {
    snprintf(path, PATH_MAX, "%.3000s/%.2s/%s%s", env("UK_STEP_OBJECTS"), hash, hash + 2, suffix);
}

// The line of config.h that defines a symbol.
static void hash_symbol(struct sha256* hash, const char* config, const char* symbol) {
    char mark[320];
    const size_t length = (size_t)snprintf(mark, sizeof mark, "\n#define CONFIG_%.256s", symbol);
    sha256_add_text(hash, symbol);
    for (const char* at = config; (at = strstr(at, mark)); at += length) {
        if (!is_word((unsigned char)at[length])) {
            sha256_add(hash, at, 1 + strcspn(at + 1, "\n"));
            return;
        }
    }
}

static int is_before(const struct timespec* one, const struct timespec* other) {
    return one->tv_sec < other->tv_sec ||
           (one->tv_sec == other->tv_sec && one->tv_nsec < other->tv_nsec);
}

// False if a file cannot be read, or has changed since `since` (if that is given).
static int hash_inputs(const char* command_hash, const struct names* files,
                       const struct names* symbols, const struct timespec* since, char hex[65]) {
    struct sha256 hash;
    char path[PATH_MAX];
    size_t size;
    snprintf(path, sizeof path, "%.4000sh", env("UK_STEP_GENERATED"));
    const char* config = slurp(path, &size);
    if (!config)
        return 0;
    sha256_begin(&hash);
    sha256_add_text(&hash, command_hash);
    for (size_t i = 0; i < files->count; i++) {
        struct stat info;
        char* content = slurp(files->list[i], &size);
        if (!content || stat(files->list[i], &info))
            return 0;
        if (since && (!is_before(&info.st_mtim, since) || !is_before(&info.st_ctim, since)))
            return 0;
        sha256_add_text(&hash, without_build_folder(files->list[i]));
        sha256_add(&hash, &size, sizeof size);
        sha256_add(&hash, content, size);
        free(content);
    }
    for (size_t i = 0; i < symbols->count; i++)
        hash_symbol(&hash, config, symbols->list[i]);
    sha256_end(&hash, hex);
    return 1;
}

// Of the command without its -I options, which go to `folders`.
static void hash_command(const char* command, struct names* folders, char hex[65]) {
    struct sha256 hash;
    sha256_begin(&hash);
    for (const char* at = command; *at;) {
        const size_t length = strcspn(at, " ");
        if (length > 2 && !strncmp(at, "-I", 2))
            add_name(folders, at + 2, length - 2);
        else
            sha256_add_text(&hash, without_build_folder(strndup(at, length)));
        at += length + strspn(at + length, " ");
    }
    sha256_end(&hash, hex);
}

// The name by which an option -I makes this file known; NULL: it was found without any.
static const char* name_below(const struct names* folders, const char* file) {
    const char* name = NULL;
    for (size_t i = 0; i < folders->count; i++) {
        const size_t length = strlen(folders->list[i]);
        if (!strncmp(file, folders->list[i], length) && file[length] == '/' &&
            file + length + 1 > name)
            name = file + length + 1;
    }
    return name;
}

// Whether a compiler that looks into `folders` finds this file and no other of its name.
static int is_found(const struct names* folders, const char* file) {
    const char* name = name_below(folders, file);
    for (size_t i = 0; name && i < folders->count; i++) {
        char path[2 * PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", folders->list[i], name);
        if (!access(path, F_OK))
            return !strcmp(path, file);
    }
    return 0;
}

// What one run of the command read, as a block of the list: "i path" of what -I options found, "f
// path" of other files, "s SYMBOL"; between empty lines.
static char* block_of(const struct names* folders, const struct names* files,
                      const struct names* symbols, size_t* size) {
    char* text;
    FILE* memory = open_memstream(&text, size);
    fputc('\n', memory);
    for (size_t i = 0; i < files->count; i++)
        fprintf(memory, "%c %s\n", name_below(folders, files->list[i]) ? 'i' : 'f',
                without_build_folder(files->list[i]));
    for (size_t i = 0; i < symbols->count; i++)
        fprintf(memory, "s %s\n", symbols->list[i]);
    fputc('\n', memory);
    fclose(memory);
    return text;
}

// Reads one block and moves `at` to the next; false if this command would read other files.
static int read_block(const char** at, const struct names* folders, struct names* files,
                      struct names* symbols) {
    int same = 1;
    for (; **at && **at != '\n'; *at += strcspn(*at, "\n"), *at += **at == '\n') {
        const size_t length = strcspn(*at, "\n");
        const int inside = length > 2 && (*at)[2] == '@';
        char name[2 * PATH_MAX];
        if (length < 3 || length > PATH_MAX) {
            same = 0;
            continue;
        }
        snprintf(name, sizeof name, "%s%.*s", inside ? env("UK_STEP_BUILD") : "",
                 (int)(length - 2 - (size_t)inside), *at + 2 + inside);
        add_name(**at == 's' ? symbols : files, name, strlen(name));
        same = same && (**at != 'i' || is_found(folders, name));
    }
    *at += **at == '\n';
    return same;
}

static char* read_list(const char* command_hash) {
    char path[PATH_MAX];
    size_t size;
    object_path(path, command_hash, ".list");
    char* list = slurp(path, &size);
    for (size_t i = 0; list && i < size; i++)
        if (!list[i])
            list[i] = '?';
    return list;
}

static int copy_file(const char* from, const char* to) {
    size_t size;
    char* content = slurp(from, &size);
    FILE* file = content ? fopen(to, "w") : NULL;
    if (!file)
        return 0;
    const int good = fwrite(content, 1, size, file) == size;
    return (fclose(file) == 0) & good;
}

// Puts the object of the same command with the same inputs to `output`, and what it read into the
// sets; 0 if there is none.
static int take_object(const char* command, const char* output, struct names* files,
                       struct names* symbols) {
    char command_hash[65], hash[65], path[PATH_MAX];
    struct names folders = {0};
    if (!*env("UK_STEP_OBJECTS"))
        return 0;
    hash_command(command, &folders, command_hash);
    const char* list = read_list(command_hash);
    while (list && *list) {
        struct names those_files = {0}, those_symbols = {0};
        if (!read_block(&list, &folders, &those_files, &those_symbols) ||
            !hash_inputs(command_hash, &those_files, &those_symbols, NULL, hash))
            continue;
        object_path(path, hash, ".o");
        if (copy_file(path, output)) {
            *files = those_files;
            *symbols = those_symbols;
            return 1;
        }
    }
    return 0;
}

// Keeps `output`, which the command made from inputs that are older than `start`.
static void keep_object(const char* command, const char* output, const struct names* files,
                        const struct names* symbols, const struct timespec* start) {
    char command_hash[65], hash[65], path[PATH_MAX], name[PATH_MAX + 32];
    struct names folders = {0};
    size_t size;
    if (!*env("UK_STEP_OBJECTS"))
        return;
    hash_command(command, &folders, command_hash);
    if (!hash_inputs(command_hash, files, symbols, start, hash))
        return;
    object_path(path, hash, ".o");
    make_parents(path);
    snprintf(name, sizeof name, "%s.%d~", path, (int)getpid());
    if (!copy_file(output, name) || rename(name, path)) {
        unlink(name);
        return;
    }
    char* block = block_of(&folders, files, symbols, &size);
    object_path(path, command_hash, ".list");
    make_parents(path);
    const char* list = read_list(command_hash);
    if (!list || !strstr(list, block))
        append(path, block, size);
}
