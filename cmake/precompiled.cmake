# What nearly every file includes and nobody here changes is parsed once for each set of flags; it
# would be half of the compiler's work. Not in the wasm build, which therefore tells when a file of
# the core leans on an include that it lacks.

# A library that has the headers precompiled with the flags of these; shenbao_precompiled(TARGET OWNER)
# lets a target with the same flags use them.
function(shenbao_precompile owner)
    if(EMSCRIPTEN)
        return()
    endif()
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${owner}.cpp CONTENT "// Nothing but the headers.\n")
    add_library(${owner} STATIC ${PROJECT_BINARY_DIR}/${owner}.cpp)
    target_link_libraries(${owner} PRIVATE dep_json dep_expected ${ARGN})
    target_precompile_headers(${owner} PRIVATE <nlohmann/json.hpp> <tl/expected.hpp> <algorithm>
        <array> <functional> <map> <memory> <optional> <set> <string> <string_view> <variant>
        <vector>)
endfunction()

function(shenbao_precompiled target owner)
    if(NOT EMSCRIPTEN)
        target_precompile_headers(${target} REUSE_FROM ${owner})
    endif()
endfunction()
