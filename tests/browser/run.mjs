// Runs the browser tests: every tests/browser/*.test.mjs, with --all also *.long.mjs; or those whose names
// hold one of the words given. The page and the binary must have been built (scripts/build). Two files run
// at a time, each with browsers and servers of its own: a journey waits more than it works. What a file
// says comes when it is done. The last line is "N passed, N failed" over all of them.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const folder = path.dirname(fileURLToPath(import.meta.url));
const named = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const endings = process.argv.includes("--all") || named.length > 0 ? [".test.mjs", ".long.mjs"] : [".test.mjs"];
const files = fs.readdirSync(folder).sort()
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .filter((name) => named.length === 0 || named.some((part) => name.includes(part)));

const together = 2;
const file_minutes_max = 30; // One that hangs is ended, and has failed.

// Passed and failed tests of one file. A file that ends badly without a failed test counts as one.
function run(file) {
    return new Promise((resolve) => {
        const child = spawn(process.execPath, ["--test", "--test-reporter=tap", path.join(folder, file)],
            { stdio: ["ignore", "pipe", "inherit"] });
        const limit = setTimeout(() => child.kill("SIGTERM"), file_minutes_max * 60 * 1000);
        console.log(`[browser] ${file} begins`);
        const began = Date.now();
        let said = "";
        child.stdout.on("data", (piece) => {
            said += piece;
        });
        child.on("close", (status) => {
            clearTimeout(limit);
            const seconds = Math.round((Date.now() - began) / 1000);
            console.log(`[browser] ${file}, ${seconds} s`);
            process.stdout.write(said.replace(/^ *(---|\.\.\.|duration_ms: .*|type: .*)\n/gm, ""));
            const number = (word) => Number((new RegExp(`^# ${word} (\\d+)$`, "m").exec(said) || [0, 0])[1]);
            const passed = number("pass"), failed = number("fail") + number("cancelled");
            resolve([passed, failed === 0 && (status !== 0 || passed === 0) ? 1 : failed]);
        });
    });
}

let passed = 0, failed = 0;
async function run_next() {
    for (let file = files.shift(); file; file = files.shift()) {
        const [good, bad] = await run(file);
        passed += good;
        failed += bad;
    }
}
await Promise.all(Array.from({ length: together }, run_next));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || passed === 0 ? 1 : 0);
