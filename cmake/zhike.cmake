# Build rules shared by all modules: one target per module, generated catalogue, embedded SQL, sanitizers.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
set(ZHIKE_SANITIZE "" CACHE STRING "comma-separated sanitizers, for everything but zhike-engine")
option(ZHIKE_FUZZ "build the libFuzzer targets" OFF)

find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(simdjson REQUIRED)
find_package(date REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(Eigen3 REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat)
pkg_check_modules(MOSQUITTO REQUIRED IMPORTED_TARGET libmosquitto)
pkg_check_modules(RDKAFKA REQUIRED IMPORTED_TARGET rdkafka)
pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET gmime-3.0)
pkg_check_modules(XML2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(MARIADB REQUIRED IMPORTED_TARGET libmariadb)
pkg_check_modules(ZIP REQUIRED IMPORTED_TARGET libzip)

# Flags for our own code. Third-party headers are system headers, so warnings stay ours.
add_library(zhike_flags INTERFACE)
target_compile_options(zhike_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wno-sign-conversion -Wnon-virtual-dtor -fno-omit-frame-pointer -pthread)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 warns of what is right: names inside nested CX_TRY, empty optionals, assertions of GoogleTest after an
  # if. Clang tells these from mistakes.
  target_compile_options(zhike_flags INTERFACE -Wno-shadow -Wno-maybe-uninitialized -Wno-dangling-else)
endif()
target_include_directories(zhike_flags INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/gen)
if(ZHIKE_SANITIZE)
  target_compile_options(zhike_flags INTERFACE -fsanitize=${ZHIKE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(zhike_flags INTERFACE -fsanitize=${ZHIKE_SANITIZE})
endif()

# Tests are many and small, and wait for nothing: their own sources are not optimised, which halves their build.
include(precompiled)
set(ZHIKE_SANITIZE_FLAGS)
if(ZHIKE_SANITIZE)
  set(ZHIKE_SANITIZE_FLAGS -fsanitize=${ZHIKE_SANITIZE} -fno-sanitize-recover=all)
endif()
# Where much is computed, small functions are put into their callers, which clang does not do below -O2; loops are
# left as they are, so that sources take hardly longer to build.
set(ZHIKE_ARITHMETIC -O2 -fno-vectorize -fno-slp-vectorize -fno-unroll-loops)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(ZHIKE_ARITHMETIC -O1)
endif()
if(ZHIKE_PRECOMPILED)
  zhike_precompile(precompiled precompiled -fno-omit-frame-pointer ${ZHIKE_SANITIZE_FLAGS})
  zhike_precompile(precompiled_optimised precompiled -fno-omit-frame-pointer ${ZHIKE_SANITIZE_FLAGS} ${ZHIKE_ARITHMETIC})
  zhike_precompile(precompiled_test precompiled_test -fno-omit-frame-pointer ${ZHIKE_SANITIZE_FLAGS} -O0)
  set(is_test $<BOOL:$<TARGET_PROPERTY:ZHIKE_TEST>>)
  set(is_optimised $<BOOL:$<TARGET_PROPERTY:ZHIKE_OPTIMISED>>)
  set(own $<TARGET_PROPERTY:ZHIKE_HEADER>)
  set(header $<IF:$<BOOL:${own}>,${own},precompiled$<${is_test}:_test>$<${is_optimised}:_optimised>>)
  target_compile_options(zhike_flags INTERFACE
    "SHELL:$<$<COMPILE_LANGUAGE:CXX>:-include-pch ${CMAKE_BINARY_DIR}/${header}.pch>")
endif()
# zhike_precompiled(TARGET [TEST | OPTIMISED]): built after the header that zhike_flags makes it read.
function(zhike_precompiled target)
  if("TEST" IN_LIST ARGN)
    set_target_properties(${target} PROPERTIES ZHIKE_TEST ON)
    target_compile_options(${target} PRIVATE -O0)
  endif()
  if("OPTIMISED" IN_LIST ARGN)
    set_target_properties(${target} PROPERTIES ZHIKE_OPTIMISED ON)
    target_compile_options(${target} PRIVATE ${ZHIKE_ARITHMETIC})
  endif()
  if(NOT ZHIKE_PRECOMPILED)
    return()
  endif()
  set(header precompiled)
  if("TEST" IN_LIST ARGN)
    set(header precompiled_test)
  endif()
  if("OPTIMISED" IN_LIST ARGN)
    set(header precompiled_optimised)
  endif()
  add_dependencies(${target} zhike_${header})
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${CMAKE_BINARY_DIR}/${header}.pch)
endfunction()

# The allocator of the programs that move events (decision 0008). Not with sanitizers: they bring their own.
add_library(zhike_allocator INTERFACE)
if(NOT ZHIKE_SANITIZE)
  find_library(MIMALLOC mimalloc REQUIRED)
  target_link_libraries(zhike_allocator INTERFACE
    -Wl,--push-state,--no-as-needed ${MIMALLOC} -Wl,--pop-state)
endif()

# The catalogue (data) becomes headers under build/<preset>/gen/catalog/.
file(GLOB_RECURSE ZHIKE_CATALOG CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/catalog/*.json)
list(FILTER ZHIKE_CATALOG EXCLUDE REGEX "/catalog/(aspects|complaints|experience|intents|journeys|opinions|survey_triggers)/")  # embedded as they are, by the modules that read them
set(ZHIKE_GEN ${CMAKE_BINARY_DIR}/gen/catalog)
set(ZHIKE_GEN_FILES ${ZHIKE_GEN}/errors.h ${ZHIKE_GEN}/errors.inc ${ZHIKE_GEN}/settings.inc
  ${ZHIKE_GEN}/metrics.inc ${ZHIKE_GEN}/endpoints.inc ${ZHIKE_GEN}/openapi.inc)
add_custom_command(
  OUTPUT ${ZHIKE_GEN_FILES}
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/catalog.py generate --out ${ZHIKE_GEN}
  DEPENDS ${ZHIKE_CATALOG} ${CMAKE_SOURCE_DIR}/tools/catalog.py
  COMMENT "catalogue" VERBATIM)
add_custom_target(zhike_catalog DEPENDS ${ZHIKE_GEN_FILES})

# zhike_module(NAME SOURCES a.cpp ... DEPS module ... LINK lib ... [SQL dir] [TESTS a_test.cpp ...] [COMPUTES]
#   [HEADER module/file.h])
# makes the library zhike_NAME and, with TESTS, the program NAME_test.
# HEADER: one that nearly every source of a large module includes; parsed once for all (cmake/precompiled.cmake).
# COMPUTES: much arithmetic, so that it is optimised a little where the rest is not, with sanitizers.
# With SQL, every src/NAME/sql/*.sql (and *.sql of subfolders) becomes a constant in
# build/<preset>/gen/NAME/sql.h: namespace zhike::NAME::sql { constexpr std::string_view kFileName }.
# Files of sql/parts are put in where a query includes them (tools/compose_sql.py); the text tests run the composed
# queries, build/<preset>/gen/NAME/sql/*.sql, which the targets in the global property ZHIKE_SQL make.
function(zhike_module name)
  cmake_parse_arguments(M "SQL;COMPUTES" "HEADER" "SOURCES;DEPS;LINK;TESTS;TEST_LINK" ${ARGN})
  set(extra)
  if(M_SQL)
    file(GLOB_RECURSE sql CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/sql/*.sql)
    set(out ${CMAKE_BINARY_DIR}/gen/${name}/sql.h)
    add_custom_command(OUTPUT ${out}
      COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/embed_sql.py ${name} ${CMAKE_CURRENT_SOURCE_DIR}/sql ${out}
      DEPENDS ${sql} ${CMAKE_SOURCE_DIR}/tools/embed_sql.py ${CMAKE_SOURCE_DIR}/tools/compose_sql.py VERBATIM)
    list(APPEND extra ${out})
    add_custom_target(zhike_sql_${name} DEPENDS ${out})
    set_property(GLOBAL APPEND PROPERTY ZHIKE_SQL zhike_sql_${name})
  endif()
  add_library(zhike_${name} STATIC ${M_SOURCES} ${extra})
  add_dependencies(zhike_${name} zhike_catalog)
  if(M_SQL)
    add_dependencies(zhike_${name} zhike_sql_${name})
  endif()
  list(TRANSFORM M_DEPS PREPEND zhike_)
  target_link_libraries(zhike_${name} PUBLIC zhike_flags ${M_DEPS} ${M_LINK})
  if(M_COMPUTES AND ZHIKE_SANITIZE)
    zhike_precompiled(zhike_${name} OPTIMISED)
  else()
    zhike_precompiled(zhike_${name})
    if(M_HEADER AND ZHIKE_PRECOMPILED)
      zhike_precompile_own(zhike_${name} ${M_HEADER} precompiled)
    endif()
  endif()
  if(M_TESTS)
    add_executable(${name}_test ${M_TESTS})
    target_link_libraries(${name}_test PRIVATE zhike_${name} ${M_TEST_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
    zhike_precompiled(${name}_test TEST)
    add_test(NAME ${name} COMMAND ${name}_test)
  endif()
endfunction()

# zhike_bench(NAME SOURCES ... DEPS module ...): a program that prints figures.
function(zhike_bench name)
  cmake_parse_arguments(B "" "" "SOURCES;DEPS;LINK" ${ARGN})
  add_executable(${name} ${B_SOURCES})
  list(TRANSFORM B_DEPS PREPEND zhike_)
  target_link_libraries(${name} PRIVATE zhike_flags zhike_allocator ${B_DEPS} ${B_LINK}
    benchmark::benchmark)
  zhike_precompiled(${name})
endfunction()

# zhike_fuzz(NAME SOURCES ... DEPS module ...): a libFuzzer target, in the asan preset only.
function(zhike_fuzz name)
  if(NOT ZHIKE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(F "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${F_SOURCES})
  list(TRANSFORM F_DEPS PREPEND zhike_)
  target_link_libraries(${name} PRIVATE zhike_flags ${F_DEPS})
  zhike_precompiled(${name})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
