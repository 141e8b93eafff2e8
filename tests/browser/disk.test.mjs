// Saved means saved: the disk probe (probe/main.cpp) in a real Chromium over real IndexedDB. What can
// go wrong is made to go wrong from outside, by patching IndexedDB before the page starts.
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { Chromium, failing, new_profile } from "./chromium.mjs";
import { probe_site } from "./site.mjs";

let site;
const profiles = [];

before(async () => {
    site = probe_site("one");
    await site.start();
});

after(async () => {
    await site.stop();
    fs.rmSync(site.folder, { recursive: true });
    for (const profile of profiles) fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

function profile() {
    profiles.push(new_profile());
    return profiles.at(-1);
}

async function with_browser(act, options = {}) {
    const browser = await Chromium.start({ profile: profile(), ...options });
    try {
        await act(browser);
    } finally {
        await browser.close();
    }
}

const ready = (page) => page.waitForFunction(() => window.probe, null, { timeout: 20000 });

async function open(browser, { init, query = "" } = {}) {
    const page = await browser.page();
    for (const script of [init ?? []].flat()) await page.addInitScript(script);
    await page.goto(site.url + query);
    await ready(page);
    return page;
}

const notice = (page) => page.locator("#notice").innerText();
const rows_of = (page) => page.evaluate(() => window.probe.rows());
const saving_of = (page) => page.evaluate(() => window.probe.saving());

// --- saved means saved ------------------------------------------------------------------------------

test("what was saved is there after SIGKILL, again and again", async () => {
    const folder = profile();
    const expected = new Map();
    for (let round = 0; round < 4; ++round) {
        const browser = await Chromium.start({ profile: folder });
        try {
            const page = await open(browser);
            const found = await rows_of(page);
            assert.equal(found, [...expected].sort((a, b) => a[0] - b[0]).map(([row, text]) => `${row}=${text}\n`).join(""));
            assert.equal(await page.evaluate(() => window.probe.integrity()), "ok");
            for (let i = 0; i < 12; ++i) {
                const row = (round * 5 + i) % 17, text = `亳州${round}-${i}-𠮷`;
                await page.evaluate(([r, t]) => window.probe.save(r, t), [row, text]);
                expected.set(row, text);
            }
        } finally {
            await browser.kill(); // At once after the last was saved.
        }
    }
});

test("a kill in the middle of a burst leaves a whole earlier state", async () => {
    const folder = profile();
    let known = 0;
    for (let round = 0; round < 4; ++round) {
        const browser = await Chromium.start({ profile: folder });
        try {
            const page = await open(browser);
            assert.equal(await page.evaluate(() => window.probe.integrity()), "ok");
            // Each transaction writes the same number into 40 rows: a torn state would show two numbers.
            const numbers = new Set((await rows_of(page)).split("\n").filter(Boolean).map((line) => line.split("=")[1]));
            assert.ok(numbers.size <= 1, `torn: ${[...numbers]}`);
            if (numbers.size) {
                const found = Number([...numbers][0]);
                assert.ok(found >= known, `${found} is older than ${known}, which was saved`);
            }
            await page.exposeFunction("saved_to", (number) => { known = number; });
            await page.evaluate((start) => {
                let number = start;
                const burst = () => {
                    number += 1;
                    const values = Array.from({ length: 40 }, (_, row) => `(${row},'n','${number}')`).join(",");
                    const sequence = window.probe.run(`BEGIN; INSERT OR REPLACE INTO typed VALUES${values}; COMMIT`);
                    const mine = number;
                    window.probe.saved_after(sequence).then(() => window.saved_to(mine));
                    setTimeout(burst, 3);
                };
                burst();
            }, known + 1000);
            await new Promise((resolve) => setTimeout(resolve, 300 + round * 111));
        } finally {
            await browser.kill();
        }
    }
    assert.ok(known > 1000);
});

test("one commit is on its way at a time, and the next takes all that came meanwhile", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser, { init: () => {
            window.transactions = { now: 0, most: 0, all: 0, strict: 0 };
            const real = IDBDatabase.prototype.transaction;
            IDBDatabase.prototype.transaction = function (stores, mode, options) {
                const made = real.call(this, stores, mode, options);
                if (mode !== "readwrite") return made;
                const count = window.transactions;
                count.all += 1;
                count.strict += options.durability === "strict" && made.durability === "strict";
                count.most = Math.max(count.most, ++count.now);
                made.addEventListener("complete", () => { count.now -= 1; });
                return made;
            };
        } });
        const counts = await page.evaluate(async () => {
            await window.probe.saved_after(window.probe.disk.given);
            const { disk } = window.probe, start = disk.saved, tell = disk.tell, told = [];
            disk.tell = function () { told.push(disk.saved - start); tell.call(disk); };
            window.transactions = { now: 0, most: 0, all: 0, strict: 0 };
            let sequence;
            for (let i = 0; i < 100; ++i) sequence = window.probe.type(i % 7, `t${i}`);
            const said = window.probe.saving().state;
            await window.probe.saved_after(sequence);
            return { ...window.transactions, said, told, then: window.probe.saving() };
        });
        assert.deepEqual(counts.told, [1, 100], "the first was on its way alone; saved says no more than is true");
        assert.equal(counts.most, 1);
        assert.equal(counts.strict, counts.all);
        assert.equal(counts.all, 2, "transactions for 100 commits");
        assert.equal(counts.said, "saving");
        assert.equal(counts.then.state, "saved");
        assert.equal(counts.then.pending, 0);
        assert.ok(counts.then.heard > 0, "the program heard of it");
        await page.reload();
        await ready(page);
        assert.match(await rows_of(page), /^0=t98\n1=t99\n/);
    });
});

