// The time of a frame with a hundred declarations, as the table in which they are typed and as the form
// 附件2, of 附件3 with a hundred typed rows, and of a reviewer's queue of 10,000 filings, beside the home screen of
// the same page; a key typed into 附件2, which judges all its declarations anew; and how many frames are
// drawn while nothing happens. The desks are made by the command line and brought into the browser as backup files.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { Chromium, new_profile } from "./chromium.mjs";
import { Server, demo, csv_rows, run } from "./server.mjs";

const rows = 100, filings = 10000, frames = 60, runs = 5;
const catalogue = path.join(fs.mkdtempSync("/tmp/shenbao-frame-"), "catalogue.csv");
fs.writeFileSync(catalogue, "id,batch,name,organisation,levels,min_headcount\n" +
    Array.from({ length: rows }, (_, i) => `C${i},1,示例证书第${i}号（应用与维护）,示例评价组织,初级|中级,\n`).join(""));
const server = new Server({ catalogue });
await server.start();
const school = csv_rows(fs.readFileSync(path.join(demo, "units.csv"), "utf8"))
    .find((row) => row[2] === "secondary_vocational")[0];
const store = path.join(server.folder, "desk.sqlite");
run("device", "enrol", "--store", store, "--server", server.url, "--code", server.codes.get(school), "--name", "一号机");
for (let i = 0; i < rows; ++i)
    run("device", "declare", "--store", store, "--certificate", `C${i}`, "--level", "初级", "--headcount", `${40 + i}`);

// The province's desk: enrolled like any other, its rows put where the changes of the log would.
const province = path.join(server.folder, "province.sqlite");
run("device", "enrol", "--store", province, "--server", server.url, "--code", server.codes.get("340000"), "--name", "一号机");
run("device", "sync", "--store", province, "--server", server.url);
execFileSync("python3", ["-c", `
import sqlite3, sys
desk = sqlite3.connect(sys.argv[1])
columns = [row[1] for row in desk.execute("PRAGMA table_info(review_matters)")]
given = lambda i: dict(root="0187%08x-0000-7000-8000-000000000000" % i, newest="0187%08x-0000-7000-8000-000000000000" % i,
    first_index=i, newest_index=i, unit="D0%02d" % (i % 10 + 1), form="declaration", period="2023-spring", notice="",
    stage=("submitted", "first_passed", "approved")[i % 3], party="school", timing="on_time", certificate="C%d" % (i % ${rows}),
    level="初级", headcount=40 + i % 97, explained=i % 7 == 0, versions=1, received_at=1680000000000000 + i * 1000000)
for i in range(${filings}):
    row = given(i)
    desk.execute("INSERT INTO review_matters(%s) VALUES(%s)" % (",".join(row), ",".join("?" * len(row))), list(row.values()))
desk.commit()
`, province]);

const profile = new_profile();
const browser = await Chromium.start({ profile, args: ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
try {
    const page = await browser.page();
    page.setDefaultTimeout(60000);
    await page.goto(server.url);
    const restore = async (desk) => {
        const chooser = page.waitForEvent("filechooser");
        await page.getByRole("button", { name: "从备份文件恢复" }).click();
        await (await chooser).setFiles(desk);
        await page.getByRole("button", { name: "恢复", exact: true }).click();
    };
    await restore(store);
    // Medians of the program's own time in a frame, in milliseconds; the browser's painting is not in it.
    const measure = async (name) => {
        await page.getByRole("link", { name: new RegExp(`^${name}`) }).first().click();
        return medians_of();
    };
    const medians_of = async () => {
        await page.waitForTimeout(500);
        const medians = [];
        for (let i = 0; i < runs; ++i)
            medians.push(await page.evaluate((count) => {
                const times = [];
                for (let k = 0; k < count; ++k) {
                    const began = performance.now();
                    window.__shenbao.page.draw_now();
                    times.push(performance.now() - began);
                }
                return times.sort((a, b) => a - b)[count >> 1];
            }, frames));
        return medians.sort((a, b) => a - b)[runs >> 1];
    };
    const line = (words, ms) => console.log(`${words.padEnd(58)} ${ms.toFixed(2)} ms`);
    await page.getByRole("link", { name: "首页" }).waitFor({ timeout: 20000 }).catch(async (fault) => {
        console.error(await page.locator("#mirror").ariaSnapshot());
        throw fault;
    });
    const floor = await measure("首页");
    line(`a frame of the table with ${rows} declarations (to reach: 8)`, await measure("证书申报表"));
    line(`a frame of 附件2 with ${rows} rows (to reach: 8)`, await measure("学校汇总表"));
    const keys = [];
    for (let i = 0; i < runs; ++i)
        keys.push(await page.evaluate((digit) => {
            const field = document.querySelector('#mirror input[aria-label="电话"]');
            field.focus();
            field.value = `0558-551234${digit}`;
            field.dispatchEvent(new InputEvent("input", { bubbles: true }));
            const began = performance.now();
            window.__shenbao.page.draw_now();
            return performance.now() - began;
        }, i));
    line("  a key typed into it, to the picture", keys.sort((a, b) => a - b)[runs >> 1]);
    await page.waitForTimeout(2000); // The clock and what was typed are drawn and kept.
    const idle = await page.evaluate(async () => {
        const before = window.__shenbao.frames;
        await new Promise((resolve) => setTimeout(resolve, 5000));
        return window.__shenbao.frames - before;
    });
    console.log(`${"frames in 5 s of nothing (to reach: 0)".padEnd(58)} ${idle}`);
    await page.getByRole("link", { name: /^指标调增申请表/ }).first().click();
    await page.getByRole("button", { name: /新建/ }).click();
    await page.getByRole("combobox", { name: "第1行证书名称" }).evaluate((element, text) => {
        element.focus();
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text);
        element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, Array.from({ length: rows }, (_, i) => `C${i}\t初级\t${40 + i}\n`).join(""));
    await page.getByRole("button", { name: `填入 ${rows} 行` }).click();
    line(`a frame of 附件3 with ${rows} typed rows (to reach: 8)`, await medians_of());
    line("  floor: a frame of the home screen", floor);
    await page.getByRole("link", { name: /^设置与备份/ }).first().click();
    await restore(province);
    await page.getByRole("link", { name: /^审核/ }).first().click();
    await page.getByRole("tab", { name: `全部 ${filings}` }).click();
    line(`a frame of the queue with ${filings} filings (to reach: 8)`, await medians_of());
    await page.locator("#mirror .scroll").evaluateAll((areas) => {
        for (const area of areas) area.scrollTop = area.scrollHeight / 2;
    });
    await page.getByRole("row").filter({ hasText: "示例证书第" }).first().waitFor();
    line("  the same in its middle", await medians_of());
    // A key and the frame that answers it: the decision is signed, saved and the whole list read again.
    const key_to_frame = (key) => page.evaluate((key) => {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
        const began = performance.now();
        window.__shenbao.page.draw_now();
        return performance.now() - began;
    }, key);
    await page.getByRole("tab", { name: /^待我审核/ }).click();
    await page.waitForTimeout(500);
    line("  moving to the next row, key to picture", await key_to_frame("j"));
    await page.waitForTimeout(500);
    line("  passing one, key to picture", await key_to_frame("p"));
} finally {
    await browser.close();
    await server.remove();
    fs.rmSync(path.dirname(catalogue), { recursive: true });
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
