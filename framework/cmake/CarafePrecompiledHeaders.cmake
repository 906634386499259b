# Headers of libraries that most sources read, precompiled: a build from nothing takes half as long.
# ON in the presets of the sanitizers. The dev preset has them for the SPECS alone: elsewhere it notices
# an include that is missing, and clang-tidy can read its commands.
set(CARAFE_PRECOMPILED_HEADERS OFF CACHE STRING "Precompile the headers of libraries: OFF, SPECS or ON")
set_property(CACHE CARAFE_PRECOMPILED_HEADERS PROPERTY STRINGS OFF SPECS ON)

set(CARAFE_STANDARD_HEADERS
    <algorithm>
    <array>
    <atomic>
    <charconv>
    <chrono>
    <condition_variable>
    <cstdint>
    <deque>
    <functional>
    <future>
    <map>
    <memory>
    <mutex>
    <optional>
    <set>
    <span>
    <sstream>
    <stdexcept>
    <string>
    <string_view>
    <thread>
    <tuple>
    <unordered_map>
    <utility>
    <variant>
    <vector>)

# carafe_precompile(NAME [PIC] [SPECS] LINK libraries... HEADERS headers...)
# A set of headers for carafe_use_precompiled(). Its users are compiled with the same options, and
# with the definitions of the libraries that the headers belong to.
function(carafe_precompile name)
  cmake_parse_arguments(PARSE_ARGV 1 headers "PIC;SPECS" "" "LINK;HEADERS")
  if(NOT CARAFE_PRECOMPILED_HEADERS OR (CARAFE_PRECOMPILED_HEADERS STREQUAL SPECS AND NOT headers_SPECS))
    return()
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${name} OBJECT ${source})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ${headers_PIC})
  target_link_libraries(${name} PRIVATE ${headers_LINK} carafe_compile_options)
  target_precompile_headers(${name} PRIVATE ${CARAFE_STANDARD_HEADERS} ${headers_HEADERS})
endfunction()

# carafe_use_precompiled(TARGET NAME): where that set is precompiled.
function(carafe_use_precompiled target name)
  if(TARGET ${name})
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()
