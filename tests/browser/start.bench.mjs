// The first start on a bad line and the later ones without one, all with a processor four times slower:
// build/web (or the folder named) as scripts/build made it, in a fresh profile. Then the start of a school
// that has filled in twelve declarations, without a line. Starts without a line are the median of five.
// The floor is a page of nothing but one button that a service worker keeps, started in the same way.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Chromium, new_profile } from "./chromium.mjs";
import { catalogue, declare, enrol, go, saved, unit_of_kind } from "./clerk.mjs";
import { Server } from "./server.mjs";
import { Site, root } from "./site.mjs";

const bad_line = { offline: false, latency: 400, downloadThroughput: 400000 / 8, uploadThroughput: 400000 / 8 };
const starts = 5;

async function slow_page(browser, network) {
    const page = await browser.page();
    const session = await browser.context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    if (network) {
        await session.send("Network.enable");
        await session.send("Network.emulateNetworkConditions", network);
    }
    // The page itself tells when something can be clicked and has been drawn: to ask it again and again
    // takes playwright 300 KB of script, which on a slow processor would be a tenth of what is measured.
    await page.addInitScript(() => {
        new MutationObserver((_, observer) => {
            const notice = document.getElementById("notice");
            if (notice && !notice.hidden || !document.querySelector("#mirror button, #mirror input")) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => console.log("usable")));
        }).observe(document, { subtree: true, childList: true, attributeFilter: ["hidden"] });
    });
    return page;
}

// Milliseconds since the page was asked for until something can be clicked in it; and the first words'
// since the first byte came.
async function start(page, url) {
    const usable = page.waitForEvent("console", { predicate: (message) => message.text() === "usable", timeout: 60000 });
    const began = performance.now();
    await page.goto(url, { waitUntil: "commit", timeout: 60000 });
    await usable;
    const ms = performance.now() - began;
    const words = await page.evaluate(() =>
        (performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN) - // No words: none waited.
        performance.getEntriesByType("navigation")[0].responseStart);
    return { ms, words };
}

const kept_here = (page, cache) => page.evaluate(async (name) => {
    while (!navigator.serviceWorker.controller || !(await caches.keys()).includes(name))
        await new Promise((resolve) => setTimeout(resolve, 50));
}, cache);

// The median of several starts, each of a browser that was closed before.
async function start_again(profile, url) {
    const all = [];
    for (let i = 0; i < starts; ++i) {
        const browser = await Chromium.start({ profile });
        all.push((await start(await slow_page(browser), url)).ms);
        await browser.close();
    }
    return all.sort((a, b) => a - b)[starts >> 1];
}

// Visits the site in a browser of its own, leaves when `cache` is kept, and starts again without a line.
// visit: takes the browser, returns the page.
async function later_starts(url, stop, cache, visit) {
    const profile = new_profile();
    try {
        const browser = await Chromium.start({ profile });
        try {
            await kept_here(await visit(browser), cache);
        } finally {
            await browser.close();
        }
        await stop();
        return await start_again(profile, url);
    } finally {
        fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    }
}

async function floor() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shenbao-floor-"));
    const files = {
        "index.html": '<!doctype html><title>申报</title><script type="module" src="boot.js"></script><div id="mirror"></div>',
        "boot.js": 'document.getElementById("mirror").innerHTML = "<button>登记</button>";navigator.serviceWorker.register("sw.js");',
        "sw.js": `oninstall = (event) => event.waitUntil(caches.open("kept").then((cache) => cache.addAll(["./", "boot.js"])));
            onactivate = (event) => event.waitUntil(clients.claim());
            onfetch = (event) => event.respondWith(caches.match(event.request).then((kept) => kept || fetch(event.request)));`,
    };
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), content);
    const site = new Site(folder);
    await site.start();
    try {
        return await later_starts(site.url, () => site.stop(), "kept", async (browser) => {
            const page = await browser.page();
            await page.goto(site.url);
            return page;
        });
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

async function a_school() {
    const server = new Server();
    await server.start();
    try {
        return await later_starts(server.url, () => server.stop(), "shenbao-choice", async (browser) => {
            const page = await browser.page();
            await page.goto(server.url);
            await enrol(server, page, unit_of_kind("secondary_vocational"));
            await go(page, "证书申报表");
            for (let i = 0; i < 12; ++i) {
                const certificate = catalogue[i % 4];
                await declare(page, i + 1, certificate, certificate.levels[i % certificate.levels.length], String(60 + i));
            }
            await saved(page);
            return page;
        });
    } finally {
        await server.stop();
        fs.rmSync(server.folder, { recursive: true, force: true });
    }
}

const line = (name, ms) => console.log(`${name.padEnd(66)} ${(ms / 1000).toFixed(2)} s`);
const site = new Site(process.argv[2] || path.join(root, "build/web"));
await site.start();
try {
    const second = await later_starts(site.url, () => site.stop(), "shenbao-choice", async (browser) => {
        const page = await slow_page(browser, bad_line);
        const cold = await start(page, site.url);
        line("first words after the first byte (to reach: 1 s)", cold.words);
        line("cold start, 400 kbit/s, 400 ms, CPU 4x slower (to reach: 15 s)", cold.ms);
        return page;
    });
    line("second start, offline, CPU 4x slower (to reach: 1.5 s)", second);
    line("  floor: a page of one button, offline, CPU 4x slower", await floor());
    line("start of a school with 12 declarations, offline, CPU 4x slower", await a_school());
} finally {
    if (site.server.listening) await site.stop();
}
