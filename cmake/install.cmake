# What `cmake --install` puts where. Components: library (what a device needs), development, programs.
include(CMakePackageConfigHelpers)

# The public headers and what they include; tests/layering_test.py keeps this list complete.
set(OMADM_PUBLIC_HEADERS
  base/bytes.h
  base/crypto/secret.h
  base/io/clock.h
  base/io/file_system.h
  base/io/log.h
  base/limits.h
  base/markup/markup.h
  base/markup/vocabulary.h
  base/octet_buffer.h
  base/ports/http_client.h
  base/result.h
  bootstrap/bootstrap.h
  client/client.h
  client/config.h
  client/platform.h
  dmtree/acl.h
  dmtree/management_object.h
  dmtree/store/journal_store.h
  dmtree/store/memory_store.h
  dmtree/store/record.h
  dmtree/store/store.h
  dmtree/store/store_file.h
  dmtree/tree.h
  dmtree/uri.h
  dmtree/value.h
  mo/common/package_check.h
  mo/fumo/firmware_slot.h
  mo/fumo/update_adviser.h
  syncml/auth/credential.h
  syncml/session/session.h
  syncml/session/user_prompt.h
)
foreach(header IN LISTS OMADM_PUBLIC_HEADERS)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/omadm/${folder} COMPONENT development)
endforeach()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/omadm)
foreach(kind shared static)
  install(TARGETS omadm_${kind} EXPORT omadm_${kind}
          LIBRARY COMPONENT library NAMELINK_COMPONENT development
          ARCHIVE COMPONENT development)
  install(EXPORT omadm_${kind} NAMESPACE omadm:: FILE omadm-${kind}.cmake DESTINATION ${package_dir}
          COMPONENT development)
endforeach()
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/omadmConfig.cmake.in ${PROJECT_BINARY_DIR}/omadmConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/omadmConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/omadmConfig.cmake ${PROJECT_BINARY_DIR}/omadmConfigVersion.cmake
        DESTINATION ${package_dir} COMPONENT development)
# Its prefix is found from its own place, so the tree may be moved.
file(RELATIVE_PATH OMADM_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(${CMAKE_CURRENT_LIST_DIR}/omadm.pc.in ${PROJECT_BINARY_DIR}/omadm.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/omadm.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)

# UI-008: each program with its manual and its completion.
foreach(program dm-client dmtree-cli dm-server dm-trace)
  set(folder ${PROJECT_SOURCE_DIR}/tools/${program})
  if(NOT TARGET ${program})
    continue()
  endif()
  install(TARGETS ${program} COMPONENT programs)
  install(FILES ${folder}/${program}.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT programs)
  install(FILES ${folder}/${program}.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
          RENAME ${program} COMPONENT programs)
endforeach()
if(TARGET dm-client)
  configure_file(${PROJECT_SOURCE_DIR}/packaging/dm-client.service.in ${PROJECT_BINARY_DIR}/dm-client.service @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/dm-client.service DESTINATION lib/systemd/system COMPONENT programs)
endif()
