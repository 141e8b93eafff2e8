// The service worker: the whole program on this machine from the first visit on, verified, and changed
// only when asked. Over the disk probe, whose pages and files are made by scripts/assemble_web as the
// real ones are.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Chromium, new_profile } from "./chromium.mjs";
import { Site, probe_site } from "./site.mjs";

let one, two, three, site, profile, browser;

before(() => { [one, two, three] = ["one", "two", "three"].map(probe_site); });
after(() => { for (const made of [one, two, three]) fs.rmSync(made.folder, { recursive: true }); });

beforeEach(async () => {
    site = new Site(one.folder);
    site.answers.set("/api/v1/server", [200, "application/json", '{"name":"first"}']);
    await site.start();
    profile = new_profile();
    browser = await Chromium.start({ profile });
});

afterEach(async () => {
    await browser.close();
    if (site.server.listening) await site.stop();
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

async function started(page) {
    await page.waitForFunction(() => window.probe, null, { timeout: 20000 });
}

async function open() {
    const page = await browser.page();
    await page.goto(site.url);
    await started(page);
    return page;
}

const whole = (page) =>
    page.waitForFunction(() => window.probe.saving().readiness === 2, null, { timeout: 20000 });
const mark = (page) => page.evaluate(() => window.mark);
const caches_of = (page) => page.evaluate(async () => {
    const kept = {};
    for (const name of await caches.keys())
        kept[name] = (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname);
    return kept;
});
// Another build lies on the server from now on.
const deploy = (other) => { site.folder = other.folder; };
const look = (page) => page.evaluate(() => window.probe.offline.look());
const update_waits = (page) =>
    page.waitForFunction(() => window.probe.saving().update, null, { timeout: 20000 });
const build_of = (other) =>
    /data-build="([0-9a-f]+)"/.exec(fs.readFileSync(path.join(other.folder, "index.html"), "utf8"))[1];

test("offline from the first visit on, without the page being loaded twice", async () => {
    const page = await open();
    await whole(page);
    await page.evaluate(() => window.probe.save(1, "亳州"));
    await site.stop();
    await page.reload();
    await started(page);
    assert.equal(await page.evaluate(() => window.probe.rows()), "1=亳州\n");
    // And after the whole browser was closed.
    await browser.close();
    browser = await Chromium.start({ profile });
    const again = await open();
    assert.equal(await again.evaluate(() => window.probe.rows()), "1=亳州\n");
    await again.evaluate(() => window.probe.save(2, "without a line"));
});

test("nothing large is fetched twice on the first visit", async () => {
    const page = await open();
    await whole(page);
    const wasm = site.requests.filter((name) => name.endsWith(".wasm"));
    assert.equal(wasm.length, 1, `${wasm}`);
});

test("exactly the build's files are kept, and /api never", async () => {
    const page = await open();
    await whole(page);
    const answer = () => page.evaluate(async () => (await fetch("api/v1/server")).text());
    assert.match(await answer(), /first/);
    site.answers.set("/api/v1/server", [200, "application/json", '{"name":"second"}']);
    assert.match(await answer(), /second/);
    assert.equal(await page.evaluate(async () => (await fetch("not-there")).status), 404);
    const kept = await caches_of(page);
    const files = fs.readdirSync(one.folder, { recursive: true })
        .filter((name) => fs.statSync(path.join(one.folder, name)).isFile() && !/\.(br|gz)$|^sw\.js$/.test(name))
        .map((name) => (name === "index.html" ? "/" : `/${name}`));
    assert.deepEqual(kept[`shenbao-build-${build_of(one)}`].sort(), [...files, "/build-list"].sort());
    assert.deepEqual(Object.keys(kept).sort(), [`shenbao-build-${build_of(one)}`, "shenbao-choice"]);
    await site.stop();
    assert.equal(await page.evaluate(() => fetch("api/v1/server").then(() => "answered", () => "no line")), "no line");
});

test("a newer build waits until it is asked for, also over a restart of the browser", async () => {
    let page = await open();
    await whole(page);
    await page.evaluate(() => window.probe.save(1, "written by one"));
    deploy(two);
    await look(page);
    await update_waits(page);
    assert.equal(await mark(page), "one");
    for (let i = 0; i < 2; ++i) {
        await page.reload();
        await started(page);
        assert.equal(await mark(page), "one");
        await update_waits(page);
    }
    await browser.close();
    browser = await Chromium.start({ profile });
    page = await open();
    assert.equal(await mark(page), "one");
    await update_waits(page);

    const loaded = page.waitForEvent("load");
    assert.equal(await page.evaluate(() => window.probe.use_update()), true);
    await loaded;
    await started(page);
    assert.equal(await mark(page), "two");
    assert.equal(await page.evaluate(() => window.probe.rows()), "1=written by one\n");
    await whole(page);
    assert.equal(await page.evaluate(() => window.probe.saving().update), false);
    assert.deepEqual(Object.keys(await caches_of(page)).sort(), [`shenbao-build-${build_of(two)}`, "shenbao-choice"]);
    await site.stop();
    await page.reload();
    await started(page);
    assert.equal(await mark(page), "two");
});

test("never with an unsaved commit", async () => {
    const page = await open();
    await whole(page);
    deploy(two);
    await look(page);
    await update_waits(page);
    const asked = await page.evaluate(() => {
        window.probe.type(1, "not yet saved");
        return window.probe.use_update();
    });
    assert.equal(asked, false);
    await page.waitForFunction(() => window.probe.saving().state === "saved");
    const loaded = page.waitForEvent("load");
    assert.equal(await page.evaluate(() => window.probe.use_update()), true);
    await loaded;
    await started(page);
    assert.equal(await page.evaluate(() => window.probe.rows()), "1=not yet saved\n");
});

test("two builds later only the newest waits", async () => {
    const page = await open();
    await whole(page);
    deploy(two);
    await look(page);
    await update_waits(page);
    deploy(three);
    await look(page);
    await page.waitForFunction((build) => window.probe.offline.newest === build, build_of(three));
    // The new worker answers before it has put the caches in order.
    // Only their names are asked for: caches.open() would bring back what is being deleted.
    const names = () => page.evaluate(() => caches.keys());
    for (let tries = 0; (await names()).length > 3 && tries < 600; ++tries)
        await new Promise((resolve) => setTimeout(resolve, 50));
    const kept = (await names()).sort();
    assert.deepEqual(kept, [`shenbao-build-${build_of(one)}`, `shenbao-build-${build_of(three)}`, "shenbao-choice"].sort());
    const loaded = page.waitForEvent("load");
    await page.evaluate(() => window.probe.use_update());
    await loaded;
    await started(page);
    assert.equal(await mark(page), "three");
});

test("a file that is not the build's is never kept; the build comes when it is right", async () => {
    let page = await open();
    await whole(page);
    deploy(two);
    const boot = fs.readdirSync(two.folder).find((name) => /^boot-.*\.js$/.test(name));
    const right = fs.readFileSync(path.join(two.folder, boot));
    const bad = Buffer.from(right);
    bad[0] ^= 1;
    site.wrong.set(`/${boot}`, bad);
    await look(page);
    await page.waitForFunction(() => !window.probe.offline.registration.installing);
    await page.reload();
    await started(page);
    assert.equal(await mark(page), "one");
    assert.equal(await page.evaluate(() => window.probe.saving().update), false);
    const kept = await caches_of(page);
    assert.ok(!(kept[`shenbao-build-${build_of(two)}`] || []).includes("/build-list"));
    assert.ok(!(kept[`shenbao-build-${build_of(two)}`] || []).includes(`/${boot}`));
    site.wrong.clear();
    await look(page);
    await update_waits(page);
});

test("a half-finished install is gone on with, not begun anew", async () => {
    const page = await browser.page();
    site.answers.set("/manifest.webmanifest", [503, "text/plain", "cut"]); // In the middle of the list.
    await page.goto(site.url);
    await started(page);
    await page.waitForFunction(() => window.probe.saving().readiness === 0, null, { timeout: 20000 });
    const kept = Object.values(await caches_of(page)).flat();
    assert.ok(kept.includes("/") && !kept.includes("/build-list"), `${kept}`);
    await page.evaluate(() => window.probe.save(1, "works all the same"));
    await page.close();
    site.answers.delete("/manifest.webmanifest");
    site.requests.length = 0;
    const again = await open();
    await whole(again);
    assert.equal(site.requests.filter((name) => name === "/").length, 1, "by the page, not by the worker");
    await site.stop();
    await again.reload();
    await started(again);
    assert.equal(await again.evaluate(() => window.probe.rows()), "1=works all the same\n");
});

test("a page that was loaded past the worker and is the newest stays it", async () => {
    const page = await open();
    await whole(page);
    deploy(two);
    await look(page);
    await update_waits(page);
    const session = await browser.context.newCDPSession(page);
    const loaded = page.waitForEvent("load");
    await session.send("Page.reload", { ignoreCache: true });
    await loaded;
    await started(page);
    assert.equal(await mark(page), "two");
    await page.reload();
    await started(page);
    await whole(page);
    await page.reload();
    await started(page);
    assert.equal(await mark(page), "two");
});

test("an old page over newer data gets the newer program by its button", async () => {
    const page = await open();
    await whole(page);
    // A newer program has raised the schema; this browser still has the older page.
    await page.goto(`${site.url}?schema=2`);
    await started(page);
    await page.evaluate(() => window.probe.save(1, "newer"));
    deploy(two);
    await page.goto(site.url);
    await page.getByRole("button", { name: "更新程序" }).waitFor();
    const loaded = page.waitForEvent("load");
    await page.getByRole("button", { name: "更新程序" }).click();
    await loaded;
    await started(page);
    assert.equal(await mark(page), "two");
});
