# What the installed libraries need, from the distribution's packages: for this build, and for whoever finds the package.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost REQUIRED)  # headers: Boost.Math
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(hwy REQUIRED IMPORTED_TARGET libhwy)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
