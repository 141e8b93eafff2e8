// The platform and the widgets, driven through the gallery (client/gallery.cpp) in a real Chromium: what
// a person types, presses, hears and sees. Elements are found as assistive technology finds them, by role
// and name.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { printed_html, settled } from "./clerk.mjs";
import { root, Site } from "./site.mjs";

const executablePath = process.env.SHENBAO_CHROMIUM || "/usr/bin/chromium";
const build = process.env.SHENBAO_WASM || path.join(root, "build/wasm");
const shots = process.env.SHENBAO_SHOTS; // A folder: pictures of every screen are left there.

let site, browser;

before(async () => {
    // Only the tests need the gallery, so nothing else builds it.
    execFileSync("cmake", ["--build", build, "--target", "shenbao_gallery"],
        { stdio: ["ignore", "ignore", "inherit"] });
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "shenbao-gallery-"));
    fs.cpSync(path.join(root, "web"), folder, { recursive: true });
    fs.copyFileSync(path.join(build, "client/gallery.js"), path.join(folder, "shenbao.js"));
    fs.copyFileSync(path.join(build, "client/gallery.wasm"), path.join(folder, "shenbao.wasm"));
    site = new Site(folder);
    site.answers.set("/probe.txt", [200, "text/plain; charset=utf-8", "亳州"]);
    site.answers.set("/favicon.ico", [200, "image/png", ""]);
    await site.start();
    browser = await chromium.launch({ executablePath, args: [
        ...(process.getuid() === 0 ? ["--no-sandbox"] : []),
        "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--lang=zh-CN",
        "--host-resolver-rules=MAP school.test 127.0.0.1",
    ] });
});

after(async () => {
    await browser.close();
    await site.stop();
    fs.rmSync(site.folder, { recursive: true });
});

const screens = { home: "首页", form: "证书申报表", province: "汇总", list: "待同步", grid: "退回修改", parts: "部件陈列" };

// Opens the gallery at a screen; fails at its end when the page complained of anything.
async function with_page(act, { screen = "parts", init, started = true, url = site.url, expected, ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, locale: "zh-CN", ...options });
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => { if (message.type() === "error" && !expected?.test(message.text())) complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(error.message));
    try {
        if (init) await page.addInitScript(init);
        await page.goto(url);
        if (started) {
            await page.waitForFunction(() => window.__shenbao?.frames > 0, null, { timeout: 20000 });
            await go(page, screen);
        }
        await act(page);
        assert.deepEqual(complaints, []);
    } finally {
        await context.close();
    }
}

async function go(page, screen) {
    if (page.viewportSize().width < 820) await page.getByRole("button", { name: "菜单" }).click();
    await page.getByRole("link", { name: screens[screen], exact: true }).click();
    await settled(page);
    assert.equal(await page.getByRole("main").getAttribute("aria-label") !== null, true);
}

const frames = (page) => page.evaluate(() => window.__shenbao.frames);

// Share of pixels (0-1) of two PNGs of the same size that differ by more than a shade.
async function difference(page, one, other) {
    const helper = await page.context().newPage();
    const share = await helper.evaluate(async ([a, b]) => {
        const pixels = async (base64) => {
            const blob = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], { type: "image/png" });
            const image = await createImageBitmap(blob);
            const canvas = new OffscreenCanvas(image.width, image.height);
            const pen = canvas.getContext("2d");
            pen.drawImage(image, 0, 0);
            return { w: image.width, h: image.height, data: pen.getImageData(0, 0, image.width, image.height).data };
        };
        const first = await pixels(a), second = await pixels(b);
        if (first.w !== second.w || first.h !== second.h) return 1;
        let differing = 0;
        for (let at = 0; at < first.data.length; at += 4)
            if (Math.abs(first.data[at] - second.data[at]) + Math.abs(first.data[at + 1] - second.data[at + 1]) +
                Math.abs(first.data[at + 2] - second.data[at + 2]) > 96) differing += 1;
        return differing / (first.w * first.h);
    }, [one.toString("base64"), other.toString("base64")]);
    await helper.close();
    return share;
}

// As an input method does it: the text under composition changes some times, then is replaced.
async function compose(page, steps, result) {
    const session = await page.context().newCDPSession(page);
    for (const text of steps)
        await session.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    await session.send("Input.insertText", { text: result });
    await session.detach();
}

// --- nothing written twice --------------------------------------------------------------------------

