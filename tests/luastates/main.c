// SPDX-License-Identifier: BSD-3-Clause
// Ten thousand Lua states, each made, used and closed; what is free afterwards is what was free.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

static const char kScript[] =
    "local t = {} for i = 1, 60 do t[i] = ('x'):rep(i) .. i end\n"
    "local c = coroutine.wrap(function() coroutine.yield(#t) error({}) end)\n"
    "assert(c() == 60 and not pcall(c)) return #table.concat(t), tostring(1 / 3)";

static int run_one(void) {
    lua_State* state = luaL_newstate();

    if (state == NULL)
        return 0;
    luaL_openlibs(state);
    const int good = luaL_dostring(state, kScript) == LUA_OK && lua_tointeger(state, -2) == 1941;
    lua_close(state);
    return good;
}

int main(int argc, char* argv[]) {
    const int count = argc > 1 ? atoi(argv[1]) : 10000;
    long before = 0;

    for (int i = 0; i < count; i++) {
        if (!run_one()) {
            printf("state %d failed\n", i);
            return EXIT_FAILURE;
        }
        if (i == count / 10)
            before = sysconf(_SC_AVPHYS_PAGES);
    }
    printf("%d states, pages fewer: %ld\n", count, before - sysconf(_SC_AVPHYS_PAGES));
    return EXIT_SUCCESS;
}
