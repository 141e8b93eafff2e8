// The notice's own forms, filled in where they stand: a white sheet in the paper's type, sentences
// with blanks in them, tables with black lines.
//
//   widgets::Paper paper("sample", "安徽省1+X职业技能等级证书申报表");
//   paper.label("附件 1");
//   paper.title("安徽省1+X职业技能等级证书申报表");
//   widgets::Paragraph sentence({.indent = 2});
//   sentence.words("拟申报教育部");
//   sentence.blank(200, [&](const widgets::Rect& place) { edited = field_at("certificate", place,
//   value, look); }); sentence.words("职业技能等级证书，级别："); sentence.set();
#pragma once

#include "client/widgets/fields.hpp"
#include "client/widgets/layout.hpp"
#include "client/widgets/words.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace widgets {

// What a field or a select on the paper looks like unless told otherwise.
inline constexpr FieldLook paper_field{.shape = Shape::blank, .size = type_size::paper};

class Paper {
public:
    // The sheet is at most 804 px wide and at least as high as it is on the screen's free height.
    Paper(std::string_view id, std::string_view name);
    ~Paper();
    Paper(const Paper&) = delete;
    Paper& operator=(const Paper&) = delete;

    void label(std::string_view words);  // "附件 1", upper left.
    void title(std::string_view words);  // In the middle; a heading of level 1.
    void remark(std::string_view words); // In small type.

private:
    std::uint64_t m_key;
    Rect m_rect;
    float m_padding_y;
};

struct ParagraphLook {
    int indent = 0; // Characters on its first line.
    Side side = Side::left;
    float above = 0; // Empty height before it.
};

// Text runs and blanks, broken into lines together by the rules of Chinese typesetting.
class Paragraph {
public:
    explicit Paragraph(ParagraphLook look = {}) : m_look(look) {}

    void words(std::string_view text);
    // draw is called by set() with the blank's place, in reading order. Narrower when the line is.
    void blank(float width, std::function<void(const Rect&)> draw);
    // Sets everything that was given. Call once, at the end.
    void set();

private:
    struct Item {
        std::string words;
        float width = 0;
        std::function<void(const Rect&)> draw; // Of a blank.
    };
    ParagraphLook m_look;
    std::vector<Item> m_items;
};

// A sentence without blanks.
void paper_text(std::string_view words, ParagraphLook look = {});

// A value on the paper that nobody types over.
struct InkLook {
    std::string_view label = {};  // What the value is of; read out before it.
    std::string_view about = {};  // Read out after it, and shown under the pointer.
    Tone             tone = Tone::plain; // Its ground, when something is to be seen there.
    Side             side = Side::left;
    int              size = type_size::paper;
    bool             underlined = false; // A blank in a sentence.
    bool             presses = false;    // It can be pressed.
};
// Returns true when it was pressed.
bool ink_at(std::string_view id, const Rect& place, std::string_view words, const InkLook& look);

struct PaperColumn {
    std::string_view title;
    Track width = share(1);
    Side side = Side::centre;
};

// What stands in a cell that is not a blank.
struct CellLook {
    Colour colour = 0x222B36;        // The paper's ink.
    std::string_view about = {};     // Read out with it: why it cannot be filled in.
};

// A table with lines all around, as the notice's appendices print it.
class PaperTable {
public:
    // margin: kept free at the right, less what the sheet's own margin gives.
    PaperTable(std::string_view id, std::string_view name, std::vector<PaperColumn> columns,
               float margin = 0);
    ~PaperTable();
    PaperTable(const PaperTable&) = delete;
    PaperTable& operator=(const PaperTable&) = delete;

    void row(std::string_view id);
    // The next cell; span: over how many columns.
    void text(std::string_view words, int span = 1, CellLook look = {});
    void blank(std::function<void(const Rect&)> draw, int span = 1);
    Side side() const; // Of the next cell.
    // Something of the row that the paper does not have, right of its lines: a button that removes
    // it. Room for it is kept by `margin` of the constructor.
    void beside(std::function<void(const Rect&)> draw);

private:
    Rect next_cell(int span);
    void end_row();

    std::vector<PaperColumn> m_columns;
    std::vector<float> m_lefts, m_widths;
    Rect m_bounds;
    float m_y = 0, m_row_height = 0, m_margin = 0;
    int m_cell = 0, m_row_number = 1;
    bool m_in_row = false;
};

} // namespace widgets
