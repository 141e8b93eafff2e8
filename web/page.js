// The browser as the program sees it. client/platform/imports.js lists the calls that come in here,
// client/platform/exports.cpp the calls that go out.
import { file_text } from "./cells.js";
import { Mirror } from "./mirror.js";
import { Picture, fit } from "./picture.js";

const sans = '"Microsoft YaHei UI", "Microsoft YaHei", "PingFang SC", "HarmonyOS Sans SC", "MiSans", ' +
    '"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif';
const song = '"仿宋", FangSong, "仿宋_GB2312", STFangsong, "Noto Serif CJK SC", "Noto Serif SC", ' +
    '"Source Han Serif SC", SimSun, serif';
const title = '"方正小标宋简体", "方正小标宋_GBK", "华文中宋", STZhongsong, "Noto Serif CJK SC", ' +
    '"Source Han Serif SC", "宋体", SimSun, serif';
// By platform::Face (client/platform/glyphs.hpp). The title face is bold only where it is not already a
// title face: 小标宋 and 华文中宋 are never smeared. That takes some measuring, done when a title is shown.
const faces = [["normal", sans], ["bold", sans], ["normal", song]];
Object.defineProperty(faces, 3, {
    configurable: true,
    get() {
        const smooth = title.split(", ").slice(0, 4).some((name) => font_exists(name));
        const value = [smooth ? "normal" : "bold", title];
        Object.defineProperty(faces, 3, { value });
        return value;
    },
});

const text_encoder = new TextEncoder();

// Whether the system has the font: it then measures differently from both generic ones.
function font_exists(name) {
    const pen = document.createElement("canvas").getContext("2d");
    const width = (font) => { pen.font = `40px ${font}`; return pen.measureText("国Wgi1+X").width; };
    return ["serif", "monospace"].every((generic) => width(`${name}, ${generic}`) !== width(generic));
}

class Glyphs {
    constructor() {
        this.canvas = document.createElement("canvas"); // Holds what is kept until it is taken, in rows.
        this.canvas.width = 1024;
        this.canvas.height = 256;
        this.canvas.lang = "zh-CN";
        this.canvas.hidden = true;
        document.body.append(this.canvas); // In the document, so that its language chooses the glyphs.
        this.prepare();
        this.last = null;
        this.widths = new Map(); // Of an ideograph, by font.
        this.kept = []; // [left, top, w, h] on the canvas
        this.read = []; // Coverage of those that have left it.
        this.x = this.y = this.row = 0;
        for (const face of [0, 1]) this.metrics(face, 15); // Finds the fonts while the disk is waited for.
    }

    prepare() {
        this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
        this.pen.textBaseline = "alphabetic";
        this.pen.fillStyle = "#1d2733";
        this.pen.fontKerning = "none";
        this.font = "";
    }

    choose(face, pixels) {
        const font = `${faces[face][0]} ${pixels}px ${faces[face][1]}`;
        if (font !== this.font) this.pen.font = this.font = font;
    }

    // [advance, columns left of the origin, rows above the base line, width, height] in device pixels.
    measure(face, pixels, code_point, shift) {
        this.choose(face, pixels);
        const text = String.fromCodePoint(code_point);
        if (code_point >= 0x4E00 && code_point <= 0x9FFF) return this.measure_ideograph(text, pixels, shift);
        const m = this.pen.measureText(text);
        const ink_w = m.actualBoundingBoxLeft + m.actualBoundingBoxRight;
        const ink_h = m.actualBoundingBoxAscent + m.actualBoundingBoxDescent;
        const seen = ink_w > 0 && ink_h > 0;
        const left = Math.ceil(m.actualBoundingBoxLeft) + 1;
        const above = Math.ceil(m.actualBoundingBoxAscent) + 1;
        const w = seen ? left + Math.ceil(m.actualBoundingBoxRight + shift) + 1 : 0;
        const h = seen ? above + Math.ceil(m.actualBoundingBoxDescent) + 1 : 0;
        this.last = { text, left: left + shift, above, w, h };
        return [m.width, left, above, w, h];
    }

    // A school's first picture has some hundred ideographs. All of a face are as wide as one another and
    // stand within a square of its size, or very nearly, so only one is measured.
    measure_ideograph(text, pixels, shift) {
        if (!this.widths.has(this.font)) this.widths.set(this.font, this.pen.measureText("国").width);
        const width = this.widths.get(this.font);
        const left = Math.ceil(pixels * 0.04) + 1, above = Math.ceil(pixels * 0.9) + 1;
        const w = left + Math.ceil(width + pixels * 0.12 + shift) + 1, h = above + Math.ceil(pixels * 0.2) + 1;
        this.last = { text, left: left + shift, above, w, h };
        return [width, left, above, w, h];
    }

