// SPDX-License-Identifier: BSD-3-Clause
// QEMU plugin that counts what a guest executes: instructions, instructions with a string operation
// counted once, and operations that leave a virtual machine (port I/O, MSR access, cpuid, hlt,
// hypercalls, device memory).
//
// Build: gcc -shared -fPIC -O2 -o libicount.so icount.c
// Use:   qemu-system-x86_64 -accel tcg -plugin
// file=libicount.so,out=FILE[,pc=0xADDR...][,mmio=on][,shm=FILE] ...
//
// It writes a line `<event> insns=N once=N exits=N` when
//   pc 0xADDR   the instruction at that virtual address runs for the first time
//   mark N      a marker runs (uk::hal::benchmark_mark): on x86 the seven-byte NOP 0f 1f 80
//   <imm32>,
//               imm32 = 0x4d4b0000 + N, on arm64 movz xzr, #N
//   exit        QEMU ends
// shm=FILE keeps the running count in the first eight bytes of FILE. `once` and `exits` are right
// for one CPU. Distributions ship no qemu-plugin.h, so API version 1 is declared here.
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;
struct qemu_plugin_info {
    const char* target_name;
    // more follows, of no interest here
};
typedef uint32_t qemu_plugin_meminfo_t;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_R = 1, QEMU_PLUGIN_MEM_W, QEMU_PLUGIN_MEM_RW };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb*));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn* insn,
                                            void (*cb)(unsigned, void*),
                                            enum qemu_plugin_cb_flags flags, void* data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn* insn,
                                                enum qemu_plugin_op op, void* counter,
                                                uint64_t add);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn* insn,
                                      void (*cb)(unsigned, qemu_plugin_meminfo_t, uint64_t, void*),
                                      enum qemu_plugin_cb_flags flags, enum qemu_plugin_mem_rw rw,
                                      void* data);
struct qemu_plugin_hwaddr* qemu_plugin_get_hwaddr(qemu_plugin_meminfo_t info, uint64_t vaddr);
bool qemu_plugin_hwaddr_is_io(const struct qemu_plugin_hwaddr* address);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* tb);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb* tb, size_t index);
const void* qemu_plugin_insn_data(const struct qemu_plugin_insn* insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn* insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn* insn);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, void*),
                                    void* data);

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = 1;

enum { MAX_ADDRESSES = 32 };

static uint64_t own_count;
static uint64_t* insns = &own_count; // or a page shared by shm=
static uint64_t iterations;          // of string operations, beyond the first
static uint64_t exits;
static uint64_t last_string_pc, last_string_count;
static FILE* out;
static bool watch_memory;
static bool is_arm64;
static struct {
    uint64_t address;
    bool seen;
} addresses[MAX_ADDRESSES];
static unsigned address_count;

static void report(const char* event, uint64_t value) {
    fprintf(out, "%s %#" PRIx64 " insns=%" PRIu64 " once=%" PRIu64 " exits=%" PRIu64 "\n", event,
            value, *insns, *insns - iterations, exits);
    fflush(out);
}

static void at_address(unsigned cpu, void* data) {
    (void)cpu;
    uintptr_t index = (uintptr_t)data;
    if (!addresses[index].seen) {
        addresses[index].seen = true;
        report("pc", addresses[index].address);
    }
}

static void at_mark(unsigned cpu, void* data) {
    (void)cpu;
    report("mark", (uintptr_t)data);
}

// The emulator runs a repeated string instruction once for each iteration: the same address with
// nothing between.
static void at_string(unsigned cpu, void* data) {
    (void)cpu;
    uint64_t pc = (uintptr_t)data;
    if (pc == last_string_pc && *insns == last_string_count + 1) {
        iterations++;
    }
    last_string_pc = pc;
    last_string_count = *insns;
}

static void at_memory(unsigned cpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void* data) {
    (void)cpu;
    (void)data;
    const struct qemu_plugin_hwaddr* address = qemu_plugin_get_hwaddr(info, vaddr);
    if (address != NULL && qemu_plugin_hwaddr_is_io(address)) {
        exits++;
    }
}

// Skips legacy and REX prefixes; in 32-bit code 0x40..0x4f are instructions of their own, one byte
// long.
static const uint8_t* skip_prefixes(const uint8_t* at, const uint8_t* end, bool* repeated) {
    static const uint8_t kPrefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65,
                                        0x66, 0x67, 0xf0, 0xf2, 0xf3};
    while (at + 1 < end &&
           (memchr(kPrefixes, *at, sizeof(kPrefixes)) != NULL || (*at & 0xf0) == 0x40)) {
        *repeated |= *at == 0xf2 || *at == 0xf3;
        at++;
    }
    return at;
}

static bool is_string_operation(uint8_t opcode) {
    return (opcode >= 0xa4 && opcode <= 0xa7) || (opcode >= 0xaa && opcode <= 0xaf) ||
           (opcode >= 0x6c && opcode <= 0x6f);
}

