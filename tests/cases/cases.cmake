# Gives `target` every case file as cases::files, so that the runner needs no file at run time.
function(embed_cases target)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}
        ${CMAKE_CURRENT_SOURCE_DIR}/cases/*.txt)
    list(SORT found)
    set(declared "")
    set(listed "")
    foreach(file ${found})
        string(MAKE_C_IDENTIFIER ${file} name)
        embed_text(${target} cases::${name} ${file})
        string(APPEND declared "extern const std::string_view ${name};\n")
        string(APPEND listed "    {\"${file}\", &${name}},\n")
    endforeach()
    file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/embedded/case_files.cpp CONTENT
"#include \"tests/cases/files.hpp\"
namespace cases {
@declared@const File files[] = {
@listed@};
const std::size_t files_count = sizeof files / sizeof files[0];
} // namespace cases
" @ONLY)
    target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded/case_files.cpp)
endfunction()
