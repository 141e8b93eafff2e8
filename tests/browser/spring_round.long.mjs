// The whole spring round of the notice, in rehearsal time: eight schools of two cities, their bureaus and
// the province, from the first day of declaring until everything is decided. Two schools, both bureaus and
// the province sit at their pages; the other schools are the same desk without a screen. Beside it runs a
// model that is only told what people do (spring_model.mjs): every answer of the server, every table, every
// queue and what the schools read must be what the model says.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after } from "node:test";
import { catalogue, cells_of, clean_up, clerk_of, declare, go, journey, look, settled, saved, sync, find, serve }
    from "./clerk.mjs";
import { csv_rows, run } from "./server.mjs";
import { RoundModel } from "./spring_model.mjs";

const round = "2023-spring";

// --- Who takes part ------------------------------------------------------------------------------

const province = { id: "340000", name: "安徽省1+X证书协调推进办公室", kind: "province_office", city: "", review_by: "" };
const hefei = { id: "340100", name: "合肥市教育局", kind: "city_bureau", city: "合肥市", review_by: "" };
const wuhu = { id: "340200", name: "芜湖市教育局", kind: "city_bureau", city: "芜湖市", review_by: "" };
const in_city = (bureau, id, name, kind, review_by = bureau.id) => ({ id, name, kind, city: bureau.city, review_by });

const luyang = in_city(hefei, "H01", "合肥市庐阳示例职业学校", "secondary_vocational"); // At its page.
const yaohai = in_city(hefei, "H02", "合肥市瑶海示例中等专业学校", "secondary_vocational");
const water = in_city(hefei, "H03", "安徽示例水利学校", "provincial_secondary");
const college = in_city(hefei, "H04", "安徽示例职业技术学院", "higher_vocational", ""); // Straight to the province.
const jinghu = in_city(wuhu, "W01", "芜湖市镜湖示例职业学校", "secondary_vocational"); // At its page; late.
const jiujiang = in_city(wuhu, "W02", "芜湖市鸠江示例中等专业学校", "secondary_vocational");
const health = in_city(wuhu, "W03", "安徽示例卫生学校", "provincial_secondary");
const university = in_city(wuhu, "W04", "芜湖示例应用技术大学", "applied_undergraduate", "");
const schools = [luyang, yaohai, water, college, jinghu, jiujiang, health, university];
const at_pages = [luyang, jinghu];
const by_command = schools.filter((school) => !at_pages.includes(school));

// What they declare: school, certificate, level, number.
const plan = {
    luyang_models: [luyang, "X001", "初级", 60], luyang_logistics: [luyang, "X003", "中级", 80],
    luyang_cars: [luyang, "X005", "初级", 30],
    yaohai_models: [yaohai, "X001", "初级", 50], yaohai_data: [yaohai, "X006", "初级", 35],
    water_web: [water, "X002", "初级", 40], water_robots: [water, "X007", "初级", 20],
    college_models: [college, "X001", "高级", 120], college_drones: [college, "X010", "高级", 25],
    jinghu_logistics: [jinghu, "X003", "中级", 70], jinghu_cars: [jinghu, "X005", "初级", 45],
    jinghu_tea: [jinghu, "X011", "中级", 20],
    jiujiang_web: [jiujiang, "X002", "初级", 55], jiujiang_care: [jiujiang, "X004", "初级", 20],
    jiujiang_tea: [jiujiang, "X011", "初级", 30],
    health_care: [health, "X004", "中级", 45], health_babies: [health, "X008", "初级", 36],
    university_relics: [university, "X012", "高级", 15], university_finance: [university, "X009", "高级", 30],
};
const certificate_of = (id) => catalogue.find((one) => one.id === id);
const school_of = (name) => plan[name][0];
const words_of = (name) => `${certificate_of(plan[name][1]).name} · ${plan[name][2]}`;

const model = new RoundModel({ schools, catalogue, closes: "2023-03-31" });
const accepted = (answer) => assert.equal(answer, "accepted");

// --- The server and its clock --------------------------------------------------------------------

