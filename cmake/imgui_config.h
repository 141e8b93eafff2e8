// What the page leaves out of Dear ImGui (IMGUI_USER_CONFIG): every byte of it is loaded before the
// first use. Included by imgui.h, so the same for ImGui itself and for all who use it.
#pragma once

#define IMGUI_USE_WCHAR32 // Names are written with characters beyond the basic plane, too.
#define IMGUI_DISABLE_OBSOLETE_FUNCTIONS
#define IMGUI_DISABLE_DEMO_WINDOWS
#define IMGUI_DISABLE_DEBUG_TOOLS
#define IMGUI_DISABLE_FILE_FUNCTIONS
#define IMGUI_DISABLE_DEFAULT_SHELL_FUNCTIONS

// The browser's canvas draws all glyphs, so neither ImGui's own font nor a reader of font files is
// needed. stb_truetype is left out only where another loader is named in its place, and FreeType is
// the only name there is for one: client/platform/glyphs.cpp answers to it.
#define IMGUI_DISABLE_DEFAULT_FONT
#define IMGUI_ENABLE_FREETYPE

// Every check stays and ends the program, but without its words and its place in a file, which
// would be loaded with the page and read by nobody.
#define IM_ASSERT(fact) ((fact) ? (void)0 : __builtin_trap())

// Only a settings file is read with sscanf, and there is none (IniFilename is null). Declared
// before it is taken away, so that the headers of C and C++ are as they should be.
#include <stdio.h>
#ifdef SHENBAO_IMGUI_ITSELF
#define sscanf(...) 0
#endif
