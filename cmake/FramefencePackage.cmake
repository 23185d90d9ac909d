# What `cmake --install` gives to other projects: find_package(framefence), framefence::framefence. The installed files
# name no folder of this checkout and may be moved.
include(CMakePackageConfigHelpers)
set(folder ${CMAKE_INSTALL_LIBDIR}/cmake/framefence)

# The one name to link: the program, and all that a system under test includes.
add_library(framefence_package INTERFACE)
set_target_properties(framefence_package PROPERTIES EXPORT_NAME framefence)
target_link_libraries(framefence_package INTERFACE harness_cli)
target_compile_features(framefence_package INTERFACE cxx_std_20)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/framefence-config.cmake.in
  ${CMAKE_BINARY_DIR}/framefence-config.cmake INSTALL_DESTINATION ${folder})
# Before 1.0 a minor version may break what was.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/framefence-config-version.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS framefence_package EXPORT framefence)
install(EXPORT framefence NAMESPACE framefence:: FILE framefence-targets.cmake DESTINATION ${folder})
install(FILES ${CMAKE_BINARY_DIR}/framefence-config.cmake ${CMAKE_BINARY_DIR}/framefence-config-version.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FramefenceHarnessDependencies.cmake DESTINATION ${folder})

if(FRAMEFENCE_PROGRAM)
  # Another project, built against what is installed.
  add_test(NAME package COMMAND ${CMAKE_CURRENT_LIST_DIR}/package_test/run ${CMAKE_BINARY_DIR} ${CMAKE_CXX_COMPILER})
  set_tests_properties(package PROPERTIES LABELS package TIMEOUT 300)
endif()
