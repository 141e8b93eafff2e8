// A round of review in a real Chromium: a school files by command line and mends in its page, a bureau
// decides without a line, the province decides before and after it. Driven through the mirror alone.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { catalogue, clean_up, clerk_of, computer, go, journey, look, open as open_page, printed_html, serve, sync,
    units } from "./clerk.mjs";
import { run } from "./server.mjs";

const small = catalogue.find((one) => one.min > 20);
const large = catalogue.filter((one) => one !== small).slice(0, 3);
const level = (one) => one.levels[0];
const unit = (id) => units.find((one) => one.id === id);
const school = unit("D002"), bureau_unit = unit("341600"), province_unit = unit("340000");
const words = (one) => `${one.name} · ${level(one)}`;

let server;
const pages = {};

const device = (...options) => server.device("school")(...options);
const declare = (one, heads, ...rest) => device("declare", "--certificate", one.id, "--level", level(one),
    "--headcount", String(heads), ...rest);

before(async () => {
    server = await serve();
    device("enrol", "--server", server.url, "--code", server.codes.get(school.id), "--name", "教务处一号机");
    for (const [at, one] of large.entries()) declare(one, 120 + 10 * at);
    declare(small, 20, "--explain", "min_headcount=本轮先试点一个班。");
    device("summarise", "--contact", "王芳", "--phone", "0558-5512345");
    device("sync", "--server", server.url);
});

after(clean_up);

// The school's own desk, as the command line left it.
async function restore(file) {
    const page = await open_page(await computer(), server);
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "从备份文件恢复" }).click();
    await (await chooser).setFiles(file);
    await page.getByRole("button", { name: "恢复", exact: true }).click();
    await page.getByRole("link", { name: "首页" }).waitFor();
    return page;
}

const tab = (page, name) => page.getByRole("tab", { name: new RegExp(`^${name}`) });
const row = (page, one) => page.getByRole("row") // The level stands in a cell of its own.
    .filter({ hasText: one.name }).filter({ has: page.getByRole("cell", { name: level(one), exact: true }) });
const open = (page, one) => row(page, one).getByRole("link", { name: /^打开/ }).click();

journey("a bureau returns one with a remark and passes the others in bulk, all without a line", async () => {
    const page = pages.bureau = (await clerk_of(bureau_unit, server)).page;
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
    for (const kind of ["有提示", "有说明"]) { // It warned of the number; the school explained it.
        await page.getByRole("checkbox", { name: kind }).click();
        await page.getByRole("checkbox", { name: "全选 1 份" }).waitFor();
        await page.getByRole("checkbox", { name: kind }).click();
    }
    await look(page, "bureau-queue");

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
    const due = page.getByRole("textbox", { name: "修改期限" });
    await due.fill("2023-04-31");
    await page.getByText("修改期限请按“2023-04-05”的样子填写，也可以留空。").first().waitFor();
    assert.equal(await due.getAttribute("aria-invalid"), "true"); // At its field, too.
    await due.fill("2023-04-06"); // Behind the school's window.
    await look(page, "bureau-return");
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
    // A double click passes one, and not the next that has come under the pointer.
    await tab(page, "待我审核 3").click();
    await page.getByRole("link", { name: /^打开/ }).first().click();
    await page.getByRole("button", { name: "签名：通过" }).dblclick();
    await page.getByText("已签，待同步：通过 1 份。").waitFor();
    await page.keyboard.press("Escape");
    await tab(page, "待我审核 2").waitFor();
    await page.getByRole("button", { name: "撤销" }).click();
    await tab(page, "待我审核 3").click();
    await page.getByRole("checkbox", { name: "全选 3 份" }).click();
    await page.getByRole("checkbox", { name: new RegExp(`^选择.*${words(large[2])}`) }).click(); // But for one.
    await page.getByRole("button", { name: "通过所选 2 份" }).click();
    await page.getByRole("dialog").getByText("2 份申报，1 所学校，合计 250 人", { exact: false }).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "通过 2 份" }).click();
    await tab(page, "已签待同步 3").click();
    await look(page, "bureau-signed");
    await open(page, small);
    await page.getByText("已签退回修改，待同步").waitFor();
    await go(page, "待同步");
    assert.equal(await page.getByRole("button", { name: "取回" }).count(), 3);
});

journey("the province decides one that the bureau has not passed, with a reason", async () => {
    const page = pages.province = (await clerk_of(province_unit, server)).page;
    await go(page, "审核");
    await tab(page, "待我审核 0").waitFor();
    await tab(page, "待市级初审 4").click();
    await look(page, "province-queue");
    await open(page, large[2]);
    await page.getByRole("button", { name: "仍要审核" }).click();
    await page.getByText("市级还没有初审。省级现在直接决定，须写明理由。").waitFor();
    const sign = page.getByRole("button", { name: "签名：通过" });
    assert.equal(await sign.getAttribute("aria-disabled"), "true");
    await page.getByRole("textbox", { name: "理由" }).fill("市级同意先行审核。");
    await sign.click();
    await sync(page);
});

