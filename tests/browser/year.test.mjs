// A school's year at its own computer, with decisions given on the command line: declared, approved,
// returned, mended, increased, reported. Each stage is a rehearsal of the same server at a later day;
// the statement of the ledger is read on the screen after each.
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before } from "node:test";
import { catalogue, cells_of, clean_up, clerk_of, declare, go, journey, look, settled, pdf_text,
    printed_html, sync, unit_of_kind, units, serve } from "./clerk.mjs";
import { run } from "./server.mjs";

const school = unit_of_kind("higher_vocational"); // The province decides at once about a college.
const [first, second] = catalogue.filter((certificate) => certificate.levels.includes("初级") && certificate.min <= 40);
const level = "初级";

let server, browser, page;
before(async () => {
    server = await serve({ clock: "2023-03-29T09:00:00+08:00" });
    ({ browser, page } = await clerk_of(school, server));
});
after(clean_up);

// What a reviewer has said of the version that stands.
const said = (shown) => shown.getByRole("region", { name: /审核意见$/ });

// The same server and computer on a later day.
async function on(day) {
    await server.turn_to(`${day}T10:00:00+08:00`);
    await sync(page);
}

const summary = (name, period) =>
    JSON.parse(run("summary", name, "--data", server.data, "--period", period, "--format", "json")).rows;
const filing_of = (certificate) => server.filing_of(certificate);
const decide = (filing, ...options) => run("decide", filing, "--data", server.data, ...options);

// The statement, as a clerk reads it: what, how much, the balance, by which filing.
async function statement() {
    await go(page, "指标台账");
    const table = page.getByRole("table", { name: "指标台账" });
    await table.waitFor();
    const rows = [];
    for (const row of (await table.getByRole("row").all()).slice(1)) rows.push(await cells_of(row));
    return rows;
}
const entry = (day, what, certificate, amount, balance, form) =>
    [day, what, certificate.name, level, amount, balance, `打开${form}　${certificate.name}${level}`];
const spring = [
    entry("2023年4月4日", "2023年春季申报批准", first, "+100", "100", "证书申报表"),
    entry("2023年4月4日", "2023年春季申报批准", second, "+40", "40", "证书申报表"),
];
const mended = [...spring,
    entry("2023年4月6日", "2023年春季批准撤销", second, "−40", "0", "证书申报表"),
    entry("2023年4月7日", "2023年春季申报批准", second, "+45", "45", "证书申报表")];

journey("spring: two declarations and the school's table go out", async () => {
    await go(page, "证书申报表");
    await declare(page, 1, first, level, "１００人");
    await declare(page, 2, second, level, "60");
    await page.getByRole("button", { name: "签名并提交 2 张" }).click();
    await go(page, "学校汇总表");
    await page.getByRole("textbox", { name: "学校联络人员姓名" }).fill("王芳");
    await page.getByRole("textbox", { name: "电话" }).fill("0551-65512345");
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();
    await sync(page);
    assert.equal(summary("sources", "2023-spring").length, 2);
    // The school's table as a file, which says in its name that this is a rehearsal.
    const download = page.waitForEvent("download");
    await go(page, "学校汇总表");
    await page.getByRole("button", { name: "导出表格" }).click();
    assert.equal((await download).suggestedFilename(), "演练-附件2-学校汇总表-2023-spring.csv");
    assert.equal(fs.readFileSync(await (await download).path(), "utf8"),
        `\uFEFF序号,职业技能等级证书,级别,2023年拟申报人数\r\n1,${first.name},${level},100\r\n2,${second.name},${level},60\r\n`);
    // How the notice wants its mail to be called, and the file (R17), ready to be pasted.
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    for (const [what, words] of [["邮件名称", `${school.name}+2023年证书申报`], ["文件名称", `${school.name}+2023年证书申报.pdf`]]) {
        await page.getByRole("button", { name: `复制${what}` }).click();
        await page.getByText("已复制。").waitFor();
        const copied = () => page.evaluate(() => navigator.clipboard.readText());
        for (let tries = 0; tries < 100 && await copied() !== words; ++tries) await page.waitForTimeout(100);
        assert.equal(await copied(), words);
    }
    await go(page, "指标台账");
    await page.getByText("还没有批准的指标").waitFor();
});

