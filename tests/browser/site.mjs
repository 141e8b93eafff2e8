// Serves an assembled page as the real server does, and can be told to misbehave: stop, serve another
// build, give wrong bytes, be slow.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".wasm": "application/wasm", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png",
    ".webmanifest": "application/manifest+json" };
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
    "img-src 'self' blob: data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-src blob:";

export class Site {
    constructor(folder) {
        this.folder = folder;
        this.port = 0;
        this.wrong = new Map(); // path -> bytes served in its place
        this.answers = new Map(); // path -> [status, type, body], beside the files
        this.requests = []; // paths, in order
    }

    get url() { return `http://127.0.0.1:${this.port}/`; }

    start() {
        this.server = http.createServer((request, response) => this.answer(request, response));
        return new Promise((resolve) => this.server.listen(this.port, "127.0.0.1", () => {
            this.port = this.server.address().port;
            resolve();
        }));
    }

    // The network is gone, until start().
    stop() {
        this.server.closeAllConnections();
        return new Promise((resolve) => this.server.close(resolve));
    }

    answer(request, response) {
        const { pathname } = new URL(request.url, this.url);
        this.requests.push(pathname);
        const given = this.answers.get(pathname);
        if (given) {
            response.writeHead(given[0], { "Content-Type": given[1] });
            response.end(given[2]);
            return;
        }
        const name = pathname === "/" ? "index.html" : pathname.slice(1);
        const file = path.join(this.folder, name);
        if (!file.startsWith(this.folder) || !fs.existsSync(file) || !fs.statSync(file).isFile()) {
            response.writeHead(404);
            response.end();
            return;
        }
        const headers = { "Content-Type": types[path.extname(name)] || "application/octet-stream",
            "Content-Security-Policy": policy,
            "Cache-Control": /-[0-9a-f]{16}\./.test(name) ? "public, max-age=31536000, immutable" : "no-cache" };
        const wrong = this.wrong.get(pathname);
        if (wrong) {
            response.writeHead(200, { ...headers, "Cache-Control": "no-store" });
            response.end(wrong);
            return;
        }
        const small = /\bbr\b/.test(request.headers["accept-encoding"] || "") && fs.existsSync(`${file}.br`);
        if (small) headers["Content-Encoding"] = "br";
        response.writeHead(200, headers);
        response.end(fs.readFileSync(small ? `${file}.br` : file));
    }
}

// Assembles the disk probe as a page of its own. `mark` makes one build differ from another.
export function probe_site(mark) {
    const sources = fs.mkdtempSync(path.join(os.tmpdir(), "shenbao-probe-sources-"));
    const out = fs.mkdtempSync(path.join(os.tmpdir(), "shenbao-probe-"));
    for (const name of ["disk.js", "tab.js", "notice.js", "offline.js", "sw.js", "manifest.webmanifest"])
        fs.copyFileSync(path.join(root, "web", name), path.join(sources, name));
    fs.cpSync(path.join(root, "web/icons"), path.join(sources, "icons"), { recursive: true });
    const probe = path.join(root, "tests/browser/probe");
    for (const name of ["index.html", "boot.js"]) fs.copyFileSync(path.join(probe, name), path.join(sources, name));
    fs.appendFileSync(path.join(sources, "boot.js"), `\nwindow.mark = ${JSON.stringify(mark)};\n`);
    const program = process.env.SHENBAO_PROBE || path.join(root, "build/wasm/tests/browser/disk_probe");
    execFileSync(path.join(root, "scripts/assemble_web"), ["--web", sources, "--program", program, "--out", out]);
    fs.rmSync(sources, { recursive: true });
    return new Site(out);
}