journey("the bureau's decisions go out; the school sees what was asked, replies and sends again", async () => {
    const { bureau } = pages;
    await bureau.context().setOffline(false);
    await bureau.getByRole("button", { name: "一键同步" }).or(bureau.getByRole("button", { name: "正在同步…" })).waitFor();
    await bureau.getByText(/3 份已送达|已与服务器同步/).first().waitFor();
    await go(bureau, "回执");
    const returned = bureau.getByRole("row", { name: new RegExp(`退回修改：.*${words(small)}`) });
    await returned.waitFor();
    await returned.getByRole("link", { name: /^打印回执/ }).click();
    const receipt = (await printed_html(bureau)).replace(/<[^>]*>/g, " ");
    for (const wanted of [bureau_unit.name, "退回修改：", words(small), "（北京时间）", "SHA-256"])
        assert.ok(receipt.includes(wanted), `${wanted} is on the receipt`);
    assert.doesNotMatch(receipt, /申报回执|时限/); // That is said of filings.

    device("sync", "--server", server.url);
    const page = pages.school = await restore(path.join(server.folder, "school.sqlite"));
    await go(page, "证书申报表");
    await page.getByRole("cell", { name: "退回修改" }).waitFor();
    await page.getByRole("link", { name: `打开第${large.length + 1}行` }).click();
    await page.getByText("人数低于最低人数，请核对。").first().waitFor();
    await page.getByText(/请于 4月6日 24:00 前修改报送/).first().waitFor();
    await page.getByRole("region", { name: "经过" }).getByText("市级退回修改").waitFor();
    await look(page, "school-returned");
    await page.getByRole("button", { name: "按意见修改" }).click();
    const field = page.getByRole("textbox", { name: "考核人数" });
    const about = await field.getAttribute("aria-describedby");
    assert.match(await page.locator(`[id="${about}"]`).textContent(), /请按两个班填写/); // The remark is at its field.
    await field.fill("60");
    await page.getByRole("textbox", { name: "回复说明" }).fill("已改为两个班，共60人。");
    await look(page, "school-mending");
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();
    await page.getByRole("region", { name: "经过" }).getByText("提交第2版").waitFor();
});

journey("the bureau sees only what changed, with the reply, and passes it", async () => {
    const page = pages.bureau;
    await sync(page);
    await go(page, "审核");
    await tab(page, "待我审核 1").click();
    await open(page, small);
    await page.getByRole("region", { name: "自上次审核以来的改动" }).getByText("考核人数　20 → 60").waitFor();
    await page.getByRole("button", { name: "考核人数：20 → 60" }).waitFor();
    assert.equal(await page.getByRole("button", { name: /→/ }).count(), 1);
    await page.getByText("已改为两个班，共60人。").waitFor();
    await look(page, "bureau-differences");
    await page.locator("body").press("p");
    await page.getByText("已签，待同步：通过 1 份。").waitFor();
    await sync(page);
});

journey("the province approves fewer", async () => {
    const page = pages.province;
    await sync(page);
    await go(page, "审核");
    await tab(page, "待我审核 3").click();
    await open(page, small);
    await page.getByRole("textbox", { name: "审核通过人数" }).fill("61");
    await page.getByText("审核通过人数应为 0 到 60 的整数。").first().waitFor();
    // Nobody at all is a refusal, or has its reason.
    const sign = page.getByRole("button", { name: "签名：通过" });
    await page.getByRole("textbox", { name: "审核通过人数" }).fill("0");
    await page.getByText("人数一个也没有批准，请写明理由，或者选“不通过”。").first().waitFor();
    assert.equal(await sign.getAttribute("aria-disabled"), "true");
    await page.getByRole("textbox", { name: "理由" }).fill("暂不安排。");
    await page.getByText("签名后放入待同步，发送之前可以取回。").waitFor();
    assert.notEqual(await sign.getAttribute("aria-disabled"), "true");
    await page.getByRole("textbox", { name: "理由" }).fill("");
    await page.getByRole("textbox", { name: "审核通过人数" }).fill("50");
    await look(page, "province-fewer");
    await sign.click();
    await sync(page);
    await go(page, "审核");
    await tab(page, "审核通过 2").click();
    await open(page, small);
    await page.getByRole("region", { name: "经过" }).getByText("省级审核通过，批准 50 人").waitFor();
    await look(page, "province-history");
});

journey("the school's ledger holds what was approved", async () => {
    const page = pages.school;
    await sync(page);
    await go(page, "指标台账");
    await page.getByRole("cell", { name: "50", exact: true }).first().waitFor();
    await page.getByRole("cell", { name: "140", exact: true }).first().waitFor();
    await look(page, "school-ledger");
    assert.match(run("check", "--data", server.data), /都正确/);
});