journey("April: one is approved as filed, one lower; the ledger says what and by which filing", async () => {
    await server.turn_to("2023-04-04T10:00:00+08:00");
    decide(filing_of(first), "--verdict", "pass");
    decide(filing_of(second), "--verdict", "pass", "--approved", "40", "--reason", "按实训工位核定");
    await sync(page);
    // Nobody has to look for it: the home screen says what was decided, the newest first.
    const reviewed = page.getByRole("table", { name: "最近的审核意见" }).getByRole("row");
    for (const [number, certificate, heads] of [[1, second, "40"], [2, first, "100"]]) {
        const cells = await cells_of(reviewed.nth(number));
        assert.ok(cells.some((words) => words.startsWith(certificate.name)), cells.join("|"));
        assert.ok(cells.includes("审核通过") && cells.includes(heads), cells.join("|"));
    }
    await look(page, "reviewed");
    await go(page, "证书申报表");
    const approved = (number) => page.getByRole("table", { name: "证书申报表" }).getByRole("row").nth(number);
    assert.ok((await cells_of(approved(1))).includes("审核通过"));
    // What was approved stands beside what was filed, and that is the number, not the keys pressed.
    assert.ok((await cells_of(approved(2))).includes("40"));
    assert.ok((await cells_of(approved(3))).includes("140"));
    assert.equal(await page.getByRole("textbox", { name: "第1行考核人数" }).inputValue(), "100");
    await look(page, "approved-list");
    await page.getByRole("link", { name: "打开第1行" }).click();
    await said(page).getByText("批准 100 人").waitFor();
    await page.getByRole("link", { name: "‹ 返回证书申报表" }).click();
    await page.getByRole("link", { name: "打开第2行" }).click();
    await said(page).getByText("批准 40 人").waitFor();
    await said(page).getByText("按实训工位核定").waitFor();
    assert.equal(await page.getByText(/^填报时间已于/).count(), 0); // It came in time.
    // A reviewer has passed it: only a return opens it.
    assert.equal(await page.getByRole("button", { name: "修改", exact: true }).getAttribute("aria-disabled"), "true");
    await look(page, "approved");
    assert.deepEqual(await statement(), spring);
    await page.getByText(/^140 人，2023年批准的考核人数合计/).waitFor();
    await look(page, "ledger");
    await page.getByRole("link", { name: `打开证书申报表　${second.name}${level}` }).click();
    await said(page).getByText("批准 40 人").waitFor();
});

journey("it comes back with a remark, a reason and a date; mended, it is decided again", async () => {
    await server.turn_to("2023-04-06T10:00:00+08:00");
    decide(filing_of(second), "--verdict", "return", "--reason", "与专业在校生数不符",
        "--remark", "headcount=按在校生人数核对", "--due", "2023-04-10");
    await sync(page);
    // Its window is over, and still it is not late.
    const returned = page.getByRole("region", { name: "退回修改" });
    for (const words of ["省级退回：与专业在校生数不符", "考核人数：按在校生人数核对", "请于 4月10日 24:00 前修改报送"])
        await returned.getByText(words, { exact: true }).waitFor();
    assert.equal(await page.getByText("逾期未报").count(), 0);
    await look(page, "returned-home");
    assert.deepEqual(await statement(), mended.slice(0, 3));
    await go(page, "首页");
    await page.getByRole("button", { name: `去修改：${second.name} · ${level}　60 人` }).click();
    await page.getByText("退回修改").first().waitFor();
    await said(page).getByText("与专业在校生数不符").waitFor();
    await page.getByText("请于 4月10日 24:00 前修改报送").first().waitFor();
    const heads = page.getByRole("textbox", { name: "考核人数" });
    assert.match(await description(heads), /审核意见：按在校生人数核对/);
    await look(page, "returned-form");
    await page.getByRole("button", { name: "按意见修改" }).click();
    await page.getByRole("link", { name: "考核人数：按在校生人数核对" }).click();
    await page.waitForFunction(() => document.activeElement.getAttribute("aria-label") === "考核人数");
    await heads.fill("50");
    assert.equal(await page.getByText(/^本单位已延期/).count(), 0); // It is this one alone.
    await look(page, "returned-open");
    assert.equal(await page.getByText(/请写明逾期补报的原因/).count(), 0);
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();
    await sync(page);
    assert.equal(await page.getByText("与专业在校生数不符").count(), 0);
    await go(page, "回执");
    await page.getByRole("cell", { name: "已被替代" }).waitFor();
    await page.getByRole("cell", { name: "延期", exact: true }).waitFor();

    await server.turn_to("2023-04-07T10:00:00+08:00");
    decide(filing_of(second), "--verdict", "pass", "--approved", "45", "--reason", "按实训工位核定");
    await sync(page);
    assert.deepEqual(await statement(), mended);
});

