# Finds librdkafka >= 2.12 (KIP-848 and the fixes Carafe relies on) and defines RdKafka::rdkafka.
#
# Looked for, in this order: RdKafka_ROOT, the copy that bin/setup builds into
# ${CARAFE_CACHE_DIR} (default ~/.cache/carafe), the system. The static library is preferred where
# it is our own build, so that a binary needs no run path.
set(_cache "$ENV{CARAFE_CACHE_DIR}")
if(NOT _cache)
  set(_cache "$ENV{HOME}/.cache/carafe")
endif()
file(GLOB _built "${_cache}/librdkafka-*")
# ThreadSanitizer must see librdkafka's own synchronisation: bin/setup --tsan builds that copy.
if(CARAFE_SANITIZE MATCHES "thread")
  list(FILTER _built INCLUDE REGEX "-tsan$")
else()
  list(FILTER _built EXCLUDE REGEX "-tsan$")
endif()
list(SORT _built COMPARE NATURAL ORDER DESCENDING)

find_path(RdKafka_INCLUDE_DIR librdkafka/rdkafka.h HINTS ${RdKafka_ROOT} ${_built} PATH_SUFFIXES include)
get_filename_component(_prefix "${RdKafka_INCLUDE_DIR}" DIRECTORY)
find_library(RdKafka_LIBRARY NAMES librdkafka.a rdkafka HINTS "${_prefix}/lib" NO_DEFAULT_PATH)
find_library(RdKafka_LIBRARY NAMES rdkafka)

if(RdKafka_INCLUDE_DIR)
  file(STRINGS "${RdKafka_INCLUDE_DIR}/librdkafka/rdkafka.h" _line REGEX "#define RD_KAFKA_VERSION")
  if(_line MATCHES "0x([0-9a-f][0-9a-f])([0-9a-f][0-9a-f])([0-9a-f][0-9a-f])")
    math(EXPR _major "0x${CMAKE_MATCH_1}")
    math(EXPR _minor "0x${CMAKE_MATCH_2}")
    math(EXPR _patch "0x${CMAKE_MATCH_3}")
    set(RdKafka_VERSION "${_major}.${_minor}.${_patch}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  RdKafka
  REQUIRED_VARS RdKafka_LIBRARY RdKafka_INCLUDE_DIR
  VERSION_VAR RdKafka_VERSION
  REASON_FAILURE_MESSAGE "run bin/setup, which builds the pinned librdkafka")

if(RdKafka_FOUND AND NOT TARGET RdKafka::rdkafka)
  add_library(RdKafka::rdkafka UNKNOWN IMPORTED)
  set_target_properties(
    RdKafka::rdkafka PROPERTIES IMPORTED_LOCATION "${RdKafka_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES
                                                                       "${RdKafka_INCLUDE_DIR}")
  if(RdKafka_LIBRARY MATCHES "\\.a$")
    find_package(PkgConfig REQUIRED)
    set(ENV{PKG_CONFIG_PATH} "${_prefix}/lib/pkgconfig:$ENV{PKG_CONFIG_PATH}")
    pkg_check_modules(RdKafkaStatic QUIET rdkafka-static)
    set(_deps ${RdKafkaStatic_LDFLAGS})
    list(FILTER _deps EXCLUDE REGEX "librdkafka|^-L")
    find_package(Threads REQUIRED)
    set_property(TARGET RdKafka::rdkafka PROPERTY INTERFACE_LINK_LIBRARIES ${_deps} Threads::Threads)
  endif()
endif()
