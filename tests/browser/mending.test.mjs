// What cannot be filed as it stands: said where it is seen, left out of what is counted, and one press away
// from where it is mended. Then what becomes of it on paper: the mail ticked off, the receipt to be read.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { catalogue, clean_up, clerk_of, declare, go as go_to, journey, look, settled, printed_html, serve, sync,
    unit_of_kind } from "./clerk.mjs";
import { run } from "./server.mjs";

const school = unit_of_kind("secondary_vocational");
const [first, second] = catalogue;
let server, page;
before(async () => {
    server = await serve();
    ({ page } = await clerk_of(school, server));
});
after(clean_up);

const go = (name) => go_to(page, name);
const total_row = (words) => page.getByRole("row", { name: words });
const focused = (name) => page.waitForFunction((wanted) =>
    document.activeElement.getAttribute("aria-label") === wanted, name);

journey("a row that cannot be filed is told under the list and counts nowhere", async () => {
    await go("证书申报表");
    await declare(page, 1, first, first.levels[0], "100");
    await page.getByRole("button", { name: "签名并提交 1 张" }).click();
    await page.getByText("已提交").first().waitFor();
    await declare(page, 2, first, first.levels[0], "50"); // Declared already.
    await declare(page, 3, second, second.levels[0], "12.5");
    await settled(page);
    await total_row(/^合计 3 张 100 2 张有误未计入/).waitFor();
    await look(page, "mending-list");
    await page.getByRole("link", { name: /^第2行：本轮已有/ }).waitFor();
    await page.getByRole("link", { name: /^第3行：考核人数/ }).click();
    await focused("第3行考核人数");

    await go("首页");
    await page.getByText("100 人", { exact: true }).waitFor();
    await page.getByText("3 张证书申报表，2 张有误未计入", { exact: true }).waitFor();
    await page.getByText(/^3 张，合计 100 人，2 张有误未计入/).waitFor();
    await look(page, "mending-home");
});

journey("附件2 marks the rows that are to be mended, with one count, and leads to each", async () => {
    await go("学校汇总表");
    await page.getByRole("button", { name: "2023年拟申报人数：12.5" }).waitFor();
    await page.getByRole("button", { name: `职业技能等级证书：${first.name}` }).waitFor();
    await look(page, "mending-summary");
    // The paper adds up all it shows; the list leaves out what is wrong, and that is said.
    await page.getByText("证书申报表合计 100 人，2 张有误未计入，和本表合计可能不同；改好以后一致。").waitFor();
    // Two rows of one certificate and level, declarations that are not signed, and two empty blanks.
    const [, count] = /^要改的共 (\d+) 处：/.exec(await page.getByText(/^要改的共 \d+ 处：/).textContent());
    await page.getByText(`待改 ${count} 处`, { exact: true }).waitFor();
    await page.getByText(`改好标出的 ${count} 处即可提交。`, { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "2023年拟申报人数：12.5" }).click();
    await focused("第3行考核人数");
    const field = page.getByRole("textbox", { name: "第3行考核人数" });
    await field.fill("");
    await go("学校汇总表");
    await page.getByRole("button", { name: "2023年拟申报人数：待填" }).click();
    await field.fill(String(Math.max(45, second.min)));
    await page.getByRole("link", { name: "删除第2行" }).click();
    const sum = 100 + Math.max(45, second.min);
    await total_row(new RegExp(`^合计 2 张 ${sum} *$`)).waitFor();
    await page.getByRole("button", { name: "签名并提交 1 张" }).click();
    await go("学校汇总表");
    await page.getByRole("textbox", { name: "学校联络人员姓名" }).fill("王芳");
    // A digit too many, and it is said at once.
    await page.getByRole("textbox", { name: "电话" }).fill("13855512345678901");
    await page.getByText("手机号码应为11位，请核对。").first().waitFor();
    await page.getByRole("textbox", { name: "电话" }).fill("0558-5512345");
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();
});

journey("the scan is ticked off when it has gone, and the home screen no longer asks for it", async () => {
    await page.getByText(/由其统一发送至备注中的 ahxzsbgs@126.com，学校不用再发。$/).waitFor();
    await go("首页");
    await page.getByText(/^附件2盖章扫描件于 4月3日 24:00 前报送所在市/).waitFor();
    await go("学校汇总表");
    // It is read from its top, wherever it was left.
    const scrolled = (least, most) => page.waitForFunction(([from, to]) => {
        const area = document.querySelector('[data-id^="form_paper/school_summary/"][data-id$="/scroll"]');
        return area && area.scrollTop >= from && area.scrollTop <= to;
    }, [least, most]);
    await page.mouse.move(500, 500);
    await page.mouse.wheel(0, 300);
    await scrolled(100, 1000);
    await go("首页");
    await page.getByRole("button", { name: "查看：核对学校汇总表（附件2）" }).click();
    await settled(page);
    await scrolled(0, 0);
    await page.getByRole("checkbox", { name: "盖章扫描件已发出" }).click();
    await page.getByRole("textbox", { name: "发出日期" }).fill("2023-03-28");
    await look(page, "mending-tick");
    await go("首页");
    await page.getByText(/^附件2盖章扫描件已于 3月28日 报送所在市/).waitFor();
});