test("the numbers of roles, states, keys and faces are the same on both sides", () => {
    const header = fs.readFileSync(path.join(root, "client/semantics/tree.hpp"), "utf8");
    const mirror = fs.readFileSync(path.join(root, "web/mirror.js"), "utf8");
    const roles = [...header.matchAll(/^ {4}(\w+)\s+= (\d+),/gm)].map(([, name, number]) => [name, Number(number)]);
    const role_object = /const role = \{([^}]*)\}/.exec(mirror)[1];
    for (const [, name, number] of role_object.matchAll(/(\w+): (\d+)/g))
        assert.deepEqual(roles.find(([known]) => known === name), [name, Number(number)]);
    const aria = { tab_list: "tablist", list_item: "listitem", column_header: "columnheader", row_header: "rowheader",
        progress: "progressbar", radio_group: "radiogroup", image: "img", tab_panel: "tabpanel" };
    const kinds = [.../const kinds = \[([^;]*)\];/.exec(mirror)[1].matchAll(/\["(\w+)", (null|"(\w+)"), "\w+"\]/g)];
    assert.equal(kinds.length, roles.length);
    roles.forEach(([name, number], index) => {
        assert.equal(number, index);
        const said = kinds[index][3];
        if (said) assert.equal(said, aria[name] || name);
    });
    for (const space of ["state", "key"]) {
        const block = new RegExp(`namespace ${space} \\{([^}]*)\\}`).exec(header)[1];
        const bits = [...block.matchAll(/(\w+)\s*=\s*1 << (\d+)/g)].map(([, name, shift]) => [name, 2 ** Number(shift)]);
        const js = { Enter: "enter", Escape: "escape", ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left",
            ArrowRight: "right", Home: "home", End: "end", Delete: "erase", CopyAbove: "copy_above",
            j: "next", k: "previous", p: "pass", r: "send_back" };
        const told = space === "state" ? /const state = \{([^}]*)\}/ : /const key_bits = \{([^}]*)\}/;
        const known = [...told.exec(mirror)[1].matchAll(/(\w+): (\d+)/g)].map(([, name, bit]) => [js[name] || name, Number(bit)]);
        assert.deepEqual(known, bits);
    }
});

// --- typing -----------------------------------------------------------------------------------------

test("Chinese is composed in a field, and what was typed is drawn", () => with_page(async (page) => {
    const field = page.getByRole("textbox", { name: "单位名称" });
    await field.click();
    // Whoever writes to the field during a composition breaks it: watch for it.
    await page.evaluate(() => {
        const own = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
        window.writes = 0;
        let composing = false;
        addEventListener("compositionstart", () => { composing = true; }, true);
        addEventListener("compositionend", () => { composing = false; }, true);
        Object.defineProperty(HTMLInputElement.prototype, "value", { ...own,
            set(text) { if (composing) window.writes += 1; own.set.call(this, text); } });
    });
    const session = await page.context().newCDPSession(page);
    for (const text of ["b", "bo", "bo'zhou"]) {
        await session.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
        await settled(page);
    }
    // The core follows the composition, and keys belong to the input method.
    await page.getByText("您输入了：bo'zhou").waitFor();
    await page.evaluate(() => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true })));
    await session.send("Input.insertText", { text: "亳州" });
    await compose(page, ["y", "yong'qiao"], "埇桥");
    await compose(page, ["𠅤"], "𠅤");
    await compose(page, ["h"], "𬭎");
    assert.equal(await field.inputValue(), "亳州埇桥𠅤𬭎");
    await page.getByText("您输入了：亳州埇桥𠅤𬭎").waitFor();
    assert.equal(await page.evaluate(() => window.writes), 0);
}));

test("a field looks the same with and without the focus, rare characters too", () => with_page(async (page) => {
    const field = page.getByRole("textbox", { name: "单位名称" });
    const inside = async () => {
        const box = await field.boundingBox();
        return page.screenshot({ clip: { x: box.x + 6, y: box.y + 6, width: 240, height: box.height - 12 }, caret: "hide" });
    };
    const empty = await inside();
    await field.fill("亳州埇桥𠅤𬭎䶮㛃𫖯学校 Web 109");
    await settled(page);
    const focused = await inside();
    await page.getByRole("button", { name: "次要" }).focus();
    await settled(page);
    const drawn = await inside();
    assert.ok(await difference(page, empty, drawn) > 0.03, "something is drawn");
    assert.ok(await difference(page, focused, drawn) < 0.02, "the drawn text lies where the real one was");
    // A character the system has is never the box for a missing one, and no two look alike.
    const looks = [];
    for (const text of ["亳", "埇", "𠅤", "𬭎", "\u{10FFFD}"]) {
        await field.fill(text);
        await page.getByRole("button", { name: "次要" }).focus();
        await settled(page);
        looks.push(await inside());
    }
    for (let one = 0; one < looks.length; ++one)
        for (let other = 0; other < one; ++other)
            assert.ok(await difference(page, looks[one], looks[other]) > 0.002);
}));

