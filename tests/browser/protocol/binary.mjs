// The program under test as a black box: commands and their exit codes, and servers on loopback.

import net from "node:net";
import { spawn, spawnSync } from "node:child_process";
import { exchange } from "./client.mjs";

function free_port() {
    return new Promise((resolve, reject) => {
        const listener = net.createServer();
        listener.on("error", reject);
        listener.listen(0, "127.0.0.1", () => {
            const { port } = listener.address();
            listener.close(() => resolve(port));
        });
    });
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// Runs one command to its end.
export function run(binary, args) {
    const done = spawnSync(binary, args, { encoding: "utf8", timeout: 120_000 });
    return { code: done.status, stdout: done.stdout ?? "", stderr: done.stderr ?? "",
             toString() { return `exit ${this.code} ${this.stdout} ${this.stderr}`; } };
}

// A `serve` process. start() returns when it answers /healthz, or when it has ended by itself:
// then `code` is its exit code.
export class Serving {
    static running = new Set();

    static async start(binary, data, args = []) {
        const port = await free_port();
        const serving = new Serving();
        serving.origin = `http://127.0.0.1:${port}`;
        serving.code = null;
        serving.output = "";
        serving.process = spawn(binary, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`,
                                         ...args], { stdio: ["ignore", "pipe", "pipe"] });
        Serving.running.add(serving);
        const keep = (part) => { serving.output = (serving.output + part).slice(-20_000); };
        serving.process.stdout.on("data", keep);
        serving.process.stderr.on("data", keep);
        serving.ended = new Promise((resolve) => serving.process.on("exit", (code, signal) => {
            serving.code = code ?? signal;
            Serving.running.delete(serving);
            resolve();
        }));
        const deadline = Date.now() + 20_000;
        while (serving.code === null && Date.now() < deadline) {
            const answer = await exchange(serving.origin, "GET", "/healthz").catch(() => null);
            if (answer !== null && answer.status === 200) return serving;
            await pause(50);
        }
        return serving;
    }

    get up() { return this.code === null; }

    async stop(signal = "SIGTERM") {
        if (this.code !== null) return;
        this.process.kill(signal);
        await Promise.race([this.ended, pause(10_000)]);
        if (this.code === null) {
            this.process.kill("SIGKILL");
            await this.ended;
            this.code = "did not stop in 10 s";
        }
    }

    static async stop_all() {
        for (const serving of [...Serving.running]) await serving.stop("SIGKILL");
    }
}