journey("while a filing is changed, the one that arrived stands, and the screen says so", async () => {
    await go("证书申报表");
    await page.getByRole("link", { name: "打开第1行" }).click();
    const stands = page.getByText("改好重新签名、送达以前，仍以已送达的那一份为准。");
    await page.getByRole("button", { name: "修改", exact: true }).waitFor();
    assert.equal(await stands.count(), 0);
    await page.getByRole("button", { name: "修改", exact: true }).click();
    await stands.waitFor();
    await look(page, "mending-revising");
    await page.getByText("内容和上次提交的相同，还没有改动。").waitFor();
    await page.getByRole("button", { name: "放弃修改" }).click(); // Nothing is lost: not asked.
    await stands.waitFor({ state: "detached" });
    // Of what was never sent nothing stands.
    await go("证书申报表");
    await page.getByRole("button", { name: "新增一张" }).click();
    await page.getByRole("link", { name: "打开第3行" }).click();
    await page.getByRole("button", { name: "签名并提交" }).waitFor();
    assert.equal(await stands.count(), 0);
    await go("证书申报表");
    await page.getByRole("link", { name: "删除第3行" }).click();
});

journey("a change that was not sent prints as such, is counted beside what arrived, and is asked about", async () => {
    await go("证书申报表");
    await page.getByRole("link", { name: "打开第1行" }).click();
    await page.getByRole("button", { name: "修改", exact: true }).click();
    await page.getByRole("textbox", { name: "考核人数" }).fill("90");
    await page.getByText("修改后待提交").first().waitFor();
    await page.getByRole("button", { name: "打印", exact: true }).click();
    assert.match(await printed_html(page), /本表修改后还没有提交，和已提交的不同/);
    await go("首页");
    await page.getByText(/^3 份已送达，其中 1 份正在修改，还没有重新签名/).waitFor();
    await go("证书申报表");
    await page.getByRole("link", { name: "打开第1行" }).click();
    await page.getByRole("button", { name: "放弃修改" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "放弃修改" }).click();
    await page.getByRole("button", { name: "修改", exact: true }).waitFor();
    assert.equal(await page.getByRole("textbox", { name: "考核人数" }).inputValue(), "100");
});

journey("a table that is sent anew asks for its paper anew, on the home screen too", async () => {
    await go("学校汇总表");
    await page.getByRole("button", { name: "修改", exact: true }).click();
    await page.getByRole("textbox", { name: "电话" }).fill("13855512345");
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已提交").first().waitFor();
    await page.getByText("内容改过，上一版的纸质表作废：请重新打印、签字盖章，再发送一次。").waitFor();
    await go("首页");
    await page.getByText(/^附件2内容改过，请重新打印盖章，扫描件于 4月3日 24:00 前报送所在市/).waitFor();
    await look(page, "mending-again");
});

journey("a receipt is printed as a page that can be read", async () => {
    await go("回执");
    await look(page, "mending-receipts");
    await page.getByRole("link", { name: /^打印回执/ }).last().click();
    const html = await printed_html(page);
    // The footer's code is that of the paper which the receipt is about.
    await go("证书申报表");
    await page.getByRole("link", { name: "打开第1行" }).click();
    await page.getByRole("button", { name: "打印", exact: true }).click();
    const code = (page_html) => /校验码[^0-9A-Z]*([0-9A-Z]{5}-[0-9A-Z]{5})/.exec(page_html)[1];
    assert.equal(code(html), code(await printed_html(page)));
    for (const words of ["申报回执", `附件1　${first.name} · ${first.levels[0]}　100 人`, "2023年春季", "按时",
        "（北京时间）", "SHA-256"])
        assert.ok(html.includes(words), words);
    assert.match(html, /[0-9a-f]{64}/);
});

journey("the province's empty queue says for whom the filings wait", async () => {
    const { page: office } = await clerk_of(unit_of_kind("province_office"), server);
    await sync(office);
    await go_to(office, "审核");
    await office.getByText(/^2 份还在等市级初审，通过后同步一次就会出现在这里/).waitFor();
    await look(office, "mending-queue");
});

