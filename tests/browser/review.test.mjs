// A round of review in a real Chromium: a school files by command line and mends in its page, a bureau
// decides without a line, the province decides before and after it. Driven through the mirror alone.
// SHENBAO_PICTURES: a folder for pictures of the screens at three sizes.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { Chromium, new_profile } from "./chromium.mjs";
import { Server, csv_rows, demo, run } from "./server.mjs";

const pictures = process.env.SHENBAO_PICTURES;
const catalogue = csv_rows(fs.readFileSync(path.join(demo, "catalogue.csv"), "utf8")).slice(1)
    .map(([id, , name, , levels, min]) => ({ id, name, level: levels.split("|")[0], min: Number(min) || 0 }));
const small = catalogue.find((one) => one.min > 20);
const large = catalogue.filter((one) => one !== small).slice(0, 3);
const school_id = "D002", bureau_id = "341600", province_id = "340000"; // Of the demo's roster.
const words = (one) => `${one.name} · ${one.level}`;

let server;
const browsers = [], profiles = [];
const pages = {};

const device = (act, ...rest) => run("device", act, "--store", path.join(server.folder, "school.sqlite"), ...rest);
const declare = (one, heads, ...rest) => device("declare", "--certificate", one.id, "--level", one.level,
    "--headcount", String(heads), ...rest);

before(async () => {
    server = new Server();
    await server.start();
    device("enrol", "--server", server.url, "--code", server.codes.get(school_id), "--name", "教务处一号机");
    for (const [at, one] of large.entries()) declare(one, 120 + 10 * at);
    declare(small, 20, "--explain", "min_headcount=本轮先试点一个班。");
    device("summarise", "--contact", "王芳", "--phone", "0558-5512345");
    device("sync", "--server", server.url);
});

after(async () => {
    for (const browser of browsers) await browser.kill();
    await server.remove();
    for (const profile of profiles) fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

async function new_page() {
    const profile = new_profile();
    profiles.push(profile);
    const browser = await Chromium.start({ profile, args: ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
    browsers.push(browser);
    const page = await browser.page();
    page.setDefaultTimeout(20000);
    page.on("pageerror", (fault) => console.error(fault));
    await page.addInitScript(() => { window.print = () => {}; });
    await page.goto(server.url);
    return page;
}

async function enrol(unit) {
    const page = await new_page();
    await page.getByRole("textbox", { name: "登记码" }).fill(server.codes.get(unit));
    await page.getByRole("textbox", { name: "本机名称" }).fill("一号机");
    await page.getByRole("button", { name: "登记", exact: true }).click();
    await page.getByText("已与服务器同步。").waitFor();
    return page;
}

// The school's own desk, as the command line left it.
async function restore(file) {
    const page = await new_page();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "从备份文件恢复" }).click();
    await (await chooser).setFiles(file);
    await page.getByRole("button", { name: "恢复", exact: true }).click();
    await page.getByRole("link", { name: "首页" }).waitFor();
    return page;
}

const go = (page, name) => page.getByRole("link", { name: new RegExp(`^${name}`) }).first().click();
const tab = (page, name) => page.getByRole("tab", { name: new RegExp(`^${name}`) });
const row = (page, one) => page.getByRole("row").filter({ hasText: words(one) });
const open = (page, one) => row(page, one).getByRole("link", { name: /^打开/ }).click();

async function sync(page) {
    await go(page, "首页");
    await page.getByRole("button", { name: "一键同步" }).click();
    await page.getByText(/已送达，回执已保存|已与服务器同步/).first().waitFor();
    await page.getByRole("button", { name: "一键同步" }).waitFor();
}

async function picture(page, name) {
    if (!pictures) return;
    const session = await page.context().newCDPSession(page);
    const size = (width, height, mobile) => session.send("Emulation.setDeviceMetricsOverride",
        { width, height, deviceScaleFactor: 1, mobile });
    for (const [width, height] of [[1366, 768], [1920, 1080], [390, 844]]) {
        await size(width, height, width < 500);
        await page.waitForTimeout(400);
        await page.screenshot({ path: path.join(pictures, `${name}-${width}.png`) });
    }
    await size(1366, 768, false);
    await page.waitForTimeout(200);
}

// What the page meant when a step failed says more than where it waited.
function step(name, act) {
    test(name, async () => {
        try {
            await act();
        } catch (fault) {
            for (const [who, page] of Object.entries(pages))
                console.error(who, await page.locator("#mirror").ariaSnapshot().catch(() => "no page"));
            throw fault;
        }
    });
}

step("a bureau returns one with a remark and passes the others in bulk, all without a line", async () => {
    const page = pages.bureau = await enrol(bureau_id);
    await page.context().setOffline(true);
    await go(page, "审核");
    await tab(page, "待我审核 4").waitFor();
    await tab(page, "只接收 1").click(); // 附件2 is read, not decided.
    await page.getByRole("row").filter({ hasText: "附件2" }).getByRole("link", { name: /^打开/ }).click();
    await page.getByText("这张表只接收，不需要审核。").waitFor();
    await page.getByRole("cell", { name: String(120 + 130 + 140 + 20) }).waitFor(); // The total is reckoned here, too.
    await page.keyboard.press("Escape");
    await tab(page, "待我审核").click();
    assert.equal(await page.getByText("0558-5512345").count(), 0); // No contact in a list.
    await page.getByRole("checkbox", { name: "有说明" }).click();
    await page.getByRole("checkbox", { name: "全选 1 份" }).waitFor();
    await page.getByRole("checkbox", { name: "有说明" }).click();
    await picture(page, "bureau-queue");

    // By keyboard to the one that was explained, and back with it.
    await page.getByRole("button", { name: "人数", exact: true }).click(); // The smallest first.
    await page.locator("body").press("j");
    await page.keyboard.press("r");
    await page.getByText("考核人数的说明：本轮先试点一个班。").waitFor();
    const sign = page.getByRole("button", { name: "签名：退回修改" });
    assert.equal(await sign.getAttribute("aria-disabled"), "true"); // A return needs its reason.
    await page.getByRole("textbox", { name: "理由" }).fill("人数低于最低人数，请核对。");
    await page.getByRole("button", { name: "考核人数：20" }).click();
    await page.getByRole("textbox", { name: "考核人数：修改意见" }).fill("请按两个班填写");
    await page.getByRole("textbox", { name: "修改期限" }).fill("2023-04-06"); // Behind the school's window.
    await picture(page, "bureau-return");
    await sign.click();
    await page.getByText("已签，待同步：退回修改 1 份。").waitFor();
    await page.getByRole("button", { name: "上一份" }).waitFor(); // On to the next one.
    await page.keyboard.press("Escape");
    await tab(page, "待我审核 3").waitFor();

    // One passed by mistake is taken back.
    await page.locator("body").press("p");
    await page.getByText("已签，待同步：通过 1 份。").waitFor();
    await tab(page, "待我审核 2").waitFor();
    await page.getByRole("button", { name: "撤销" }).click();
    await tab(page, "待我审核 3").click();
    await page.getByRole("checkbox", { name: "全选 3 份" }).click();
    await page.getByRole("checkbox", { name: new RegExp(`^选择.*${words(large[2])}`) }).click(); // But for one.
    await page.getByRole("button", { name: "通过所选 2 份" }).click();
    await page.getByRole("dialog").getByText("2 份申报，1 所学校，合计 250 人", { exact: false }).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "通过 2 份" }).click();
    await tab(page, "已签待同步 3").click();
    await picture(page, "bureau-signed");
    await open(page, small);
    await page.getByText("已签退回修改，待同步").waitFor();
    await go(page, "待同步");
    assert.equal(await page.getByRole("button", { name: "取回" }).count(), 3);
});

