// A clerk at a computer: a Chromium of its own on the page of a server, driven only through the page's
// accessible mirror: roles and Chinese names, as a screen reader would.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Chromium, new_profile } from "./chromium.mjs";
import { Server, csv_rows, demo } from "./server.mjs";

// The page draws with WebGL, here without a graphics card.
const webgl = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

const rows_of = (name) => csv_rows(fs.readFileSync(path.join(demo, name), "utf8")).slice(1);
export const units = rows_of("units.csv")
    .map(([id, name, kind, city, review_by]) => ({ id, name, kind, city, review_by }));
export const unit_of_kind = (kind) => units.find((unit) => unit.kind === kind);
export const catalogue = rows_of("catalogue.csv")
    .map(([id, , name, , levels, min]) => ({ id, name, levels: levels.split("|"), min: Number(min) || 0 }));

const used = []; // What clean_up() takes away, in the other order.
// Something to be undone when the file's tests are over: clean_up() belongs into its after().
export const afterwards = (act) => used.push(act);
export async function clean_up() {
    let fault; // One that fails leaves nothing of the others running.
    for (const act of used.reverse())
        await Promise.resolve().then(act).catch((one) => { fault ||= one; });
    if (fault) throw fault;
}

const pages = []; // All that were opened.
const faults = []; // Of the page's program, in the order in which they came: after the first it is dead.
// A test; what the pages meant when it failed says more than where it waited.
export function journey(name, act) {
    test(name, async (context) => {
        try {
            await act(context);
            // A page that has died looks like one that answers nothing: whoever waits for it hears why.
            if (faults.length > 0) throw faults.splice(0)[0];
        } catch (fault) {
            console.error(...faults.splice(0));
            for (const page of pages.filter((one) => !one.isClosed()))
                console.error(await page.locator("#mirror").ariaSnapshot().catch(() => "no page"));
            throw fault;
        }
    });
}

// A browser over a profile of its own, or over one that was there before.
export async function computer(profile = new_profile(), size = {}) {
    const browser = await Chromium.start({ profile, args: webgl, ...size });
    afterwards(async () => {
        await browser.kill();
        fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    });
    return browser;
}

// The server's page in it; off_ms: how far the computer's clock stands beside the true time.
export async function open(browser, server, { off_ms = 0 } = {}) {
    const page = await browser.page();
    pages.push(page);
    page.setDefaultTimeout(20000);
    page.on("pageerror", (fault) => faults.push(fault));
    await page.addInitScript((off) => {
        window.print = () => {}; // The dialog would wait for a person.
        const now = Date.now.bind(Date);
        if (off) Date.now = () => now() + off;
    }, off_ms);
    await page.goto(server.url);
    return page;
}

// The first start, with the unit's code; fill_name types the computer's name in a way of its own.
export async function enrol(server, page, unit, fill_name = (field) => field.fill("一号机")) {
    await page.getByRole("textbox", { name: "登记码" }).fill(server.codes.get(unit.id).toLowerCase());
    await fill_name(page.getByRole("textbox", { name: "本机名称" }));
    await page.getByRole("button", { name: "登记", exact: true }).click();
    await page.getByText("已与服务器同步。").waitFor();
}

// A server that runs until the file's tests are over; see Server for the options.
export async function serve(options) {
    const server = new Server(options);
    afterwards(() => server.remove());
    await server.start();
    return server;
}

// A clerk of the unit at a new computer.
export async function clerk_of(unit, server, options = {}) {
    const browser = await computer(new_profile(), options.size);
    const page = await open(browser, server, options);
    await enrol(server, page, unit);
    return { browser, page };
}

// Until the program wants no frame any more: what was done before has reached it (an event asks for a
// frame at once), and what it made of that is on the page.
export const settled = (page) => page.evaluate(async () => {
    const until = performance.now() + 20000;
    for (let still = 0, last = -1; still < 2;) {
        await new Promise((later) => setTimeout(later, 20));
        const drawn = window.__shenbao;
        still = drawn && !drawn.page.frame_wanted && drawn.frames === last ? still + 1 : 0;
        last = drawn?.frames;
        if (performance.now() > until) throw new Error(`it still draws: frame ${last}`);
    }
});

// To a screen, by its name in the rail or on the home screen.
export async function go(page, name) {
    await page.getByRole("link", { name: new RegExp(`^${name}`) }).first().click();
    await settled(page);
}

// The word of the frame before is not the answer to what was typed last.
export async function saved(page) {
    await settled(page);
    await page.getByText(/✓ 已保存/).waitFor(); // Not what a sync says of its receipts.
}

// A sync from the foot of the screen that is shown. The button has its name again when all is answered.
export async function sync_here(page) {
    const button = page.getByRole("button", { name: "一键同步" });
    await button.click();
    await settled(page);
    await button.waitFor();
    await page.getByText(/已送达，回执已保存|已与服务器同步|未被接收/).first().waitFor();
    await settled(page);
}

// One from the home screen, where it leaves the page.
export async function sync(page) {
    await go(page, "首页");
    await sync_here(page);
}

// One 附件1 more, in the row with that number.
export async function declare(page, number, certificate, level, heads) {
    await page.getByRole("button", { name: "新增一张" }).click();
    await find(page, `第${number}行职业技能等级证书`, certificate.name);
    await page.getByRole("combobox", { name: `第${number}行级别` }).selectOption({ label: level });
    await page.getByRole("textbox", { name: `第${number}行考核人数` }).fill(heads);
}

// A choice by a part of its name, from the list below the field.
export async function find(scope, label, name) {
    await scope.getByRole("combobox", { name: label }).fill(name);
    await scope.getByRole("listbox").getByRole("option", { name }).first().click();
}

// With SHENBAO_LOOK_TO, a folder: the screen as it is drawn now, on a computer of an office, on a large
// one and on a phone, for people to look at.
export async function look(page, name) {
    if (!process.env.SHENBAO_LOOK_TO) return;
    for (const [width, height] of [[1920, 1080], [390, 844], [1366, 768]]) {
        await page.setViewportSize({ width, height });
        await page.waitForTimeout(700);
        await page.screenshot({ path: path.join(process.env.SHENBAO_LOOK_TO, `${name}-${width}.png`) });
    }
}

// The texts of all cells of a row of the mirror.
export const cells_of = (row) => row.getByRole("cell").or(row.getByRole("rowheader")).allTextContents();

// The document that was handed to the printer, in a frame of its own, whole: the page prints it when it
// has loaded. Taken away, so that the next one is not mistaken for it. `like`: what stands in it.
export async function printed_html(page, like = /class="page[ "]/) {
    for (const until = Date.now() + 20000; Date.now() < until;) {
        for (const frame of page.frames().slice(1)) {
            if (!like.test(await frame.content().catch(() => ""))) continue;
            await frame.waitForLoadState("load");
            const html = await frame.content();
            await page.evaluate(() => document.querySelector("iframe.print").remove());
            return html;
        }
        await page.waitForTimeout(100);
    }
    throw new Error("nothing was printed");
}

// Its text as it stands on the page of a PDF.
export async function pdf_text(browser, html, folder) {
    const sheet = await browser.page();
    await sheet.setContent(html);
    const pdf = path.join(folder, "print.pdf");
    fs.writeFileSync(pdf, await sheet.pdf({ preferCSSPageSize: true, printBackground: true }));
    await sheet.close();
    return execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" });
}
