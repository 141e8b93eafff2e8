// Tables as people have them: blocks pasted from spreadsheets with all that is in them, files in GBK,
// and rows filled by keyboard alone. The page is driven through its accessible mirror.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { catalogue, cells_of, clean_up, clerk_of, go as go_to, journey, settled as wait, unit_of_kind, serve }
    from "./clerk.mjs";
import { csv_rows } from "./server.mjs";

let server, page;
before(async () => {
    server = await serve();
    ({ page } = await clerk_of(unit_of_kind("secondary_vocational"), server));
});
after(clean_up);

const go = (name) => go_to(page, name);
const settled = () => wait(page);

// What Ctrl+V does when a spreadsheet has copied: both forms of the block are there.
async function paste(field, html, text) {
    await field.focus();
    await field.evaluate((element, [html, text]) => {
        const data = new DataTransfer();
        if (html) data.setData("text/html", html);
        data.setData("text/plain", text);
        element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, [html, text]);
}

async function preview_rows() {
    await page.getByRole("dialog").getByRole("button", { name: /^填入/ }).waitFor();
    const rows = page.getByRole("dialog").getByRole("table").getByRole("row");
    const all = [];
    for (let index = 1; index < await rows.count(); ++index) all.push(await cells_of(rows.nth(index)));
    return all;
}

const values = (field_name) => page.getByRole("textbox", { name: field_name })
    .or(page.getByRole("combobox", { name: field_name })).evaluateAll((fields) => fields.map((field) => field.value));

// As Excel and WPS write it: a title over all columns, a certificate merged over two rows, a hidden
// row, a total, styles and marks that mean nothing here.
const sheet = (rows) => `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><style>td{mso-x:1}</style></head>
<body><!--StartFragment--><table border=0>${rows}</table><!--EndFragment--></body></html>`;

journey("a block with merged cells and a total goes into the declarations, and comes out again", async () => {
    await go("证书申报表");
    await page.getByRole("button", { name: "新增一张" }).click();
    const first = page.getByRole("combobox", { name: "第1行职业技能等级证书" });
    const html = sheet(`<tr><td colspan=4>2023年春季申报计划</td></tr>
        <tr><td>序号</td><td>证书名称</td><td>级别</td><td>人数（人）</td></tr>
        <tr><td>1</td><td rowspan=2>${catalogue[1].name}</td><td>初级</td><td x:num="100">###</td></tr>
        <tr><td>2</td><td>中级</td><td>１,０００</td></tr>
        <tr style="display:none"><td>3</td><td>${catalogue[0].name}</td><td>初级</td><td>1</td></tr>
        <tr><td>3</td><td>${catalogue[4].name.replace("（", "(").replace("）", ")")}&nbsp;</td><td>⾼级</td><td>38人</td></tr>
        <tr><td>4</td><td>没有这个证书</td><td>初级</td><td>约30</td></tr>
        <tr><td colspan=3>合　计</td><td>1168</td></tr>`);
    await paste(first, html, "the text form\tis not taken\n");
    assert.deepEqual(await preview_rows(), [
        ["3", catalogue[1].name, "初级", "100", ""],
        ["4", catalogue[1].name, "中级", "1,000", ""],
        ["5", catalogue[4].name, "高级", "38", ""],
        ["6", "没有这个证书", "初级", "约30", "目录中没有这个证书。请填写大于0的整数，例如 100。"]]);
    const dialog = page.getByRole("dialog");
    await dialog.getByText("将填入 4 行，其中 2 格有问题").waitFor();
    await dialog.getByText(/合计行，由系统计算/).waitFor();
    // Nothing has been taken yet, and 取消 leaves it so.
    await dialog.getByRole("button", { name: "取消" }).click();
    assert.deepEqual(await values(/^第\d+行考核人数/), [""]);
    await paste(first, html, "");
    await page.getByRole("button", { name: "填入 4 行" }).click();
    await settled();
    assert.deepEqual(await values(/^第\d+行考核人数/), ["100", "１,０００", "38人", "约30"]);
    assert.equal(await page.getByRole("textbox", { name: "第4行考核人数" }).getAttribute("aria-invalid"), "true");
    await page.getByRole("button", { name: "撤销" }).click();
    await settled();
    assert.deepEqual(await values(/^第\d+行考核人数/), [""]);
});

journey("a word and a single cell are pasted as in any field; numbers alone lie over what is there", async () => {
    const heads = page.getByRole("textbox", { name: "第1行考核人数" });
    await heads.focus();
    // Not taken by the table: the browser pastes it itself.
    const taken = await heads.evaluate((element) => ["60", "60\n", "<table><tr><td>60</td></tr></table>"].map((text) => {
        const data = new DataTransfer();
        data.setData(text[0] === "<" ? "text/html" : "text/plain", text);
        return !element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }));
    assert.deepEqual(taken, [false, false, false]);
    await paste(heads, "", "70\r\n80\r\n");
    await page.getByRole("dialog").getByText(/将从所在的行起填入/).waitFor();
    await page.getByRole("button", { name: "填入 2 行" }).click();
    await settled();
    assert.deepEqual(await values(/^第\d+行考核人数/), ["70", "80"]);
    await page.getByRole("button", { name: "撤销" }).click();
    await settled();
    assert.deepEqual(await values(/^第\d+行考核人数/), [""]);
});

// The bytes of a text in GBK: what the decoder makes of every pair of bytes, the other way round.
function gbk(text) {
    const decoder = new TextDecoder("gbk");
    const bytes_of = new Map();
    for (let high = 0x81; high < 0xFF; ++high)
        for (let low = 0x40; low < 0xFF; ++low)
            bytes_of.set(decoder.decode(new Uint8Array([high, low])), [high, low]);
    return Buffer.from([...text].flatMap((character) => bytes_of.get(character) || [character.charCodeAt(0)]));
}

async function pick(file, content) {
    const chosen = path.join(server.folder, file);
    fs.writeFileSync(chosen, content);
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "导入表格文件" }).click();
    await (await chooser).setFiles(chosen);
}