test("every ideograph stands within the square that is kept for it", () => with_page(async (page) => {
    const outside = await page.evaluate(() => {
        const { glyphs } = window.__shenbao.page, found = [];
        for (const face of [0, 1, 2, 3])
            for (const pixels of [13, 15, 22.5, 44])
                for (let code = 0x4E00; code <= 0x9FFF; code += 11) {
                    const [width, left, above, w, h] = glyphs.measure(face, pixels, code, 0.75);
                    const m = glyphs.pen.measureText(String.fromCodePoint(code));
                    const inside = m.width === width && m.actualBoundingBoxLeft <= left &&
                        m.actualBoundingBoxRight + 0.75 <= w - left && m.actualBoundingBoxAscent <= above &&
                        m.actualBoundingBoxDescent <= h - above;
                    if (!inside) found.push(`${String.fromCodePoint(code)} ${face} ${pixels}: ` + [m.width, m.actualBoundingBoxLeft,
                        m.actualBoundingBoxRight, m.actualBoundingBoxAscent, m.actualBoundingBoxDescent].join(" "));
                }
        return found;
    });
    assert.deepEqual(outside, []);
}));

test("text beyond a field's end, pasted text, undo and a text area", () => with_page(async (page) => {
    const field = page.getByRole("textbox", { name: "单位名称" });
    const long = "安徽省亳州市谯城区".repeat(12);
    await field.fill(long);
    await page.getByRole("textbox", { name: "登记码" }).fill("ABCD");
    await settled(page);
    assert.equal(await field.inputValue(), long);
    assert.equal(await field.evaluate((element) => element.scrollLeft), 0);
    await field.focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.type("甲");
    await page.keyboard.press("Control+z");
    assert.equal(await field.inputValue(), long);
    const area = page.getByRole("textbox", { name: "说明" });
    const before = (await area.boundingBox()).height;
    await area.fill("一\n二\n三\n四\n五\n六");
    await settled(page);
    assert.ok((await area.boundingBox()).height > before, "it grows with its text");
}));

// --- pressing ---------------------------------------------------------------------------------------

test("buttons, links, checkboxes, radios, tabs and selects by role and name", () => with_page(async (page) => {
    const button = page.getByRole("button", { name: "按一下" });
    await button.click();
    await page.getByText("按了 1 次").waitFor();
    await button.focus();
    await page.keyboard.press("Enter");
    await page.getByText("按了 2 次").waitFor();
    await page.keyboard.press("Space");
    await page.getByText("按了 3 次").waitFor();
    await button.dispatchEvent("click"); // Assistive technology: no pointer at all.
    await page.getByText("按了 4 次").waitFor();

    const off = page.getByRole("button", { name: "不能按" });
    assert.equal(await off.getAttribute("aria-disabled"), "true");
    assert.equal(await off.evaluate((element) => document.getElementById(element.getAttribute("aria-describedby")).textContent), "先填写单位名称。");

    await page.getByRole("checkbox", { name: "我已阅读并核对" }).check();
    await page.getByRole("radio", { name: "中级" }).check();
    assert.equal(await page.getByRole("radio", { name: "初级" }).isChecked(), false);
    await page.getByRole("tab", { name: "按市" }).focus();
    await page.keyboard.press("ArrowRight");
    await settled(page);
    assert.equal(await page.getByRole("tab", { name: "按证书" }).getAttribute("aria-selected"), "true");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "按证书");
    await page.getByLabel("级别").locator("visible=true").and(page.locator("select")).selectOption("高级");
    await settled(page);
    assert.equal(await page.locator("select").inputValue(), "高级");
}));

test("a keystroke and the button pressed right behind it arrive in that order", () => with_page(async (page) => {
    const field = page.getByRole("textbox", { name: "登记码" });
    // Both before any frame can be drawn.
    await field.focus();
    await page.evaluate(() => {
        const element = document.activeElement;
        element.value = "ABCD";
        element.dispatchEvent(new InputEvent("input", { bubbles: true }));
        [...document.querySelectorAll("button")].find((one) => one.textContent === "按一下").click();
    });
    await page.getByText("次数 1").waitFor();
    await page.getByText("按了 1 次").waitFor();
}));

