// The TOML reader. Every file takes it from here: forms that differ break the one-definition rule, silently.
//
// Its assertions are off, because hostile input reaches them: "[[" followed by what begins no key is asserted
// (toml++ 3.3, parse_key) a few lines before the same is reported as an error.
#pragma once

#define TOML_EXCEPTIONS 0
#define TOML_ASSERT(condition) static_assert(true)
#include <toml++/toml.h>