// What a screen reader says of a field after its name and value.
const description = (field) => field.evaluate((element) => {
    const by = element.getAttribute("aria-describedby");
    return element.getAttribute("aria-description") ||
        (by ? document.getElementById(by).textContent : "");
});

async function increase_row(number, certificate, number_after) {
    const field = page.getByRole("combobox", { name: `第${number}行证书名称` });
    await field.fill(certificate.name);
    await page.getByRole("listbox").getByRole("option", { name: certificate.name }).first().click();
    await page.getByRole("combobox", { name: `第${number}行证书级别` }).selectOption({ label: level });
    await page.getByRole("textbox", { name: `第${number}行调增后人数` }).fill(number_after);
}

journey("附件3: what was approved stands there already; less or the same is refused, more is shown", async () => {
    await on("2023-04-25");
    await go(page, "指标调增申请表");
    await page.getByRole("button", { name: "新建申请" }).click();
    await page.getByRole("textbox", { name: "学校联络人姓名" }).fill("王芳");
    await page.getByRole("textbox", { name: "电话" }).fill("0551-65512345");
    await increase_row(1, first, "100");
    // From the ledger, and nothing to type in.
    await page.getByRole("cell", { name: "100", exact: true }).first().waitFor();
    assert.equal(await page.getByRole("textbox", { name: /原批准人数/ }).count(), 0);
    const numbers = page.getByRole("textbox", { name: "第1行调增后人数" });
    for (const wrong of ["100", "90"]) {
        await numbers.fill(wrong);
        await settled(page);
        await page.getByRole("link", { name: /第1行.*调增后人数应大于原批准人数100人/ }).waitFor();
        assert.equal(await numbers.getAttribute("aria-invalid"), "true");
        assert.equal(await page.getByRole("button", { name: "签名并提交" }).getAttribute("aria-disabled"), "true");
    }
    await look(page, "increase-wrong");
    await numbers.fill("130");
    await page.getByText("增加 30 人").waitFor();
    await increase_row(2, second, "60");
    await page.getByRole("cell", { name: "45", exact: true }).waitFor();
    await page.getByText("增加 15 人").waitFor();
    await look(page, "increase");
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();

    decide(summary("quota_increase", "2023")[0].filing, "--verdict", "pass", "--approved", "110,50",
        "--reason", "按剩余计划核定");
    await sync(page);
    assert.deepEqual(await statement(), [...mended,
        entry("2023年4月25日", "2023年调增批准", first, "+10", "110", "指标调增申请表"),
        entry("2023年4月25日", "2023年调增批准", second, "+5", "50", "指标调增申请表")]);
    await look(page, "ledger-increased");
    await page.getByRole("link", { name: `打开指标调增申请表　${first.name}${level}` }).click();
    await page.getByText("批准 110、50 人").waitFor();
    await page.getByRole("link", { name: "‹ 返回指标调增申请表" }).click();
    const request = await cells_of(page.getByRole("table", { name: "指标调增申请表" }).getByRole("row").nth(1));
    assert.ok(request.includes("130、60") && request.includes("110、50"), request.join("|"));
    await look(page, "increase-list");
});

