// The journey in a real Chromium against the real server: two schools and the province, from the code on
// paper to the province's CSV. The page is driven only through its accessible mirror: roles and Chinese
// names, as a screen reader would.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { new_profile } from "./chromium.mjs";
import { catalogue, cells_of, clean_up, clerk_of, computer, declare, enrol, go, journey, open, settled, pdf_text,
    printed_html, saved, unit_of_kind, units, serve } from "./clerk.mjs";
import { csv_rows, run } from "./server.mjs";

let server;
before(async () => {
    server = await serve();
});
after(clean_up);

// Types as an input method does: a composition that changes, then what was chosen.
async function compose(page, field, spelling, words) {
    await field.click();
    const session = await page.context().newCDPSession(page);
    for (let i = 1; i <= spelling.length; ++i)
        await session.send("Input.imeSetComposition",
            { text: spelling.slice(0, i), selectionStart: i, selectionEnd: i });
    await session.send("Input.insertText", { text: words });
    await session.detach();
}

const headcounts = (page) => page.getByRole("textbox", { name: /第\d+行考核人数/ })
    .evaluateAll((fields) => fields.map((field) => field.value));

const explained = "本轮先试点一个班。";
const filed = []; // [city, certificate name, level, headcount]: what the schools have signed.

journey("a secondary school: offline, killed, printed, cut off, and every receipt held", async () => {
    const school = unit_of_kind("secondary_vocational");
    const profile = new_profile();
    let browser = await computer(profile);
    let page = await open(browser, server);
    await enrol(server, page, school, async (field) => {
        await compose(page, field, "bozhou", "亳州");
        await compose(page, field, "yongqiao", "埇桥");
        await compose(page, field, "x", "𠅤");
    });
    await go(page, "设置与备份");
    await page.getByText("亳州埇桥𠅤").waitFor();
    await page.getByText("程序已保存在本机").waitFor();

    // Five declarations without a network, over a reload.
    await page.context().setOffline(true);
    await go(page, "证书申报表");
    const chosen = catalogue.slice(0, 5);
    const heads = ["１００人", "1,000", " 45 ", "18", "38"];
    const numbers = [100, 1000, 45, 18, 38];
    for (let i = 0; i < 3; ++i) await declare(page, i + 1, chosen[i], chosen[i].levels[0], heads[i]);
    await saved(page);
    await page.reload();
    await go(page, "证书申报表");
    assert.deepEqual(await headcounts(page), heads.slice(0, 3));
    for (let i = 3; i < 5; ++i) await declare(page, i + 1, chosen[i], chosen[i].levels[0], heads[i]);
    // Enter in a field that is filled keeps what is chosen; so it does behind a whole name typed again.
    const fourth = page.getByRole("combobox", { name: "第4行职业技能等级证书" });
    await fourth.click();
    await fourth.press("Enter");
    await settled(page);
    assert.equal(await fourth.inputValue(), chosen[3].name);
    await fourth.fill("");
    await fourth.fill(chosen[3].name);
    await fourth.press("Enter");
    await settled(page);
    assert.equal(await fourth.inputValue(), chosen[3].name);
    await saved(page);

    // No goodbye: SIGKILL right after "已保存".
    await browser.kill();
    browser = await computer(profile);
    await browser.context.setOffline(true);
    page = await open(browser, server);
    await go(page, "证书申报表");
    assert.deepEqual(await headcounts(page), heads);

    // A deletion can be undone.
    await page.getByRole("link", { name: "删除第5行" }).or(page.getByRole("button", { name: "删除第5行" })).click();
    await page.getByRole("button", { name: "撤销" }).click();
    assert.equal((await headcounts(page)).length, 5);

    // Declarations below the minimum want a reason; then everything is signed.
    for (let i = 0; i < 5; ++i) {
        if (numbers[i] >= chosen[i].min) continue;
        await page.getByRole("link", { name: `打开第${i + 1}行` }).click();
        await page.getByRole("textbox", { name: "原因说明" }).fill(explained);
        await page.getByRole("link", { name: /返回证书申报表/ }).click();
    }
    await page.getByRole("button", { name: "签名并提交 5 张" }).click();

    // All five in one print: each on a sheet of its own, with its certificate and number.
    await page.getByRole("button", { name: "打印全部" }).click();
    const sheets = (await pdf_text(browser, await printed_html(page), server.folder)).split("\f")
        .map((sheet) => sheet.replace(/\s/g, "")).filter((sheet) => sheet.includes("职业技能等级证书申报表"));
    assert.equal(sheets.length, 5);
    chosen.forEach((certificate, i) => assert.ok(sheets.some((sheet) =>
        sheet.includes(certificate.name.replace(/\s/g, "")) && sheet.includes(String(numbers[i])))));
    await go(page, "学校汇总表");
    await compose(page, page.getByRole("textbox", { name: "学校联络人员姓名" }), "wangfang", "王芳");
    await page.getByRole("textbox", { name: "电话" }).fill("0558-5512345");
    const total = numbers.reduce((sum, number) => sum + number);
    await page.getByRole("cell", { name: total.toLocaleString("en-US"), exact: true }).waitFor();

    // The print: the notice's own words, the rows, the short code on the page.
    await page.getByRole("button", { name: "打印", exact: true }).click();
    const html = await printed_html(page);
    const text = await pdf_text(browser, html, server.folder);
    for (const words of ["安徽省1+X职业技能等级证书申报学校汇总表", school.name, chosen[0].name, String(total),
        "学校领导签字", "第 1 页", "校验码"])
        assert.ok(text.replace(/\s/g, "").includes(words.replace(/\s/g, "")), `${words} is on the print`);
    await page.getByRole("button", { name: "签名并提交" }).click();
    await saved(page);

    // A bad line that is cut while the filings are on their way, then the one button.
    await go(page, "首页");
    const session = await page.context().newCDPSession(page);
    const line = (offline, kilobits) => session.send("Network.emulateNetworkConditions", { offline,
        latency: offline ? 0 : 400, downloadThroughput: (kilobits * 1000) / 8, uploadThroughput: (kilobits * 1000) / 8 });
    await session.send("Network.enable");
    await page.context().setOffline(false);
    await line(false, 100);
    const sending = page.waitForRequest((request) => request.url().endsWith("/api/v1/envelopes"), { timeout: 60000 });
    await page.getByRole("button", { name: /一键同步|正在同步/ }).click();
    await sending;
    await line(true, 0);
    await page.getByText(/现在连不上服务器/).waitFor({ timeout: 60000 });
    await line(false, 100);
    await page.getByRole("button", { name: "一键同步" }).click();
    await page.getByText(/已送达，回执已保存|已与服务器同步/).first().waitFor({ timeout: 60000 });
    await go(page, "回执");
    await page.getByRole("table", { name: "回执" }).waitFor();
    assert.equal(await page.getByRole("link", { name: /^保存回执/ }).count(), 6);

    // Each receipt is a file that the command line takes.
    const said = new Set();
    for (let i = 0; i < 6; ++i) {
        const download = page.waitForEvent("download");
        await page.getByRole("link", { name: /^保存回执/ }).nth(i).click();
        const file = path.join(server.folder, `receipt-${i}.json`);
        await (await download).saveAs(file);
        const verified = run("verify", file, "--data", server.data);
        assert.match(verified, /签名成立，签发者可信/);
        said.add(/编号：(.+)/.exec(verified)[1]);
    }
    assert.equal(said.size, 6);
    await browser.close();
    chosen.forEach((certificate, i) => filed.push([school.city, certificate.name, certificate.levels[0], numbers[i]]));
});