journey("what another machine of the school has sent meanwhile is told under the list, and taken over", async () => {
    await go("证书申报表");
    await page.getByRole("link", { name: "打开第1行" }).click();
    await page.getByRole("button", { name: "修改", exact: true }).click();
    const heads = page.getByRole("textbox", { name: "考核人数" });
    await heads.fill("90");
    const other = server.device("other");
    other("enrol", "--server", server.url, "--code", server.new_code(school.id), "--name", "二号机");
    other("sync", "--server", server.url);
    other("fill", "--form", "附件1", "--replace", server.filing_of(first), "--set", "headcount=110");
    other("sync", "--server", server.url);
    await sync(page);
    await go("证书申报表");
    await look(page, "mending-conflict");
    // A person chooses; the button for all does not.
    assert.equal(await page.getByRole("button", { name: "签名并提交" }).getAttribute("aria-disabled"), "true");
    await page.getByRole("link", { name: "第1行：打开这一张，看原因和怎么办。" }).click();
    await page.getByText(/^本单位的另一台电脑已经提交了这份表的新版本。/).waitFor();
    await page.getByRole("button", { name: "放弃修改" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "放弃修改" }).click();
    await page.getByRole("button", { name: "修改", exact: true }).waitFor();
    assert.equal(await heads.inputValue(), "110");
});

journey("what another machine has declared first is refused here, and is deleted", async () => {
    const third = catalogue[2];
    const other = server.device("other");
    other("declare", "--certificate", third.id, "--level", third.levels[0], "--headcount", String(third.min + 70));
    await go("证书申报表");
    await page.context().setOffline(true);
    await declare(page, 3, third, third.levels[0], String(third.min + 60));
    await page.getByRole("button", { name: "签名并提交 1 张" }).click();
    await page.getByText("已签名，联网后自动发送。").waitFor();
    other("sync", "--server", server.url);
    await page.context().setOffline(false);
    await sync(page);
    await page.getByRole("table", { name: "未被接收" }).waitFor();
    await go("证书申报表");
    await look(page, "mending-twice");
    await page.getByRole("link", { name: "第3行：打开这一张，看原因和怎么办。" }).click();
    await page.getByText(/^上次提交未被接收：.*不需要这一份的，请按“删除”。$/).waitFor();
    await look(page, "mending-twice-form");
    await page.getByRole("button", { name: "删除", exact: true }).click();
    await total_row(/^合计 3 张/).getByRole("cell", { name: new RegExp(`^${110 + Math.max(45, second.min) + third.min + 70}$`) })
        .waitFor();
    assert.equal(await page.getByRole("link", { name: /打开这一张，看原因和怎么办/ }).count(), 0);
    await go("首页");
    await page.getByRole("table", { name: "未被接收" }).waitFor({ state: "detached" });
});

journey("what the server has refused is told under the list, with its reason behind it", async () => {
    await go("证书申报表");
    await page.getByRole("link", { name: "打开第2行" }).click();
    await page.getByRole("button", { name: "修改", exact: true }).click();
    await page.context().setOffline(true);
    await page.getByRole("textbox", { name: "考核人数" }).fill(String(second.min + 60));
    await page.getByRole("button", { name: "签名并提交" }).click();
    await page.getByText("已签名，联网后自动发送。").waitFor();
    run("decide", server.filing_of(second), "--data", server.data, "--verdict", "pass", "--stage", "final_review",
        "--reason", "市级书面同意");
    await page.context().setOffline(false);
    await sync(page);
    await go("证书申报表");
    await look(page, "mending-refused");
    await page.getByRole("link", { name: /^第2行：审核部门已经通过了已提交的一份/ }).waitFor();
    // What was approved is what was filed, not what is typed.
    const filed = String(Math.max(45, second.min));
    await total_row(/^合计 3 张/).getByRole("cell", { name: filed, exact: true }).waitFor();
    await page.getByRole("link", { name: "第2行：打开这一张，看原因和怎么办。" }).click();
    await page.getByText(/^上次提交未被接收：/).waitFor();
    await look(page, "mending-refused-form");
    await page.getByText(`批准 ${filed} 人`).first().waitFor();
    assert.equal(await page.getByRole("button", { name: "签名并提交" }).getAttribute("aria-disabled"), "true");
    await page.getByRole("button", { name: "放弃修改" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "放弃修改" }).click();
    await page.getByRole("button", { name: "修改", exact: true }).waitFor();
    assert.equal(await page.getByRole("textbox", { name: "考核人数" }).inputValue(), filed);
});
