// People and their machines: a code on paper leads to the page by its QR code; a machine is revoked,
// and what it had not sent goes over to another one.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { catalogue, clean_up, clerk_of, computer, declare, go, journey, look, open, settled, printed_html, saved,
    sync, unit_of_kind, units, serve } from "./clerk.mjs";
import { run } from "./server.mjs";

let server;
before(async () => {
    server = await serve();
});
after(clean_up);

const school = unit_of_kind("secondary_vocational");
const office = unit_of_kind("province_office");
const file = (name) => path.join(server.folder, name);

// What a phone reads on the printed pages.
async function scanned(browser, html, name) {
    const sheet = await browser.page();
    await sheet.setContent(html);
    fs.writeFileSync(file(`${name}.pdf`), await sheet.pdf({ preferCSSPageSize: true }));
    await sheet.close();
    execFileSync("pdftoppm", ["-r", "100", "-png", file(`${name}.pdf`), file(name)]);
    const pages = fs.readdirSync(server.folder).filter((one) => one.startsWith(`${name}-`)).sort();
    return pages.map((one) => execFileSync("zbarimg", ["-q", "--raw", "--nodbus", file(one)], { encoding: "utf8" })
        .trim());
}

const printed_slips = (page) => printed_html(page, /申报系统登记码/);

async function save_file(page, button, name) {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: button }).first().click();
    await (await download).saveAs(file(name));
}

async function take_file(page, name) {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "从备份文件接收草稿" }).click();
    await (await chooser).setFiles(file(name));
}

const headcounts = (page) => page.getByRole("textbox", { name: /第\d+行考核人数/ })
    .evaluateAll((fields) => fields.map((field) => field.value));

let province, clerk, address; // The offices' computers; the address on the slip of the second code.
const chosen = catalogue.filter((one) => one.min <= 40).slice(0, 3);

journey("a revoked machine says so in plain words and saves its drafts", async () => {
    clerk = await clerk_of(school, server);
    const { page } = clerk;
    await go(page, "证书申报表");
    await declare(page, 1, chosen[0], chosen[0].levels[0], "60");
    await page.getByRole("button", { name: "签名并提交 1 张" }).click();
    await sync(page);

    // One more is signed and one half typed, without a line.
    await page.context().setOffline(true);
    await go(page, "证书申报表");
    await declare(page, 2, chosen[1], chosen[1].levels[0], "70");
    await page.getByRole("button", { name: "签名并提交 1 张" }).click();
    await declare(page, 3, chosen[2], chosen[2].levels[0], "约８０");
    await saved(page);

    province = await clerk_of(office, server);
    await go(province.page, "单位与设备");
    await province.page.getByRole("textbox", { name: "查找" }).fill(school.name);
    await province.page.getByRole("link", { name: school.name }).click();
    await province.page.getByRole("button", { name: "停用 一号机" }).click();
    await province.page.getByRole("dialog").getByRole("button", { name: "停用" }).click();
    await sync(province.page);

    await page.context().setOffline(false);
    await page.getByText("本机已被停用，不能再签名提交。").first().waitFor();
    await page.getByText(/向主管部门要新的登记码/).first().waitFor();
    await look(page, "revoked");
    await save_file(page, "保存备份文件", "drafts.sqlite");
    await page.context().setOffline(true);
    await page.reload(); // It is known for good, and without being told again.
    await page.getByText("本机已被停用，不能再签名提交。").first().waitFor();
    await go(page, "证书申报表");
    assert.deepEqual(await headcounts(page), ["60", "70", "约８０"]);
});

journey("a slip is printed with a QR code that leads to the page with the code filled in", async () => {
    const { page, browser } = province;
    await go(page, "单位与设备");
    await page.getByRole("textbox", { name: "查找" }).fill(school.name);
    await page.getByRole("link", { name: school.name }).click();
    await page.getByRole("button", { name: "生成登记码" }).click();
    const code = (await page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/).first().textContent()).slice(0, 14);
    await look(page, "code");
    await page.getByRole("button", { name: "打印", exact: true }).click();
    [address] = await scanned(browser, await printed_slips(page), "slip");
    assert.equal(address, `${server.url}#code=${code}`);

    // From the command line: one for each unit, a page each.
    run("codes", "new", "--data", server.data, "--all", "--out", file("all.csv"), "--slips", file("all.html"),
        "--address", server.url);
    const all = await scanned(browser, fs.readFileSync(file("all.html"), "utf8"), "all");
    const given = fs.readFileSync(file("all.csv"), "utf8").trim().split(/\r?\n/).slice(1)
        .map((line) => `${server.url}#code=${line.split(",").at(-1)}`);
    assert.equal(given.length, units.length);
    assert.deepEqual(all, given);
});

