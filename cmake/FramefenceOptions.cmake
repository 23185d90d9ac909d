# Compiler options that every target shares.
add_library(framefence_options INTERFACE)
target_compile_options(framefence_options INTERFACE -Wall -Wextra -Wshadow -Wno-missing-field-initializers)
# g++ 12 warns of std::string's own copies at -O3.
target_compile_options(framefence_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(FRAMEFENCE_WERROR)
  target_compile_options(framefence_options INTERFACE -Werror)
endif()

if(FRAMEFENCE_SANITIZE)
  # UBSan only reports by default: a harness whose run ends green after a report would lie.
  add_compile_options(-fsanitize=${FRAMEFENCE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${FRAMEFENCE_SANITIZE})
endif()
if(FRAMEFENCE_FUZZ_ENGINE STREQUAL "libfuzzer")
  add_compile_options(-fsanitize=fuzzer-no-link)
  if(FRAMEFENCE_COVERAGE STREQUAL "targets")  # harness/CMakeLists.txt leaves it out altogether
    add_compile_options(-fno-sanitize-coverage=trace-cmp,indirect-calls,stack-depth)
  endif()
endif()
