// The time of a frame with a hundred declarations, as the table in which they are typed and as the form
// 附件2, and of 附件3 with a hundred typed rows, beside the home screen of the same page. The desk is made by the command line and brought into
// the browser as a backup file.
import fs from "node:fs";
import path from "node:path";
import { Chromium, new_profile } from "./chromium.mjs";
import { Server, demo, csv_rows, run } from "./server.mjs";

const rows = 100, frames = 60, runs = 5;
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

const profile = new_profile();
const browser = await Chromium.start({ profile, args: ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
try {
    const page = await browser.page();
    page.setDefaultTimeout(60000);
    await page.goto(server.url);
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "从备份文件恢复" }).click();
    await (await chooser).setFiles(store);
    await page.getByRole("button", { name: "恢复", exact: true }).click();
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
} finally {
    await browser.close();
    await server.remove();
    fs.rmSync(path.dirname(catalogue), { recursive: true });
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