test("a database that shrinks leaves no pages behind", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser);
        const counts = await page.evaluate(async () => {
            const stored = () => new Promise((resolve) => {
                const pages = window.probe.disk.database.transaction("pages").objectStore("pages").count();
                pages.onsuccess = () => resolve(pages.result);
            });
            await window.probe.saved_after(window.probe.run(
                "INSERT INTO typed SELECT value, 'pad', hex(zeroblob(3000)) FROM (WITH RECURSIVE n(value) AS " +
                "(SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 200) SELECT value FROM n)"));
            const large = await stored();
            await window.probe.saved_after(window.probe.run("DELETE FROM typed WHERE row > 3; VACUUM"));
            return { large, small: await stored() };
        });
        assert.ok(counts.large > 200 && counts.small < 20, JSON.stringify(counts));
        await page.reload();
        await ready(page);
        assert.equal(await page.evaluate(() => window.probe.integrity()), "ok");
        assert.equal((await rows_of(page)).split("\n").length - 1, 3);
    });
});

test("the page asks before it is closed only while something is not saved", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser, { init: () => {
            window.guards = 0;
            for (const [name, step] of [["addEventListener", 1], ["removeEventListener", -1]]) {
                const real = window[name];
                window[name] = function (kind, ...rest) {
                    if (kind === "beforeunload") window.guards += step;
                    return real.call(this, kind, ...rest);
                };
            }
        } });
        const guards = await page.evaluate(async () => {
            await window.probe.save(1, "a");
            const before = window.guards;
            const sequence = window.probe.type(1, "b");
            const during = window.guards;
            await window.probe.saved_after(sequence);
            return [before, during, window.guards];
        });
        assert.deepEqual(guards, [0, 1, 0]);
    });
});

// --- failures -----------------------------------------------------------------------------------------

test("a failure that passes is not seen: fresh connection, same content", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser, { init: failing });
        for (const how of ["throws", "aborts", "quota"]) {
            const after = await page.evaluate(async (kind) => {
                window.fail = { times: 2, how: kind };
                const connection = window.probe.disk.database;
                await window.probe.save(1, `after ${kind}`);
                return { fresh: window.probe.disk.database !== connection, saving: window.probe.saving() };
            }, how);
            assert.equal(after.saving.state, "saved", how);
            assert.ok(after.fresh, how);
            await page.reload();
            await ready(page);
            assert.equal(await rows_of(page), `1=after ${how}\n`);
        }
    });
});

// Row 1 is saved; then the disk is full, and row 2 could not be.
async function open_with_full_disk(browser) {
    const page = await open(browser, { init: failing });
    await page.evaluate(async () => {
        await window.probe.save(1, "before");
        window.fail = { times: -1, how: "quota" };
        window.probe.type(2, "未保存");
    });
    await page.waitForFunction(() => window.probe.saving().state === "failed", null, { timeout: 30000 });
    return page;
}

