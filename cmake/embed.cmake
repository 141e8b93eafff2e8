# embed_text(TARGET SYMBOL FILE) adds a source to TARGET that defines
#   extern const std::string_view SYMBOL   (SYMBOL may be qualified: notice::shipped_text)
# with the file's exact bytes. The program then needs no file at run time, on any target.
function(embed_text target symbol file)
    get_filename_component(path ${file} ABSOLUTE)
    string(MAKE_C_IDENTIFIER ${symbol} name)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded/${name}.cpp)
    add_custom_command(OUTPUT ${source}
        COMMAND ${CMAKE_COMMAND} -DSYMBOL=${symbol} -DINPUT=${path} -DOUTPUT=${source}
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_one.cmake
        DEPENDS ${path} ${PROJECT_SOURCE_DIR}/cmake/embed_one.cmake
        VERBATIM)
    target_sources(${target} PRIVATE ${source})
endfunction()
