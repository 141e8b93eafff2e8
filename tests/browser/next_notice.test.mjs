// Another notice is data: the made-up one of 2024 (tests/notice/anhui-2024) on the page, with its fifth
// form, a table with columns of its own, filled, printed, sent and summed up. Nothing in the program
// knows its names.
import assert from "node:assert/strict";
import path from "node:path";
import { after } from "node:test";
import { catalogue, clean_up, clerk_of, go, journey, look, settled, pdf_text, printed_html, saved, unit_of_kind, serve }
    from "./clerk.mjs";
import { run } from "./server.mjs";
import { root } from "./site.mjs";

const school = unit_of_kind("higher_vocational");
const notice = path.join(root, "tests/notice/anhui-2024");
const certificate = catalogue.find((one) => one.min <= 40);

after(clean_up);

async function fill_and_send(server) {
    const { browser, page } = await clerk_of(school, server);
    await page.getByRole("heading", { name: "2024年第一批申报" }).waitFor();
    // A renamed field and a new one, in the grid of declarations.
    await go(page, "证书申报表");
    await page.getByRole("button", { name: "新增一张" }).click();
    await page.getByRole("combobox", { name: "第1行职业技能等级证书" }).fill(certificate.name);
    await page.getByRole("listbox").getByRole("option", { name: certificate.name }).first().click();
    await page.getByRole("combobox", { name: "第1行级别" }).selectOption({ label: certificate.levels[0] });
    await page.getByRole("textbox", { name: "第1行考核人数" }).fill("12.5");
    // Its table of the school has a column under its own name and one under another: both lead back.
    await go(page, "学校汇总表");
    await page.getByRole("button", { name: /：12\.5$/ }).waitFor();
    await page.getByRole("button", { name: "所属专业：待填" }).click();
    await page.getByRole("textbox", { name: "第1行所属专业" }).fill("护理学");
    await page.getByRole("textbox", { name: "第1行考核人数" }).fill("120");
    await page.getByRole("button", { name: "签名并提交 1 张" }).click();
    await page.getByRole("cell", { name: "已提交" }).waitFor();

    await go(page, "考评员名册");
    const cell = (row, name) => page.getByRole("textbox", { name: `第${row}行${name}` });
    const people = [["张三", "副高级", "16", "1250.5", "13800138000"], ["李𠅤", "中级", "12", "0.08万元", "0551-65512345"]];
    for (const [index, [name, title, hours, fee, mobile]] of people.entries()) {
        const row = index + 1;
        await cell(row, "姓名").fill(name);
        await page.getByRole("combobox", { name: `第${row}行职称` }).selectOption({ label: title });
        await page.getByRole("combobox", { name: `第${row}行考评证书` }).fill(certificate.name);
        await page.getByRole("listbox").getByRole("option", { name: certificate.name }).first().click();
        // Typed before a frame is drawn, as on a slow machine: what is computed below the table is of now.
        await page.evaluate((typed) => {
            for (const [name, value] of typed) {
                const element = document.querySelector(`input[aria-label="${name}"]`);
                element.value = value;
                element.dispatchEvent(new InputEvent("input", { bubbles: true }));
            }
        }, [[`第${row}行培训学时`, hours], [`第${row}行考评费用`, fee], [`第${row}行手机号码`, mobile]]);
        await page.getByText(`共${row}人`).waitFor();
    }
    // Its own rule, with a reason that travels along; its own total.
    await page.getByText("有考评员培训不足16学时，请写明原因。").first().waitFor();
    const note = page.getByRole("textbox", { name: "原因说明" });
    await note.evaluate((element) => { window.note_field = element; });
    await page.getByRole("cell", { name: "28", exact: true }).waitFor();
    await page.getByRole("textbox", { name: "考核站点名称" }).fill("一号站点");
    await page.getByRole("textbox", { name: "联络人" }).fill("王芳");
    await page.getByRole("textbox", { name: "电话", exact: true }).fill("0551-65512345");
    await page.getByText(/^1 处请说明/).waitFor();
    // Other findings have gone since; the field of the note is still the one that it was.
    assert.ok(await note.evaluate((element) => element === window.note_field));
    await note.fill("下月补足学时。");
    await saved(page);
    await look(page, "assessors");
    await page.getByRole("button", { name: "打印", exact: true }).click();
    const text = await pdf_text(browser, await printed_html(page), server.folder);
    for (const words of ["安徽省1+X证书考评员名册", school.name, "张三", "李𠅤", certificate.name, "1250.50", "800.00",
        "28", "共2人", "备注：名册随学校汇总表一并报送。"])
        assert.ok(text.replace(/\s/g, "").includes(words.replace(/\s/g, "")), `${words} is on the print`);
    assert.ok(!text.includes("草稿"));
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();
    await go(page, "回执");
    await page.getByRole("row", { name: /考评员名册（2 项） 2024年第一批/ }).waitFor();
    await settled(page);

    const rows = JSON.parse(run("summary", "assessor_list", "--data", server.data, "--period", "2024-first",
        "--format", "json")).rows;
    assert.deepEqual(rows.map((row) => [row.school_code, row.row, row.name, row.title, row.certificate, row.hours,
        row.fee, row.mobile, row.site]), [
        [school.id, 1, "张三", "副高级", certificate.id, 16, 125050, "13800138000", "一号站点"],
        [school.id, 2, "李𠅤", "中级", certificate.id, 12, 80000, "0551-65512345", "一号站点"]]);
    const [declared] = JSON.parse(run("summary", "rows", "--data", server.data, "--period", "2024-first",
        "--format", "json")).rows;
    assert.equal(declared.planned_headcount, 120);
    assert.match(run("check", "--data", server.data), /都正确/);
    await browser.close();
}