static bool leaves_the_machine(const uint8_t* at, const uint8_t* end) {
    bool port = (at[0] >= 0xe4 && at[0] <= 0xe7) || (at[0] >= 0xec && at[0] <= 0xef) ||
                (at[0] >= 0x6c && at[0] <= 0x6f);
    if (port || at[0] == 0xf4) { // in, out, ins, outs; hlt
        return true;
    }
    if (at[0] != 0x0f || at + 1 >= end) {
        return false;
    }
    bool vmcall = at[1] == 0x01 && at + 2 < end && (at[2] == 0xc1 || at[2] == 0xd9);
    return vmcall || at[1] == 0x30 || at[1] == 0x32 || at[1] == 0xa2; // wrmsr, rdmsr, cpuid
}

// hvc, smc; wfe, wfi.
static bool leaves_the_arm64_machine(uint32_t word) {
    return (word & 0xffe0001e) == 0xd4000002 || (word & 0xffffffdf) == 0xd503205f;
}

static void instrument_arm64(struct qemu_plugin_insn* insn, uint32_t word) {
    if (leaves_the_arm64_machine(word)) {
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &exits, 1);
    }
    if ((word & 0xffe0001f) == 0xd280001f) {
        qemu_plugin_register_vcpu_insn_exec_cb(insn, at_mark, QEMU_PLUGIN_CB_NO_REGS,
                                               (void*)(uintptr_t)(word >> 5 & 0xffff));
    }
}

static void instrument_x86(struct qemu_plugin_insn* insn, const uint8_t* bytes, size_t size) {
    bool repeated = false;
    const uint8_t* opcode = skip_prefixes(bytes, bytes + size, &repeated);
    if (leaves_the_machine(opcode, bytes + size)) {
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &exits, 1);
    }
    if (repeated && is_string_operation(*opcode)) {
        qemu_plugin_register_vcpu_insn_exec_cb(insn, at_string, QEMU_PLUGIN_CB_NO_REGS,
                                               (void*)(uintptr_t)qemu_plugin_insn_vaddr(insn));
    }
    if (size == 7 && memcmp(bytes, "\x0f\x1f\x80", 3) == 0 && bytes[5] == 0x4b &&
        bytes[6] == 0x4d) {
        uintptr_t number = bytes[3] | (uintptr_t)bytes[4] << 8;
        qemu_plugin_register_vcpu_insn_exec_cb(insn, at_mark, QEMU_PLUGIN_CB_NO_REGS,
                                               (void*)number);
    }
}

static void instrument(struct qemu_plugin_insn* insn) {
    const uint8_t* bytes = qemu_plugin_insn_data(insn);
    uint64_t vaddr = qemu_plugin_insn_vaddr(insn);

    qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, insns, 1);
    if (is_arm64) {
        uint32_t word;
        memcpy(&word, bytes, sizeof(word));
        instrument_arm64(insn, word);
    } else {
        instrument_x86(insn, bytes, qemu_plugin_insn_size(insn));
    }
    if (watch_memory) {
        qemu_plugin_register_vcpu_mem_cb(insn, at_memory, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_RW, NULL);
    }
    for (unsigned i = 0; i < address_count; i++) {
        if (addresses[i].address == vaddr) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, at_address, QEMU_PLUGIN_CB_NO_REGS,
                                                   (void*)(uintptr_t)i);
        }
    }
}

static void at_translation(qemu_plugin_id_t id, struct qemu_plugin_tb* tb) {
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        instrument(qemu_plugin_tb_get_insn(tb, i));
    }
}

static void at_exit(qemu_plugin_id_t id, void* data) {
    (void)id;
    (void)data;
    report("exit", 0);
}

static bool share_count(const char* path) {
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || ftruncate(file, 4096) != 0) {
        return false;
    }
    void* page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (page == MAP_FAILED) {
        return false;
    }
    insns = page;
    return true;
}

static bool take_option(const char* text) {
    if (strncmp(text, "pc=", 3) == 0 && address_count < MAX_ADDRESSES) {
        addresses[address_count++].address = strtoull(text + 3, NULL, 0);
        return true;
    }
    if (strncmp(text, "out=", 4) == 0) {
        out = fopen(text + 4, "w");
        return out != NULL;
    }
    if (strncmp(text, "shm=", 4) == 0) {
        return share_count(text + 4);
    }
    watch_memory = strcmp(text, "mmio=on") == 0;
    return watch_memory;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_plugin_info* info, int argc,
                               char** argv) {
    is_arm64 = strcmp(info->target_name, "aarch64") == 0;
    out = stderr;
    for (int i = 0; i < argc; i++) {
        if (!take_option(argv[i])) {
            fprintf(stderr, "icount: cannot use option '%s'\n", argv[i]);
            return -1;
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, at_translation);
    qemu_plugin_register_atexit_cb(id, at_exit, NULL);
    return 0;
}
