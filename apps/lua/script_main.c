// SPDX-License-Identifier: BSD-3-Clause
// Runs the script that is part of the image; the program's arguments are in the table `arg`, and
// are what `...` is.
#include <stdio.h>
#include <stdlib.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

extern const char lua_script[], lua_script_end[];

// The error with the calls that led to it.
static int explain(lua_State* state) {
    const char* message = luaL_tolstring(state, 1, NULL);

    luaL_traceback(state, state, message, 1);
    return 1;
}

static int run(lua_State* state) {
    const int argc = (int)lua_tointeger(state, 1);
    char** argv = lua_touserdata(state, 2);

    luaL_openlibs(state);
    lua_createtable(state, argc - 1, 1);
    for (int i = 0; i < argc; i++) {
        lua_pushstring(state, argv[i]);
        lua_rawseti(state, -2, i);
    }
    lua_setglobal(state, "arg");

    lua_pushcfunction(state, explain);
    const size_t size = (size_t)(lua_script_end - lua_script);
    if (luaL_loadbuffer(state, lua_script, size, "@" LUA_SCRIPT_NAME) != LUA_OK)
        return lua_error(state);
    luaL_checkstack(state, argc, "too many arguments");
    for (int i = 1; i < argc; i++)
        lua_pushstring(state, argv[i]);
    if (lua_pcall(state, argc - 1, 0, -argc - 1) != LUA_OK)
        return lua_error(state);
    return 0;
}

int main(int argc, char* argv[]) {
    lua_State* state = luaL_newstate();

    if (state == NULL) {
        fprintf(stderr, "%s: not enough memory for Lua\n", argv[0]);
        return EXIT_FAILURE;
    }
    lua_pushcfunction(state, run);
    lua_pushinteger(state, argc);
    lua_pushlightuserdata(state, argv);
    const int failed = lua_pcall(state, 2, 0, 0) != LUA_OK;
    if (failed)
        fprintf(stderr, "%s: %s\n", argv[0], luaL_tolstring(state, -1, NULL));
    lua_close(state);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