let server, now;
const pages = {}; // By unit.

async function turn_to(clock) {
    now = clock;
    await server.turn_to(clock);
}

const summary = (table) => run("summary", table, "--data", server.data, "--period", round);
// By head. A cell that a spreadsheet would take for a formula, such as a negative number, has an
// apostrophe before it.
function lines_of(csv) {
    const [heads, ...rows] = csv_rows(csv);
    return rows.map((cells) => Object.fromEntries(heads.map((head, at) => [head, cells[at].replace(/^'(?=[=+@-])/, "")])));
}

// The lines of a table, in any order, are those of the model: under the heads that it knows, or under
// some of them. (The ids of envelopes are the server's own.)
function compare(table, lines, some_heads) {
    const expected = model.tables()[table];
    const heads = some_heads || Object.keys(expected[0] || {});
    const plain = (rows) => rows.map((row) => heads.map((head) => {
        const cell = String(row[head] ?? "");
        return head === "时间" ? cell.slice(0, 10) : cell; // To the day.
    }).join("|")).sort();
    assert.deepEqual(plain(lines), plain(expected), `${table} on ${now}`);
}
function compare_all() {
    for (const table of Object.keys(model.tables())) compare(table, lines_of(summary(table)));
}

// --- Schools without a screen --------------------------------------------------------------------

const device = (school, act, ...rest) =>
    server.device(school.id)(act, ...rest);
const sync_device = (school) => device(school, "sync", "--server", server.url);
const roots = new Map(); // The ids of what they have declared.

function declare_by_command(name) {
    const [school, certificate, level, headcount] = plan[name];
    roots.set(name, device(school, "declare", "--certificate", certificate, "--level", level,
        "--headcount", String(headcount)).trim());
    accepted(model.declare(name, { school: school.id, certificate, level, headcount, at: now }));
}
const replace_by_command = (name, headcount, ...rest) =>
    device(school_of(name), "fill", "--form", "附件1", "--replace", roots.get(name), "--set",
        `headcount=${headcount}`, ...rest);
const names_of = (school) => Object.keys(plan).filter((name) => school_of(name) === school);

function file_by_command(school) {
    for (const name of names_of(school)) declare_by_command(name);
    device(school, "summarise", "--contact", "王芳", "--phone", "0551-65512345");
    assert.match(sync_device(school), /被退回0份/);
}

// --- A school's page -----------------------------------------------------------------------------

async function type_declaration(page, number, name) {
    const [, certificate, level, headcount] = plan[name];
    await declare(page, number, certificate_of(certificate), level, String(headcount));
}
const declared = (name) => {
    const [school, certificate, level, headcount] = plan[name];
    accepted(model.declare(name, { school: school.id, certificate, level, headcount, at: now }));
};

async function open_declaration(page, number) {
    await go(page, "证书申报表");
    await page.getByRole("link", { name: `打开第${number}行` }).click();
}

async function send_summary_table(page) { // 附件2
    await go(page, "学校汇总表");
    await page.getByRole("textbox", { name: "学校联络人员姓名" }).fill("王芳");
    await page.getByRole("textbox", { name: "电话" }).fill("0551-65512345");
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();
}

// What the page sends with its next sending: the payloads of its envelopes and the answers to them.
async function sent_by(page, act) {
    const response = page.waitForResponse((one) => one.url().endsWith("/api/v1/envelopes"));
    await act();
    const answered = await response;
    const payloads = answered.request().postData().trim().split("\n")
        .map((line) => JSON.parse(Buffer.from(line.split(".")[1], "base64url")));
    const answers = (await answered.text()).trim().split("\n").map((line) => JSON.parse(line));
    return payloads.map((payload, at) => ({ payload, answer: answers[at] }));
}

// --- An office's page ----------------------------------------------------------------------------

const tab = (page, name) => page.getByRole("tab", { name: new RegExp(`^${name}`) });
const row_of = (page, name) => page.getByRole("row")
    .filter({ hasText: school_of(name).name }).filter({ hasText: words_of(name) });

async function open_filing(page, name, view) {
    await go(page, "审核");
    await tab(page, view).click();
    await row_of(page, name).getByRole("link", { name: /^打开/ }).click();
}

// Signs a word about a filing. Whoever is not asked says first that he wants to all the same.
async function say(page, name, verdict, { reason, approved, remark, due, view = "待我审核" } = {}) {
    await open_filing(page, name, view);
    if (view !== "待我审核") await page.getByRole("button", { name: /^(仍要审核|变更审核结果)$/ }).click();
    await page.getByRole("radio", { name: { pass: "通过", return: "退回", reject: "不通过" }[verdict], exact: true }).click();
    if (remark) {
        await page.getByRole("button", { name: /^考核人数：/ }).click();
        await page.getByRole("textbox", { name: "考核人数：修改意见" }).fill(remark);
    }
    if (reason) await page.getByRole("textbox", { name: "理由" }).fill(reason);
    if (approved !== undefined)
        await page.getByRole("textbox", { name: "审核通过人数" }).fill(String(approved));
    if (due) await page.getByRole("textbox", { name: "修改期限" }).fill(due);
    await page.getByRole("button", { name: /^签名：/ }).click();
    await page.getByText(/^已签，待同步：/).waitFor();
}

// Passes several as they were filed, from the list.
async function pass_all(page, names) {
    await go(page, "审核");
    await tab(page, "待我审核").click();
    for (const name of names) await row_of(page, name).getByRole("checkbox").click();
    await page.getByRole("button", { name: `通过所选 ${names.length} 份` }).click();
    await page.getByRole("dialog").getByRole("button", { name: `通过 ${names.length} 份` }).click();
    await page.getByText(`已签，待同步：通过 ${names.length} 份。`).waitFor();
}

const offline = (page, off) => page.context().setOffline(off);

// --- The story -----------------------------------------------------------------------------------

after(clean_up);

// What comes after a chapter that failed would say nothing.
let broken_off = false;
function chapter(name, act) {
    journey(name, async (context) => {
        if (broken_off) return context.skip("the story has broken off before");
        broken_off = true;
        await act();
        broken_off = false;
    });
}

chapter("20 March, the round opens: everybody enrols; six schools declare", async () => {
    now = "2023-03-20T09:00:00+08:00";
    server = await serve({ units: [province, hefei, wuhu, ...schools], clock: now });
    for (const school of by_command)
        device(school, "enrol", "--server", server.url, "--code", server.codes.get(school.id), "--name", "教务处一号机");
    for (const school of [college, water, jiujiang, health, university]) file_by_command(school);

    for (const unit of [...at_pages, hefei, wuhu, province]) pages[unit.id] = (await clerk_of(unit, server)).page;
    const page = pages[luyang.id];
    await go(page, "证书申报表");
    for (const [at, name] of names_of(luyang).entries()) await type_declaration(page, at + 1, name);
    const sent = await sent_by(page, () => page.getByRole("button", { name: "签名并提交 3 张" }).click());
    names_of(luyang).forEach((name, at) => {
        declared(name);
        roots.set(name, sent[at].payload.id);
        assert.equal(sent[at].answer.result, "accepted");
    });
    compare_all();

    // The other one begins, and leaves it at that.
    await go(pages[jinghu.id], "证书申报表");
    for (const [at, name] of ["jinghu_logistics", "jinghu_cars"].entries())
        await type_declaration(pages[jinghu.id], at + 1, name);
    await saved(pages[jinghu.id]);
});

chapter("30 March: a declaration is withdrawn before anybody has reviewed it", async () => {
    await turn_to("2023-03-30T10:00:00+08:00");
    const page = pages[luyang.id];
    await sync(page);
    await open_declaration(page, 3);
    await page.getByRole("button", { name: "撤回", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "撤回", exact: true }).click();
    await page.getByText("已撤回").waitFor();
    accepted(model.withdraw("luyang_cars"));
    await send_summary_table(page);
    await sync(page);
    compare_all();
});

chapter("31 March, two minutes to midnight: the last school that is in time", async () => {
    await turn_to("2023-03-31T23:58:00+08:00");
    file_by_command(yaohai);
    compare_all();
});

chapter("1 April: one school is late and says why; a late new version leaves the old one counting", async () => {
    await turn_to("2023-04-01T10:00:00+08:00");
    const page = pages[jinghu.id];
    await sync(page);
    await go(page, "证书申报表");
    await page.getByText(/填报时间已于 3月31日 24:00 截止/).waitFor();
    for (const number of [1, 2]) {
        await open_declaration(page, number);
        const seal = page.getByRole("button", { name: "签名并提交" });
        assert.equal(await seal.getAttribute("aria-disabled"), "true"); // Not without the reason.
        await page.getByRole("textbox", { name: "原因说明" }).fill("学校停电，错过了时间。");
        await settled(page);
        await page.getByRole("link", { name: /返回证书申报表/ }).click();
    }
    await page.getByRole("button", { name: "签名并提交 2 张" }).click();
    for (const name of ["jinghu_logistics", "jinghu_cars"]) declared(name);
    await send_summary_table(page); // For which there is time until 3 April.
    await sync(page);

    sync_device(jiujiang); // It hears what time it is.
    replace_by_command("jiujiang_web", 65, "--explain", "late=又招了十名学生。");
    assert.match(sync_device(jiujiang), /已送达1份，被退回0份/);
    accepted(model.replace("jiujiang_web", { headcount: 65, at: now }));
    compare_all();
    assert.deepEqual(model.tables().missing.map((line) => [line.学校, line.时限]), [[jinghu.name, "逾期"]]);
});

chapter("2 April: the bureaus review without a line; one filing goes back and is mended", async () => {
    await turn_to("2023-04-02T09:00:00+08:00");
    const north = pages[hefei.id], south = pages[wuhu.id];
    for (const page of [north, south]) {
        await sync(page);
        await offline(page, true);
    }
    await say(north, "luyang_models", "return",
        { reason: "人数超过本校在校生。", remark: "请按在校生核对", due: "2023-04-05" });
    await pass_all(north, ["luyang_logistics", "yaohai_data", "water_web", "water_robots"]);
    await say(south, "health_babies", "reject", { reason: "学校没有这个专业。" });
    await pass_all(south, ["jiujiang_tea"]);
    // What came late can be sent back, but not be passed.
    await open_filing(south, "jinghu_logistics", "逾期补报");
    await south.getByText("逾期补报，省级延期后才能通过。").waitFor();
    assert.equal(await south.getByRole("radio", { name: "通过", exact: true }).count(), 0);
    for (const page of [north, south]) {
        await offline(page, false);
        await sync(page);
    }
    accepted(model.bureau("luyang_models", "return", { reason: true, due: "2023-04-05" }));
    for (const name of ["luyang_logistics", "yaohai_data", "water_web", "water_robots", "jiujiang_tea"])
        accepted(model.bureau(name, "pass"));
    accepted(model.bureau("health_babies", "reject", { reason: true }));
    compare_all();

    const page = pages[luyang.id];
    await sync(page);
    await open_declaration(page, 1);
    await page.getByText(/请于 4月5日 24:00 前修改报送/).first().waitFor();
    await page.getByRole("button", { name: "按意见修改" }).click();
    const heads = page.getByRole("textbox", { name: "考核人数" });
    const about = await heads.getAttribute("aria-describedby");
    assert.match(await page.locator(`[id="${about}"]`).textContent(), /请按在校生核对/);
    await heads.fill("45");
    await page.getByRole("textbox", { name: "回复说明" }).fill("已按在校生核对。");
    const [{ payload, answer }] = await sent_by(page, () => page.getByRole("button", { name: "签名并提交" }).click());
    assert.equal(answer.result, "accepted");
    assert.deepEqual([payload.root, payload.replaces], [roots.get("luyang_models"), roots.get("luyang_models")]);
    assert.notEqual(payload.id, payload.replaces);
    accepted(model.replace("luyang_models", { headcount: 45, at: now }));
    await sync(north);
    await pass_all(north, ["luyang_models"]);
    await sync(north);
    accepted(model.bureau("luyang_models", "pass"));
    compare_all();
});

chapter("3 April: the province gives the late school more time, and begins to decide", async () => {
    await turn_to("2023-04-03T09:00:00+08:00");
    const page = pages[province.id];
    await sync(page);
    await go(page, "延期");
    await find(page, "单位", jinghu.name);
    await page.getByRole("textbox", { name: "延到哪天" }).fill("2023-04-04");
    await page.getByRole("textbox", { name: "原因" }).fill("学校停电");
    await page.getByRole("checkbox", { name: /^学校汇总表.*也延到这一天$/ }).uncheck(); // This one alone.
    await page.getByRole("button", { name: "为 1 个单位签名延期" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "签名", exact: true }).click();
    await sync(page);
    accepted(model.extend(jinghu.id, { last_day: "2023-04-04" }));
    compare_all(); // The school has sent nothing again.

    // The bureau has not passed this one; the province decides all the same and says why.
    await say(page, "health_care", "pass", { view: "待市级初审", reason: "市级同意先行审核。" });
    await say(page, "luyang_models", "pass", { approved: 40 });
    await say(page, "college_drones", "reject", { reason: "没有实训条件。" });
    await pass_all(page, ["luyang_logistics", "water_robots", "college_models", "university_relics"]);
    await sync(page);
    accepted(model.province("health_care", "pass", { reason: true, at: now }));
    accepted(model.province("luyang_models", "pass", { approved: 40, at: now }));
    accepted(model.province("college_drones", "reject", { reason: true, at: now }));
    for (const name of ["luyang_logistics", "water_robots", "college_models", "university_relics"])
        accepted(model.province(name, "pass", { at: now }));
    compare_all();

    const south = pages[wuhu.id];
    await sync(south);
    await pass_all(south, ["jinghu_logistics"]); // Now it can be.
    await sync(south);
    accepted(model.bureau("jinghu_logistics", "pass"));
    compare_all();
});

chapter("4 April: a machine is revoked; it can send no more, and what it has sent stays", async () => {
    await turn_to("2023-04-04T09:00:00+08:00");
    const page = pages[province.id];
    await sync(page);
    await go(page, "单位与设备");
    await page.getByRole("textbox", { name: "查找" }).fill(water.name);
    await page.getByRole("link", { name: water.name }).click();
    await page.getByRole("button", { name: "停用 教务处一号机" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "停用" }).click();
    await sync(page);
    accepted(model.revoke(water.id));

    const answer = model.declare("water_finance", { school: water.id, certificate: "X009", level: "初级",
        headcount: 500, at: now });
    assert.equal(answer, 111);
    device(water, "declare", "--certificate", "X009", "--level", "初级", "--headcount", "500",
        "--explain", "late=补报一张申报表。");
    assert.throws(() => sync_device(water), (fault) => fault.status === 1 &&
        /已送达0份，被退回1份/.test(fault.stdout) && /本机的签名密钥已被停用/.test(fault.stderr)); // Of 111.
    assert.match(device(water, "status"), /被退回：1份/);
    compare_all();
    await say(page, "water_web", "pass");
    await say(page, "jinghu_logistics", "pass", { approved: 66 });
    await sync(page);
    accepted(model.province("water_web", "pass", { at: now }));
    accepted(model.province("jinghu_logistics", "pass", { approved: 66, at: now }));
    compare_all();
});

chapter("5 April: both levels decide about the same filings at the same time, without a line", async () => {
    await turn_to("2023-04-05T09:00:00+08:00");
    const north = pages[hefei.id], south = pages[wuhu.id], page = pages[province.id];
    for (const one of [north, south, page]) {
        await sync(one);
        await offline(one, true);
    }
    await say(north, "yaohai_models", "pass");
    await say(south, "jiujiang_care", "return", { reason: "请核对人数。", due: "2023-04-08" });
    await say(page, "yaohai_models", "pass", { view: "待市级初审", reason: "平台已审核。", approved: 45 });
    await say(page, "jiujiang_care", "pass", { view: "待市级初审", reason: "平台已审核。" });

    // One bureau is heard before the province, the other one after it.
    const heard = async (one) => {
        const sent = await sent_by(one, () => offline(one, false));
        await sync(one);
        return sent.map(({ answer }) => answer.result === "refused" ? answer.code : answer.result);
    };
    const reason = true;
    assert.deepEqual(await heard(south), [model.bureau("jiujiang_care", "return", { reason, due: "2023-04-08" })]);
    assert.deepEqual(await heard(page), [
        model.province("yaohai_models", "pass", { reason, approved: 45, at: now }),
        model.province("jiujiang_care", "pass", { reason, at: now })]);
    assert.deepEqual(await heard(north), [model.bureau("yaohai_models", "pass", { version: 1 })]);
    compare_all();

    // What was refused is shown again, beside what the province has decided meanwhile.
    await go(north, "待同步");
    await north.getByRole("region", { name: "未被接收" }).getByText(words_of("yaohai_models")).waitFor();
    await north.getByRole("button", { name: "重新审核" }).click();
    await north.getByText(/^您的审核意见没有被接收：.*审核已到下一步/).waitFor();
    await north.getByRole("region", { name: "经过" }).getByText("省级审核通过，批准 45 人").waitFor();
    await look(north, "spring-refused");
    await north.getByRole("button", { name: "知道了" }).click();
    await go(north, "待同步");
    await north.getByText("没有等待发送的文件").first().waitFor();
});

chapter("6 April: late once more; an approval is taken back, mended and given again", async () => {
    await turn_to("2023-04-06T09:00:00+08:00");
    const page = pages[province.id], school = pages[jinghu.id];
    await sync(school);
    await go(school, "证书申报表");
    await type_declaration(school, 3, "jinghu_tea");
    await open_declaration(school, 3);
    await school.getByRole("textbox", { name: "原因说明" }).fill("延期之后才谈妥。");
    await school.getByRole("button", { name: "签名并提交" }).click();
    await school.getByText("逾期补报").first().waitFor();
    declared("jinghu_tea"); // The extension is over: it counts for nothing.
    await sync(school);
    compare_all();

    await sync(page);
    await say(page, "college_models", "return",
        { view: "审核通过", reason: "平台显示只有100个考位。", due: "2023-04-10" });
    await sync(page);
    accepted(model.province("college_models", "return", { reason: true, due: "2023-04-10", at: now }));
    compare_all();
    sync_device(college);
    replace_by_command("college_models", 100, "--explain", "reply=已改为100人。");
    assert.match(sync_device(college), /已送达1份，被退回0份/);
    accepted(model.replace("college_models", { headcount: 100, at: now }));
    await sync(page);
    await say(page, "college_models", "pass");
    await sync(page);
    accepted(model.province("college_models", "pass", { at: now }));
    compare_all();
});

// --- What has come of it -------------------------------------------------------------------------

async function rows_of(page, table) {
    const rows = [];
    for (const row of (await page.getByRole("table", { name: table, exact: true }).getByRole("row").all()).slice(1))
        rows.push(await cells_of(row));
    return rows;
}
// The same by head.
async function lines_on(page, table) {
    const heads = await page.getByRole("table", { name: table, exact: true }).getByRole("columnheader").allTextContents();
    return (await rows_of(page, table)).map((cells) => Object.fromEntries(cells.map((cell, at) => [heads[at].trim(), cell])));
}

chapter("the province downloads its tables, as CSV and as JSON", async () => {
    const page = pages[province.id];
    await sync(page);
    await go(page, "申报汇总");
    const downloaded = async (name) => {
        const download = page.waitForEvent("download");
        await page.getByRole("button", { name }).click();
        const file = path.join(server.folder, "downloaded.csv");
        await (await download).saveAs(file);
        return lines_of(fs.readFileSync(file, "utf8"));
    };
    for (const [table, tab_name, button] of [["by-city", "按市", "下载按市汇总"],
        ["by-certificate", "按证书", "下载按证书汇总"], ["by-school", "按学校", "下载按学校汇总"],
        ["missing", "未报", "下载未报学校"], ["ledger", "台账", "下载指标台账"]]) {
        await page.getByRole("tab", { name: tab_name, exact: true }).click();
        compare(table, await downloaded(button));
    }
    for (const [table, button] of [["rows", "申报明细"], ["province", "全省合计"], ["sources", "来源与回执"]])
        compare(table, await downloaded(button));

    const heads = { city: "市", school_code: "学校代码", school_name: "学校", certificate: "证书代码",
        certificate_name: "职业技能等级证书", level: "级别", schools: "学校数", filings: "申报项数",
        planned_headcount: "拟申报人数", approved_headcount: "审核通过人数", balance: "余额" };
    for (const table of ["by-city", "by-certificate", "by-school", "province", "rows", "ledger"]) {
        const { rows } = await page.evaluate(async (address) => (await fetch(address)).json(),
            `/api/v1/summaries/${table}?period=${round}&format=json`);
        const keys = Object.keys(rows[0]).filter((key) => heads[key]);
        compare(table, rows.map((row) => Object.fromEntries(keys.map((key) => [heads[key], row[key]]))),
            keys.map((key) => heads[key]));
    }
});

chapter("both bureaus' queues say of each filing what the model says", async () => {
    for (const bureau of [hefei, wuhu]) {
        const page = pages[bureau.id];
        await sync(page);
        await go(page, "审核");
        await tab(page, "全部").click();
        await page.getByRole("combobox", { name: "报表" }).selectOption({ label: "证书申报表（附件1）" });
        const expected = model.of_bureau(bureau.id);
        await tab(page, `全部 ${expected.length}`).waitFor();
        const seen = (await lines_on(page, "申报清单")).map((line) =>
            [line.学校, line.申报内容, line.级别, line.人数, line.批准, line.状态.replace(/说明$/, "")].join("|"));
        assert.deepEqual(seen.sort(), expected.map(({ name, versions, stage, approved }) => [
            `打开${school_of(name).name}　${words_of(name)}`, certificate_of(plan[name][1]).name, plan[name][2],
            versions.at(-1).headcount, stage === "approved" ? approved : "", model.office_word(name) + { on_time: "", extended: "延期", late: "逾期补报" }[versions.at(-1).timing] +
                (versions.length > 1 ? `第${versions.length}版` : "")].join("|")).sort());
    }
});

chapter("two schools read on their screens what the model says", async () => {
    for (const school of at_pages) {
        const page = pages[school.id];
        await sync(page);
        await go(page, "证书申报表");
        const value = (number, column) => page.getByLabel(`第${number}行${column}`, { exact: true }).inputValue();
        const states = (await lines_on(page, "证书申报表")).map((line) => line.状态);
        for (const [at, name] of names_of(school).entries())
            assert.deepEqual([await value(at + 1, "职业技能等级证书"), Number(await value(at + 1, "考核人数")), states[at]],
                [certificate_of(plan[name][1]).name, model.newest(name).headcount, model.school_word(name)]);
        await go(page, "指标台账");
        assert.deepEqual((await rows_of(page, "指标台账")).map((cells) => cells.slice(0, 6).join("|")),
            model.tables().ledger.filter((line) => line.学校代码 === school.id).map((line) => [
                line.时间.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日"), `2023年春季${line.事项}`,
                line.职业技能等级证书, line.级别, `+${line.增加人数}`, line.余额].join("|")));
    }
});

chapter("check and rebuild are clean", async () => {
    await server.stop();
    const tables = [...Object.keys(model.tables()), "progress"];
    const before = tables.map(summary);
    assert.match(run("check", "--data", server.data), /都正确/);
    assert.match(run("rebuild", "--data", server.data), /已由\d+条记录重建全部统计/);
    assert.deepEqual(tables.map(summary), before);
    assert.match(run("check", "--data", server.data), /都正确/);
});
