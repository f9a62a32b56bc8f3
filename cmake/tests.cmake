# SPDX-License-Identifier: Apache-2.0
find_package(GTest REQUIRED)
include(GoogleTest)

# hairpin_unit_test(FOLDER SOURCES... LINKS...): tests/unit/FOLDER as one executable `unit_FOLDER`, every test in ctest.
function(hairpin_unit_test folder)
  cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(unit_${folder} ${arg_SOURCES})
  target_link_libraries(unit_${folder} PRIVATE ${arg_LINKS} GTest::gmock GTest::gtest_main hairpin_warnings)
  target_compile_definitions(unit_${folder} PRIVATE
    HAIRPIN_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data" HAIRPIN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(unit_${folder} PROPERTIES LABELS unit TIMEOUT 120)
endfunction()

# hairpin_lab_tests(TARGET SECONDS): every test of a program in ctest, each with that limit. ctest has four lanes where the machine
# has two cores: such a test takes two of them, one that mostly waits for other people's servers takes one.
function(hairpin_lab_tests target seconds)
  gtest_discover_tests(${target} PROPERTIES LABELS lab PROCESSORS 2 TIMEOUT ${seconds} DISCOVERY_TIMEOUT 60)
endfunction()

# hairpin_cover(TARGET): libFuzzer sees which way the code goes in it, and in every library of ours below it. What fuzz targets do
# not run has no coverage: it makes a fifth of the time to compile. The kinds are those of -fsanitize=fuzzer-no-link, which
# would be another language to a precompiled header.
function(hairpin_cover target)
  get_target_property(is_covered ${target} HAIRPIN_IS_COVERED)
  if(is_covered)
    return()
  endif()
  set_target_properties(${target} PROPERTIES HAIRPIN_IS_COVERED ON)
  target_compile_options(${target} PRIVATE -fsanitize-coverage=inline-8bit-counters,indirect-calls,trace-cmp,pc-table,stack-depth)
  get_target_property(libraries ${target} LINK_LIBRARIES)
  list(FILTER libraries INCLUDE REGEX "^hairpin_")
  list(REMOVE_ITEM libraries hairpin_warnings)
  foreach(library IN LISTS libraries)
    hairpin_cover(${library})
  endforeach()
endfunction()

# hairpin_fuzz(NAME SOURCE LINKS...): tests/fuzz/NAME.cpp with LLVMFuzzerTestOneInput and its seeds in
# tests/fuzz/corpus/NAME/. With HAIRPIN_FUZZ a libFuzzer program; otherwise a test that replays the seeds.
function(hairpin_fuzz name source)
  cmake_parse_arguments(arg "" "" "LINKS" ${ARGN})
  add_executable(fuzz_${name} ${source})
  target_link_libraries(fuzz_${name} PRIVATE ${arg_LINKS} hairpin_warnings)
  if(HAIRPIN_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    hairpin_cover(fuzz_${name})
  else()
    target_sources(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp)
    add_test(NAME fuzz.replay.${name} COMMAND fuzz_${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
    set_tests_properties(fuzz.replay.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()
