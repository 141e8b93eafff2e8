// Lets the page see the program's memory, as client/platform/imports.js does for the real page.
mergeInto(LibraryManager.library, {
    probe_begin: function () { Module['memory'] = function () { return HEAPU8; }; },
});
