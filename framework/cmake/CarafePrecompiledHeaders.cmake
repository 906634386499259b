# Headers of libraries that most sources read, precompiled: a build from nothing takes half as long.
# In the presets of the sanitizers only. The dev preset goes without, so that it notices an include
# that is missing, and clang-tidy can read its commands.
option(CARAFE_PRECOMPILED_HEADERS "Precompile the headers of libraries" OFF)

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

# carafe_precompile(NAME [PIC] LINK libraries... HEADERS headers...)
# A set of headers for carafe_use_precompiled(). Its users are compiled with the same options, and
# with the definitions of the libraries that the headers belong to.
function(carafe_precompile name)
  cmake_parse_arguments(PARSE_ARGV 1 headers "PIC" "" "LINK;HEADERS")
  if(NOT CARAFE_PRECOMPILED_HEADERS)
    return()
  endif()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${name} OBJECT ${source})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ${headers_PIC})
  target_link_libraries(${name} PRIVATE ${headers_LINK} carafe_compile_options)
  target_precompile_headers(${name} PRIVATE ${CARAFE_STANDARD_HEADERS} ${headers_HEADERS})
endfunction()

function(carafe_use_precompiled name)
  if(CARAFE_PRECOMPILED_HEADERS)
    target_precompile_headers(${name} REUSE_FROM ${ARGN})
  endif()
endfunction()