test("what is typed before the frame after the focus opens the list of suggestions", () => with_page(async (page) => {
    const box = page.getByRole("combobox", { name: "证书" });
    await page.getByRole("textbox", { name: "单位名称" }).focus();
    await settled(page);
    await box.evaluate((element) => {
        element.focus();
        element.value = "照护";
        element.dispatchEvent(new InputEvent("input", { bubbles: true }));
    });
    await settled(page);
    assert.equal(await page.getByRole("listbox", { name: "可选项" }).getByRole("option").count(), 1);
}));

test("a press on a suggestion means the one that was seen, though the list is another one by then", () => with_page(async (page) => {
    const box = page.getByRole("combobox", { name: "证书" });
    await box.fill("照护");
    const options = page.getByRole("listbox", { name: "可选项" }).getByRole("option");
    // The list of all was there before; the one that was asked for comes with the next frame.
    await page.waitForFunction(() => document.querySelectorAll("[role=listbox] [role=option]").length === 1);
    assert.match(await options.textContent(), /老年照护/);
    // Before any frame can be drawn the word is gone, and with it the list of one.
    await page.evaluate(() => {
        const element = document.activeElement, seen = document.querySelector("[role=listbox] [role=option]");
        element.value = "";
        element.dispatchEvent(new InputEvent("input", { bubbles: true }));
        seen.click();
    });
    await settled(page);
    assert.equal(await box.inputValue(), "老年照护");
}));

test("the suggestions of a search box, by keyboard and by pointer", () => with_page(async (page) => {
    const box = page.getByRole("combobox", { name: "证书" });
    const options = page.getByRole("listbox", { name: "可选项" }).getByRole("option");
    await box.fill("");
    await compose(page, ["lao", "lao'nian"], "老年");
    await options.filter({ hasText: /老年照护/ }).waitFor();
    assert.equal(await box.getAttribute("aria-expanded"), "true");
    await page.keyboard.press("Enter");
    await settled(page);
    assert.equal(await box.inputValue(), "老年照护");
    assert.equal(await options.count(), 0);
    await box.fill("开发");
    await settled(page);
    assert.equal(await options.count(), 2);
    await page.keyboard.press("ArrowDown");
    await settled(page);
    const active = await box.getAttribute("aria-activedescendant");
    assert.match(await page.locator(`#${active}`).textContent(), /云计算/);
    await page.keyboard.press("Escape");
    await settled(page);
    assert.equal(await options.count(), 0);
    await box.fill("B");
    await options.filter({ hasText: /建筑信息模型/ }).click();
    await settled(page);
    assert.equal(await box.inputValue(), "建筑信息模型（BIM）");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "combobox");
}));

test("a dialog keeps everything else out of reach and gives the focus back", () => with_page(async (page) => {
    const remove = page.getByRole("button", { name: "删除" });
    await remove.click();
    const dialog = page.getByRole("dialog", { name: "删除这张申报表？" });
    await dialog.waitFor();
    assert.equal(await page.getByRole("textbox", { name: "单位名称" }).count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "取消");
    for (let press = 0; press < 5; ++press) {
        await page.keyboard.press("Tab");
        assert.ok(await page.evaluate(() => document.activeElement === document.body ||
            document.activeElement.closest("[role=dialog]") !== null));
    }
    await dialog.getByRole("button", { name: "取消" }).focus();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "删除");
    await remove.click();
    await dialog.getByRole("button", { name: "删除" }).click();
    await page.getByRole("status").filter({ hasText: "已删除" }).waitFor();
    await page.getByRole("button", { name: "撤销" }).click();
    await page.getByRole("button", { name: "撤销" }).waitFor({ state: "detached" });
}));

test("Tab goes through everything in the order in which it is read", () => with_page(async (page) => {
    const expected = await page.evaluate(() => [...document.querySelectorAll("#mirror input, #mirror select, #mirror textarea, #mirror button, #mirror a")]
        .filter((element) => element.tabIndex >= 0 && getComputedStyle(element).visibility === "visible").map((element) => element.id));
    await page.evaluate(() => document.activeElement.blur());
    await page.locator("#mirror").evaluate(() => window.getSelection().removeAllRanges());
    await page.getByRole("link", { name: "首页" }).focus();
    const gone = [];
    for (let press = 0; press < expected.length - 1; ++press) {
        gone.push(await page.evaluate(() => document.activeElement.id));
        await page.keyboard.press("Tab");
    }
    gone.push(await page.evaluate(() => document.activeElement.id));
    assert.deepEqual(gone, expected);
}));

