// What the offices do beside reviewing, in a real Chromium against the real server: units and devices, codes,
// extensions, announcements and reminders. Driven only through the accessible mirror.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { clean_up, clerk_of, find, go, journey, look, serve, sync_here as sync, unit_of_kind, units }
    from "./clerk.mjs";
import { csv_rows, run } from "./server.mjs";

const office = unit_of_kind("province_office");
const school = unit_of_kind("secondary_vocational");

let server;
let province, page; // The province's page and the school's.

before(async () => {
    server = await serve();
});
after(clean_up);

journey("the province announces; the school reads it at its next sync and marks it read", async () => {
    province = (await clerk_of(office, server)).page;
    await go(province, "通知公告");
    await province.getByRole("textbox", { name: "内容" }).fill("请各校在4月3日前核对联络人员。");
    await find(province, "发给", school.city + "全部单位");
    await province.getByRole("textbox", { name: "显示到哪天" }).fill("2023-04-03");
    await look(province, "announcement");
    await province.getByRole("button", { name: "签名发布" }).click();
    await sync(province);
    await province.getByText(new RegExp(`^发给 ${school.city}，.*显示到 2023年4月3日$`)).waitFor();

    page = (await clerk_of(school, server)).page;
    await page.getByText("请各校在4月3日前核对联络人员。").waitFor();
    await page.getByText(`发给 ${school.city}`).waitFor();
    await look(page, "announced");
    await page.getByRole("button", { name: "标为已读" }).click();
    await page.getByText("请各校在4月3日前核对联络人员。").waitFor({ state: "detached" });
});

journey("an extension for the school, listed and taken back", async () => {
    await go(province, "延期");
    await find(province, "单位", school.name);
    await province.getByRole("textbox", { name: "延到哪天" }).fill("2023-04-10");
    await province.getByRole("textbox", { name: "原因" }).fill("停电");
    // The table made from the declarations would otherwise be due before them.
    assert.ok(await province.getByRole("checkbox", { name: "学校汇总表　2023年春季也延到这一天" }).isChecked());
    await look(province, "extension");
    await province.getByRole("button", { name: "为 1 个单位签名延期" }).click();
    await province.getByRole("dialog").getByText(`${school.name}：证书申报表　2023年春季，学校汇总表　2023年春季，`).waitFor();
    await province.getByRole("button", { name: "签名", exact: true }).click();
    await sync(province);
    const granted = province.getByRole("region", { name: "已延期" });
    await granted.getByText("证书申报表　2023年春季　延到 2023年4月10日").waitFor();
    await granted.getByText("学校汇总表　2023年春季　延到 2023年4月10日").waitFor();
    assert.equal(await granted.getByText(school.name).count(), 2);
    await look(province, "extended");
    await province.getByRole("button", { name: "收回" }).first().click();
    await province.getByRole("dialog").getByRole("button", { name: "收回" }).click();
    await sync(province);
    await granted.getByText(/　已收回$/).waitFor();
});

journey("an act that the server refuses is seen in the outbox with its reason, and put away", async () => {
    // Signed without a line, for a unit that is no school any more when it arrives.
    const gone = units.find((unit) => unit.kind === "secondary_vocational" && unit.id !== school.id);
    await province.context().setOffline(true);
    await go(province, "延期");
    await find(province, "单位", gone.name);
    await province.getByRole("textbox", { name: "延到哪天" }).fill("2023-04-10");
    await province.getByRole("textbox", { name: "原因" }).fill("停电");
    await province.getByRole("checkbox", { name: /^学校汇总表.*也延到这一天$/ }).uncheck();
    await province.getByRole("button", { name: "为 1 个单位签名延期" }).click();
    await province.getByRole("button", { name: "签名", exact: true }).click();
    await go(province, "待同步");
    await province.getByRole("button", { name: "取消" }).waitFor();
    const file = path.join(server.folder, "gone.csv");
    fs.writeFileSync(file, `id,name,kind,city,review_by\n${gone.id},${gone.name},city_bureau,${gone.city},\n`);
    run("units", "import", "--data", server.data, file);
    await province.context().setOffline(false);
    await province.getByRole("region", { name: "未被接收" }).getByText(gone.name).first().waitFor();
    await look(province, "refused");
    await province.getByRole("button", { name: "移除" }).click();
    await province.getByRole("region", { name: "未被接收" }).waitFor({ state: "detached" });
});

