# framefence_fuzz_target(<name> SOURCES ... LINKS ... [MUTATOR ...] [SEEDS <other>] [PLANTED])
#
# One fuzz target: SOURCES define LLVMFuzzerTestOneInput, and main() comes from the engine (FRAMEFENCE_FUZZ_ENGINE):
#
#   replay      a plain main() that replays the files and folders given: in every ordinary build
#   libfuzzer   libFuzzer's
#   afl         AFL++'s libAFLDriver: persistent mode, the input in shared memory
#
#   MUTATOR     sources of the target's own mutator in libFuzzer's form; AFL++ 4.04c links but never calls one, and gets
#               it as a shared object instead (framefence_afl_mutator)
#   SEEDS       it has no seeds of its own, but those of another target
#   PLANTED     also build <name>_planted, in which leaks can be chosen (FramefenceLibrary)
#
# corpora/<name>/ holds the target's seeds, corpora/regressions/<name>/ what once failed: tests replay both.
# The target `fuzz_targets` builds them all.
add_custom_target(fuzz_targets)

function(framefence_fuzz_target name)
  cmake_parse_arguments(arg "PLANTED" "SEEDS" "SOURCES;LINKS;MUTATOR" ${ARGN})
  _framefence_fuzz_executable(${name} "${arg_SOURCES}" "${arg_MUTATOR}" "${arg_LINKS}")
  if(NOT arg_SEEDS)
    set(arg_SEEDS ${name})
  endif()
  _framefence_replay_test(${name} ${arg_SEEDS})
  if(arg_PLANTED)
    set(links "")
    _framefence_planted_names(links ${arg_LINKS})
    _framefence_fuzz_executable(${name}_planted "${arg_SOURCES}" "${arg_MUTATOR}" "${links}")
  endif()
endfunction()

# framefence_afl_mutator(<name> SOURCES ... LIBRARIES ...): lib/lib<name>.so for AFL_CUSTOM_MUTATOR_LIBRARY, from SOURCES
# and the sources of these libraries of the project, compiled anew: position-independent, and without AFL++'s
# instrumentation, which must not run inside of afl-fuzz itself.
function(framefence_afl_mutator name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(${name} SHARED ${arg_SOURCES})
  foreach(library IN LISTS arg_LIBRARIES)
    get_target_property(folder ${library} SOURCE_DIR)
    get_target_property(sources ${library} SOURCES)
    list(TRANSFORM sources PREPEND ${folder}/)
    target_sources(${name} PRIVATE ${sources})
    target_include_directories(${name} PRIVATE $<TARGET_PROPERTY:${library},INCLUDE_DIRECTORIES>)
  endforeach()
  target_link_libraries(${name} PRIVATE framefence_options fmt::fmt PkgConfig::xxhash)
  target_link_options(${name} PRIVATE LINKER:-z,defs)  # what is missing is missed here, not by afl-fuzz
  set_target_properties(${name} PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib
    RULE_LAUNCH_COMPILE "env AFL_NOOPT=1" RULE_LAUNCH_LINK "env AFL_NOOPT=1")
  add_dependencies(fuzz_targets ${name})
endfunction()

function(_framefence_fuzz_executable name sources mutator links)
  if(FRAMEFENCE_FUZZ_ENGINE STREQUAL "replay")
    if(NOT TARGET framefence_replay_main)  # compiled once for all
      add_library(framefence_replay_main OBJECT ${CMAKE_SOURCE_DIR}/targets/fuzz/replay_main.cc)
      target_link_libraries(framefence_replay_main PRIVATE framefence_options targets_fuzz)
    endif()
    list(APPEND sources $<TARGET_OBJECTS:framefence_replay_main>)
  elseif(FRAMEFENCE_FUZZ_ENGINE STREQUAL "libfuzzer")
    list(APPEND sources ${mutator})
  endif()
  framefence_executable(${name} SOURCES ${sources} LINKS ${links})
  if(NOT FRAMEFENCE_FUZZ_ENGINE STREQUAL "replay")
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endif()
  add_dependencies(fuzz_targets ${name})
endfunction()

function(_framefence_replay_test name seeds)
  set(folders corpora/${seeds})
  if(EXISTS ${CMAKE_SOURCE_DIR}/corpora/regressions/${name})
    list(APPEND folders corpora/regressions/${name})
  endif()
  if(FRAMEFENCE_FUZZ_ENGINE STREQUAL "replay")
    set(command ${name} ${folders})
  elseif(FRAMEFENCE_FUZZ_ENGINE STREQUAL "libfuzzer")
    set(command ${name} -runs=0 ${folders})
  else()
    return()
  endif()
  add_test(NAME replay_${name} COMMAND ${command})
  set_tests_properties(replay_${name} PROPERTIES WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} TIMEOUT 300)
endfunction()