    // Draws the glyph measured last. Reading it back is what takes time, so that is done for many at once.
    keep() {
        const { text, left, above, w, h } = this.last;
        if (this.x + w > this.canvas.width) {
            this.y += this.row;
            this.x = this.row = 0;
        }
        const too_large = w > this.canvas.width || h > this.canvas.height;
        if (too_large || this.y + h > this.canvas.height) this.empty();
        if (too_large) {
            this.canvas.width = Math.max(w, this.canvas.width);
            this.canvas.height = Math.max(h, this.canvas.height);
            const font = this.font;
            this.prepare();
            this.pen.font = this.font = font;
        }
        this.pen.save();
        this.pen.beginPath();
        this.pen.rect(this.x, this.y, w, h);
        this.pen.clip(); // What stands out of its place would be seen beside another character.
        this.pen.fillText(text, this.x + left, this.y + above);
        this.pen.restore();
        this.kept.push([this.x, this.y, w, h]);
        this.x += w;
        this.row = Math.max(this.row, h);
    }

    // Takes what is kept off the canvas.
    empty() {
        const w = this.y ? this.canvas.width : this.x, h = this.y + this.row;
        if (!h) return;
        const rgba = this.pen.getImageData(0, 0, w, h).data;
        this.pen.clearRect(0, 0, w, h);
        for (const [left, top, glyph_w, glyph_h] of this.kept) {
            const coverage = new Uint8Array(glyph_w * glyph_h);
            for (let y = 0, to = 0; y < glyph_h; y += 1)
                for (let x = 0; x < glyph_w; x += 1, to += 1) coverage[to] = rgba[((top + y) * w + left + x) * 4 + 3];
            this.read.push(coverage);
        }
        this.kept = [];
        this.x = this.y = this.row = 0;
    }

    // Writes the coverage of all that were kept since the last time, w * h bytes each.
    take(into) {
        this.empty();
        let at = 0;
        for (const coverage of this.read) {
            into.set(coverage, at);
            at += coverage.length;
        }
        this.read = [];
    }

    // [ascent, descent] of the face in device pixels, as the browser places text in a line.
    metrics(face, pixels) {
        this.choose(face, pixels);
        const m = this.pen.measureText("国");
        if (m.fontBoundingBoxAscent === undefined) return [pixels * 0.88, pixels * 0.12];
        return [m.fontBoundingBoxAscent, m.fontBoundingBoxDescent];
    }
}

export class Page {
    constructor(canvas, root, address) {
        this.canvas = canvas;
        this.address = address;
        this.glyphs = new Glyphs();
        this.picture = new Picture(canvas);
        this.program = null;
        this.memory = null; // Returns the program's bytes, which move when they grow.
        this.frame_wanted = false;
        this.drawing = false;
        this.frames = 0;
        this.pointed_at = null;
        const text_call = (call) => (handle, text, ...rest) => this.program && call(handle, this.give(text), ...rest);
        this.mirror = new Mirror(root, {
            // What was pressed is acted upon at once, while the browser still allows what only a person
            // may do (open a file dialog, the clipboard), and the elements say so before the event is over.
            click: (handle) => {
                if (!this.program) return;
                this.program._shenbao_clicked(handle);
                this.draw_now();
            },
            edit: text_call((handle, bytes, composing) => this.program._shenbao_edited(handle, bytes, composing ? 1 : 0)),
            paste: text_call((handle, bytes) => this.program._shenbao_pasted(handle, bytes)),
            key: (handle, key) => this.program && this.program._shenbao_key(handle, key),
            focus: (handle, seen) => this.program && this.program._shenbao_focused(handle, seen ? 1 : 0),
            scroll: (handle, x, y) => this.program && this.program._shenbao_scrolled(handle, x, y),
        }, faces);
        this.print_frame = null;
        this.pending = new Map(); // fetches under way, by number
    }

    // The program is there: from now on it hears of everything.
    attach(program) {
        this.program = program;
        program._shenbao_begin();
        this.tell_viewport();
        window.addEventListener("resize", () => this.tell_viewport());
        this.watch_pixel_ratio();
        const pointer = (event) => this.pointer(event);
        for (const kind of ["pointermove", "pointerdown", "pointerup", "pointercancel"])
            window.addEventListener(kind, pointer, { passive: true });
        document.documentElement.addEventListener("pointerleave", () => this.program._shenbao_pointer(-1, -1, 0, 1));
        window.addEventListener("online", () => this.program._shenbao_line(1));
        window.addEventListener("offline", () => this.program._shenbao_line(0));
        document.addEventListener("visibilitychange", () =>
            this.program._shenbao_visible(document.hidden ? 0 : 1));
        this.canvas.addEventListener("webglcontextlost", (event) => {
            event.preventDefault();
            this.program._shenbao_drawing_lost();
        });
        this.canvas.addEventListener("webglcontextrestored", () => this.program._shenbao_drawing_restored());
    }

    // Puts bytes or text where the program can read them and returns how many there are.
    give(content) {
        const bytes = typeof content === "string" ? text_encoder.encode(content) : content;
        const at = this.program._shenbao_room(bytes.length);
        this.memory().set(bytes, at);
        return bytes.length;
    }

