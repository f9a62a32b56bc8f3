# SPDX-License-Identifier: Apache-2.0
# What every target of ours is compiled with. Library headers are SYSTEM, so these are about our code alone.
add_library(hairpin_warnings INTERFACE)
target_compile_options(hairpin_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror
                                                  -fstack-protector-strong
  # g++ 12 inlines a coroutine's frame allocation and then takes Asio's own pair of new and delete for a mismatch.
  # At -O3 it sees overlapping copies in std::string's own operator+ (GCC bug 105329).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete -Wno-restrict>)
if(HAIRPIN_SANITIZE OR HAIRPIN_FUZZ)
  add_compile_definitions(HAIRPIN_INSTRUMENTED _GLIBCXX_ASSERTIONS)
endif()
if(HAIRPIN_SANITIZE)
  add_compile_options(-fsanitize=${HAIRPIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HAIRPIN_SANITIZE})
  # "-fsanitize=… may cause false positives of -Wmaybe-uninitialized" (the manual of gcc): std::string in a variant.
  # -Wtsan: ThreadSanitizer does not know the fence in Asio's descriptors; each of our loops has one thread.
  target_compile_options(hairpin_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-tsan>)
endif()
if(HAIRPIN_FUZZ)
  # Without `function`: clang 14 cannot place its marks in the parts into which it splits a coroutine.
  # The coverage that libFuzzer looks at is in what fuzz targets are linked to (cmake/tests.cmake).
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=function -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()

# hairpin_folder(NAME SOURCES... LINKS...): the library of one folder, `hairpin_NAME`, included as "NAME/x.hpp".
function(hairpin_folder name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_library(hairpin_${name} STATIC ${arg_SOURCES})
  target_include_directories(hairpin_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(hairpin_${name} PUBLIC ${arg_LINKS} PRIVATE hairpin_warnings)
endfunction()
