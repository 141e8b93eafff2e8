// Looks whether this browser can carry the program, then loads it with honest progress (index.html has the
// browser ask for it at once). Every refusal is a sentence that says what to do.

import { Refused, open_disk } from "./disk.js";
import { hide_notice, hold_notice, say, show_progress } from "./notice.js";
import { Offline } from "./offline.js";
import { Page } from "./page.js";
import make_program from "./shenbao.js";

// A slip's QR code brings a code behind #, which no server is sent. It is not left where others read it.
const address = window.location.href;
const brings_code = () => window.location.hash.startsWith("#code=");
if (brings_code()) window.history.replaceState(null, "", window.location.pathname);
window.addEventListener("hashchange", () => { if (brings_code()) window.location.reload(); });

const again = [["重新打开", () => window.location.reload()]];

const other = "请换用新版 Edge 或 Chrome；360、QQ、搜狗等浏览器请切换到“极速模式”后刷新本页。";

const no_picture = ["浏览器不能显示本页", `本页需要 WebGL2 图形功能。请在浏览器设置中打开“使用硬件加速”并重开浏览器；如仍不行，${other}`];

// What is missing, as [title, sentence], or null. Whether there is a graphics device behind WebGL2 is seen
// only when it is asked for: see start().
function what_is_missing() {
    if (!window.isSecureContext)
        return ["请换一个网址打开", "本页要用 https 开头的网址（本机可用 http://localhost）打开，才能离线保存和签名。请向主管部门索取正确的网址。"];
    if (typeof WebAssembly !== "object" || typeof BigInt64Array !== "function")
        return ["浏览器版本太旧", other];
    if (typeof WebGL2RenderingContext !== "function") return no_picture;
    let stores = false;
    try { stores = Boolean(window.indexedDB); } catch { stores = false; }
    if (!stores)
        return ["浏览器不允许本页保存数据", "填写的内容无处可存。请关闭无痕模式，或在浏览器设置中允许本网站保存数据，然后刷新本页。"];
    return null;
}

// Compiles while it loads and shows how far it is. total: bytes of the program as compiled.
async function load_program(total) {
    const answer = await fetch("shenbao.wasm");
    if (!answer.ok) throw new Error(`program: ${answer.status}`);
    // Kept on this machine by the service worker: nothing to wait for, and the browser may keep what it
    // has compiled.
    if (kept_here()) return WebAssembly.compileStreaming(answer);
    if (!answer.body || typeof TransformStream !== "function" || !total)
        return WebAssembly.compile(await answer.arrayBuffer());
    let read = 0;
    const counted = answer.body.pipeThrough(new TransformStream({
        transform(piece, sink) {
            read += piece.length;
            show_progress(Math.min(1, read / total));
            sink.enqueue(piece);
        },
    }));
    return WebAssembly.compileStreaming(new Response(counted, { headers: { "Content-Type": "application/wasm" } }));
}

// The program, made but not begun: it has a page, and no disk yet.
const make = (page, loading) => new Promise((resolve, reject) => {
    make_program({
        page,
        noInitialRun: true,
        instantiateWasm(imports, done) {
            loading.then(async (module) => done(await WebAssembly.instantiate(module, imports), module)).catch(reject);
            return {};
        },
    }).then(resolve, reject);
});

const kept_here = () => Boolean(navigator.serviceWorker && navigator.serviceWorker.controller);

async function start() {
    if (kept_here()) hold_notice(1500);
    const missing = what_is_missing();
    if (missing) {
        say(...missing);
        return;
    }
    const opening = open_disk(say); // Before the program, whose bytes keep the page busy when they come.
    const loading = load_program(Number(document.documentElement.dataset.programBytes) || 0);
    const page = new Page(document.getElementById("drawing"), document.getElementById("mirror"), address);
    const making = make(page, loading);
    making.catch(() => {}); // Told below, where it is waited for.
    const disk = await opening; // Waits here while another tab is the one that writes.
    const offline = disk.offline = new Offline(disk);
    const program = Object.assign(await making, { disk, offline });
    // Not asked for earlier: right after the browser's own start this waits for the graphics process.
    if (!page.picture.begin()) {
        say(...no_picture);
        return;
    }
    window.__shenbao = {
        get frames() { return page.frames; },
        get saved() { return disk.saved; }, // Sequence number of the newest durable commit.
        get pending() { return disk.pending; },
        page,
    };
    page.attach(program);
    disk.attach(program);
    offline.attach(program);
    hide_notice();
    program._shenbao_start(); // May bring the notice back with what keeps it from starting.
    offline.start();
}

function failed(fault) {
    if (fault instanceof Refused) {
        say(fault.title, fault.text, fault.choices);
        return;
    }
    console.error(fault);
    say("没有打开", "网络不通或下载中断。请检查网络后再试；以前填写的内容还在本机，没有丢失。", again);
}

start().catch(failed);
