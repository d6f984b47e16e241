# install.cmake - what is installed where, and the Debian package: `cmake --install BUILD --prefix DIR`, and
# `cmake --build BUILD --target package`, which makes BUILD/understudy_VERSION_ARCH.deb. The program finds its guests,
# and understudy-cc its kit, by where it lies itself, so a prefix may be moved.
include(GNUInstallDirs)
set(us_share ${CMAKE_INSTALL_DATADIR}/understudy)
install(TARGETS understudy)
install(PROGRAMS roms/understudy-cc TYPE BIN)
install(DIRECTORY ${CMAKE_BINARY_DIR}/kit DESTINATION ${us_share})
get_property(guests GLOBAL PROPERTY US_EXAMPLE_GUESTS)
foreach(guest ${guests})
  install(FILES ${US_GUEST_DIR}/${guest}.elf DESTINATION ${us_share}/guests)
endforeach()
install(FILES docs/understudy.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES docs/understudy.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME understudy)
install(DIRECTORY docs examples TYPE DOC PATTERN understudy.1 EXCLUDE PATTERN understudy.bash EXCLUDE
  PATTERN CMakeLists.txt EXCLUDE)
install(FILES README.md TYPE DOC)
install(FILES LICENSE TYPE DOC RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME understudy)
set(CPACK_PACKAGE_CONTACT "Understudy's authors <understudy@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "fault-tolerant PA-RISC computer in software")
set(CPACK_PACKAGE_DESCRIPTION "Two emulated computers run one guest in lockstep by epoch;
when the primary fails, the backup goes on, and neither the guest nor its terminal nor its
disk can tell. With a monitor, scripts, a crash atlas and a guest kit.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR})
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION otherosfs)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "gcc-hppa-linux-gnu")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "gdb-multiarch, bash-completion")
include(CPack)
