# Several sources compiled as one, which takes half as long as each of them alone. In the presets of the
# sanitizers only: they are built from nothing, while the dev preset is there to change a source at a time.
option(CARAFE_UNITY_BUILD "Compile several sources as one" OFF)

# carafe_unity(TARGET): call it when the target has all its sources. One that is edited makes CMake look again,
# as it may have a name by now that another of its group has.
function(carafe_unity target)
  if(NOT CARAFE_UNITY_BUILD)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  execute_process(
    COMMAND awk -v size=8 -f ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/group_sources.awk ${sources}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    OUTPUT_VARIABLE lines COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]+" lines "${lines}")
  foreach(line IN LISTS lines)
    string(REGEX MATCH "^([0-9]+)\t(.+)$" matched "${line}")
    set_source_files_properties(${CMAKE_MATCH_2} PROPERTIES UNITY_GROUP ${target}_${CMAKE_MATCH_1})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sources})
endfunction()