journey("a college: straight to the province, one declaration changed after submitting", async () => {
    const school = unit_of_kind("higher_vocational");
    const { browser, page } = await clerk_of(school, server);
    await go(page, "证书申报表");
    const certificate = catalogue[1];
    await declare(page, 1, certificate, certificate.levels[0], "200");
    await page.getByRole("button", { name: "签名并提交 1 张" }).click();
    await page.getByRole("cell", { name: "已提交" }).waitFor();
    await page.getByRole("link", { name: "打开第1行" }).click();
    await page.getByRole("button", { name: "修改", exact: true }).click();
    await page.getByRole("textbox", { name: "考核人数" }).fill("250");
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();
    await go(page, "回执");
    assert.equal(await page.getByRole("cell", { name: "已被替代" }).count(), 1);

    // What is withdrawn without a line can be thought over until there is one.
    await page.context().setOffline(true);
    await go(page, "证书申报表");
    await page.getByRole("link", { name: "打开第1行" }).click();
    await page.getByRole("button", { name: "撤回", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "撤回", exact: true }).click();
    await page.getByText("撤回待同步").waitFor();
    await page.getByRole("button", { name: "取消撤回" }).click();
    await page.getByText("已提交").first().waitFor();
    await page.context().setOffline(false);

    // A second one is withdrawn for good.
    await go(page, "证书申报表");
    await declare(page, 2, catalogue[2], catalogue[2].levels[0], "70");
    await page.getByRole("button", { name: "签名并提交 1 张" }).click();
    await page.getByRole("link", { name: "打开第2行" }).click();
    await page.getByRole("button", { name: "撤回", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "撤回", exact: true }).click();
    await page.getByText("已撤回").waitFor();
    await go(page, "回执");
    const withdrawal = page.getByRole("row").filter({ hasText: `撤回：附件1　${catalogue[2].name} · ${catalogue[2].levels[0]}` });
    await withdrawal.waitFor();
    assert.ok(!(await cells_of(withdrawal)).includes("按时")); // That is said of filings.
    await page.getByRole("cell", { name: "按时" }).first().waitFor();
    await browser.close();
    filed.push([school.city, certificate.name, certificate.levels[0], 250]);
});

