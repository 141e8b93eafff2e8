# The step behind embed_text(): bytes as numbers, because compilers limit the length of a literal.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
    "\\1\n" bytes "${bytes}")
string(REGEX MATCH "^(.*)::([^:]*)$" qualified "${SYMBOL}")
if(qualified)
    set(space ${CMAKE_MATCH_1})
    set(name ${CMAKE_MATCH_2})
    set(open "namespace ${space} {\n")
    set(close "}\n")
else()
    set(name ${SYMBOL})
endif()
file(WRITE ${OUTPUT} "#include <string_view>\n${open}extern const std::string_view ${name};\n"
    "static const unsigned char bytes_of_${name}[] = {\n${bytes}0};\n"
    "const std::string_view ${name}(reinterpret_cast<const char*>(bytes_of_${name}), "
    "sizeof bytes_of_${name} - 1);\n${close}")