    tell_viewport() {
        fit(this.canvas);
        const coarse = window.matchMedia("(pointer: coarse)").matches ? 1 : 0;
        this.program._shenbao_viewport(window.innerWidth, window.innerHeight, window.devicePixelRatio || 1, coarse);
    }

    watch_pixel_ratio() {
        const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
        const changed = () => { query.removeListener(changed); this.tell_viewport(); this.watch_pixel_ratio(); };
        query.addListener(changed); // addEventListener is missing from the oldest browsers we serve.
    }

    pointer(event) {
        const down = event.buttons & 1;
        const touch = event.pointerType !== "mouse";
        // A move within the same element changes nothing that is drawn.
        const still = event.type === "pointermove" && event.target === this.pointed_at;
        this.pointed_at = event.target;
        if (touch && event.type === "pointermove") return;
        const gone = touch && event.type !== "pointerdown";
        this.program._shenbao_pointer(gone ? -1 : event.clientX, gone ? -1 : event.clientY, down, still ? 0 : 1);
    }

    // --- calls of the program, see imports.js

    request_frame() {
        if (this.frame_wanted) return;
        this.frame_wanted = true;
        const draw = () => { if (this.frame_wanted) this.draw_now(); };
        // A hidden page gets no animation frames, but what happens in it must still be heard.
        if (document.hidden) setTimeout(draw, 0);
        else requestAnimationFrame(draw);
    }

    draw_now() {
        if (this.drawing) return; // An event within a frame: the next frame has it.
        this.drawing = true;
        this.frame_wanted = false;
        this.frames += 1;
        try {
            this.program._shenbao_frame(performance.now());
        } finally {
            this.drawing = false;
        }
    }

    timer(number, milliseconds) { setTimeout(() => this.program._shenbao_timer(number), milliseconds); }

    async fetch(number, method, url, headers, body, milliseconds) {
        const stop = new AbortController();
        const patience = setTimeout(() => stop.abort(), milliseconds);
        this.pending.set(number, stop);
        let status = 0, head = "", bytes = new Uint8Array(0);
        try {
            const lines = headers ? headers.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)) : [];
            const answer = await fetch(url, { method, headers: lines, body: body.length ? body : undefined,
                signal: stop.signal, credentials: "same-origin", cache: "no-store", redirect: "error" });
            bytes = new Uint8Array(await answer.arrayBuffer());
            head = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
            status = answer.status;
        } catch {
            status = 0; // No answer, or only part of one: the program does not need to know why.
            bytes = new Uint8Array(0);
        }
        clearTimeout(patience);
        this.pending.delete(number);
        const head_bytes = text_encoder.encode(head);
        const both = new Uint8Array(head_bytes.length + bytes.length);
        both.set(head_bytes);
        both.set(bytes, head_bytes.length);
        this.give(both);
        this.program._shenbao_fetched(number, status, head_bytes.length, bytes.length);
    }

    cancel_fetch(number) { const stop = this.pending.get(number); if (stop) stop.abort(); }

    announce(text) {
        const polite = document.getElementById("polite");
        polite.textContent = polite.textContent === text ? `${text} ` : text;
    }

    download(name, type, bytes) {
        const url = URL.createObjectURL(new Blob([bytes], { type }));
        const link = document.createElement("a");
        link.href = url;
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(url), 60000);
    }

    // as_text: the file's words in UTF-8, in whatever encoding they are; else its bytes.
    pick_file(number, accept, as_text) {
        const input = document.createElement("input");
        input.type = "file";
        input.accept = accept;
        input.addEventListener("change", async () => {
            const file = input.files[0];
            if (!file) return;
            const name = text_encoder.encode(file.name), content = new Uint8Array(await file.arrayBuffer());
            const bytes = as_text ? text_encoder.encode(file_text(content)) : content;
            const both = new Uint8Array(name.length + bytes.length);
            both.set(name);
            both.set(bytes, name.length);
            this.give(both);
            this.program._shenbao_picked(number, name.length, bytes.length);
        });
        input.click();
    }

    async copy(text) {
        try {
            await navigator.clipboard.writeText(text);
        } catch {
            const area = document.createElement("textarea");
            area.value = text;
            document.body.append(area);
            area.select();
            document.execCommand("copy");
            area.remove();
        }
    }

    open_link(url) { window.open(url, "_blank", "noopener"); }

    // A page of its own in a hidden frame; the clerk sees the browser's print dialog.
    print_html(html) {
        if (this.print_frame) this.print_frame.remove();
        const frame = document.createElement("iframe");
        frame.className = "print";
        frame.title = "打印";
        frame.style.cssText = "position:fixed;right:0;bottom:0;width:1px;height:1px;border:0;visibility:hidden";
        frame.setAttribute("aria-hidden", "true");
        this.print_frame = frame;
        const url = URL.createObjectURL(new Blob([html], { type: "text/html;charset=utf-8" }));
        frame.addEventListener("load", () => {
            frame.contentWindow.focus();
            frame.contentWindow.print();
            setTimeout(() => URL.revokeObjectURL(url), 60000);
        });
        frame.src = url;
        document.body.append(frame);
    }
}
