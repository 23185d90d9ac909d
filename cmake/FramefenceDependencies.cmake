# Every dependency, from the distribution's packages (ci/setup installs them).
include(FramefenceHarnessDependencies)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
pkg_check_modules(z3 REQUIRED IMPORTED_TARGET z3)
pkg_check_modules(libav REQUIRED IMPORTED_TARGET libavformat libavcodec libavutil libswscale)
pkg_check_modules(png REQUIRED IMPORTED_TARGET libpng)

# LevelDB's package configuration asks for libraries that Debian's does not need to be linked with.
find_library(LEVELDB_LIBRARY leveldb REQUIRED)
find_path(LEVELDB_INCLUDE_DIR leveldb/cache.h REQUIRED)
add_library(leveldb INTERFACE)
target_link_libraries(leveldb INTERFACE ${LEVELDB_LIBRARY})
target_include_directories(leveldb SYSTEM INTERFACE ${LEVELDB_INCLUDE_DIR})

# RapidCheck ships no package configuration in Debian.
find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
find_path(RAPIDCHECK_INCLUDE_DIR rapidcheck.h REQUIRED)
add_library(rapidcheck INTERFACE)
target_link_libraries(rapidcheck INTERFACE ${RAPIDCHECK_LIBRARY})
target_include_directories(rapidcheck SYSTEM INTERFACE ${RAPIDCHECK_INCLUDE_DIR})