test("a disk that stays full: red with the reason, rescue file, and saved once there is room", async () => {
    await with_browser(async (browser) => {
        const page = await open_with_full_disk(browser);
        const failed = await saving_of(page);
        assert.equal(failed.outcome, "storage_full");
        assert.equal(failed.pending, 1);
        // Still everything can be kept by hand, what was not saved included.
        const [download] = await Promise.all([page.waitForEvent("download"), page.evaluate(() => window.probe.download())]);
        assert.match(download.suggestedFilename(), /^申报数据-\d{8}-\d{4}\.sqlite$/);
        const rescue = fs.readFileSync(await download.path());
        assert.equal(rescue.subarray(0, 15).toString(), "SQLite format 3");
        assert.ok(rescue.includes(Buffer.from("未保存")));
        // A commit while it fails is kept too; when there is room, all of it goes.
        await page.evaluate(async () => {
            window.probe.type(3, "也未保存");
            window.fail = { times: 0, how: null };
            window.probe.retry();
            await window.probe.saved_after(window.probe.disk.given).catch(() => {});
        });
        await page.waitForFunction(() => window.probe.saving().state === "saved");
        await page.reload();
        await ready(page);
        assert.equal(await rows_of(page), "1=before\n2=未保存\n3=也未保存\n");
    });
});

test("trying again while an attempt is on its way is one attempt more", async () => {
    await with_browser(async (browser) => {
        const page = await open_with_full_disk(browser);
        await page.evaluate(() => {
            window.fail = { times: 1, how: "quota" };
            window.probe.type(3, "也未保存"); // An attempt begins, and it will fail.
            window.probe.retry();
        });
        await page.waitForFunction(() => window.probe.saving().state === "saved");
        await page.reload();
        await ready(page);
        assert.equal(await rows_of(page), "1=before\n2=未保存\n3=也未保存\n");
    });
});

test("IndexedDB that never answers is a failure too, and heals", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser, { init: () => {
            const real = window.setTimeout;
            window.setTimeout = (act, ms, ...rest) => real(act, ms === 10000 ? 300 : ms, ...rest);
            window.mute = false;
            const open_real = IDBDatabase.prototype.transaction;
            IDBDatabase.prototype.transaction = function (stores, mode, options) {
                const made = open_real.call(this, stores, mode, options);
                if (mode === "readwrite" && window.mute) {
                    made.commit = () => {};
                    const keep_busy = () => { try { made.objectStore("meta").get("x").onsuccess = keep_busy; } catch {} };
                    keep_busy();
                }
                return made;
            };
        } });
        await page.evaluate(() => { window.mute = true; window.probe.type(1, "stuck"); });
        await page.waitForFunction(() => window.probe.saving().state === "failed", null, { timeout: 30000 });
        assert.equal((await saving_of(page)).outcome, "storage_failed");
        await page.evaluate(() => { window.mute = false; window.probe.retry(); });
        await page.waitForFunction(() => window.probe.saving().state === "saved");
        await page.reload();
        await ready(page);
        assert.equal(await rows_of(page), "1=stuck\n");
    });
});

test("stored data that is thrown away under the open page is written again, whole", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser);
        await page.evaluate(async () => {
            for (let row = 0; row < 50; ++row) window.probe.type(row, `row ${row}`);
            await window.probe.save(50, "last before");
            await new Promise((resolve, reject) => {
                const request = indexedDB.deleteDatabase("shenbao");
                request.onsuccess = resolve;
                request.onerror = reject;
            });
            await window.probe.save(51, "after");
        });
        assert.equal((await saving_of(page)).state, "saved");
        await page.reload();
        await ready(page);
        const rows = (await rows_of(page)).trim().split("\n");
        assert.equal(rows.length, 52);
        assert.equal(rows[51], "51=after");
        assert.equal(await page.evaluate(() => window.probe.integrity()), "ok");
    });
});

test("what another page has written meanwhile is never overwritten", async () => {
    await with_browser(async (browser) => {
        // A broken lock: both pages believe that they are alone.
        const no_lock = () => { navigator.locks.request = (name, options, act) => Promise.resolve(act({})); };
        const first = await open(browser, { init: no_lock });
        await first.evaluate(() => window.probe.save(1, "first"));
        const second = await open(browser, { init: no_lock });
        await second.evaluate(() => window.probe.save(1, "second"));
        await first.evaluate(() => { window.probe.type(1, "first again"); });
        await first.waitForFunction(() => window.probe.saving().state === "failed");
        assert.equal((await saving_of(first)).outcome, "storage_busy");
        await second.evaluate(() => window.probe.save(2, "second still writes"));
        await second.reload();
        await ready(second);
        assert.equal(await rows_of(second), "1=second\n2=second still writes\n");
    });
});

test("no IndexedDB: a plain sentence", async () => {
    await with_browser(async (browser) => {
        const page = await browser.page();
        await page.addInitScript(() => {
            IDBFactory.prototype.open = () => { throw new DOMException("denied", "SecurityError"); };
        });
        await page.goto(site.url);
        await page.getByRole("button", { name: "重新打开" }).waitFor();
        assert.match(await notice(page), /浏览器不允许本页保存数据/);
    });
});

