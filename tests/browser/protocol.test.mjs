// A client written from the protocol's text alone, without our code, walks the real server from the
// first enrolment to the last summary (protocol/checker.mjs). Each promise it checks is a line of its
// own; here only those that do not hold are shown.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("the server keeps what the protocol promises to a client that knows nothing else", () => {
    const checker = fileURLToPath(new URL("protocol/checker.mjs", import.meta.url));
    const run = spawnSync(process.execPath, [checker], { encoding: "utf8", maxBuffer: 1 << 26, timeout: 300000 });
    const lines = run.stdout.split("\n");
    const broken = lines.filter((line) => line && !line.startsWith("ok "));
    assert.equal(run.status, 0, `${broken.join("\n")}\n${run.stderr}`);
    assert.ok(lines.filter((line) => line.startsWith("ok ")).length > 600, "the walk ended early");
});