step("the province decides one that the bureau has not passed, with a reason", async () => {
    const page = pages.province = await enrol(province_id);
    await go(page, "审核");
    await tab(page, "待我审核 0").waitFor();
    await tab(page, "待市级初审 4").click();
    await picture(page, "province-queue");
    await open(page, large[2]);
    await page.getByRole("button", { name: "仍要审核" }).click();
    await page.getByText("市级还没有初审。省级现在直接决定，须写明理由。").waitFor();
    const sign = page.getByRole("button", { name: "签名：通过" });
    assert.equal(await sign.getAttribute("aria-disabled"), "true");
    await page.getByRole("textbox", { name: "理由" }).fill("市级同意先行审核。");
    await sign.click();
    await sync(page);
});

step("the bureau's decisions go out; the school sees what was asked, replies and sends again", async () => {
    const { bureau } = pages;
    await bureau.context().setOffline(false);
    await bureau.getByRole("button", { name: "一键同步" }).or(bureau.getByRole("button", { name: "正在同步…" })).waitFor();
    await bureau.getByText(/3 份已送达|已与服务器同步/).first().waitFor();
    await go(bureau, "回执");
    await bureau.getByRole("cell", { name: new RegExp(`^退回修改：.*${words(small)}`) }).waitFor();

    device("sync", "--server", server.url);
    const page = pages.school = await restore(path.join(server.folder, "school.sqlite"));
    await go(page, "证书申报表");
    await page.getByRole("cell", { name: "退回修改" }).waitFor();
    await page.getByRole("link", { name: `打开第${large.length + 1}行` }).click();
    await page.getByText("人数低于最低人数，请核对。").first().waitFor();
    await page.getByText(/请于 4月6日 24:00 前修改报送/).first().waitFor();
    await page.getByRole("region", { name: "经过" }).getByText("市级退回修改").waitFor();
    await picture(page, "school-returned");
    await page.getByRole("button", { name: "按意见修改" }).click();
    const field = page.getByRole("textbox", { name: "考核人数" });
    const about = await field.getAttribute("aria-describedby");
    assert.match(await page.locator(`[id="${about}"]`).textContent(), /请按两个班填写/); // The remark is at its field.
    await field.fill("60");
    await page.getByRole("textbox", { name: "回复说明" }).fill("已改为两个班，共60人。");
    await picture(page, "school-mending");
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();
    await page.getByRole("region", { name: "经过" }).getByText("提交第2版").waitFor();
});