test("damaged pages: a plain sentence, nothing changed, the data as a file", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser);
        await page.evaluate(async () => {
            await window.probe.save(1, "亳州");
            const transaction = window.probe.disk.database.transaction("pages", "readwrite");
            const pages = transaction.objectStore("pages");
            const found = pages.get(1);
            found.onsuccess = () => pages.put(found.result.map((byte, i) => (i < 8 ? 0x77 : byte)), 1);
            await new Promise((resolve) => { transaction.oncomplete = resolve; });
        });
        await page.reload();
        await page.getByRole("button", { name: "下载数据文件" }).waitFor();
        assert.match(await notice(page), /保存的内容读不出来/);
        assert.equal(await page.evaluate(() => window.probe.started), "storage_failed");
        const [download] = await Promise.all([page.waitForEvent("download"),
            page.getByRole("button", { name: "下载数据文件" }).click()]);
        const kept = fs.readFileSync(await download.path());
        assert.ok(kept.includes(Buffer.from("亳州")));
        assert.equal(kept[4096], 0x77);
    });
});

// --- rescue -----------------------------------------------------------------------------------------

test("a rescue file brings everything back; others are refused", async () => {
    let rescue;
    await with_browser(async (browser) => {
        const page = await open(browser);
        await page.evaluate(async () => {
            for (let row = 0; row < 30; ++row) window.probe.type(row, "埇桥".repeat(row));
            await window.probe.saved_after(window.probe.disk.given);
        });
        const [download] = await Promise.all([page.waitForEvent("download"), page.evaluate(() => window.probe.download())]);
        rescue = [...fs.readFileSync(await download.path())];
    });
    await with_browser(async (browser) => {
        const page = await open(browser);
        await page.evaluate(() => window.probe.save(99, "to be replaced"));
        const restore = (bytes, schema = 1) =>
            page.evaluate(([b, s]) => window.probe.restore(new Uint8Array(b), s), [bytes, schema]);
        assert.equal(await restore([...Buffer.from("not a database, but long enough to look at".repeat(200))]), "storage_foreign");
        assert.equal(await restore(Array(4096).fill(0x41)), "storage_foreign");
        assert.equal(await restore(rescue.slice(0, rescue.length - 4096)), "bad_file");
        assert.equal(await restore(rescue, 0), "storage_newer");
        const foreign = [...rescue];
        foreign[68] ^= 1; // application_id
        assert.equal(await restore(foreign), "storage_foreign");
        assert.equal(await rows_of(page), "99=to be replaced\n");
        const loaded = page.waitForEvent("load");
        assert.equal(await restore(rescue), "accepted");
        await loaded;
        await ready(page);
        const rows = await rows_of(page);
        assert.equal(rows.trim().split("\n").length, 30);
        assert.match(rows, /29=(埇桥){29}\n$/);
        await page.evaluate(() => window.probe.save(5, "goes on"));
        assert.equal((await saving_of(page)).state, "saved");
    });
});

test("a rescue file that cannot be written changes nothing, and what was typed meanwhile is kept", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser, { init: failing });
        const [download] = await Promise.all([page.waitForEvent("download"), page.evaluate(async () => {
            await window.probe.save(1, "as it was then");
            window.probe.download();
        })]);
        const rescue = [...fs.readFileSync(await download.path())];
        await page.evaluate(async (bytes) => {
            await window.probe.save(1, "now");
            window.fail = { times: -1, how: "quota" };
            window.probe.restore(new Uint8Array(bytes), 1);
            window.probe.type(2, "meanwhile");
        }, rescue);
        await page.waitForFunction(() => window.probe.saving().state === "failed", null, { timeout: 30000 });
        await page.evaluate(() => {
            window.fail = { times: 0, how: null };
            window.probe.retry();
        });
        await page.waitForFunction(() => window.probe.saving().state === "saved");
        await page.reload();
        await ready(page);
        assert.equal(await rows_of(page), "1=now\n2=meanwhile\n");
    });
});

// --- tabs -------------------------------------------------------------------------------------------

