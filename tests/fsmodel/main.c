// SPDX-License-Identifier: BSD-3-Clause
// Random calls on files by several threads, each in a folder of its own and against a model of it.
// `fsmodel STEPS [SEED [THREADS]]`; also a program of Linux: gcc -pthread *.c.
#include "model.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { kMostThreads = 16, kBetweenLooks = 1000 };

static struct world g_worlds[kMostThreads];
static char g_bases[kMostThreads][32];
static uint64_t g_steps;

static void* work(void* argument) {
    struct world* world = argument;
    struct node root = {.kind = kFolder, .names = 1};
    world->root = &root;
    if (mkdir(world->base, 0755) != 0) {
        world->problem = "mkdir of the thread's folder";
        return NULL;
    }
    while (world->steps < g_steps && world->problem == NULL) {
        step(world);
        if (world->steps % kBetweenLooks == 0 && world->problem == NULL)
            compare_all(world);
    }
    if (world->problem == NULL)
        compare_all(world);
    if (world->problem == NULL)
        clear(world);
    if (world->problem == NULL && rmdir(world->base) != 0)
        world->problem = "rmdir of the thread's folder";
    return NULL;
}

static uint64_t number(int argc, char* argv[], int index, uint64_t otherwise) {
    return index < argc ? strtoull(argv[index], NULL, 0) : otherwise;
}

int main(int argc, char* argv[]) {
    const uint64_t all = number(argc, argv, 1, 20000), seed = number(argc, argv, 2, 1);
    const unsigned threads = (unsigned)number(argc, argv, 3, 4);
    pthread_t ids[kMostThreads];
    if (all == 0 || threads == 0 || threads > kMostThreads) {
        fprintf(stderr, "fsmodel: STEPS [SEED [THREADS]], up to %d threads\n", kMostThreads);
        return 2;
    }
    if (mkdir("/tmp", 01777) != 0 && errno != EEXIST) {
        perror("fsmodel: /tmp");
        return 2;
    }
    g_steps = (all + threads - 1) / threads;
    for (unsigned i = 0; i < threads; i++) {
        snprintf(g_bases[i], sizeof(g_bases[i]), "/tmp/fsmodel-%u", i);
        g_worlds[i].base = g_bases[i];
        g_worlds[i].random = (seed * kMostThreads + i) * 0x9e3779b97f4a7c15U + 1;
        const int problem = pthread_create(&ids[i], NULL, work, &g_worlds[i]);
        if (problem != 0) {
            fprintf(stderr, "fsmodel: pthread_create: %s\n", strerror(problem));
            return 2;
        }
    }
    uint64_t steps = 0;
    int findings = 0;
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        steps += g_worlds[i].steps;
        if (g_worlds[i].problem == NULL)
            continue;
        printf("fsmodel: seed %llu, thread %u, step %llu: %s: %s\n", (unsigned long long)seed, i,
               (unsigned long long)g_worlds[i].steps, g_worlds[i].problem, g_worlds[i].detail);
        findings++;
    }
    printf("fsmodel: %llu steps by %u threads, %d findings\n", (unsigned long long)steps, threads,
           findings);
    return findings != 0;
}
