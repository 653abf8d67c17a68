/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups: lines of /etc/group; where there is no such file, root is the only one. What <pwd.h> says
 * of its functions holds for those of the same form. */
#pragma once

#include <stdio.h>
#include <sys/types.h>

struct group {
    char* gr_name;
    char* gr_passwd;
    gid_t gr_gid;
    char** gr_mem; /* names of users, a null behind the last */
};

#ifdef __cplusplus
extern "C" {
#endif

struct group* getgrnam(const char* name);
struct group* getgrgid(gid_t number);
int getgrnam_r(const char* name, struct group* group, char* text, size_t room,
               struct group** result);
int getgrgid_r(gid_t number, struct group* group, char* text, size_t room, struct group** result);

void setgrent(void);
struct group* getgrent(void);
void endgrent(void);

#if __MISC_VISIBLE
struct group* fgetgrent(FILE* from);

/* `first` and the groups that have the user among their members: at most *count of them. *count
 * becomes how many there are; -1 if that is more. -1 and *count as it was: errno says why the file
 * could not be read. From any thread. */
int getgrouplist(const char* user, gid_t first, gid_t* groups, int* count);
/* Makes them the process's. */
int initgroups(const char* user, gid_t first);
int setgroups(int count, const gid_t* groups);
#endif

#ifdef __cplusplus
}
#endif
