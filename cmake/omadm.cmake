# How a room, a test binary and the product library are built.

set(OMADM_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
                   -Woverloaded-virtual -Wundef -Wformat=2)
# g++ 12 sees overlaps in std::string where there are none, when it optimises (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  list(APPEND OMADM_WARNINGS -Wno-restrict)
endif()
if(OMADM_WERROR)
  list(APPEND OMADM_WARNINGS -Werror)
endif()

# A second build of the same text costs nothing where ccache is installed.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# Linking needs memory more than processors.
set_property(GLOBAL APPEND PROPERTY JOB_POOLS link=2)
set(CMAKE_JOB_POOL_LINK link)

if(OMADM_SANITIZE)
  add_compile_options(-fsanitize=${OMADM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OMADM_SANITIZE})
endif()

# Symbols are looked up when a program starts, not in the middle of its first session; then their table is read-only.
add_link_options($<$<CONFIG:Release>:-Wl,-z,relro,-z,now>)

# A release is compiled for size, without landing pads for exceptions that nothing of ours throws or catches; the files
# every command of a session runs through are compiled for speed.
set(OMADM_RELEASE_OPTIONS $<$<CONFIG:Release>:-Os> $<$<CONFIG:Release>:-fno-exceptions>
                          $<$<CONFIG:Release>:-ffunction-sections> $<$<CONFIG:Release>:-fdata-sections>)
# Of the shared library alone: all of it at once, and no tables for unwinding, since no exception may pass through it.
set(OMADM_WHOLE_OPTIONS -flto=auto -fno-asynchronous-unwind-tables -fno-unwind-tables)
set(OMADM_HOT_SOURCES
    base/arena.cpp base/bytes.cpp base/text.cpp base/markup/plain_xml_reader.cpp base/markup/vocabulary.cpp
    base/markup/xml_writer.cpp wbxml/wbxml_reader.cpp wbxml/wbxml_writer.cpp dmtree/access.cpp dmtree/acl.cpp
    dmtree/node_content.cpp dmtree/overlay.cpp dmtree/store/memory_store.cpp dmtree/store/record.cpp dmtree/transaction.cpp
    dmtree/transaction_edit.cpp dmtree/tree.cpp dmtree/tree_node.cpp dmtree/uri.cpp dmtree/value.cpp syncml/codec/command_names.cpp
    syncml/codec/message_builder.cpp syncml/codec/message_writer.cpp syncml/session/command_answers.cpp
    syncml/session/command_runner.cpp syncml/session/handle_get.cpp syncml/session/handle_replace.cpp
    syncml/session/item_data.cpp syncml/session/package_writer.cpp syncml/session/status_map.cpp)
list(TRANSFORM OMADM_HOT_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/)
set_source_files_properties(${OMADM_HOT_SOURCES} PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-O3>)

# omadm_library(<room> [DEPS rooms…] [LIBS targets…]): every .cpp below the folder; a new file needs no edit here.
function(omadm_library room)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${room}/*.cpp)
  add_library(omadm_${room} STATIC ${sources})
  target_include_directories(omadm_${room} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  target_compile_options(omadm_${room} PRIVATE ${OMADM_WARNINGS} ${OMADM_RELEASE_OPTIONS})
  foreach(dep IN LISTS ARG_DEPS)
    target_link_libraries(omadm_${room} PUBLIC omadm_${dep})
  endforeach()
  target_link_libraries(omadm_${room} PRIVATE ${ARG_LIBS})
endfunction()

# Turns files into one C++ source of string constants: omadm_embed(<target> <header> <namespace-free prefix> files…).
function(omadm_embed target output)
  set(files ${ARGN})
  add_custom_command(
    OUTPUT ${PROJECT_BINARY_DIR}/generated/${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${PROJECT_BINARY_DIR}/generated/${output} "-DFILES=${files}"
            -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${PROJECT_BINARY_DIR}/generated/${output})
endfunction()

# What the linker may do for a smaller libomadm.so, where it knows how.
include(CheckLinkerFlag)
check_linker_flag(CXX -Wl,-z,pack-relative-relocs OMADM_PACKS_RELOCATIONS)

# libomadm, static and shared; installed with its public headers. The static one is made of the objects of all rooms. A
# release compiles the shared one as a whole (decision 25): a host calls what cmake/libomadm.map names, and the optimiser
# may do with the rest as it likes.
function(omadm_product_library)
  set(objects)
  set(sources)
  foreach(room IN LISTS ARGN)
    list(APPEND objects $<TARGET_OBJECTS:omadm_${room}>)
    list(APPEND sources $<TARGET_PROPERTY:omadm_${room},SOURCES>)
  endforeach()
  add_library(omadm_static STATIC ${objects})
  if(CMAKE_BUILD_TYPE STREQUAL Release AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    add_library(omadm_shared SHARED ${sources})
    target_compile_options(omadm_shared PRIVATE ${OMADM_WARNINGS} ${OMADM_RELEASE_OPTIONS} ${OMADM_WHOLE_OPTIONS})
    target_compile_definitions(omadm_shared PRIVATE $<TARGET_PROPERTY:omadm_transport,COMPILE_DEFINITIONS>)
    target_include_directories(omadm_shared SYSTEM PRIVATE ${PCSC_INCLUDE_DIRS})
    target_include_directories(omadm_shared PRIVATE ${PROJECT_BINARY_DIR}/generated)
    target_link_options(omadm_shared PRIVATE ${OMADM_WHOLE_OPTIONS} -Wl,--gc-sections
                        $<$<BOOL:${OMADM_PACKS_RELOCATIONS}>:-Wl,-z,pack-relative-relocs>)
  else()
    add_library(omadm_shared SHARED ${objects})
  endif()
  target_link_options(omadm_shared PRIVATE -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/libomadm.map)
  set_target_properties(omadm_shared PROPERTIES LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/libomadm.map)
  foreach(kind static shared)
    set_target_properties(omadm_${kind} PROPERTIES OUTPUT_NAME omadm LINKER_LANGUAGE CXX EXPORT_NAME ${kind}
                          VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
    target_include_directories(omadm_${kind} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                               $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/omadm>)
    target_link_libraries(omadm_${kind} PRIVATE LibXml2::LibXml2 OpenSSL::Crypto CURL::libcurl fmt::fmt Threads::Threads
                          ${OMADM_RESOLVER})
  endforeach()
endfunction()

# omadm_tool(<program> [ROOM room] [LIBS targets…]): tools/<program>/*.cpp on top of a room, by default client.
function(omadm_tool program)
  cmake_parse_arguments(ARG "" "ROOM" "LIBS" ${ARGN})
  if(NOT ARG_ROOM)
    set(ARG_ROOM client)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/${program}/*.cpp)
  add_executable(${program} ${sources})
  set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  target_compile_options(${program} PRIVATE ${OMADM_WARNINGS})
  target_compile_definitions(${program} PRIVATE OMADM_VERSION="${PROJECT_VERSION}")
  target_link_libraries(${program} PRIVATE omadm_${ARG_ROOM} ${ARG_LIBS})
endfunction()

# omadm_test(<name> DIR <folder below tests> [LIBS targets…]): one GoogleTest binary, one ctest entry a test.
function(omadm_test name)
  cmake_parse_arguments(ARG "" "DIR;TIMEOUT" "LIBS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${ARG_DIR}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_compile_options(${name} PRIVATE ${OMADM_WARNINGS})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} omadm_test_source_folder GTest::gtest GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name} TEST_PREFIX "${OMADM_TEST_PREFIX}" DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()