journey("a CSV in GBK is read as what it says; a workbook is not; what is exported comes in again", async () => {
    await pick("计划.csv", gbk(`职业技能等级证书,级别,考核人数,备注\r\n${catalogue[0].name},初级,"1,200",一班\r\n` +
        `${catalogue[2].name},高级,55,\r\n合计,,1255,\r\n`));
    assert.deepEqual(await preview_rows(),
        [["2", catalogue[0].name, "初级", "1,200", ""], ["3", catalogue[2].name, "高级", "55", ""]]);
    await page.getByText("“备注”一列在表中没有对应的栏目，不取用。").waitFor();
    await page.getByRole("button", { name: "填入 2 行" }).click();
    await settled();
    assert.deepEqual(await values(/^第\d+行考核人数/), ["1,200", "55"]);

    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "导出表格" }).click();
    const file = path.join(server.folder, "exported.csv");
    await (await download).saveAs(file);
    const text = fs.readFileSync(file, "utf8");
    assert.equal(text.codePointAt(0), 0xFEFF);
    assert.deepEqual(csv_rows(text), [["序号", "职业技能等级证书", "级别", "考核人数"],
        ["1", catalogue[0].name, "初级", "1200"], ["2", catalogue[2].name, "高级", "55"]]);
    await pick("again.csv", text);
    assert.deepEqual((await preview_rows()).map((row) => row.slice(1, 4)),
        [[catalogue[0].name, "初级", "1,200"], [catalogue[2].name, "高级", "55"]]);
    await page.keyboard.press("Escape");

    await pick("plan.xlsx", Buffer.from("PK\x03\x04and so on", "latin1"));
    await page.getByText(/请另存为CSV后导入/).waitFor();
});

