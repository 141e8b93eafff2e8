# The libraries that scripts/setup has put under .deps/, as targets named dep_…. Their warnings are
# theirs; their headers are system headers to us.
set(deps ${PROJECT_SOURCE_DIR}/.deps)
if(NOT EXISTS ${deps}/sqlite/sqlite3.c)
    message(FATAL_ERROR "The libraries are not there yet: run scripts/setup first.")
endif()

foreach(name json doctest cli11 expected)
    add_library(dep_${name} INTERFACE)
    target_include_directories(dep_${name} SYSTEM INTERFACE ${deps}/include)
endforeach()
# The same in every target that shares headers: nlohmann's types are then the same everywhere.
target_compile_definitions(dep_json INTERFACE JSON_NOEXCEPTION=1 JSON_USE_IMPLICIT_CONVERSIONS=0)
if(EMSCRIPTEN)
    # Its checks end the page as well without their words, which would be loaded with it.
    target_compile_options(dep_json INTERFACE "-DJSON_ASSERT(fact)=((fact)?(void)0:__builtin_trap())")
endif()

add_library(dep_sqlite STATIC ${deps}/sqlite/sqlite3.c)
target_include_directories(dep_sqlite SYSTEM PUBLIC ${deps}/sqlite)
target_compile_options(dep_sqlite PRIVATE -w)
target_compile_definitions(dep_sqlite PRIVATE
    SQLITE_DQS=0
    SQLITE_DEFAULT_FOREIGN_KEYS=1
    SQLITE_LIKE_DOESNT_MATCH_BLOBS
    SQLITE_OMIT_DEPRECATED
    SQLITE_OMIT_LOAD_EXTENSION
    SQLITE_OMIT_SHARED_CACHE
    SQLITE_OMIT_AUTOINIT
    SQLITE_USE_ALLOCA)
if(EMSCRIPTEN)
    # No files, no threads and no operating system of its own: shared/sqlite gives it a page store.
    target_compile_definitions(dep_sqlite PRIVATE
        SQLITE_THREADSAFE=0 SQLITE_OS_OTHER=1 SQLITE_TEMP_STORE=3 SQLITE_OMIT_WAL
        SQLITE_OMIT_EXPLAIN SQLITE_OMIT_TCL_VARIABLE SQLITE_OMIT_UTF16 SQLITE_OMIT_DESERIALIZE
        SQLITE_OMIT_COMPLETE SQLITE_OMIT_GET_TABLE SQLITE_OMIT_TRACE SQLITE_OMIT_DECLTYPE
        SQLITE_OMIT_JSON SQLITE_OMIT_DATETIME_FUNCS SQLITE_OMIT_INCRBLOB
        SQLITE_OMIT_COMPILEOPTION_DIAGS SQLITE_OMIT_AUTOVACUUM SQLITE_OMIT_LOOKASIDE
        SQLITE_OMIT_SCHEMA_PRAGMAS SQLITE_OMIT_XFER_OPT SQLITE_OMIT_LIKE_OPTIMIZATION)
    # Without the date functions CURRENT_TIMESTAMP and its like still ask C for the time: ours has none to
    # give (shared/sqlite/os_none.cpp).
    target_compile_definitions(dep_sqlite PRIVATE gmtime=no_gmtime strftime=no_strftime)
else()
    target_compile_definitions(dep_sqlite PRIVATE SQLITE_THREADSAFE=2)
    target_compile_options(dep_sqlite PRIVATE -O2)
    find_package(Threads REQUIRED)
    target_link_libraries(dep_sqlite PUBLIC Threads::Threads m)
endif()

# libsodium without its own build system: the portable C implementations.
set(sodium ${deps}/sodium/src/libsodium)
set(SODIUM_LIBRARY_VERSION_MAJOR 26)
set(SODIUM_LIBRARY_VERSION_MINOR 4)
set(SODIUM_LIBRARY_MINIMAL_DEF "")
set(VERSION 1.0.22)
configure_file(${sodium}/include/sodium/version.h.in
    ${sodium}/include/sodium/version.h @ONLY)
# All of it is compiled; the linkers take what is called.
file(GLOB_RECURSE sodium_sources ${sodium}/*.c)
add_library(dep_sodium STATIC ${sodium_sources})
target_include_directories(dep_sodium SYSTEM
    PUBLIC ${sodium}/include
    PRIVATE ${sodium}/include/sodium)
target_compile_options(dep_sodium PRIVATE -w)
target_compile_definitions(dep_sodium PUBLIC SODIUM_STATIC=1 PRIVATE CONFIGURED=1)
if(NOT EMSCRIPTEN)
    target_compile_options(dep_sodium PRIVATE -O2)
    target_compile_definitions(dep_sodium PRIVATE HAVE_TI_MODE=1 HAVE_GETRANDOM=1
        HAVE_SYS_RANDOM_H=1 HAVE_LINUX_COMPATIBLE_GETRANDOM=1 NATIVE_LITTLE_ENDIAN=1
        HAVE_EXPLICIT_BZERO=1 HAVE_WEAK_SYMBOLS=1)
else()
    target_compile_definitions(dep_sodium PRIVATE NATIVE_LITTLE_ENDIAN=1)
endif()

# Its checks are for its own author; the page would load their words.
add_library(dep_qrcode STATIC ${deps}/qrcode/c/qrcodegen.c)
target_include_directories(dep_qrcode SYSTEM PUBLIC ${deps}/qrcode/c)
target_compile_options(dep_qrcode PRIVATE -w)
target_compile_definitions(dep_qrcode PRIVATE NDEBUG)

if(EMSCRIPTEN)
    # No backend of ImGui's own: client/platform and web/ are ours. Nor its widgets and tables
    # (client/platform/imgui_left_out.cpp).
    add_library(dep_imgui STATIC
        ${deps}/imgui/imgui.cpp
        ${deps}/imgui/imgui_draw.cpp)
    target_include_directories(dep_imgui SYSTEM PUBLIC ${deps}/imgui)
    target_compile_options(dep_imgui PRIVATE -w -fno-exceptions -fno-rtti)
    target_compile_definitions(dep_imgui
        PUBLIC IMGUI_USER_CONFIG="${PROJECT_SOURCE_DIR}/cmake/imgui_config.h"
        PRIVATE SHENBAO_IMGUI_ITSELF)
else()
    find_package(OpenSSL REQUIRED)
    find_package(Threads REQUIRED)
    add_library(dep_httplib INTERFACE)
    target_include_directories(dep_httplib SYSTEM INTERFACE ${deps}/httplib)
    target_compile_definitions(dep_httplib INTERFACE
        CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_LISTEN_BACKLOG=1024)
    target_link_libraries(dep_httplib INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
endif()

# The page's bytes are counted (scripts/assemble_web), and none of these is what a frame waits for.
# Newer compilers write much more code at -Os than clang 14 does.
if(EMSCRIPTEN)
    foreach(name sqlite sodium imgui qrcode)
        target_compile_options(dep_${name} PRIVATE -Oz)
    endforeach()
endif()