journey("附件4 of May: the quota from the ledger, the rate half up, money in both units, on paper", async () => {
    await on("2023-05-25");
    await page.getByRole("button", { name: /^去填写：填写进度月报表/ }).click();
    const field = (name) => page.getByRole("textbox", { name, exact: true });
    const quota = field("2023年申报指标");
    assert.equal(await quota.inputValue(), "160");
    assert.notEqual(await quota.getAttribute("readonly"), null);
    // A row of a spreadsheet goes into the one row of the paper, and can be taken back.
    await field("当月完成考核").focus();
    await field("当月完成考核").evaluate((element) => {
        const data = new DataTransfer();
        data.setData("text/plain", "申报指标\t当月完成考核（人）\t累计完成率（%）\t累计取证人数\r\n160\t１２\t13.13\t9\r\n");
        element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    });
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/累计完成率（%）”由系统计算，不取用/).waitFor();
    await look(page, "report-pasted");
    await dialog.getByRole("button", { name: "填入 1 行" }).click();
    await settled(page);
    assert.deepEqual([await field("当月完成考核").inputValue(), await field("累计取证人数").inputValue(),
        await field("当月完成报名").inputValue()], ["１２", "9", ""]);
    await page.getByRole("button", { name: "撤销" }).click();
    await settled(page);
    assert.equal(await field("累计取证人数").inputValue(), "");
    await field("当月完成报名").fill("30");
    await field("当月完成考核").fill("21");
    await field("累计完成考核").fill("1");
    await page.getByRole("link", { name: "当月完成考核人数不能大于累计完成考核人数。" }).waitFor();
    await field("累计完成考核").fill("21");
    await page.getByRole("cell", { name: "13.13", exact: true }).waitFor(); // 21 of 160: 13.125.
    await field("累计取证人数").fill("19");
    await field("2023年累计已支付考核费用").fill("123.456789万元");
    await field("2023年累计未支付考核费用").fill("9,876,543.21元");
    await page.getByText("123.46 万元，即 1,234,567.89 元").waitFor();
    await page.getByText("987.65 万元，即 9,876,543.21 元").waitFor();
    await field("填报人").fill("王芳");
    await field("联系电话").fill("0551-65512345");
    await look(page, "report");
    await page.getByRole("button", { name: "打印", exact: true }).click();
    const text = await pdf_text(browser, await printed_html(page), server.folder);
    assert.match(text, /160 +30 +21 +21 +13\.13 +19 +123\.46 +987\.65/);
    assert.ok(text.replace(/\s/g, "").includes(school.name));
    const code = /校验码\s*([0-9A-Z]{5}-[0-9A-Z]{5})/.exec(text)[1];
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();
    // What is printed after signing is the same sheet.
    await page.getByRole("button", { name: "打印", exact: true }).click();
    await settled(page);
    assert.ok((await pdf_text(browser, await printed_html(page), server.folder)).includes(code));
    const [row] = summary("progress", "2023-05").filter((one) => one.school_code === school.id);
    assert.deepEqual([row.quota, row.cum_assessed, row.cum_rate, row.cum_fee_paid, row.cum_fee_unpaid],
        [160, 21, 1313, 123456789, 987654321]);
    assert.match(run("check", "--data", server.data), /都正确/);
});

journey("the province reads the progress by its figures; a rate of nothing stands last either way", async () => {
    const others = units.filter((unit) => unit.kind === school.kind && unit !== school).slice(0, 2);
    for (const [at, unit] of others.entries()) {
        const device = server.device(unit.id);
        device("enrol", "--server", server.url, "--code", server.codes.get(unit.id), "--name", "一号机");
        device("fill", "--form", "附件4", "--set", `month_registered=${at + 1}`, "--set", "month_assessed=0",
            "--set", "cum_assessed=0", "--set", "cum_certified=0", "--set", "cum_fee_paid=0", "--set", "cum_fee_unpaid=0",
            "--set", "filler=王芳", "--set", "phone=0551-65512345");
        device("sync", "--server", server.url);
    }
    const { page: office } = await clerk_of(unit_of_kind("province_office"), server);
    await go(office, "申报汇总");
    await office.getByRole("tab", { name: "进度" }).click();
    const table = office.getByRole("table", { name: "进度", exact: true });
    const by = async (head) => {
        await table.getByRole("columnheader", { name: head }).getByRole("button").click();
        await settled(office);
        return (await table.getByRole("rowheader").allTextContents()).filter((name) => name !== "合计");
    };
    await table.getByRole("cell", { name: "13.13", exact: true }).first().waitFor();
    const [one, two] = others.map((unit) => unit.name);
    assert.deepEqual(await by("当月报名"), [school.name, two, one]);
    assert.deepEqual(await by("当月报名"), [one, two, school.name]);
    assert.equal((await by("完成率%"))[0], school.name);
    assert.equal((await by("完成率%"))[0], school.name);
    await look(office, "progress");
});