journey("the province: tables on the screen, and a CSV equal to one computed apart", async () => {
    const { browser, page } = await clerk_of(unit_of_kind("province_office"), server);
    await go(page, "申报汇总");
    const sums = new Map();
    for (const [city, , , number] of filed) sums.set(city, (sums.get(city) || 0) + number);
    for (const [city, sum] of sums) {
        const row = page.getByRole("row", { name: new RegExp(city) });
        await row.getByRole("cell", { name: sum.toLocaleString("en-US"), exact: true }).waitFor();
    }
    // By a figure: the largest first and, pressed again, the smallest.
    const by_sum = [...sums.keys()].sort((a, b) => sums.get(b) - sums.get(a));
    for (const cities of [by_sum, [...by_sum].reverse()]) {
        await page.getByRole("columnheader", { name: /^拟申报人数/ }).getByRole("button").click();
        await settled(page);
        const shown = await page.getByRole("table", { name: "按市" }).getByRole("rowheader").allTextContents();
        assert.deepEqual(shown.filter((name) => sums.has(name)), cities);
        assert.equal(shown.at(-1), "合计");
    }
    const downloaded = async (name) => {
        const download = page.waitForEvent("download");
        await page.getByRole("button", { name }).click();
        const file = path.join(server.folder, "downloaded.csv");
        assert.match((await download).suggestedFilename(), /^演练-/);
        await (await download).saveAs(file);
        return fs.readFileSync(file, "utf8");
    };
    // 申报明细 lists what was withdrawn as such; the other summaries leave it out.
    const text = await downloaded("申报明细");
    assert.equal(text.codePointAt(0), 0xFEFF);
    const [heads, ...rows] = csv_rows(text);
    const at = ["市", "职业技能等级证书", "级别", "拟申报人数"].map((head) => heads.indexOf(head));
    const standing = rows.filter((row) => row[heads.indexOf("状态")] !== "已撤回");
    assert.equal(rows.length - standing.length, 1);
    const from_csv = standing.map((row) => at.map((column) => row[column]).join("|")).sort();
    assert.deepEqual(from_csv, filed.map((row) => row.join("|")).sort());
    // Who checks a figure reads there why it is below the minimum.
    const [source_heads, ...sources] = csv_rows(await downloaded("来源与回执"));
    const reasons = sources.map((row) => row[source_heads.indexOf("原因说明")]).filter((reason) => reason);
    assert.ok(reasons.length > 0);
    assert.deepEqual([...new Set(reasons)], [explained]);
    await browser.close();
    assert.match(run("check", "--data", server.data), /都正确/);
});

journey("a lost browser: a backup file brings draft, key and receipts back on another computer", async () => {
    const school = units.filter((unit) => unit.kind === "secondary_vocational")[1];
    let { browser, page } = await clerk_of(school, server);
    await go(page, "证书申报表");
    await declare(page, 1, catalogue[0], catalogue[0].levels[0], "321");
    await saved(page);
    await go(page, "设置与备份");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "保存备份文件" }).click();
    const file = path.join(server.folder, "backup.sqlite");
    await (await download).saveAs(file);
    await browser.close();

    browser = await computer();
    page = await open(browser, server);
    const restore = async (chosen, answer) => {
        const chooser = page.waitForEvent("filechooser");
        await page.getByRole("button", { name: "从备份文件恢复" }).click();
        await (await chooser).setFiles(chosen);
        if (answer) await page.getByRole("button", { name: answer, exact: true }).click();
    };
    // What is no backup is refused, and so is an empty file; nothing has changed.
    const other = path.join(server.folder, "other.sqlite");
    fs.writeFileSync(other, "this is no database");
    await restore(other, "恢复");
    await page.getByText("这个文件不是申报系统的备份文件，请换一个文件。本机的内容没有改动。").waitFor();
    fs.writeFileSync(other, "");
    await restore(other);
    await page.getByText("这个文件是空的。").waitFor();
    await restore(file, "取消");
    await page.getByRole("textbox", { name: "登记码" }).waitFor();
    await restore(file, "恢复");
    await page.getByRole("link", { name: "首页" }).waitFor();
    await go(page, "证书申报表");
    assert.deepEqual(await headcounts(page), ["321"]);
    await browser.close();
});

journey("nothing is drawn while nothing changes", async () => {
    const browser = await computer();
    const page = await open(browser, server);
    await page.getByRole("textbox", { name: "登记码" }).waitFor();
    const frames = () => page.evaluate(() => window.__shenbao.frames);
    // The program is being kept for reading offline, which the page tells of.
    await page.waitForFunction(() => navigator.serviceWorker.controller);
    let before_idle = -1;
    for (let tries = 0; tries < 15 && await frames() !== before_idle; ++tries) {
        before_idle = await frames();
        await page.waitForTimeout(2000);
    }
    await page.waitForTimeout(5000);
    assert.equal(await frames(), before_idle);
    await browser.close();
});
