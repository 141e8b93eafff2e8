// What leaves the computer lies on its disk before: the key with which a code is used up, and the filings
// with their attempts. The disk is made slow, or full, from outside, and what the page sends is watched.
import assert from "node:assert/strict";
import { after } from "node:test";
import { catalogue, clean_up, computer, declare, go, journey, open, settled, saved, unit_of_kind, serve } from "./clerk.mjs";
import { failing } from "./chromium.mjs";

const school = unit_of_kind("higher_vocational");

after(clean_up);

// For addInitScript: while window.held, what is written to the disk goes on and on.
const slow_disk = () => {
    window.held = false;
    const real = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
        const made = real.call(this, stores, mode, options);
        if (mode !== "readwrite" || !window.held) return made;
        const commit = made.commit.bind(made), names = made.objectStoreNames;
        made.commit = () => {}; // It would forbid what follows.
        const go_on = () => { if (window.held) made.objectStore(names[0]).count().onsuccess = go_on; else commit(); };
        go_on();
        return made;
    };
};
const hold = (page, held) => page.evaluate((yes) => { window.held = yes; }, held);

// A page whose sent bodies are listed, by path.
async function watched(server, init) {
    const browser = await computer();
    const page = await open(browser, server);
    await page.addInitScript(init);
    await page.reload();
    const posts = [];
    page.on("request", (request) => {
        if (request.method() === "POST") posts.push(new URL(request.url()).pathname.replace("/api/v1", ""));
    });
    return { page, posts };
}

async function with_server(act) {
    const server = await serve();
    await act(server);
}

async function fill_in(server, page) {
    await page.getByRole("textbox", { name: "登记码" }).fill(server.codes.get(school.id));
    await page.getByRole("textbox", { name: "本机名称" }).fill("一号机");
    await settled(page);
}
const press_enrol = (page) => page.getByRole("button", { name: "登记", exact: true }).click();

journey("neither the key nor a filing leaves before it is durable", () => with_server(async (server) => {
    const { page, posts } = await watched(server, slow_disk);
    await fill_in(server, page);
    await hold(page, true);
    await press_enrol(page);
    await page.waitForTimeout(2000);
    assert.deepEqual(posts, [], "the code is not used up while the key may still be lost");
    await hold(page, false);
    await page.getByText("已与服务器同步。").waitFor();
    assert.equal(posts.filter((path) => path === "/enrolments").length, 1);

    await go(page, "证书申报表");
    await declare(page, 1, catalogue[0], catalogue[0].levels[0], "60");
    await saved(page);
    await hold(page, true);
    await page.getByRole("button", { name: "签名并提交 1 张" }).click(); // On the line it leaves by itself.
    await page.getByText(/正在保存/).waitFor();
    await page.waitForTimeout(2000);
    assert.ok(!posts.includes("/envelopes"), "signed words and the attempt are written down before they leave");
    await hold(page, false);
    await go(page, "首页");
    await page.getByText(/已送达，回执已保存/).first().waitFor();
    assert.equal(posts.filter((path) => path === "/envelopes").length, 1);
}));

journey("with a full disk nothing is sent, the clerk is told, and the code still works", () => with_server(async (server) => {
    const { page, posts } = await watched(server, failing);
    await fill_in(server, page);
    await page.evaluate(() => { window.fail = { times: 1000, how: "quota" }; });
    await press_enrol(page);
    await page.getByText(/磁盘已满/).first().waitFor();
    assert.deepEqual(posts, []);
    await page.evaluate(() => { window.fail.times = 0; });
    await press_enrol(page); // Which writes again.
    await page.getByText("已与服务器同步。").waitFor();
    assert.equal(posts.filter((path) => path === "/enrolments").length, 1);
}));
