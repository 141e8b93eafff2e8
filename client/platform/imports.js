// Every call of the program into the browser, by name; web/page.js does the work. The C++ declarations
// are in imports.hpp, in the same order.
mergeInto(LibraryManager.library, {
    $page_text: function (at, bytes) { return page_decoder.decode(HEAPU8.subarray(at, at + bytes)); },
    $page_decoder: 'new TextDecoder()',
    $page_text__deps: ['$page_decoder'],

    page_begin: function () { Module['page'].memory = function () { return HEAPU8; }; },
    page_request_frame: function () { Module['page'].request_frame(); },
    page_glyph_measure: function (face, pixels, codePoint, shift, into) {
        HEAPF32.set(Module['page'].glyphs.measure(face, pixels, codePoint, shift), into >> 2);
    },
    page_glyph_keep: function () { Module['page'].glyphs.keep(); },
    page_glyphs_take: function (into, bytes) {
        Module['page'].glyphs.take(HEAPU8.subarray(into, into + bytes));
    },
    page_font_metrics: function (face, pixels, into) {
        HEAPF32.set(Module['page'].glyphs.metrics(face, pixels), into >> 2);
    },
    page_picture_begin: function () { return Module['page'].picture.begin() ? 1 : 0; },
    page_picture_texture: function (at, w, h) { return Module['page'].picture.texture(HEAPU8, at, w, h); },
    page_picture_update: function (texture, at, textureWidth, x, y, w, h) {
        Module['page'].picture.update(texture, HEAPU8, at, textureWidth, x, y, w, h);
    },
    page_picture_delete: function (texture) { Module['page'].picture.remove(texture); },
    page_picture_clear: function (w, h, cssWidth, cssHeight) { Module['page'].picture.clear(w, h, cssWidth, cssHeight); },
    page_picture_list: function (vertices, vertexBytes, indices, indexBytes) {
        Module['page'].picture.list(HEAPU8, vertices, vertexBytes, indices, indexBytes);
    },
    page_picture_triangles: function (texture, x, y, w, h, firstVertex, firstIndex, indices) {
        Module['page'].picture.triangles(texture, x, y, w, h, firstVertex, firstIndex, indices);
    },
    page_mirror: function (at, bytes) { Module['page'].mirror.update(HEAPU8.subarray(at, at + bytes)); },
    page_focus: function (handle) { Module['page'].mirror.focus(handle); },
    page_blur: function () { Module['page'].mirror.blur(); },
    page_scroll_to: function (handle, x, y) { Module['page'].mirror.scroll_to(handle, x, y); },
    page_reveal: function (handle) { Module['page'].mirror.reveal(handle); },
    page_announce__deps: ['$page_text'],
    page_announce: function (at, bytes) { Module['page'].announce(page_text(at, bytes)); },
    page_title__deps: ['$page_text'],
    page_title: function (at, bytes) { document.title = page_text(at, bytes); },
    page_timer: function (number, milliseconds) { Module['page'].timer(number, milliseconds); },
    page_fetch__deps: ['$page_text'],
    page_fetch: function (number, method, methodBytes, url, urlBytes, headers, headersBytes, body, bodyBytes, milliseconds) {
        Module['page'].fetch(number, page_text(method, methodBytes), page_text(url, urlBytes),
            page_text(headers, headersBytes), HEAPU8.slice(body, body + bodyBytes), milliseconds);
    },
    page_cancel_fetch: function (number) { Module['page'].cancel_fetch(number); },
    page_download__deps: ['$page_text'],
    page_download: function (name, nameBytes, type, typeBytes, body, bodyBytes) {
        Module['page'].download(page_text(name, nameBytes), page_text(type, typeBytes), HEAPU8.slice(body, body + bodyBytes));
    },
    page_pick_file__deps: ['$page_text'],
    page_pick_file: function (number, accept, acceptBytes, asText) {
        Module['page'].pick_file(number, page_text(accept, acceptBytes), asText !== 0);
    },
    page_copy__deps: ['$page_text'],
    page_copy: function (at, bytes) { Module['page'].copy(page_text(at, bytes)); },
    page_open_link__deps: ['$page_text'],
    page_open_link: function (at, bytes) { Module['page'].open_link(page_text(at, bytes)); },
    page_print__deps: ['$page_text'],
    page_print: function (at, bytes) { Module['page'].print_html(page_text(at, bytes)); },
    page_online: function () { return navigator.onLine ? 1 : 0; },
    page_visible: function () { return document.hidden ? 0 : 1; },
    page_reload: function () { window.location.reload(); },
    page_address: function (into, bytesMax) {
        var bytes = new TextEncoder().encode(Module['page'].address).subarray(0, bytesMax);
        HEAPU8.set(bytes, into);
        return bytes.length;
    },
});
