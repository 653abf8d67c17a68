/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of libfdt that the system uses, under names of our own so that an application may
 * bring its own libfdt. What they do is libfdt's documentation (libfdt.h); in short:
 *
 * `fdt` points to a flattened tree on an 8-byte boundary. All offsets and lengths are checked
 * against the sizes that the tree's header claims, so the header must have been checked against the
 * memory that there is. Nodes are offsets into the structure block, and negative results are
 * errors. Nothing allocates, blocks or keeps state: from anywhere. The work is up to the tree's
 * size for each call. contract.c compares these declarations with upstream's.
 */
#ifndef UK_FDT_H
#define UK_FDT_H

#ifdef __cplusplus
extern "C" {
#endif

/* -FDT_ERR_NOTFOUND, -FDT_ERR_BADPATH: the negative results that do not mean a damaged tree. */
enum { UK_FDT_NOT_FOUND = -1, UK_FDT_BAD_PATH = -5 };

/* The node after `node` (-1 = the root comes next) in the order of the block. *depth, which must be
 * -1 to begin with, is 0 at the root and below 0 after the last node, whatever the result is then.
 */
int uk_fdt_next_node(const void* fdt, int node, int* depth);

/* A node's name, its length in *length; null: *length is the error. */
const char* uk_fdt_get_name(const void* fdt, int node, int* length);

/* The node of `length` bytes of path: absolute, or beginning with an alias. An alias must not come
 * from outside: its value is taken to end with a NUL. */
int uk_fdt_path_offset_namelen(const void* fdt, const char* path, int length);

/* A property's value in the tree, its size in *length; null: *length is the error. */
const void* uk_fdt_getprop(const void* fdt, int node, const char* name, int* length);

/* The same, its name `name_length` bytes long. */
const void* uk_fdt_getprop_namelen(const void* fdt, int node, const char* name, int name_length,
                                   int* length);

/* The node whose phandle is `phandle`. */
int uk_fdt_node_offset_by_phandle(const void* fdt, unsigned phandle);

#ifdef __cplusplus
}
#endif

#endif
