# Compile options of every target of this repository; never exported to users of the package.
option(CARAFE_WARNINGS_AS_ERRORS "Treat compiler warnings as errors" OFF)
set(CARAFE_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")

add_library(carafe_compile_options INTERFACE)
target_compile_options(
  carafe_compile_options
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            -Wnon-virtual-dtor
            -Woverloaded-virtual
            $<$<BOOL:${CARAFE_WARNINGS_AS_ERRORS}>:-Werror>)
# libpqxx 6 repeats a declaration under C++20; the warning is about its header, not our code.
target_compile_options(carafe_compile_options INTERFACE -Wno-deprecated-declarations)

if(CARAFE_SANITIZE)
  add_compile_options(-fsanitize=${CARAFE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CARAFE_SANITIZE})
endif()
if(CARAFE_BUILD_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
