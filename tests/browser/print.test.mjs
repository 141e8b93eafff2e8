// Every form of the notice as a PDF page, made by the browser as a school's printer gets it, and its
// text read back: the notice's words and the values that were filled in, on one page of A4.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { Chromium, new_profile } from "./chromium.mjs";
import { root } from "./site.mjs";

const programs = [["build/native/tests/print_sheets"],
    [process.execPath, "--no-experimental-fetch", "build/wasm/tests/print_sheets.js"]];
const forms = JSON.parse(fs.readFileSync(path.join(root, "shared/notices/anhui-2023-14/package.json"), "utf8")).forms;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shenbao-print-"));
const profile = new_profile();
let browser, pages, across;

// The prints of all forms, by form.
function sheets(...words) {
    const [program, ...options] = programs.find((found) => fs.existsSync(path.join(root, found.at(-1))));
    const placed = (word) => word.startsWith("build/") ? path.join(root, word) : word;
    return JSON.parse(execFileSync(placed(program), [...options.map(placed), ...words], { encoding: "utf8" }));
}

before(async () => {
    pages = sheets();
    across = sheets("landscape");
    browser = await Chromium.start({ profile });
});

after(async () => {
    await browser.close();
    for (const made of [folder, profile]) fs.rmSync(made, { recursive: true, force: true, maxRetries: 5 });
});

async function pdf_of(name, from = pages) {
    const sheet = await browser.page();
    await sheet.setContent(from[name]);
    const pdf = path.join(process.env.SHENBAO_PRINT_TO || folder, `${name}${from === across ? "-across" : ""}.pdf`);
    fs.writeFileSync(pdf, await sheet.pdf({ preferCSSPageSize: true, printBackground: true }));
    await sheet.close();
    return pdf;
}

const bare = (text) => text.replace(/[\s　]/g, "");

for (const form of forms) {
    test(`${form.appendix} is a page of A4 with the notice's words`, async () => {
        const pdf = await pdf_of(form.id);
        const about = execFileSync("pdfinfo", [pdf], { encoding: "utf8" });
        assert.match(about, /^Pages: +1$/m);
        assert.match(about, /^Page size: +59[45](\.\d+)? x 84[12](\.\d+)? pts/m);
        const text = bare(execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" }));
        const raw = bare(execFileSync("pdftotext", ["-raw", pdf, "-"], { encoding: "utf8" }));
        for (const block of form.blocks) {
            // A paragraph is broken by its blanks, a head of the table over its lines.
            const words = [block.text, ...(block.inlines || []).map((part) => part.text),
                ...(block.columns || []).flatMap((column) => column.head.split("\n"))];
            for (const one of words.filter(Boolean))
                assert.ok(text.includes(bare(one)) || raw.includes(bare(one)), `${one} is on the page`);
        }
        assert.ok(text.includes("宿州市埇桥区示例职业学校"), "the unit's name, rare characters and all");
        assert.match(text, /校验码[0-9A-Z]{5}-[0-9A-Z]{5}第1页共1页/);
    });
}

test("附件4 has its figures in the order of its columns, money in 万元", async () => {
    const text = execFileSync("pdftotext", ["-layout", await pdf_of("monthly_report"), "-"], { encoding: "utf8" });
    assert.match(text, /\b101 +102 +103 +104 +1\.10 +105 +1\.60 +1\.61\b/);
});

test("附件4 lies across the page when the package says so", async () => {
    const pdf = await pdf_of("monthly_report", across);
    const about = execFileSync("pdfinfo", [pdf], { encoding: "utf8" });
    assert.match(about, /^Pages: +1$/m);
    assert.match(about, /^Page size: +84[12](\.\d+)? x 59[45](\.\d+)? pts/m);
    assert.match(bare(execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" })), /第1页共1页/);
});
