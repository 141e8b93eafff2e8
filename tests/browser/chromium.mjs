// A real Chromium with a profile of its own on disk, that a test can kill as a power cut would, and
// start again over the same profile.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";

const program = process.env.SHENBAO_CHROMIUM || "/usr/bin/chromium";

export function new_profile() {
    return fs.mkdtempSync(path.join(os.tmpdir(), "shenbao-profile-"));
}

export class Chromium {
    // options: { profile, args, width, height }
    static async start({ profile, args = [], width = 1366, height = 768 }) {
        const child = spawn(program, [
            `--user-data-dir=${profile}`, "--remote-debugging-port=0", "--headless=new", "--no-first-run",
            "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--password-store=basic", "--use-mock-keychain", "--lang=zh-CN",
            `--window-size=${width},${height}`,
            ...(process.getuid() === 0 ? ["--no-sandbox"] : []), ...args, "about:blank",
        ], { stdio: ["ignore", "ignore", "pipe"], detached: true });
        const endpoint = await new Promise((resolve, reject) => {
            let said = "";
            child.stderr.on("data", (piece) => {
                said += piece;
                const found = /DevTools listening on (ws:\S+)/.exec(said);
                if (found) resolve(found[1]);
            });
            child.on("exit", () => reject(new Error(`${program} ended at once:\n${said}`)));
        });
        const browser = await chromium.connectOverCDP(endpoint);
        return new Chromium(child, browser);
    }

    constructor(child, browser) {
        this.child = child;
        this.browser = browser;
        this.context = browser.contexts()[0];
        this.gone = new Promise((resolve) => child.on("exit", resolve));
    }

    page() { return this.context.newPage(); }

    // SIGKILL to all of its processes: nothing in them gets to run once more.
    async kill() {
        try { process.kill(-this.child.pid, "SIGKILL"); } catch { /* It was gone already. */ }
        await this.gone;
        await this.browser.close().catch(() => {});
    }

    async close() {
        const ended = await Promise.race([
            (async () => {
                const session = await this.browser.newBrowserCDPSession();
                await session.send("Browser.close");
                await this.gone;
                return true;
            })().catch(() => false),
            new Promise((resolve) => setTimeout(() => resolve(false), 5000)),
        ]);
        if (!ended) await this.kill();
    }
}

// For addInitScript: window.fail tells how the next `times` readwrite transactions of the disk fail.
export const failing = () => {
    window.fail = { times: 0, how: null };
    const real = IDBDatabase.prototype.transaction;
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
        const { times, how } = window.fail;
        if (mode !== "readwrite" || times === 0) return real.call(this, stores, mode, options);
        window.fail.times -= 1;
        if (how === "throws") throw new DOMException("The database connection is closing.", "InvalidStateError");
        const made = real.call(this, stores, mode, options);
        if (how === "quota") {
            Object.defineProperty(made, "error", { get: () => new DOMException("full", "QuotaExceededError") });
        }
        // Before any request of it can end: a timer could come after the transaction has completed.
        if (how === "quota" || how === "aborts") { made.commit = () => {}; queueMicrotask(() => made.abort()); }
        return made;
    };
};
