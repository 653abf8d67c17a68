// SPDX-License-Identifier: BSD-3-Clause
// env.vars: the environment that the command line gives the application.
#include <uk/libparam.hpp>

namespace uk::params {

#ifdef CONFIG_LIBUKLIBPARAM_ENVIRONMENT
static constexpr size_t kMaxVariables = CONFIG_LIBUKLIBPARAM_ENVIRONMENT;
#else
static constexpr size_t kMaxVariables = 16;
#endif

// One more than the parameter may fill, which stays null.
static constinit List<const char*, kMaxVariables + 1> variables;

#ifdef CONFIG_LIBUKLIBPARAM
UK_SECTION_ROW(uk_params, Param,
               {nullptr, "env.vars", "environment of the application", variables.values,
                &variables.count, kMaxVariables, Type::string});
#endif

char** environment() {
    // `environ` is char** for C's sake; the strings lie in the command line, which is writable.
    return const_cast<char**>(variables.values);
}

} // namespace uk::params
