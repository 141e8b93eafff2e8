// The first start on a bad line and the later ones without one, all with a processor four times slower:
// build/web as scripts/build made it, in a fresh profile. Then the start of a school that has filled in
// twelve declarations, without a line. Starts without a line are the median of five.
import fs from "node:fs";
import path from "node:path";
import { Chromium, new_profile } from "./chromium.mjs";
import { catalogue, declare, enrol, go, saved, unit_of_kind, webgl } from "./clerk.mjs";
import { Server } from "./server.mjs";
import { Site, root } from "./site.mjs";

const bad_line = { offline: false, latency: 400, downloadThroughput: 400000 / 8, uploadThroughput: 400000 / 8 };

const site = new Site(process.argv[2] || path.join(root, "build/web"));
await site.start();
const profile = new_profile();
let browser = await Chromium.start({ profile });

async function slow_page(line) {
    const page = await browser.page();
    const session = await browser.context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    if (line) {
        await session.send("Network.enable");
        await session.send("Network.emulateNetworkConditions", line);
    }
    return page;
}

// Milliseconds since the page was asked for until something can be clicked in it.
async function start(page, url) {
    const began = performance.now();
    await page.goto(url, { waitUntil: "commit", timeout: 60000 });
    const first_byte = performance.now() - began;
    await page.waitForFunction(() => document.getElementById("notice").hidden &&
        document.querySelector("#mirror button, #mirror input"), null, { timeout: 60000, polling: 20 });
    const usable = performance.now() - began;
    const words = await page.evaluate(() =>
        (performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN) - // No words: none waited.
        performance.getEntriesByType("navigation")[0].responseStart);
    return { usable, first_byte, words };
}

const kept_here = (page) => page.evaluate(async () => {
    while (!navigator.serviceWorker.controller || !(await caches.keys()).includes("shenbao-choice"))
        await new Promise((resolve) => setTimeout(resolve, 50));
});

// Closes the browser and starts it anew, five times, without a line; the median.
async function start_again(options, url) {
    const starts = [];
    for (let i = 0; i < 5; ++i) {
        await browser.close();
        browser = await Chromium.start(options);
        starts.push((await start(await slow_page(null), url)).usable);
    }
    return starts.sort((a, b) => a - b)[2];
}

async function a_school() {
    const server = new Server();
    const home = new_profile();
    try {
        await server.start();
        browser = await Chromium.start({ profile: home, args: webgl });
        const page = await browser.page();
        await page.goto(server.url);
        await enrol(server, page, unit_of_kind("secondary_vocational"));
        await go(page, "证书申报表");
        for (let i = 0; i < 12; ++i) {
            const certificate = catalogue[i % 4];
            await declare(page, i + 1, certificate, certificate.levels[i % certificate.levels.length], String(60 + i));
        }
        await saved(page);
        await kept_here(page);
        await server.stop();
        line("start of a school with 12 declarations, offline, CPU 4x slower",
            await start_again({ profile: home, args: webgl }, server.url));
    } finally {
        fs.rmSync(server.folder, { recursive: true, force: true });
        await browser.close();
        fs.rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    }
}

const line = (name, ms) => console.log(`${name.padEnd(62)} ${(ms / 1000).toFixed(2)} s`);
try {
    const first = await slow_page(bad_line);
    const cold = await start(first, site.url);
    line("first words after the first byte (to reach: 1 s)", cold.words);
    line("cold start, 400 kbit/s, 400 ms, CPU 4x slower (to reach: 15 s)", cold.usable);
    await kept_here(first);
    await site.stop();
    line("second start, offline, CPU 4x slower (to reach: 1.5 s)", await start_again({ profile }, site.url));
    await browser.close();
    await a_school();
} finally {
    await browser.close();
    if (site.server.listening) await site.stop();
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
