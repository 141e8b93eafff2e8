// Glyphs that the browser's own canvas draws from the fonts of the system: nothing is downloaded,
// and every character the system can show can be shown. web/page.js has the font stacks.
#pragma once

struct ImFont;

namespace platform {

// The numbers cross to page.js and mirror.js.
enum class Face : int {
    sans = 0, // The interface.
    sans_bold = 1,
    paper = 2,       // 仿宋 or 宋体: the text of forms.
    paper_title = 3, // 小标宋, or a bold 宋体.
};

// Glyphs stand on whole device pixels, so that they are sharp. Where pixels are large, letters and
// figures are also drawn shifted by quarters of one, else their distances would look uneven.
inline constexpr int shifts = 4;

// The face for ImGui; valid as long as the page. Ask for whole CSS pixels only: ImGui rounds sizes.
// shift: 0 to shifts - 1, quarters of a device pixel to the right.
ImFont* font(Face face, int shift = 0);

struct FaceMetrics {
    float ascent = 0, descent = 0; // CSS pixels above and below the base line.
};
FaceMetrics metrics(Face face, int size);

// For the platform itself: makes the fonts in the current ImGui context; before a picture is shown,
// brings into the texture what its layouts asked for.
void add_fonts();
void take_glyphs();

} // namespace platform