journey("a server that begins with the notice of 2024", async () => {
    const server = await serve({ notice, clock: "2024-03-12T09:00:00+08:00" });
    await fill_and_send(server);
});

journey("a server on which the notice of 2024 follows that of 2023", async () => {
    const server = await serve({ clock: "2024-03-12T09:00:00+08:00" });
    run("notice", "publish", notice, "--data", server.data);
    await fill_and_send(server);
});

// Published in December, the next notice does not end this year's: what this one asks for is due, filed
// and taken under it, beside the new one, on a machine of before and on one that is enrolled after it.
journey("the report of December is sent after the notice of 2024 was published", async () => {
    const server = await serve({ clock: "2023-12-20T09:00:00+08:00" });
    const before = await clerk_of(school, server);
    const other = unit_of_kind("secondary_vocational");
    await before.page.getByRole("heading", { name: "2023年12月报送" }).waitFor();
    run("notice", "publish", notice, "--data", server.data);
    await before.page.getByRole("button", { name: "一键同步" }).click();
    await before.page.getByText("2024年第一批　证书申报表").waitFor();
    const after_it = await clerk_of(other, server);
    for (const { browser, page } of [before, after_it]) {
        await page.getByRole("heading", { name: "2023年12月报送" }).waitFor();
        await look(page, "two_notices");
        await page.getByRole("button", { name: /^去填写：填写.*月报/ }).click();
        for (const name of ["当月完成报名", "当月完成考核", "累计完成考核", "累计取证人数"])
            await page.getByRole("textbox", { name, exact: true }).fill("0");
        for (const name of ["2023年累计已支付考核费用", "2023年累计未支付考核费用"])
            await page.getByRole("textbox", { name }).fill("0");
        await page.getByRole("textbox", { name: "填报人" }).fill("王芳");
        await page.getByRole("textbox", { name: "联系电话" }).fill("0558-5512345");
        await settled(page);
        await page.getByRole("button", { name: "签名并提交" }).click();
        await page.getByText("已提交").first().waitFor();
        await go(page, "证书申报表");
        await page.getByText(/3月11日开始接收/).first().waitFor(); // The new year's stands beside it.
        await browser.close();
    }
    const rows = JSON.parse(run("summary", "progress", "--data", server.data, "--period", "2023-12", "--format", "json")).rows;
    assert.deepEqual(rows.map((row) => row.school_code).sort(), [school.id, other.id].sort());
    assert.match(run("check", "--data", server.data), /都正确/);
});
