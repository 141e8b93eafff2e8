// Cells as spreadsheets put them on the clipboard and into files. What comes out is always the same
// text: cells between tabs, rows between line ends, a cell that holds such a character in quotes
// (parse_cells in shared/device/grid.hpp reads it).

// The block that was copied, or null when it is no block: one cell, a word, a sentence. The HTML form
// is taken before the text, because only it knows merged and hidden cells.
export function copied_cells(clipboard) {
    const html = clipboard.getData("text/html");
    const rows = html ? rows_of_html(html) : null;
    if (rows) return rows.length === 1 && rows[0].length === 1 ? null : text_of(rows);
    const text = clipboard.getData("text/plain");
    return /[\t\n]/.test(text.replace(/\r?\n$/, "")) ? text : null;
}

// A file's words: UTF-8, with a mark UTF-16, else GBK, as plain CSV is saved on a Chinese Windows.
export function file_text(bytes) {
    const decoded = (encoding, fatal) => new TextDecoder(encoding, { fatal }).decode(bytes);
    if (bytes[0] === 0xFF && bytes[1] === 0xFE) return decoded("utf-16le", false);
    try {
        return decoded("utf-8", true);
    } catch {
        return decoded("gb18030", false);
    }
}

function text_of(rows) {
    const cell = (text) => (/[\t\r\n"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
    return rows.map((row) => `${row.map(cell).join("\t")}\n`).join("");
}

const hidden = (element) => element.hidden || /(^|;)\s*display\s*:\s*none/i.test(element.getAttribute("style") || "");
const span = (cell, name) => Math.min(Math.max(Number.parseInt(cell.getAttribute(name), 10) || 1, 1), 10000);

// What a cell shows. Excel writes #### where a number is wider than its column, and the number beside it.
function shown(cell) {
    for (const line_end of cell.querySelectorAll("br")) line_end.replaceWith("\uE000");
    const text = cell.textContent.replace(/[\s\u00A0]+/g, " ").trim().replace(/ ?\uE000 ?/g, "\n");
    const number = cell.getAttribute("x:num");
    return number && /^#+$/.test(text) ? number : text;
}

const number = /^[\d０-９.,，\s]+(人|张|万?元)?$/;

// The rows of the first table of a document that is never shown and runs nothing, every cell at its
// place: words that are merged downwards stand in each of its rows, a number, which would count once
// more in each, in the first of them, and what is merged sideways in the first of its columns. null
// without a table.
function rows_of_html(html) {
    const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
    if (!table) return null;
    const grid = [], seen = new Set();
    const at = (row) => (grid[row] = grid[row] || []);
    [...table.rows].forEach((line, row) => {
        let column = 0;
        if (!hidden(line)) seen.add(row);
        for (const cell of line.cells) {
            while (at(row)[column] !== undefined) column += 1;
            const deep = span(cell, "rowspan"), wide = Math.min(span(cell, "colspan"), 200);
            const text = hidden(cell) ? null : shown(cell);
            for (let down = 0; down < deep && row + down < table.rows.length; down += 1)
                for (let right = 0; right < wide; right += 1)
                    at(row + down)[column + right] = text !== null && (right || down && number.test(text)) ? "" : text;
            column += wide;
        }
    });
    // A column is hidden when each of its cells is.
    const width = Math.max(0, ...grid.map((row) => row.length));
    const shown_columns = [...Array(width).keys()].filter((column) =>
        grid.some((row, number) => seen.has(number) && row && row[column] !== null && row[column] !== undefined));
    const rows = [...Array(table.rows.length).keys()].filter((row) => seen.has(row))
        .map((row) => shown_columns.map((column) => at(row)[column] || ""));
    return rows.length ? rows : null;
}
