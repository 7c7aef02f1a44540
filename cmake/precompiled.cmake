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

# zhike_precompile_own(TARGET HEADER BASE): the same for a header of ours that nearly every source of the target
# includes, with all that it includes: build/<preset>/TARGET.pch, on top of BASE.pch. Whatever changes in it makes the
# target anew, as it would without.
function(zhike_precompile_own target header base)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  separate_arguments(flags UNIX_COMMAND "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}")
  list(APPEND flags -fno-omit-frame-pointer ${ZHIKE_SANITIZE_FLAGS} -std=c++2b -pthread)
  set(source ${CMAKE_BINARY_DIR}/gen/${target}_precompiled.h)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n")
  set(out ${CMAKE_BINARY_DIR}/${target}.pch)
  set(folders "$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>")
  set(definitions "$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>")
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_CXX_COMPILER} ${flags} -include-pch ${CMAKE_BINARY_DIR}/${base}.pch
      "-D$<JOIN:${definitions},;-D>" "-I$<JOIN:${folders},;-I>" -Xclang -fpch-instantiate-templates
      -Xclang -fno-pch-timestamp -MD -MT ${out} -MF ${out}.d -x c++-header ${source} -o ${out}
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/precompiled_sum.py --own ${out}.sum
      ${CMAKE_BINARY_DIR}/${base}.pch.sum ${out}.d ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/gen
    DEPENDS ${CMAKE_BINARY_DIR}/${base}.pch ${CMAKE_SOURCE_DIR}/cmake/precompiled_sum.py zhike_catalog ${source}
    DEPFILE ${out}.d COMMENT "precompiled header of ${target}" VERBATIM COMMAND_EXPAND_LISTS)
  add_custom_target(${target}_precompiled DEPENDS ${out})
  add_dependencies(${target} ${target}_precompiled)
  set_target_properties(${target} PROPERTIES ZHIKE_HEADER ${target})
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS ${out})
endfunction()