journey("slips for all that have no device yet are printed at once; a lost one is made void", async () => {
    const { page, browser } = province;
    const without = units.filter((unit) => unit !== office); // The school's only one was revoked.
    const unlucky = without.at(-1);
    await go(page, "首页");
    await go(page, "单位与设备");
    const shown = page.getByRole("combobox", { name: "显示" });
    await shown.selectOption({ label: "没有设备和登记码的" });
    await page.getByText("共 0 个单位").waitFor(); // The roster's codes are still open.
    await shown.selectOption({ label: "没有设备的" });
    await page.getByText(`共 ${without.length} 个单位`).waitFor();
    await page.getByRole("textbox", { name: "查找" }).fill(unlucky.name);
    await page.getByRole("button", { name: "打印 1 张登记码单" }).waitFor();
    await page.getByRole("textbox", { name: "查找" }).fill("");
    await page.getByRole("button", { name: `打印 ${without.length} 张登记码单` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/登记码只印在单子上/).waitFor();
    await look(page, "slips");
    await dialog.getByRole("button", { name: "生成并打印" }).click();
    const codes = await scanned(browser, await printed_slips(page), "many");
    assert.equal(new Set(codes).size, without.length);
    for (const code of codes) assert.ok(code.startsWith(`${server.url}#code=`));

    // One unit's were lost: this one, the one from the command line and the one of the test's roster.
    await shown.selectOption({ label: "有未用登记码的" });
    await page.getByText(`共 ${units.length} 个单位`).waitFor();
    await page.getByRole("textbox", { name: "查找" }).fill(unlucky.name);
    await page.getByRole("link", { name: unlucky.name }).click();
    await page.getByText(/^未用的登记码 3 个，/).waitFor();
    await look(page, "open_codes");
    await page.getByRole("button", { name: "作废未用的登记码" }).click();
    await look(page, "expire");
    await dialog.getByRole("button", { name: "作废" }).click();
    await page.getByText("已作废 3 个登记码").waitFor();
    await page.getByText("共 0 个单位").waitFor();
    await page.getByRole("textbox", { name: "查找" }).fill("");
    await page.getByText(`共 ${units.length - 1} 个单位`).waitFor();
    assert.equal(await page.getByText(/^未用的登记码/).count(), 0);
    const lost = codes.at(-1).split("#code=")[1];
    const device = server.device("lost");
    assert.throws(() => device("enrol", "--server", server.url, "--code", lost, "--name", "一号机"),
        (error) => error.status === 1 && error.stderr.includes("登记码已过期或已作废"));
    const open = run("codes", "list", "--data", server.data);
    assert.ok(!open.includes(unlucky.name) && open.includes(`${school.id}\t${school.name}\t`));
    // On the command line too.
    assert.match(run("codes", "expire", "--data", server.data, "--unit", office.id), /已作废1个登记码/);
    assert.ok(!run("codes", "list", "--data", server.data).includes(office.name));
});

journey("another machine enrols by the slip and takes the drafts, which are signed, sent and received", async () => {
    const browser = await computer();
    const asked = [];
    browser.context.on("request", (request) => asked.push(request.url()));
    const page = await open(browser, { url: address });
    await page.getByRole("textbox", { name: "登记码" }).waitFor();
    assert.equal(await page.getByRole("textbox", { name: "登记码" }).inputValue(), address.split("=")[1]);
    assert.equal(await page.evaluate(() => window.location.href), server.url);
    assert.ok(asked.every((url) => !url.slice(server.url.length).includes("code")), "the code is not in a request");
    await look(page, "filled_in");
    await page.getByRole("textbox", { name: "本机名称" }).fill("二号机");
    await page.getByRole("button", { name: "登记", exact: true }).click();
    await page.getByText("已与服务器同步。").waitFor();

    await go(page, "设置与备份");
    fs.writeFileSync(file("scan.sqlite"), "%PDF-1.7 something else");
    await take_file(page, "scan.sqlite");
    await page.getByText("这个文件不是申报系统的备份文件，请换一个文件。本机的内容没有改动。").waitFor();
    fs.writeFileSync(file("half.sqlite"), fs.readFileSync(file("drafts.sqlite")).subarray(0, 50000));
    await take_file(page, "half.sqlite");
    await page.getByText(/这个文件不完整或已损坏。/).waitFor();

    await take_file(page, "drafts.sqlite");
    const dialog = page.getByRole("dialog");
    await dialog.getByText(`${school.name}　一号机`).waitFor();
    await dialog.getByText(/未提交的草稿 2 份，其中本机已有 0 份/).waitFor();
    await dialog.getByText(/要在本机重新签名提交/).waitFor();
    await look(page, "handover");
    await dialog.getByRole("button", { name: "接收 2 份" }).click();
    await page.getByText("已接收 2 份草稿。").waitFor();
    await page.getByRole("button", { name: "撤销" }).click();
    await take_file(page, "drafts.sqlite");
    await dialog.getByRole("button", { name: "接收 2 份" }).click();
    await settled(page);
    await page.getByText(/✓ 已保存/).waitFor();
    await look(page, "taken");
    await take_file(page, "drafts.sqlite");
    await dialog.getByText(/未提交的草稿 2 份，其中本机已有 2 份/).waitFor();
    await dialog.getByRole("button", { name: "关闭" }).click();

    await page.reload();
    await go(page, "证书申报表");
    assert.deepEqual(await headcounts(page), ["60", "70", "约８０"]);
    await page.getByRole("textbox", { name: /第\d+行考核人数/ }).last().fill("80");
    await saved(page);
    await page.getByRole("button", { name: "签名并提交 2 张" }).click();
    await sync(page);
    await go(page, "回执");
    await page.getByRole("table", { name: "回执" }).waitFor();
    assert.equal(await page.getByRole("link", { name: /^保存回执/ }).count(), 3);
    const rows = run("summary", "rows", "--data", server.data, "--period", "2023-spring").trim().split("\r\n");
    assert.equal(rows.length, 4);
    assert.match(run("check", "--data", server.data), /都正确/);

    // The code on a slip that is opened once more says that it is not wanted.
    await page.goto(address);
    await page.getByText("本机已经登记过，网址里的登记码没有使用。").waitFor();
});

journey("without a screen: a store's drafts are taken by another one, and another unit's are refused", async () => {
    const unit = units.filter((one) => one.kind === "secondary_vocational")[1];
    const other = unit_of_kind("higher_vocational");
    const device = (act, name, ...options) => server.device(name)(act, ...options);
    const enrol = (name, code) => device("enrol", name, "--server", server.url, "--code", code, "--name", name);
    enrol("first", server.new_code(unit.id));
    const root = device("declare", "first", "--certificate", chosen[0].id, "--level", chosen[0].levels[0],
        "--headcount", "44").trim();
    const before = fs.readFileSync(file("first.sqlite"));
    enrol("second", server.new_code(unit.id));
    assert.match(device("rescue", "second", file("first.sqlite"), "--preview"),
        new RegExp(`first　1份草稿\\n接收\\t${root}\\t附件1 .*44　须重新签名`));
    assert.match(device("rescue", "second", file("first.sqlite")), /已接收1份，另存0份。/);
    assert.match(device("rescue", "second", file("first.sqlite")), /已接收0份，另存0份。/);
    assert.ok(before.equals(fs.readFileSync(file("first.sqlite"))), "the file is only read");
    device("fill", "second", "--form", "附件1", "--replace", root);
    assert.match(device("sync", "second", "--server", server.url), /已送达1份/);
    enrol("third", server.new_code(other.id));
    assert.throws(() => device("rescue", "third", file("first.sqlite")),
        (error) => error.status === 1 && error.stderr.includes(unit.name));
});

journey("a decision that is half written is there after the page was loaded again", async () => {
    const bureau = units.find((unit) => unit.kind === "city_bureau" && unit.city === school.city);
    const { page } = await clerk_of(bureau, server);
    const open_it = async () => {
        await go(page, "审核");
        await page.getByRole("tab", { name: /^全部/ }).click();
        await page.getByRole("link", { name: school.name }).first().click();
    };
    await open_it();
    await page.getByRole("radio", { name: "退回" }).click();
    await page.getByRole("textbox", { name: "理由" }).fill("人数与培养方案不符，");
    await saved(page);
    await page.reload();
    await open_it();
    assert.equal(await page.getByRole("textbox", { name: "理由" }).inputValue(), "人数与培养方案不符，");
    await page.getByRole("button", { name: "签名：退回修改" }).click();
    await sync(page);
});
