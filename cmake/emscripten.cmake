# emcc 3.1.6 of Debian 12 does not look for its optimiser's modules where the distribution puts them, and
# links a program then that no browser can start, without a word.
if(IS_DIRECTORY /usr/share/nodejs)
    set_property(GLOBAL PROPERTY RULE_LAUNCH_LINK "${CMAKE_COMMAND} -E env NODE_PATH=/usr/share/nodejs:$ENV{NODE_PATH}")
endif()

# Finds the toolchain file that belongs to the emcc on PATH, wherever the distribution keeps it.
find_program(EMCC_PROGRAM emcc REQUIRED)
get_filename_component(emcc_file "${EMCC_PROGRAM}" REALPATH)
get_filename_component(emcc_folder "${emcc_file}" DIRECTORY)
foreach(folder "${emcc_folder}" /usr/share/emscripten)
    if(EXISTS "${folder}/cmake/Modules/Platform/Emscripten.cmake")
        include("${folder}/cmake/Modules/Platform/Emscripten.cmake")
        return()
    endif()
endforeach()
message(FATAL_ERROR "emcc is at ${emcc_file}, but its CMake toolchain file was not found")