test("a second tab says so, goes on by itself when the first closes, and can take over", async () => {
    await with_browser(async (browser) => {
        const first = await open(browser);
        await first.evaluate(() => window.probe.save(1, "first"));
        const second = await browser.page();
        await second.goto(site.url);
        await second.getByRole("button", { name: "在此打开" }).waitFor();
        assert.match(await notice(second), /申报已在另一个窗口打开/);
        assert.equal(await second.evaluate(() => typeof window.probe), "undefined");
        await first.close();
        await ready(second);
        assert.equal(await rows_of(second), "1=first\n");

        // Taking over while there is nothing unsaved.
        const third = await browser.page();
        await third.goto(site.url);
        await third.getByRole("button", { name: "在此打开" }).click();
        await ready(third);
        assert.match(await notice(second), /可以关闭本窗口/);
        await third.evaluate(() => window.probe.save(1, "third"));
        // The page that has left can no longer write.
        await second.evaluate(() => { window.probe.type(1, "second, too late"); });
        await second.waitForFunction(() => window.probe.saving().state === "failed");
        assert.equal((await saving_of(second)).outcome, "storage_busy");
        // And back again.
        await second.getByRole("button", { name: "在此打开" }).click();
        await second.getByRole("button", { name: "在此打开" }).click();
        await ready(second);
        assert.equal(await rows_of(second), "1=third\n");
    });
});

test("a tab with something unsaved does not give its place away", async () => {
    await with_browser(async (browser) => {
        const first = await open(browser, { init: failing });
        await first.evaluate(() => { window.fail = { times: -1, how: "aborts" }; window.probe.type(1, "unsaved"); });
        const second = await browser.page();
        await second.goto(site.url);
        await second.getByRole("button", { name: "在此打开" }).click();
        await second.getByText("还有内容没有保存好").waitFor({ timeout: 10000 });
        await first.evaluate(() => { window.fail = { times: 0 }; window.probe.retry(); });
        await first.waitForFunction(() => window.probe.saving().state === "saved");
        await second.getByRole("button", { name: "在此打开" }).click();
        await ready(second);
        assert.equal(await rows_of(second), "1=unsaved\n");
    });
});

// For init: window.told is all that the page has ever said.
const listening = () => {
    window.told = [];
    new MutationObserver(() => window.told.push(document.body.innerText))
        .observe(document, { childList: true, subtree: true, characterData: true });
};
const told = (page) => page.evaluate(() => window.told.join(" "));

test("loading the page again shows nothing of the lock", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser, { init: listening });
        for (let i = 0; i < 5; ++i) {
            await page.reload();
            await ready(page);
            assert.ok(!(await told(page)).includes("另一个窗口"));
        }
    });
});

test("a lock that is given late is no other window", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser, { init: [listening, () => {
            const real = navigator.locks.request.bind(navigator.locks);
            navigator.locks.request = (...given) => {
                const act = given.pop();
                return real(...given, async (lock) => {
                    await new Promise((resolve) => setTimeout(resolve, 1000));
                    return act(lock);
                });
            };
        }] });
        assert.ok(!(await told(page)).includes("另一个窗口"));
    });
});

test("no Web Locks: a plain sentence", async () => {
    await with_browser(async (browser) => {
        const page = await browser.page();
        await page.addInitScript(() => { Object.defineProperty(navigator, "locks", { value: undefined }); });
        await page.goto(site.url);
        await page.getByText("浏览器版本太旧").waitFor();
    });
});

// --- newer data, older page ---------------------------------------------------------------------------

test("an old page refuses a newer database and changes nothing", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser, { query: "?schema=2" });
        await page.evaluate(() => window.probe.save(1, "newer"));
        await page.goto(site.url); // Knows schema 1.
        await page.getByRole("button", { name: "更新程序" }).waitFor();
        assert.match(await notice(page), /请更新程序/);
        assert.equal(await page.evaluate(() => window.probe.started), "storage_newer");
        await page.getByRole("button", { name: "更新程序" }).click();
        await page.getByText("暂时没有更新的程序").waitFor();
        await page.goto(`${site.url}?schema=2`);
        await ready(page);
        assert.equal(await rows_of(page), "1=newer\n");
    });
});

test("a newer layout of the stores is refused likewise", async () => {
    await with_browser(async (browser) => {
        const page = await open(browser);
        await page.evaluate(async () => {
            await window.probe.save(1, "x");
            await new Promise((resolve, reject) => {
                const request = indexedDB.open("shenbao", 2);
                request.onsuccess = () => { request.result.close(); resolve(); };
                request.onerror = reject;
            });
            window.probe.type(1, "y");
        });
        await page.waitForFunction(() => window.probe.saving().state === "failed");
        assert.equal((await saving_of(page)).outcome, "storage_newer");
        page.on("dialog", (dialog) => dialog.accept()); // It asks before it is left, as it should.
        await page.goto(site.url);
        await page.getByRole("button", { name: "更新程序" }).waitFor();
        const [download] = await Promise.all([page.waitForEvent("download"),
            page.getByRole("button", { name: "下载数据文件" }).click()]);
        assert.equal(fs.readFileSync(await download.path()).subarray(0, 15).toString(), "SQLite format 3");
    });
});
