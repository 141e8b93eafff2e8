// The calls of disk.cpp and offline.cpp into the browser, by name; web/disk.js and web/offline.js do the
// work. The C++ declarations are in disk_imports.hpp, in the same order.
mergeInto(LibraryManager.library, {
    disk_page_count: function () { return Module['disk'].known.page_count; },
    disk_page_size: function (page) {
        var bytes = Module['disk'].pages.get(page);
        return bytes ? bytes.length : 0;
    },
    disk_read_page: function (page, into) { HEAPU8.set(Module['disk'].pages.get(page), into); },
    disk_loaded: function () {
        Module['disk'].pages = null;
        return Module['disk'].saved;
    },
    disk_commit: function (sequence, pageCount, numbers, bytes, count, pageBytes) {
        var pages = new Map();
        for (var i = 0; i < count; i++)
            pages.set(HEAPU32[(numbers >> 2) + i], HEAPU8.slice(bytes + i * pageBytes, bytes + (i + 1) * pageBytes));
        Module['disk'].commit(sequence, pageCount, pages);
    },
    disk_state: function (into) {
        var disk = Module['disk'];
        HEAPF64.set([disk.state, disk.saved, disk.pending, disk.saved_at, disk.persistence,
            disk.fault && disk.running ? 1 : 0], into >> 3);
    },
    disk_fault: function (into, bytesMax) {
        var fault = Module['disk'].fault;
        var bytes = new TextEncoder().encode(fault ? fault[0] + '\n' + fault[1] : '').subarray(0, bytesMax);
        HEAPU8.set(bytes, into);
        return bytes.length;
    },
    disk_retry: function () { Module['disk'].retry(); },
    disk_download: function (at, bytes, rehearsal) {
        Module['disk'].download(HEAPU8.slice(at, at + bytes), rehearsal);
    },
    disk_replace: function (at, bytes) { Module['disk'].replace(HEAPU8.slice(at, at + bytes)); },
    disk_ask_to_persist: function () { Module['disk'].ask_to_persist(); },
    disk_refuse: function (outcome, outcomeBytes, sentence, sentenceBytes, detail, detailBytes) {
        var decoder = new TextDecoder();
        var text = function (at, bytes) { return decoder.decode(HEAPU8.subarray(at, at + bytes)); };
        Module['disk'].refuse(text(outcome, outcomeBytes), text(sentence, sentenceBytes), text(detail, detailBytes));
    },
    offline_readiness: function () { return Module['offline'].readiness; },
    offline_update_waiting: function () { return Module['offline'].update_waiting ? 1 : 0; },
    offline_use_update: function () { return Module['offline'].use_update() ? 1 : 0; },
});