journey("twenty rows of 附件3 by keyboard alone, then a block, an undo and a deletion", async () => {
    await go("指标调增申请表");
    await page.getByRole("button", { name: /新建/ }).click();
    const certificate = (row) => page.getByRole("combobox", { name: `第${row}行证书名称` });
    const after_of = (row) => page.getByRole("textbox", { name: `第${row}行调增后人数` });
    await certificate(1).focus();
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
    for (let row = 1; row <= 20; ++row) {
        assert.equal(await focused(), `第${row}行证书名称`);
        await page.keyboard.insertText(catalogue[row % 12].name);
        await settled();
        await page.keyboard.press("Enter"); // Takes the one that is found.
        await page.keyboard.press("Tab");
        await page.keyboard.press("ArrowDown");
        if (row > 12) await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Tab");
        assert.equal(await focused(), `第${row}行调增后人数`);
        if (row % 5 === 0) await page.keyboard.press("Control+d");
        else await page.keyboard.insertText(String(100 + row));
        await page.keyboard.press("Enter"); // To where Tab began, one row below.
        await page.waitForFunction((label) => document.activeElement.getAttribute("aria-label") === label,
            `第${row + 1}行证书名称`);
    }
    await settled();
    const numbers = (await values(/^第\d+行调增后人数/)).slice(0, 20);
    assert.deepEqual(numbers, Array.from({ length: 20 }, (_, i) => String((i + 1) % 5 === 0 ? 100 + i : 101 + i)));
    assert.equal((await values(/^第\d+行证书名称/))[19], catalogue[8].name);
    // Arrows lead through the rows.
    await after_of(3).focus();
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction(() => document.activeElement.getAttribute("aria-label") === "第2行调增后人数");

    // A block with the columns of the paper: what the system fills is not taken.
    await paste(certificate(21), sheet(`<tr><td>证书名称</td><td>证书级别</td><td>原批准人数</td><td>调增后人数</td></tr>
        <tr><td rowspan=2>${catalogue[9].name}</td><td>中级</td><td>50</td><td>90</td></tr>
        <tr><td>高级</td><td>60</td><td>九十</td></tr><tr><td colspan=2>合计</td><td>110</td><td>90</td></tr>`), "");
    await page.getByText("“原批准人数”由系统填写，不取用。").waitFor();
    assert.deepEqual((await preview_rows()).map((row) => row.slice(1, 4)),
        [[catalogue[9].name, "中级", "90"], [catalogue[9].name, "高级", "九十"]]);
    await page.getByRole("button", { name: "填入 2 行" }).click();
    await settled();
    assert.deepEqual((await values(/^第\d+行调增后人数/)).slice(19), ["119", "90", "九十", ""]);
    assert.equal(await after_of(22).getAttribute("aria-invalid"), "true");
    await page.getByRole("button", { name: "撤销" }).click();
    await settled();
    assert.deepEqual((await values(/^第\d+行调增后人数/)).slice(19), ["119", ""]);

    await page.getByRole("button", { name: "删除第2行" }).click();
    await settled();
    assert.deepEqual((await values(/^第\d+行调增后人数/)).slice(0, 3), ["101", "103", "104"]);
    await page.getByRole("button", { name: "撤销" }).click();
    await settled();
    assert.deepEqual((await values(/^第\d+行调增后人数/)).slice(0, 3), ["101", "102", "103"]);
});

journey("two numbers in a cell are not one, a merged number counts once, and a signed row is not touched", async () => {
    await go("证书申报表");
    const before = (await values(/^第\d+行考核人数/)).length;
    await page.getByRole("button", { name: "新增一张" }).click();
    const heads = page.getByRole("textbox", { name: `第${before + 1}行考核人数` });
    const halves = [catalogue[3].name.slice(0, 2), catalogue[3].name.slice(2)];
    await paste(heads, sheet(`<tr><td>证书名称</td><td>级别</td><td>人数</td></tr>
        <tr><td>${catalogue[1].name}</td><td>中级</td><td>100<br>50</td></tr>
        <tr><td>${halves.join("<br>")}</td><td>${catalogue[3].levels[0]}</td><td rowspan=2>155</td></tr>
        <tr><td>${catalogue[1].name}</td><td>初级</td></tr>`), "");
    assert.deepEqual((await preview_rows()).map((row) => row.slice(1)), [
        [catalogue[1].name, "中级", "100、50", "请填写大于0的整数，例如 100。"],
        [catalogue[3].name, catalogue[3].levels[0], "155", ""],
        [catalogue[1].name, "初级", "", ""]]);
    await page.getByRole("button", { name: "填入 3 行" }).click();
    await settled();
    const shown = async () => (await values(/^第\d+行考核人数/)).slice(before);
    assert.deepEqual(await shown(), ["100、50", "155", ""]);
    // What is whole is signed; a column laid over the rows leaves it as it is, and says so.
    await page.getByRole("button", { name: /^签名并提交 \d+ 张/ }).click();
    await page.getByRole("cell", { name: "已提交" }).last().waitFor();
    await settled();
    await paste(heads, "", "70\r\n80\r\n90\r\n");
    await page.getByRole("dialog")
        .getByText(`第${before + 2}行已签名，不会改动。`).waitFor();
    await page.getByRole("button", { name: "填入 3 行" }).click();
    await settled();
    assert.deepEqual(await shown(), ["70", "155", "90"]);
});