journey("a decision about a version that was replaced meanwhile comes back with what has changed", async () => {
    const { school, bureau } = pages;
    const fifth = catalogue.find((one) => one !== small && !large.includes(one));
    await go(school, "证书申报表");
    await school.getByRole("button", { name: "新增一张" }).click();
    await school.getByRole("combobox", { name: "第5行职业技能等级证书" }).fill(fifth.name);
    await school.getByRole("listbox").getByRole("option", { name: fifth.name }).first().click();
    await school.getByRole("combobox", { name: "第5行级别" }).selectOption({ label: level(fifth) });
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
    await look(bureau, "bureau-refused");
    // Or it is put away, and the filing waits like any other.
    await go(bureau, "待同步");
    await bureau.getByRole("button", { name: "移除" }).click();
    await bureau.getByText("没有等待发送的文件").first().waitFor();
    await go(bureau, "审核");
    await tab(bureau, "已签待同步 0").waitFor();
    await tab(bureau, "待我审核 1").click();
    await open(bureau, fifth);
    await bureau.locator("body").press("p");
    await sync(bureau);
    await go(bureau, "审核");
    await tab(bureau, "市级初审通过 3").waitFor();
});

journey("a bureau prints its schools' stamped form with a cover by one button", async () => {
    const page = pages.bureau;
    await go(page, "首页");
    // The school has mended a declaration since it signed its 附件2.
    await page.getByText(`需更新（提交后申报表有变动），请学校重新提交：${school.name}`).waitFor();
    await page.getByRole("button", { name: "打印 1 所学校的表和封面" }).click();
    const html = await printed_html(page);
    const text = html.replace(/<[^>]*>/g, " ");
    for (const wanted of ["邮件名称：亳州市教育局+2023年证书申报", "数据截至第", "安徽省1+X职业技能等级证书申报学校汇总表", "王芳",
        "备注“需更新”的：本表填报后附件1有变动，需更新。"])
        assert.ok(text.includes(wanted), `${wanted} is on the print`);
    assert.match(html, /<td>需更新<\/td>/); // Its line of the cover; its own pages say it at their head.
    assert.match(html, /class="warning">本表填报后附件1有变动，需更新</);
    const code = /[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(html.slice(html.indexOf("<tbody>")))[0];
    assert.ok(html.split(code).length >= 3, "the cover names the code that stands on the sheet");
    await look(page, "bureau-home");
});

journey("附件3 comes back with a remark on one of its rows; the province gives less of that row", async () => {
    const { school: page, province } = pages;
    await go(page, "指标调增申请表");
    await page.getByRole("button", { name: "新建申请" }).click();
    await page.getByRole("textbox", { name: "学校联络人姓名" }).fill("王芳");
    await page.getByRole("textbox", { name: "电话" }).fill("0558-5512345");
    for (const [at, [one, after]] of [[large[2], "160"], [small, "80"]].entries()) {
        const number = at + 1;
        await page.getByRole("combobox", { name: `第${number}行证书名称` }).fill(one.name);
        await page.getByRole("listbox").getByRole("option", { name: one.name }).first().click();
        await page.getByRole("combobox", { name: `第${number}行证书级别` }).selectOption({ label: level(one) });
        await page.getByRole("textbox", { name: `第${number}行调增后人数` }).fill(after);
    }
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();

    const file = province.getByRole("row").filter({ hasText: "附件3" }).getByRole("link", { name: /^打开/ });
    await sync(province);
    await go(province, "审核");
    await tab(province, "待我审核").click();
    await file.click();
    await province.getByText("0558-5512345").first().waitFor(); // In full on the filing.
    await province.getByRole("button", { name: "调增后人数：80" }).click();
    const remark = province.getByRole("textbox", { name: "调增后人数：修改意见" });
    assert.equal(await remark.inputValue(), "第2行：");
    await remark.fill("第2行：按设备数核减");
    await province.getByRole("textbox", { name: "理由" }).fill("第2行超出设备能力。");
    await look(province, "province-rows");
    await province.getByRole("button", { name: "签名：退回修改" }).click();
    await sync(province);

    await sync(page);
    await page.getByRole("button", { name: /^去修改：.* 等 2 项/ }).click();
    await page.getByRole("button", { name: "按意见修改" }).click();
    await page.getByRole("link", { name: "调增后人数：第2行：按设备数核减" }).click();
    await page.waitForFunction(() => document.activeElement.getAttribute("aria-label") === "第2行调增后人数");
    const about = (number) => page.getByRole("textbox", { name: `第${number}行调增后人数` }).evaluate((element) => {
        const by = element.getAttribute("aria-describedby");
        return by ? document.getElementById(by).textContent : "";
    });
    assert.match(await about(2), /按设备数核减/);
    assert.doesNotMatch(await about(1), /核减/); // The other row was not meant.
    await look(page, "school-rows");
    await page.getByRole("textbox", { name: "第2行调增后人数" }).fill("70");
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();

    await sync(province);
    await go(province, "审核");
    await tab(province, "待我审核").click();
    await file.click();
    await province.getByText("第2行：调增后人数　80 → 70").waitFor();
    const number = province.getByRole("textbox", { name: "第2行调增后人数" });
    await number.fill("40");
    await province.getByText("审核通过人数应为 50 到 70 的整数。").first().waitFor(); // Not less than there was.
    await number.fill("60");
    await province.getByRole("button", { name: "签名：通过" }).click();
    await sync(province);
    await sync(page);
    await go(page, "指标台账");
    await page.getByRole("cell", { name: "+10", exact: true }).waitFor();
});
