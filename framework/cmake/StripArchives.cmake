# Before a package is made of what was installed: debug information of static libraries goes.
file(GLOB_RECURSE archives "${CPACK_TEMPORARY_INSTALL_DIRECTORY}/*.a")
find_program(strip_program strip REQUIRED)
foreach(archive ${archives})
  execute_process(COMMAND ${strip_program} --strip-debug ${archive} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