// --- drawing ----------------------------------------------------------------------------------------

test("no frame is drawn while nothing happens", () => with_page(async (page) => {
    for (const screen of ["home", "form", "parts"]) {
        await go(page, screen);
        if (screen === "parts") await page.getByRole("textbox", { name: "单位名称" }).focus(); // The caret blinks.
        await settled(page);
        const before = await frames(page);
        await page.waitForTimeout(screen === "parts" ? 5000 : 1000);
        assert.equal(await frames(page), before);
    }
}));

test("every layout comes to rest, wide, zoomed and on a phone", async () => {
    const views = { desk: { viewport: { width: 1366, height: 768 } }, wide: { viewport: { width: 1920, height: 1080 } },
        zoomed: { viewport: { width: 910, height: 512 }, deviceScaleFactor: 1.5 },
        tablet: { viewport: { width: 800, height: 600 } },
        phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true } };
    for (const [view, options] of Object.entries(views)) {
        await with_page(async (page) => {
            for (const screen of Object.keys(screens)) {
                await go(page, screen);
                const layouts = await page.evaluate(() => window.__shenbao.page.program._shenbao_layouts());
                assert.ok(layouts < 24, `${screen}, ${view}`);
                const canvas = await page.evaluate(() => { const one = document.getElementById("drawing"); return [one.width, one.height]; });
                const density = options.deviceScaleFactor || 1;
                assert.deepEqual(canvas, [Math.round(options.viewport.width * density), Math.round(options.viewport.height * density)]);
                if (shots) await page.screenshot({ path: path.join(shots, `${view}-${screen}.png`) });
            }
        }, { ...options, screen: "home" });
    }
});

test("the picture comes back after the graphics were lost", () => with_page(async (page) => {
    const before = await page.screenshot();
    await page.evaluate(async () => {
        const context = document.getElementById("drawing").getContext("webgl2");
        const lose = context.getExtension("WEBGL_lose_context");
        lose.loseContext();
        await new Promise((resolve) => setTimeout(resolve, 100));
        lose.restoreContext();
        await new Promise((resolve) => setTimeout(resolve, 100));
    });
    await settled(page);
    assert.ok(await difference(page, before, await page.screenshot()) < 0.001);
}, { screen: "home" }));

test("the screen follows the size of the window", () => with_page(async (page) => {
    await page.setViewportSize({ width: 640, height: 500 });
    await settled(page);
    await page.getByRole("button", { name: "菜单" }).waitFor();
    assert.equal(await page.getByRole("navigation").count(), 0);
    await page.getByRole("button", { name: "菜单" }).click();
    await page.getByRole("link", { name: "汇总" }).click();
    await page.getByRole("table", { name: "按市汇总" }).waitFor();
}, { screen: "home" }));

// --- scrolling --------------------------------------------------------------------------------------

test("wheel, focus and script scroll the page, and what is scrolled to can be pressed", () => with_page(async (page) => {
    const scroll = page.getByRole("main").locator(".scroll").first();
    await page.mouse.move(700, 500);
    await page.mouse.wheel(0, 400);
    await page.waitForFunction(() => document.querySelector("[role=main] .scroll").scrollTop > 300);
    const last = page.getByRole("textbox", { name: "第 100 行人数" });
    await last.focus();
    await settled(page);
    assert.ok(await scroll.evaluate((element) => element.scrollTop) > 3000);
    await last.fill("7");
    await page.getByRole("textbox", { name: "第 1 行人数" }).scrollIntoViewIfNeeded();
    await page.getByRole("textbox", { name: "第 1 行人数" }).fill("8");
    assert.equal(await last.inputValue(), "7");
}, { screen: "grid" }));

