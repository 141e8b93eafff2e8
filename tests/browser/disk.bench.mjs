// Keystroke to durable: a one-row upsert through SQLite, the page store and IndexedDB until the
// transaction is complete, beside the floor: a strict IndexedDB transaction that puts one page. Both
// alternate in the same run, over a database as large as a school's.
import fs from "node:fs";
import { Chromium, new_profile } from "./chromium.mjs";
import { probe_site } from "./site.mjs";

const rounds = Number(process.argv[2]) || 200;

const site = probe_site("bench");
await site.start();
const profile = new_profile();
const browser = await Chromium.start({ profile });
try {
    const page = await browser.page();
    await page.goto(site.url);
    await page.waitForFunction(() => window.probe);
    const measured = await page.evaluate(async (count) => {
        const { probe } = window, { disk } = probe;
        const tell = disk.tell;
        let heard = () => {};
        disk.tell = function () { tell.call(this); if (disk.pending === 0) heard(); };
        const complete = (act) => new Promise((resolve) => { heard = resolve; act(); });
        await complete(() => probe.run("INSERT INTO typed SELECT value, 'headcount', 'text of row ' || value FROM " +
            "(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 20000) SELECT value FROM n)"));
        const floor_database = await new Promise((resolve) => {
            const request = indexedDB.open("floor", 1);
            request.onupgradeneeded = () => request.result.createObjectStore("pages");
            request.onsuccess = () => resolve(request.result);
        });
        const one_put = () => new Promise((resolve, reject) => {
            const transaction = floor_database.transaction("pages", "readwrite", { durability: "strict" });
            transaction.objectStore("pages").put(new Uint8Array(4096).fill(7), 1);
            transaction.oncomplete = resolve;
            transaction.onabort = reject;
            if (transaction.commit) transaction.commit();
        });
        let pages = 0;
        const write = disk.write;
        disk.write = function (batch) { pages += batch.pages.size; return write.call(this, batch); };
        const keystrokes = [], floors = [], inside = [];
        for (let i = 0; i < count; ++i) {
            let began = performance.now();
            await complete(() => {
                probe.type(1 + (i * 7919) % 20000, `typed ${i}`);
                inside.push(performance.now() - began);
            });
            keystrokes.push(performance.now() - began);
            began = performance.now();
            await one_put();
            floors.push(performance.now() - began);
        }
        return { keystrokes, floors, inside, pages, stored: disk.known.page_count, durability: disk.durability };
    }, rounds);
    const at = (numbers, part) => [...numbers].sort((a, b) => a - b)[Math.ceil(numbers.length * part) - 1].toFixed(1);
    const line = (name, numbers) => console.log(
        `${name.padEnd(44)} p50 ${at(numbers, 0.5)} ms  p95 ${at(numbers, 0.95)} ms  worst ${at(numbers, 1)} ms`);
    console.log(`${rounds} keystrokes, database of ${measured.stored} pages, durability ${measured.durability}, ` +
        `${(measured.pages / rounds).toFixed(2)} pages a keystroke`);
    line("keystroke to durable (to reach: p95 50 ms)", measured.keystrokes);
    line("  of that until the pages are handed over", measured.inside);
    line("floor: strict transaction of one put", measured.floors);
} finally {
    await browser.close();
    await site.stop();
    fs.rmSync(site.folder, { recursive: true });
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
