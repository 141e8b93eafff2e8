// Start and memory of the server, with the demo's roster and catalogue, beside a start of the same
// program that does nothing.
import fs from "node:fs";
import { Server, run } from "../browser/server.mjs";

const runs = 7;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const timed = async (act) => {
    const began = performance.now();
    await act();
    return performance.now() - began;
};
const memory_kb = (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

const server = new Server();
const starts = [], memories = [], floors = [];
for (let i = 0; i < runs; ++i) {
    starts.push(await timed(async () => {
        await server.start();
        if ((await fetch(`${server.url}healthz`)).status !== 200) throw new Error("not healthy");
    }));
    memories.push(memory_kb(server.process.pid));
    await server.stop();
    floors.push(await timed(() => run("--help")));
}
fs.rmSync(server.folder, { recursive: true });
console.log(`server: from its start to the first answer (median of ${runs})   ${median(starts).toFixed(0)} ms`);
console.log(`  floor: the same program printing its help               ${median(floors).toFixed(0)} ms`);
console.log(`server: memory after its start                             ${(median(memories) / 1024).toFixed(1)} MiB`);
