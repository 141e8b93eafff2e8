// The home screen as a calendar, at days of the year that matter, and with the computer's own clock a day
// off: what is due is told by the server's time. The page is driven through its accessible mirror.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { afterwards, clean_up, clerk_of, go, journey, look, sync, unit_of_kind, serve } from "./clerk.mjs";
import { run } from "./server.mjs";
import { root } from "./site.mjs";

const school = unit_of_kind("higher_vocational");
const day_ms = 24 * 60 * 60 * 1000;

after(clean_up);

function at(name, clock, act) {
    journey(name, async () => {
        const server = await serve({ clock });
        await act(server);
    });
}

const year_row = (page, name) => page.getByRole("table", { name: "全年日程" }).getByRole("row", { name });

at("May: the report is due on a Saturday, is filled in with money and figures, and arrives",
    "2023-05-25T10:00:00+08:00", async (server) => {
        const { browser, page } = await clerk_of(school, server);
        await page.getByRole("heading", { name: "2023年5月报送" }).waitFor();
        await page.getByText("5月27日 24:00").first().waitFor();
        await page.getByText("截止日为周六").first().waitFor();
        await page.getByText(/^还有 2 天 1[34] 小时$/).first().waitFor();
        await year_row(page, /2023年秋季.*证书申报表.*中秋节、国庆节/).waitFor();
        await year_row(page, /2023年春季.*证书申报表.*未填报/).waitFor();

        await page.getByRole("button", { name: /^去填写：填写进度月报表/ }).click();
        // What comes from the ledger is locked; nothing is approved yet.
        const quota = page.getByRole("textbox", { name: "2023年申报指标" });
        assert.equal(await quota.inputValue(), "0");
        assert.notEqual(await quota.getAttribute("readonly"), null);
        await page.getByRole("cell", { name: "—", exact: true }).waitFor(); // No rate of nothing.
        // A finding leads to its field.
        await page.getByRole("link", { name: "请填写“累计取证人数”。" }).click();
        await page.waitForFunction(() => document.activeElement.getAttribute("aria-label") === "累计取证人数");
        // A zero report, with money in both units.
        for (const name of ["当月完成报名", "当月完成考核", "累计完成考核", "累计取证人数"])
            await page.getByRole("textbox", { name, exact: true }).fill("0");
        await page.getByRole("textbox", { name: "2023年累计已支付考核费用" }).fill("1.5万元");
        await page.getByRole("textbox", { name: "2023年累计未支付考核费用" }).fill("250元");
        await page.getByText("1.50 万元，即 15,000.00 元").waitFor();
        await page.getByText("0.03 万元，即 250.00 元").waitFor();
        await page.getByRole("textbox", { name: "填报人" }).fill("王芳");
        await page.getByRole("textbox", { name: "联系电话" }).fill("0558-5512345");
        // A hint may be explained; it blocks nothing.
        await page.getByRole("link", { name: "写说明：当月没有人报名。" }).click();
        await page.getByRole("textbox", { name: "说明", exact: true }).fill("本月没有安排报名。");
        await page.getByRole("button", { name: "签名并提交" }).click();
        await page.getByText("已提交").first().waitFor();

        // The tick is the school's own word, and stays.
        await page.getByRole("checkbox", { name: "已上传国家平台" }).click();
        const day = page.getByRole("textbox", { name: "上传日期" });
        assert.equal(await day.inputValue(), "2023-05-25");
        await day.fill("2023-05-24");
        await page.getByText("本校自行填报，不代表平台数据").waitFor();
        await go(page, "首页");
        await year_row(page, /2023年5月.*已提交/).waitFor();
        await go(page, "进度月报表");
        assert.equal(await day.inputValue(), "2023-05-24");
        await page.getByText(/进度月报表\.pdf$/).waitFor();
        await browser.close();
    });

at("May, on two machines: the report that came second is refused, and the first is taken over",
    "2023-05-25T10:00:00+08:00", async (server) => {
        const { browser, page } = await clerk_of(school, server);
        const other = server.device("other");
        other("enrol", "--server", server.url, "--code", server.new_code(school.id), "--name", "二号机");
        const given = { month_registered: "20", month_assessed: "0", cum_assessed: "0", cum_certified: "0", cum_fee_paid: "0",
            cum_fee_unpaid: "0", filler: "李明", phone: "0551-65512345" };
        other("fill", "--form", "附件4", ...Object.entries(given).flatMap(([name, value]) => ["--set", `${name}=${value}`]));

        await page.getByRole("button", { name: /^去填写：填写进度月报表/ }).click();
        await page.context().setOffline(true);
        for (const name of ["当月完成报名", "当月完成考核", "累计完成考核", "累计取证人数"])
            await page.getByRole("textbox", { name, exact: true }).fill(name === "当月完成报名" ? "12" : "0");
        for (const name of ["2023年累计已支付考核费用", "2023年累计未支付考核费用"])
            await page.getByRole("textbox", { name }).fill("0");
        await page.getByRole("textbox", { name: "填报人" }).fill("王芳");
        await page.getByRole("textbox", { name: "联系电话" }).fill("0558-5512345");
        await page.getByRole("button", { name: "签名并提交" }).click();
        await page.getByText("已签名，联网后自动发送。").waitFor();
        other("sync", "--server", server.url);
        await page.context().setOffline(false);
        await sync(page);
        await go(page, "进度月报表");
        await page.getByText(/^本单位的另一台电脑已经提交了这份表。要采用它，请按“删除”/).waitFor();
        await look(page, "calendar-elsewhere");
        await page.getByRole("button", { name: "删除", exact: true }).click();
        await page.getByText("已提交").first().waitFor();
        assert.equal(await page.getByRole("textbox", { name: "当月完成报名", exact: true }).inputValue(), "20");
        await go(page, "首页");
        await page.getByRole("table", { name: "未被接收" }).waitFor({ state: "detached" });
        await browser.close();
    });