test("ten thousand rows: only those that can be seen exist, and the focused one", () => with_page(async (page) => {
    assert.ok(await page.getByRole("row").count() < 40);
    assert.equal(await page.getByRole("table").getAttribute("aria-rowcount"), "10001");
    await page.getByRole("link", { name: "查看第 3 行" }).focus();
    await page.evaluate(() => { document.querySelector("[role=main] .scroll").scrollTop = 1e9; });
    await page.getByRole("link", { name: "查看第 10000 行" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "查看第 3 行");
    assert.ok(await page.getByRole("row").count() < 40);
    await page.getByRole("link", { name: "查看第 10000 行" }).click();
    await go(page, "grid");
    await page.getByText("共打开 10000").waitFor();
}, { screen: "list" }));

// --- the world outside ------------------------------------------------------------------------------

test("requests, timers, files, downloads, the clipboard and the printer", () => with_page(async (page) => {
    const answer = page.getByRole("status").filter({ hasText: "回答" });
    await page.getByRole("button", { name: "取一次" }).click();
    await answer.filter({ hasText: "200 亳州" }).waitFor();
    await page.route("**/probe.txt", (route) => route.abort());
    await page.getByRole("button", { name: "取一次" }).click();
    await answer.filter({ hasText: "回答：0" }).waitFor();
    await page.unroute("**/probe.txt");
    await page.getByRole("button", { name: "等 50 毫秒" }).click();
    await answer.filter({ hasText: "时间到" }).waitFor();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "选文件" }).click();
    await (await chooser).setFiles({ name: "名单 (1).csv", mimeType: "text/csv", buffer: Buffer.from("甲,乙\n") });
    await answer.filter({ hasText: "名单 (1).csv 8" }).waitFor();
    await go(page, "province");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV" }).click();
    const file = await download;
    assert.equal(file.suggestedFilename(), "汇总.csv");
    assert.equal(fs.readFileSync(await file.path(), "utf8"), "\uFEFF市,人数\r\n");
    await go(page, "form");
    await page.getByRole("button", { name: "打印" }).click();
    assert.match(await printed_html(page, /打印页/), /<body><p>打印页<\/p><\/body>/);
}, { expected: /ERR_FAILED/ }));

test("a browser that lacks something gets a sentence instead of a blank page", async () => {
    const lacking = [
        [/图形|WebGL2/, () => {
            const real = HTMLCanvasElement.prototype.getContext;
            HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
                return kind === "webgl2" ? null : real.call(this, kind, ...rest);
            };
        }, site.url],
        [/图形|WebGL2/, () => { window.WebGL2RenderingContext = undefined; }, site.url],
        [/无痕|保存数据/, () => { Object.defineProperty(window, "indexedDB", { get() { return null; } }); }, site.url],
        [/版本太旧/, () => { window.WebAssembly = undefined; }, site.url],
        [/https/, () => {}, site.url.replace("127.0.0.1", "school.test")],
    ];
    for (const [sentence, init, url] of lacking)
        await with_page(async (page) => {
            await page.getByRole("alert").waitFor();
            assert.match(await page.getByRole("alert").innerText(), sentence);
        }, { init, url, started: false });
});

// --- those who do not see it ------------------------------------------------------------------------

test("no rule of axe is broken on any screen", () => with_page(async (page) => {
    const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
    for (const screen of Object.keys(screens)) {
        await go(page, screen);
        await page.evaluate(fs.readFileSync(axe, "utf8"));
        // Colours are drawn, so axe cannot see them: client/widgets/theme.hpp has them.
        const found = await page.evaluate(() => window.axe.run(document, { rules: { "color-contrast": { enabled: false } } }));
        assert.deepEqual(found.violations.map((one) => [one.id, one.nodes.map((node) => node.html).slice(0, 3)]), [], screen);
    }
}, { screen: "home" }));

test("tables, headings, landmarks, errors and progress are told as what they are", () => with_page(async (page) => {
    await page.getByRole("banner").waitFor();
    await page.getByRole("navigation", { name: "主菜单" }).waitFor();
    const row = page.getByRole("row").filter({ hasText: "亳州市" });
    assert.deepEqual((await row.getByRole("cell").allTextContents()).slice(0, 5), ["14", "121", "8,300", "5,150", "5,020"]);
    assert.equal(await page.getByRole("columnheader", { name: "拟申报人数" }).count(), 1);
    assert.equal(await page.getByRole("heading", { level: 1, name: "2023 年春季申报汇总" }).count(), 1);
    await go(page, "form");
    const heads = page.getByRole("textbox", { name: "考核人数" });
    assert.equal(await heads.getAttribute("aria-invalid"), "true");
    await heads.fill("60");
    await settled(page);
    assert.equal(await heads.getAttribute("aria-invalid"), null);
    await go(page, "home");
    assert.equal(await page.getByRole("progressbar", { name: "春季申报期" }).getAttribute("aria-valuetext"), "还有 2 天 7 小时");
}, { screen: "province" }));