journey("a unit is found, renamed, given a code, and its device revoked after asking twice", async () => {
    await go(province, "单位与设备");
    await province.getByRole("textbox", { name: "查找" }).fill(school.name);
    await province.getByRole("link", { name: school.name }).click();
    await province.getByRole("button", { name: "生成登记码" }).click();
    await province.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/).first().waitFor();
    await look(province, "unit");
    await province.getByRole("textbox", { name: "名称" }).fill(school.name + "（新）");
    await province.getByRole("button", { name: "保存修改" }).click();
    await sync(province);
    await province.getByRole("link", { name: school.name + "（新）" }).click();
    await province.getByRole("button", { name: "停用 一号机" }).click();
    await province.getByRole("dialog").getByRole("button", { name: "停用" }).click();
    await sync(province);
    await province.getByText("已停用").waitFor();
    await look(province, "revoked");
    // What it was called before, and who renamed it.
    await province.getByRole("button", { name: "变更记录" }).click();
    await province.getByText(new RegExp(`^最初　${school.name}　`)).waitFor();
    await province.getByText(new RegExp(` 起　${school.name}（新）　`)).waitFor();
    assert.equal(await province.getByText(`条记录　${office.name}（本机）`).count(), 1);
    await look(province, "unit-history");
    assert.match(run("check", "--data", server.data), /都正确/);
});

journey("who has not filed is reminded with a text for the group", async () => {
    // Each school is told its own time: one was given until April.
    const late = units.find((unit) => unit.kind === "higher_vocational");
    run("extend", "--data", server.data, "--unit", late.id, "--form", "declaration", "--period", "2023-spring",
        "--until", "2023-04-10T23:59:59.999999+08:00", "--reason", "停电");
    // Another named a phone in what it sent for the spring.
    const known = units.find((unit) => unit.kind === "higher_vocational" && unit.id !== late.id);
    const device = server.device("known");
    device("enrol", "--server", server.url, "--code", server.codes.get(known.id), "--name", "known");
    const declared =
        device("declare", "--certificate", "X001", "--level", "初级", "--headcount", "60").trim();
    device("summarise", "--contact", "王芳", "--phone", "0551-65512345");
    device("sync", "--server", server.url);
    await sync(province);
    await go(province, "申报汇总");
    await province.getByRole("tab", { name: "未报" }).click();
    await province.getByText(/【催报】以下学校还没有报送/).waitFor();
    const groups = await province.getByText(/^截止 .*请尽快填报并同步：/).allTextContents();
    assert.equal(groups.filter((words) => /^截止 3月31日/.test(words)).length, 1);
    assert.match(groups.find((words) => words.includes(late.name)), /^截止 4月10日 24:00/);
    await look(province, "chase");
    await province.getByRole("button", { name: "复制文字" }).click();
    await province.getByText("已复制，可以粘贴到工作群").waitFor();

    // The list for text messages names the phone where one is known.
    const saved = async () => {
        const [download] = await Promise.all([province.waitForEvent("download"),
            province.getByRole("button", { name: "下载短信名单" }).click()]);
        assert.equal(download.suggestedFilename(), "演练-短信名单.csv");
        return csv_rows(fs.readFileSync(await download.path(), "utf8"));
    };
    const spring = await saved();
    assert.deepEqual(spring[0], ["单位", "市", "联系电话", "内容"]);
    assert.ok(!spring.some((row) => row[0] === known.name)); // It has filed.
    assert.match(spring.find((row) => row[0] === late.name)[3], /^还没有收到.*截止 4月10日 24:00/);
    assert.equal(spring.find((row) => row[0] === late.name)[2], "");
    await province.getByRole("combobox", { name: "申报轮次" }).selectOption({ label: "2023年秋季" });
    await province.getByText(/2023年秋季从9月18日开始接收，还不用催。$/).waitFor();
    assert.equal(await province.getByRole("button", { name: "下载短信名单" }).count(), 0);

    // Who was asked to change something and has not answered is asked again.
    run("decide", "--data", server.data, declared, "--stage", "final_review", "--verdict", "return", "--reason", "请核对人数",
        "--due", "2023-04-05");
    await go(province, "首页");
    await sync(province);
    await go(province, "申报汇总");
    await province.getByRole("tab", { name: "未报" }).click();
    await province.getByRole("combobox", { name: "申报轮次" }).selectOption({ label: "2023年春季" });
    await province.getByText(/^【催报】以下学校的.*2023年春季已退回修改，还没有重新报送。/).waitFor();
    await province.getByText(`请于 4月5日 24:00 前修改报送：${known.name}。`).waitFor();
    const asked = (await saved()).find((row) => row[0] === known.name);
    assert.equal(asked[2], "0551-65512345");
    assert.match(asked[3], /已退回修改，还没有重新报送，请于 4月5日 24:00 前修改报送。$/);
    await look(province, "chase-returned");
    // One form field by field, and the progress of all.
    for (const name of ["附件1证书申报表逐项", "进度合计"]) {
        const [download] = await Promise.all([province.waitForEvent("download"),
            province.getByRole("button", { name }).click()]);
        assert.match(download.suggestedFilename(), new RegExp(`${name}\\.csv$`));
        assert.ok(csv_rows(fs.readFileSync(await download.path(), "utf8")).length > 0);
    }
});

