# What a package of the framework has besides libraries and headers: the command `carafe`, the project
# it makes, pkg-config, units, manifests, and librdkafka for itself. `cpack -G "DEB;TGZ"` in a build.
#
# librdkafka goes under lib/carafe, where nobody else finds it: Debian's is too old (findings in
# FindRdKafka.cmake), and a second one in the usual place would be in its way.
set(CARAFE_RDKAFKA_REQUIRES "")
set(CARAFE_RDKAFKA_LIBS -lrdkafka)
if(RdKafka_LIBRARY MATCHES "\\.a$")
  get_filename_component(_library "${RdKafka_LIBRARY}" REALPATH)
  install(FILES ${_library} DESTINATION ${CARAFE_PRIVATE_DIR}/librdkafka/lib RENAME librdkafka.a)
  install(DIRECTORY ${RdKafka_INCLUDE_DIR}/librdkafka DESTINATION ${CARAFE_PRIVATE_DIR}/librdkafka/include)
  # What it was built with, from its own description.
  get_filename_component(_rdkafka_prefix "${RdKafka_INCLUDE_DIR}" DIRECTORY)
  file(STRINGS ${_rdkafka_prefix}/lib/pkgconfig/rdkafka-static.pc _requires REGEX "^Requires:")
  string(REGEX REPLACE "^Requires: *" "" CARAFE_RDKAFKA_REQUIRES "${_requires}")
  set(CARAFE_RDKAFKA_LIBS -L\${libdir}/carafe/librdkafka/lib -lrdkafka)
  string(REPLACE ";" " " CARAFE_RDKAFKA_LIBS "${CARAFE_RDKAFKA_LIBS}")
  configure_file(${PROJECT_SOURCE_DIR}/packaging/rdkafka-static.pc.in ${CMAKE_CURRENT_BINARY_DIR}/rdkafka-static.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/rdkafka-static.pc
          DESTINATION ${CARAFE_PRIVATE_DIR}/librdkafka/lib/pkgconfig)
endif()

# Static libraries are searched in the order they are named: users before what they use.
set(CARAFE_PC_LIBS
    "-lcarafe_cli -lcarafe_routing -lcarafe_postgres -lcarafe_processing -lcarafe_kafka -lcarafe_http -lcarafe_realtime -lcarafe_tracing -lcarafe_config -lcarafe_instrumentation"
)
file(RELATIVE_PATH CARAFE_PC_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" CARAFE_PC_UP "${CARAFE_PC_UP}")
configure_file(${PROJECT_SOURCE_DIR}/packaging/carafe.pc.in ${CMAKE_CURRENT_BINARY_DIR}/carafe.pc @ONLY)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/version "carafe ${PROJECT_VERSION}\n")

install(FILES ${CMAKE_CURRENT_BINARY_DIR}/carafe.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/packaging/carafe DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/version DESTINATION ${CMAKE_INSTALL_DATADIR}/carafe)
foreach(_folder template systemd kubernetes)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/packaging/${_folder}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/carafe)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/packaging/carafe.bash
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME carafe)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/carafe)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/carafe RENAME copyright)

set(CPACK_PACKAGE_NAME carafe)
set(CPACK_PACKAGE_VENDOR Carafe)
set(CPACK_PACKAGE_CONTACT "Carafe <carafe@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Framework for Kafka workers in C++")
set(CPACK_PACKAGE_DESCRIPTION
    "Libraries, headers and the command carafe, with which a project of one's own starts.\n A declarative file binds topics to consumer classes; the framework owns threads,\n partitions, offsets, retries, dead letters, shutdown and observability."
)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_GENERATOR "DEB;TGZ")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_DEPENDS
    "g++ (>= 4:12), cmake (>= 3.25), make | ninja-build, pkg-config, libpqxx-dev (>= 6.4), libyaml-cpp-dev, libspdlog-dev, libfmt-dev, libcli11-dev, prometheus-cpp-dev, libboost-json1.81-dev, libboost1.81-dev, libpistache-dev, libssl-dev, zlib1g-dev, libzstd-dev, liblz4-dev, libsasl2-dev, libcurl4-openssl-dev"
)
# The specs of a project.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libgtest-dev, ninja-build")
# Archives keep their line tables in the build folder; what is shipped needs no more than names.
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/cmake/StripArchives.cmake)
include(CPack)
