// Keeps the program on this machine, so that it starts without a network from the first visit on.
//
// Exactly the files of the build list are kept, each only after its SHA-256 was checked; a build is
// complete, and used, only when all of them are there. Nothing else is ever kept: what the server says
// (/api) belongs to the program, which keeps it in its own database.
//
// A newer build is fetched beside the old one, and the old one goes on being served, also after the
// browser was closed, until the page asks for the newer one ("use"). The waiting state that browsers
// have for this would end by itself with the last tab, so it is not used: which build is served is
// written down in a cache of its own.
"use strict";

// { id, files: [{ path, sha256, bytes }] }, paths relative to this file; scripts/assemble_web fills it in.
const build = null;

const build_prefix = "shenbao-build-";
const list_name = "build-list"; // In each build's cache, written last.
const choice_cache = "shenbao-choice";
const choice_name = "chosen-build";

const home = new URL("./", self.location);
const address = (path) => new URL(path, home).href;

self.addEventListener("install", (event) => {
    event.waitUntil(keep_build().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
    event.waitUntil(settle().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
    if (event.request.method !== "GET") return;
    const url = new URL(event.request.url);
    if (url.origin !== home.origin || !url.pathname.startsWith(home.pathname)) return;
    const path = url.pathname.slice(home.pathname.length).replace(/^(index\.html)?$/, "./");
    if (path.startsWith("api/")) return;
    event.respondWith(answer(event.request, path));
});

self.addEventListener("message", (event) => {
    const port = event.ports[0];
    if (!port) return;
    const done = async () => {
        if (event.data.ask === "status") return status(event.data.running);
        if (event.data.ask === "use") return use(event.data.build);
        return null;
    };
    event.waitUntil(done().then((said) => port.postMessage(said), () => port.postMessage(null)));
});

// --- keeping a build

async function keep_build() {
    const cache = await caches.open(build_prefix + build.id);
    if (await list_of(build.id)) return;
    // What an interrupted attempt or another build has already brought is not fetched again.
    const others = (await caches.keys()).filter((name) => name.startsWith(build_prefix));
    for (const file of build.files) {
        const kept = await find_kept(others, file);
        await cache.put(address(file.path), kept || await fetch_checked(file));
    }
    await cache.put(address(list_name), new Response(JSON.stringify(build)));
}

async function find_kept(cache_names, file) {
    for (const name of cache_names) {
        // caches.open() would bring an empty one back, were it deleted meanwhile.
        const found = await caches.match(address(file.path), { cacheName: name });
        if (!found) continue;
        const bytes = await found.clone().arrayBuffer();
        if (await is_file(bytes, file)) return found;
    }
    return null;
}

async function is_file(bytes, file) {
    if (bytes.byteLength !== file.bytes) return false;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === file.sha256;
}

async function fetch_checked(file) {
    // The page has just loaded most of them: what carries its hash in its name may come from the
    // browser's own cache, what does not is asked for anew.
    const first = /-[0-9a-f]{16}\./.test(file.path) ? "default" : "no-cache";
    for (const cache of [first, "reload"]) {
        const answered = await fetch(address(file.path), { cache, credentials: "same-origin", redirect: "error" });
        if (!answered.ok) continue;
        const bytes = await answered.arrayBuffer();
        if (await is_file(bytes, file)) return new Response(bytes, { headers: lasting_headers(answered.headers) });
    }
    throw new Error(`${file.path} is not the file of build ${build.id}`);
}

// Without those that describe this one transfer; the policies stay.
function lasting_headers(headers) {
    const passing = new Set(["content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive",
        "date", "age", "etag", "vary", "cache-control"]);
    return [...headers].filter(([name]) => !passing.has(name.toLowerCase()));
}

// --- which build is served

// The list of a build that is complete here, or null.
async function list_of(id) {
    if (!await caches.has(build_prefix + id)) return null;
    const found = await (await caches.open(build_prefix + id)).match(address(list_name));
    return found ? found.json() : null;
}

async function chosen_id() {
    const found = await (await caches.open(choice_cache)).match(address(choice_name));
    return found ? found.text() : null;
}

let serving = null; // Promise of { cache, paths } of the chosen build; null when it must be looked up.

function chosen_build() {
    if (!serving) serving = (async () => {
        const id = await chosen_id();
        const list = id && await list_of(id);
        if (!list) return null;
        return { cache: await caches.open(build_prefix + id), paths: new Set(list.files.map((file) => file.path)) };
    })();
    return serving;
}

async function choose(id) {
    await (await caches.open(choice_cache)).put(address(choice_name), new Response(id));
    serving = null;
    for (const name of await caches.keys())
        if (name.startsWith(build_prefix) && name !== build_prefix + id && name !== build_prefix + build.id)
            await caches.delete(name);
}

async function settle() {
    const id = await chosen_id();
    await choose(id && await list_of(id) ? id : build.id);
}

async function answer(request, path) {
    const kept = await chosen_build().catch(() => null);
    if (kept && kept.paths.has(path)) {
        const found = await kept.cache.match(address(path));
        if (found) return found;
    }
    return fetch(request);
}

// --- what the page asks

async function status(running) {
    const newest = await list_of(build.id) ? build.id : null;
    // A page that was loaded past this worker (a forced reload) and already is the newest stays it.
    if (newest && running === newest && await chosen_id() !== newest) await choose(newest);
    return { newest };
}

async function use(id) {
    if (!await list_of(id)) return false;
    await choose(id);
    // The page loads itself again now; what it was loaded from is gone with the next choice.
    return true;
}