at("July: nothing is to be reported, and the next month is named", "2023-07-15T10:00:00+08:00",
    async (server) => {
        const { browser, page } = await clerk_of(school, server);
        await page.getByText("本月无需报送").first().waitFor();
        await page.getByText(/下次报送：2023年9月，9月1日 至 9月27日 24:00/).first().waitFor();
        await page.getByText("已过截止时间").first().waitFor(); // May and June were not reported.
        await go(page, "进度月报表");
        await page.getByText("本月（7月）无需报送").waitFor();
        // An earlier month can be turned to; what is late asks for its reason.
        await page.getByRole("button", { name: "查看2023年6月" }).click();
        await page.getByText(/填报时间已于 6月27日 24:00 截止/).waitFor();
        await page.getByRole("textbox", { name: "原因说明" }).waitFor();
        // An extension opens it again.
        run("extend", "--data", server.data, "--unit", school.id, "--form", "monthly_report", "--period", "2023-06",
            "--until", "2023-07-21T00:00:00+08:00", "--reason", "系统故障");
        await go(page, "首页");
        await page.getByRole("button", { name: "一键同步" }).click();
        await page.getByRole("heading", { name: "2023年6月报送" }).waitFor();
        await page.getByText("已延期").first().waitFor();
        await page.getByText("7月20日 24:00").first().waitFor();
        await browser.close();
    });

at("a new version of the notice takes a draft along and says what became of it", "2023-05-10T10:00:00+08:00",
    async (server) => {
        const { browser, page } = await clerk_of(school, server);
        await page.getByRole("button", { name: /^去填写：填写进度月报表/ }).click();
        await page.getByRole("textbox", { name: /^当月完成报名/ }).fill("１２人");
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "notice-"));
        afterwards(() => fs.rmSync(folder, { recursive: true, force: true }));
        const document = JSON.parse(fs.readFileSync(
            path.join(root, "shared/notices/anhui-2023-14/package.json"), "utf8"));
        const report = document.forms.find((form) => form.serves?.as === "report");
        report.fields.find((field) => field.id === "month_registered").label = "当月报名人数";
        report.fields.push({ id: "issue", label: "周报期次", type: "text" });
        fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(document));
        run("notice", "publish", folder, "--data", server.data);
        await go(page, "首页");
        await page.getByRole("button", { name: "一键同步" }).click();
        await page.getByText("通知已更新，草稿已转入新版本").waitFor();
        await page.getByText(/改列为“当月报名人数”.*１２人/).waitFor();
        await page.getByText(/新增待填.*周报期次/).waitFor();
        await page.getByRole("button", { name: "知道了" }).click();
        await page.getByText("通知已更新，草稿已转入新版本").waitFor({ state: "detached" });
        // What was read can be looked up again.
        await page.getByRole("link", { name: "通知更新前填写的内容" }).click();
        await page.getByText("通知已更新，草稿已转入新版本").waitFor();
        await page.getByRole("button", { name: "知道了" }).click();
        await page.getByText("通知已更新，草稿已转入新版本").waitFor({ state: "detached" });
        await go(page, "进度月报表");
        assert.equal(await page.getByRole("textbox", { name: /^当月报名人数/ }).inputValue(), "１２人");
        await browser.close();
    });

for (const [name, off] of [["ahead", day_ms], ["behind", -day_ms]])
    at(`the computer's clock a day ${name}: the last hours of the round are told by the server`,
        "2023-03-31T18:30:00+08:00", async (server) => {
            const { browser, page } = await clerk_of(school, server, { off_ms: off });
            await page.getByText(/^还有 5 小时$/).first().waitFor();
            assert.equal(await page.getByText("已截止").count(), 0);
            await go(page, "证书申报表");
            await page.getByText(/^还有 5 小时$/).waitFor();
            assert.equal(await page.getByText(/填报时间已于/).count(), 0);
            // After a reload without a line the time still runs from what the server told.
            await page.context().setOffline(true);
            await page.reload();
            await page.getByText(/^还有 5 小时$/).first().waitFor();
            await browser.close();
        });
