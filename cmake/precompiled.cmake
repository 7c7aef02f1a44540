# Precompiled headers, clang only: half of a cold build is the parsing of the same system headers.
#
# Not by target_precompile_headers: a precompiled header holds absolute paths, so ccache would take every object for
# new in every other checkout. Here ccache looks at NAME.pch.sum instead (CCACHE_PCH_EXTSUM in ./dev): what the
# header was made of. The header itself is never cached.
option(ZHIKE_PRECOMPILED "parse the system headers once" ON)
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(ZHIKE_PRECOMPILED OFF)
endif()

# zhike_precompile(NAME HEADER FLAG...): build/<preset>/NAME.pch of cmake/HEADER.h; the target zhike_NAME makes it.
function(zhike_precompile name header)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  list(APPEND flags ${ARGN} -std=c++2b -pthread -DFMT_SHARED -DBOOST_JSON_DYN_LINK -DBOOST_JSON_NO_LIB
    -DBOOST_CONTAINER_DYN_LINK -DBOOST_CONTAINER_NO_LIB -DGTEST_HAS_PTHREAD=1)
  set(source ${CMAKE_SOURCE_DIR}/cmake/${header}.h)
  set(out ${CMAKE_BINARY_DIR}/${name}.pch)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_CXX_COMPILER} ${flags} -Xclang -fpch-instantiate-templates -Xclang -fno-pch-timestamp
      -x c++-header ${source} -o ${out}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/precompiled_sum.py ${out}.sum ${CMAKE_CXX_COMPILER}
      ${CMAKE_SOURCE_DIR}/cmake ${flags}
    DEPENDS ${CMAKE_SOURCE_DIR}/cmake/precompiled.h ${CMAKE_SOURCE_DIR}/cmake/precompiled_test.h
      ${CMAKE_SOURCE_DIR}/cmake/precompiled_sum.py
    COMMENT "precompiled header ${name}" VERBATIM)
  add_custom_target(zhike_${name} DEPENDS ${out})
endfunction()