step("the bureau sees only what changed, with the reply, and passes it", async () => {
    const page = pages.bureau;
    await sync(page);
    await go(page, "审核");
    await tab(page, "待我审核 1").click();
    await open(page, small);
    await page.getByRole("region", { name: "自上次审核以来的改动" }).getByText("考核人数　20 → 60").waitFor();
    await page.getByRole("button", { name: "考核人数：20 → 60" }).waitFor();
    assert.equal(await page.getByRole("button", { name: /→/ }).count(), 1);
    await page.getByText("已改为两个班，共60人。").waitFor();
    await picture(page, "bureau-differences");
    await page.locator("body").press("p");
    await page.getByText("已签，待同步：通过 1 份。").waitFor();
    await sync(page);
});

step("the province approves fewer", async () => {
    const page = pages.province;
    await sync(page);
    await go(page, "审核");
    await tab(page, "待我审核 3").click();
    await open(page, small);
    await page.getByRole("textbox", { name: "审核通过人数" }).fill("61");
    await page.getByText("审核通过人数应为 0 到 60 的整数。").first().waitFor();
    await page.getByRole("textbox", { name: "审核通过人数" }).fill("50");
    await picture(page, "province-fewer");
    await page.getByRole("button", { name: "签名：通过" }).click();
    await sync(page);
    await go(page, "审核");
    await tab(page, "审核通过 2").click();
    await open(page, small);
    await page.getByRole("region", { name: "经过" }).getByText("省级审核通过，批准 50 人").waitFor();
    await picture(page, "province-history");
});

step("the school's ledger holds what was approved", async () => {
    const page = pages.school;
    await sync(page);
    await go(page, "指标台账");
    await page.getByRole("cell", { name: "50", exact: true }).first().waitFor();
    await page.getByRole("cell", { name: "140", exact: true }).first().waitFor();
    await picture(page, "school-ledger");
    assert.match(run("check", "--data", server.data), /都正确/);
});

step("a decision about a version that was replaced meanwhile comes back with what has changed", async () => {
    const { school, bureau } = pages;
    const fifth = catalogue.find((one) => one !== small && !large.includes(one));
    await go(school, "证书申报表");
    await school.getByRole("button", { name: "新增一张" }).click();
    await school.getByRole("combobox", { name: "第5行职业技能等级证书" }).fill(fifth.name);
    await school.getByRole("listbox").getByRole("option", { name: fifth.name }).first().click();
    await school.getByRole("combobox", { name: "第5行级别" }).selectOption({ label: fifth.level });
    await school.getByRole("textbox", { name: "第5行考核人数" }).fill("70");
    await school.getByRole("button", { name: "签名并提交 1 张" }).click();
    await sync(school);
    await sync(bureau);
    await bureau.context().setOffline(true);
    await go(bureau, "审核");
    await tab(bureau, "待我审核 1").click();
    await row(bureau, fifth).getByRole("checkbox").click();
    await bureau.getByRole("button", { name: "通过所选 1 份" }).click();
    await bureau.getByRole("dialog").getByRole("button", { name: "通过 1 份" }).click();
    await tab(bureau, "已签待同步 1").waitFor();

    await go(school, "证书申报表");
    await school.getByRole("link", { name: "打开第5行" }).click();
    await school.getByRole("button", { name: "修改", exact: true }).click();
    await school.getByRole("textbox", { name: "考核人数" }).fill("90");
    await school.getByRole("button", { name: "签名并提交" }).click();
    await sync(school);

    await bureau.context().setOffline(false);
    await go(bureau, "待同步");
    await bureau.getByRole("button", { name: "重新审核" }).click();
    await bureau.getByText(/学校已经提交了新的一版/).waitFor();
    await bureau.getByRole("button", { name: "考核人数：70 → 90" }).waitFor();
    await picture(bureau, "bureau-refused");
    await bureau.getByRole("button", { name: "签名：通过" }).click();
    await sync(bureau);
    await go(bureau, "审核");
    await tab(bureau, "已签待同步 0").waitFor();
    await tab(bureau, "市级初审通过 3").waitFor();
});

step("a bureau prints its schools' stamped form with a cover by one button", async () => {
    const page = pages.bureau;
    await go(page, "首页");
    await page.getByRole("button", { name: "打印 1 所学校的表和封面" }).click();
    let html = "";
    for (let tries = 0; tries < 50 && !html; ++tries) {
        for (const frame of page.frames().slice(1)) {
            const content = await frame.content().catch(() => "");
            if (content.includes("class=\"page\"")) html = content;
        }
        await page.waitForTimeout(100);
    }
    const text = html.replace(/<[^>]*>/g, " ");
    for (const wanted of ["邮件名称：亳州市教育局+2023年证书申报", "数据截至第", "安徽省1+X职业技能等级证书申报学校汇总表", "王芳"])
        assert.ok(text.includes(wanted), `${wanted} is on the print`);
    const code = /[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(html.slice(html.indexOf("<tbody>")))[0];
    assert.ok(html.split(code).length >= 3, "the cover names the code that stands on the sheet");
    await picture(page, "bureau-home");
});