journey("a new school: its bureau gives it a code and reminds it; its whole city gets more time", async () => {
    const bureau = units.find((unit) => unit.name === "宿州市教育局");
    const fresh = { id: "D099", name: "宿州示例新建职业学校" };
    const here = units.filter((unit) => unit.review_by === bureau.id);
    await go(province, "单位与设备");
    await province.getByRole("button", { name: "新增单位" }).click();
    const card = province.getByRole("region", { name: "新增单位" });
    await card.getByRole("button", { name: "新增" }).click();
    const id = card.getByRole("textbox", { name: "编号" });
    await province.waitForFunction((element) => element.getAttribute("aria-invalid") === "true",
        await id.elementHandle());
    const about = await id.getAttribute("aria-describedby");
    assert.equal(await province.locator(`[id="${about}"]`).textContent(), "应为1到32个字母、数字或 . _ -");
    await id.fill(fresh.id);
    await card.getByRole("textbox", { name: "名称" }).fill(fresh.name);
    await card.getByRole("combobox", { name: "类别" }).selectOption({ label: "中职学校" });
    await card.getByRole("textbox", { name: "所在市" }).fill(bureau.city);
    await card.getByRole("combobox", { name: "初审单位" }).selectOption({ label: bureau.name });
    await look(province, "unit-new");
    await card.getByRole("button", { name: "新增" }).click();
    // One school has more time for its table than the city will get.
    run("extend", "--data", server.data, "--unit", here[0].id, "--form", "school_summary", "--period", "2023-spring",
        "--until", "2023-04-20T23:59:59.999999+08:00", "--reason", "搬迁");
    await sync(province);
    await province.getByRole("textbox", { name: "查找" }).fill("新建");
    await province.getByRole("link", { name: fresh.name }).waitFor();

    const office_page = (await clerk_of(bureau, server)).page;
    await go(office_page, "单位与设备");
    await office_page.getByRole("link", { name: fresh.name }).click();
    await office_page.getByRole("button", { name: "生成登记码" }).click();
    const code = (await office_page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/).first().textContent()).slice(0, 14);
    await office_page.getByText(/^未用的登记码 1 个，/).waitFor();
    server.device("fresh")("enrol", "--server", server.url, "--code", code, "--name", "教务处");
    await sync(office_page);
    await office_page.getByText("教务处", { exact: true }).waitFor();
    await office_page.getByText(/^未用的登记码/).waitFor({ state: "detached" });
    await office_page.getByText(code).waitFor({ state: "detached" }); // It is good for nothing any more.
    await look(office_page, "bureau-units");

    await go(province, "延期");
    await find(province, "单位", bureau.city + "全部学校");
    await province.getByRole("textbox", { name: "延到哪天" }).fill("2023年4月10日");
    await province.getByRole("textbox", { name: "原因" }).fill("全市停电");
    await province.getByRole("button", { name: `为 ${here.length + 1} 个单位签名延期` }).click();
    await province.getByRole("dialog").getByText(fresh.name).waitFor();
    await province.getByRole("button", { name: "签名", exact: true }).click();
    await province.getByText(`已签名 ${2 * here.length + 1} 份延期`).waitFor();
    await sync(province);
    await province.getByText("学校汇总表　2023年春季　延到 2023年4月20日").waitFor();

    await sync(office_page);
    await go(office_page, "申报汇总");
    await office_page.getByRole("tab", { name: "未报" }).click();
    await office_page.getByText("截止 4月10日 24:00（北京时间），请尽快填报并同步：" +
        [...here, fresh].map((unit) => unit.name).join("、") + "。").waitFor();
    await look(office_page, "bureau-chase");
});
